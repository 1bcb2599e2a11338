import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readNetwork } from '@directrix/aws';
import {
  diffNetworks,
  isPlan,
  type NetworkSnapshot,
  overlayChange,
  type PathDifference,
  type PlanOptions,
  type Question,
  type Source,
  snapshotBeforePlan,
  snapshotFromPlan,
  type TemplateNetwork,
} from '@directrix/reachability';
import { DirectrixError } from '@directrix/rollout';
import { parse } from 'yaml';
import { colorsFor } from '../../colors.js';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import { describeFailure, writeFailure } from '../../failure.js';
import { listParameters, readPlannedNetwork } from '../../preflight/planned-network.js';
import { readStackFiles } from '../../preflight/stack-files.js';
import type { TemplateFile } from '../../preflight/template-file.js';
import { withWorld } from '../../with-world.js';
import { describeDiff, formatDiff, formatMarkdown } from './diff-output.js';
import { describeDiffSarif } from './diff-sarif.js';
import { parseDestination, parseSource } from './parse-place.js';
import { sourceInTemplate } from './run.js';

export interface DiffOptions {
  readonly before?: string;
  readonly after?: string;
  readonly parameter?: readonly string[];
  readonly questions?: string;
  readonly failOn?: string;
  readonly json?: boolean;
  readonly markdown?: boolean;
  readonly sarif?: string;
}

const kinds = ['breaks', 'undecided', 'opens', 'moves'] as const;

export async function runDiff(context: CommandContext, options: DiffOptions): Promise<void> {
  const { io } = context;
  try {
    const failing = readKinds(options.failOn);
    const compared = await readBoth(context, options);
    const questions = options.questions === undefined ? undefined : readQuestions(context, options.questions, compared);
    const differences = diffNetworks(compared.before, compared.after, {
      launches: compared.launches,
      ...(questions && { questions }),
    });
    const report = { differences, unresolved: compared.unresolved };
    if (options.sarif !== undefined) {
      const sarif = describeDiffSarif(differences, io.cwd, compared.file);
      writeFileSync(resolve(io.cwd, options.sarif), `${JSON.stringify(sarif, null, 2)}\n`);
    }
    if (options.json) io.stdout.write(`${JSON.stringify(describeDiff(report), null, 2)}\n`);
    else if (options.markdown) io.stdout.write(formatMarkdown(report));
    else io.stdout.write(formatDiff(report, colorsFor(io.stdout, io.env)));
    context.setExitCode(differences.some(({ kind }) => failing.includes(kind)) ? exitCode.refused : exitCode.done);
  } catch (error) {
    writeFailure(io, error);
    if (options.json)
      io.stdout.write(
        `${JSON.stringify({ schema: 'directrix.reach-diff/1', error: describeFailure(error) }, null, 2)}\n`,
      );
    context.setExitCode(exitCode.refused);
  }
}

function readKinds(text = 'breaks,undecided'): readonly PathDifference['kind'][] {
  const named = text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const strange = named.find((one) => !(kinds as readonly string[]).includes(one));
  if (strange === undefined) return named as PathDifference['kind'][];
  throw new DirectrixError('USAGE', `${strange} is no kind of difference.`, {
    source: '--fail-on',
    hint: `write one or more of ${kinds.join(', ')}`,
  });
}

interface Compared {
  readonly before: NetworkSnapshot;
  readonly after: NetworkSnapshot;
  readonly launches: readonly Source[];
  readonly unresolved: readonly string[];
  readonly file: TemplateFile;
}

async function readBoth(context: CommandContext, options: DiffOptions): Promise<Compared> {
  const { io } = context;
  if (options.after === undefined)
    throw new DirectrixError('USAGE', 'Name what the network would become.', {
      source: 'directrix reach diff',
      hint: 'add --after FILE: a template, or the JSON of `terraform show -json PLAN`',
    });
  const regions = { region: context.account?.region, defaultRegion: io.env.AWS_REGION };
  const file = readStackFiles(io.cwd, [options.after]);
  const isPlanned = isPlan(file.json);
  if (options.before === 'account') {
    if (isPlanned) return withAccount(context, file, regions);
    throw new DirectrixError(
      'USAGE',
      'A template is not compared with an account: its logical ids are no ids of AWS.',
      {
        source: '--before',
        hint: 'give the template that is deployed now as --before, or a plan of Terraform as --after',
      },
    );
  }
  if (options.before !== undefined) {
    const given = options.parameter ?? [];
    const own = (path: string) => parametersOf(readStackFiles(io.cwd, [path]), given);
    const [forBefore, forAfter] = [own(options.before), own(options.after)];
    const strange = given.filter((one) => !forBefore.includes(one) && !forAfter.includes(one));
    const before = readPlannedNetwork(io.cwd, [options.before], { ...regions, parameter: forBefore });
    // One that neither has is refused with those that this one has.
    const after = readPlannedNetwork(io.cwd, [options.after], { ...regions, parameter: [...forAfter, ...strange] });
    return compare(before.network, after, file);
  }
  const named = { ...regions, names: 'address' } as const;
  const prior = isPlanned ? snapshotBeforePlan(file.json, named) : undefined;
  if (prior !== undefined) {
    const { snapshot, ...rest } = snapshotFromPlan(file.json, named);
    return compare(prior.snapshot, { network: snapshot, ...rest }, file);
  }
  throw new DirectrixError('USAGE', 'Name what the network is now.', {
    source: 'directrix reach diff',
    hint: 'add --before account, or --before FILE',
  });
}

/** Of `Key=Value` those that the template has a parameter for: a change may add one or take one away. */
function parametersOf({ json }: TemplateFile, given: readonly string[]): readonly string[] {
  return given.filter((text) => listParameters(json).includes(text.split('=')[0] ?? ''));
}

function compare(
  before: NetworkSnapshot,
  after: { readonly network: NetworkSnapshot } & Omit<TemplateNetwork, 'snapshot'>,
  file: TemplateFile,
): Compared {
  return { before, after: after.network, launches: after.launches, unresolved: after.unresolved, file };
}

/** The plan, laid over the VPCs that it speaks of as they are now. */
async function withAccount(context: CommandContext, file: TemplateFile, options: PlanOptions): Promise<Compared> {
  const prior = snapshotBeforePlan(file.json, options);
  const planned = snapshotFromPlan(file.json, options);
  const vpcIds = vpcsOf(file.text);
  if (vpcIds.length === 0 || prior === undefined)
    throw new DirectrixError('USAGE', 'The plan speaks of no VPC that is there.', {
      source: '--after',
      hint: 'leave --before out: the plan is then compared with its own prior state',
    });
  const live = await withWorld(context, ({ clients }) => readNetwork(clients, ...vpcIds));
  const after = overlayChange(live, prior.snapshot, planned.snapshot);
  return { before: live, after, launches: planned.launches, unresolved: planned.unresolved, file };
}

/** Ids that AWS gave, wherever the plan has them. */
function vpcsOf(text: string): readonly string[] {
  return [...new Set(text.match(/\bvpc-[0-9a-f]{8,17}\b/g) ?? [])].slice(0, 20);
}

function readQuestions(context: CommandContext, path: string, { after, launches }: Compared): readonly Question[] {
  const fail = (why: string, cause?: unknown) =>
    new DirectrixError('USAGE', `${path} ${why}.`, {
      source: '--questions',
      hint: 'write a list such as [{ "from": "group:web", "to": "ssm:443" }]',
      cause,
    });
  let list: unknown;
  try {
    list = parse(readFileSync(resolve(context.io.cwd, path), 'utf8'), { logLevel: 'error' });
  } catch (cause) {
    throw fail(`cannot be read: ${(cause as Error).message.split('\n')[0]}`, cause);
  }
  if (!Array.isArray(list)) throw fail('is no list of questions');
  return list.map((one: unknown) => {
    const { from, to } = (typeof one === 'object' && one !== null ? one : {}) as { from?: unknown; to?: unknown };
    if (typeof from !== 'string' || typeof to !== 'string') throw fail('has a question without `from` or `to`');
    return { from: sourceInTemplate(parseSource(from), after, launches, path), ...parseDestination(to, after.region) };
  });
}
