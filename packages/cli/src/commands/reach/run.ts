import { readFileSync } from 'node:fs';
import { resolve as resolvePath } from 'node:path';
import {
  type Answer,
  buildNetwork,
  reach,
  type Source,
  snapshotFromTemplate,
  toDot,
  toMermaid,
} from '@directrix/reachability';
import { DirectrixError } from '@directrix/rollout';
import { colorsFor } from '../../colors.js';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import { describeFailure, writeFailure } from '../../failure.js';
import { readTemplateFile } from '../../preflight/template-file.js';
import type { ReachOptions } from './command.js';
import { type FoundSource, findSource } from './find-source.js';
import { describeReach, formatReach } from './output.js';
import { parseDestination, parseSource, type SourceName } from './parse-place.js';

export async function runReach(context: CommandContext, options: ReachOptions): Promise<void> {
  const { io } = context;
  try {
    const name = parseSource(options.from);
    const found =
      options.template === undefined
        ? await findInAccount(context, name)
        : findInTemplate(resolvePath(io.cwd, options.template), name, io.env.AWS_REGION);
    const answer = reach(buildNetwork(found.network), {
      from: found.source,
      ...parseDestination(options.to, found.network.region),
    });
    io.stdout.write(print(answer, found, options, context));
    context.setExitCode(answer.verdict === 'reachable' ? exitCode.done : exitCode.refused);
  } catch (error) {
    writeFailure(io, error);
    if (options.json)
      io.stdout.write(`${JSON.stringify({ schema: 'directrix.reach/1', error: describeFailure(error) }, null, 2)}\n`);
    context.setExitCode(exitCode.refused);
  }
}

function print(answer: Answer, { network }: FoundSource, options: ReachOptions, { io }: CommandContext): string {
  if (options.dot) return `${toDot(answer).trimEnd()}\n`;
  if (options.mermaid) return `${toMermaid(answer).trimEnd()}\n`;
  if (options.json) return `${JSON.stringify(describeReach(answer, network), null, 2)}\n`;
  return formatReach(answer, network, colorsFor(io.stdout, io.env));
}

async function findInAccount(context: CommandContext, name: SourceName): Promise<FoundSource> {
  const world = context.world ?? (await import('../../world.js')).createWorld(context.io);
  const found = await findSource(world.clients, name);
  world.clients.destroy();
  return found;
}

function findInTemplate(path: string, name: SourceName, region: string | undefined): FoundSource {
  const { snapshot, launches } = snapshotFromTemplate(readTemplateFile(path, readFileSync).json, { region });
  return { network: snapshot, source: sourceInTemplate(name, launches, path) };
}

function sourceInTemplate(name: SourceName, launches: readonly Source[], path: string): Source {
  if (name.kind === 'instance') return { kind: 'instance', instanceId: name.id };
  if (name.kind === 'networkInterface') return { kind: 'networkInterface', networkInterfaceId: name.id };
  const found = launches.find((one) => one.kind === 'launch' && one.name === name.name);
  if (found !== undefined) return found;
  const names = launches.flatMap((one) => (one.kind === 'launch' ? [one.name] : []));
  throw new DirectrixError('SOURCE_NOT_FOUND', `${path} has no Auto Scaling group ${name.name}.`, {
    source: '--from',
    hint: names.length === 0 ? 'it has none at all' : `it has ${names.map((one) => `group:${one}`).join(', ')}`,
  });
}
