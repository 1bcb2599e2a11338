import {
  type Answer,
  buildNetwork,
  findBystanders,
  type Network,
  type NetworkSnapshot,
  reach,
  type Source,
  toDot,
  toMermaid,
} from '@directrix/reachability';
import { DirectrixError } from '@directrix/rollout';
import { colorsFor } from '../../colors.js';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import { describeFailure, writeFailure } from '../../failure.js';
import { findNamed, readPlannedNetwork } from '../../preflight/planned-network.js';
import { writeText } from '../../text/lines.js';
import { withWorld } from '../../with-world.js';
import { type FoundSource, findSource } from './find-source.js';
import { describeReach, formatReach } from './output.js';
import { parseDestination, parseSource, type SourceName } from './parse-place.js';

export interface ReachOptions {
  readonly from?: string;
  readonly to?: string;
  readonly template?: readonly string[];
  readonly parameter?: readonly string[];
  readonly json?: boolean;
  readonly dot?: boolean;
  readonly mermaid?: boolean;
}

export async function runReach(context: CommandContext, options: ReachOptions): Promise<void> {
  const { io } = context;
  try {
    const { from, to } = requireEnds(options);
    const name = parseSource(from);
    const found =
      options.template === undefined
        ? await findInAccount(context, name, to)
        : findInTemplate(context, options, options.template, name);
    const network = buildNetwork(found.network);
    const answer = reach(network, {
      from: found.source,
      ...parseDestination(to, found.network.region),
    });
    const printed = print(answer, network, found.unresolved ?? [], options, context);
    // A document and a drawing are for a program.
    if (options.json || options.dot || options.mermaid) io.stdout.write(printed);
    else writeText(io.stdout, printed);
    context.setExitCode(answer.verdict === 'reachable' ? exitCode.done : exitCode.refused);
  } catch (error) {
    writeFailure(io, error);
    if (options.json)
      io.stdout.write(`${JSON.stringify({ schema: 'directrix.reach/1', error: describeFailure(error) }, null, 2)}\n`);
    context.setExitCode(exitCode.refused);
  }
}

function requireEnds({ from, to }: ReachOptions): { readonly from: string; readonly to: string } {
  if (from !== undefined && to !== undefined) return { from, to };
  throw new DirectrixError('USAGE', `Name ${from === undefined ? 'where the path begins' : 'where the path leads'}.`, {
    source: 'directrix reach',
    hint: 'add --from group:NAME and --to ssm:443, or ask for `directrix reach diff`',
  });
}

function print(
  answer: Answer,
  network: Network,
  unresolved: readonly string[],
  options: ReachOptions,
  { io }: CommandContext,
): string {
  if (options.dot) return `${toDot(answer).trimEnd()}\n`;
  if (options.mermaid) return `${toMermaid(answer).trimEnd()}\n`;
  const bystanders = findBystanders(network, answer);
  if (options.json)
    return `${JSON.stringify(describeReach(answer, network.snapshot, bystanders, unresolved), null, 2)}\n`;
  return formatReach(answer, network.snapshot, bystanders, unresolved, colorsFor(io.stdout, io.env));
}

async function findInAccount(context: CommandContext, name: SourceName, to: string): Promise<FoundSource> {
  return withWorld(context, async ({ clients }) =>
    findSource(clients, name, parseDestination(to, await clients.ec2.config.region()).to),
  );
}

function findInTemplate(
  context: CommandContext,
  options: ReachOptions,
  paths: readonly string[],
  name: SourceName,
): FoundSource {
  const regions = { region: context.account?.region, defaultRegion: context.io.env.AWS_REGION };
  const { network, launches, unresolved } = readPlannedNetwork(context.io.cwd, paths, { ...options, ...regions });
  return { network, source: sourceInTemplate(name, network, launches, paths.join(', ')), unresolved };
}

export function sourceInTemplate(
  name: SourceName,
  { instances = [], networkInterfaces = [] }: NetworkSnapshot,
  launches: readonly Source[],
  path: string,
): Source {
  switch (name.kind) {
    case 'instance': {
      const ids = instances.map(({ InstanceId = '' }) => InstanceId);
      return { kind: 'instance', instanceId: requireName('an instance', ids, name.id, 'instance', path) };
    }
    case 'networkInterface': {
      const ids = networkInterfaces.map(({ NetworkInterfaceId = '' }) => NetworkInterfaceId);
      return { kind: 'networkInterface', networkInterfaceId: requireName('an interface', ids, name.id, 'eni', path) };
    }
    default: {
      const names = launches.flatMap((one) => (one.kind === 'launch' ? [one.name] : []));
      const found = requireName('an Auto Scaling group', names, name.name, 'group', path);
      return launches.find((one) => one.kind === 'launch' && one.name === found)!;
    }
  }
}

function requireName(what: string, names: readonly string[], wanted: string, kind: string, path: string): string {
  const found = findNamed(names, wanted);
  if (found !== undefined) return found;
  throw new DirectrixError('SOURCE_NOT_FOUND', `${path} does not have ${what} ${wanted}.`, {
    source: '--from',
    hint: names.length === 0 ? 'it has none at all' : `it has ${names.map((one) => `${kind}:${one}`).join(', ')}`,
  });
}
