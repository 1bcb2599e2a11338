// finalize: reads the account, plans, tells, and (where asked) takes the steps one by one.
import { acquireLease, type Lease } from '@directrix/aws';
import {
  type CleanUpAccount,
  type CleanUpPlan,
  type CleanUpRules,
  defaultGoodReleases,
  defaultRollbackWindowMs,
  defaultWindowMs,
  defaultYoungestMs,
  performStep,
  planCleanUp,
  type ReferenceSource,
  type Restored,
  readCleanUpAccount,
  referenceSources,
  restoreImage,
  type Step,
  type StepResult,
} from '@directrix/images';
import { readValue } from '@directrix/preflight';
import { DirectrixError, failureOf } from '@directrix/rollout';
import { colorsFor } from '../../colors.js';
import type { CommandContext } from '../../command-context.js';
import { type ExitCode, exitCode } from '../../exit-code.js';
import { describeFailure } from '../../failure.js';
import { readLogGroups } from '../../instance-logs/image-log-groups.js';
import { readShipped, waitForShipped } from '../../instance-logs/shipped.js';
import { writeText } from '../../text/lines.js';
import { withWorld } from '../../with-world.js';
import type { World } from '../../world.js';
import { perform, writeJson } from '../lab/perform.js';
import { readNamedFiles } from './named-files.js';
import { documentOf, formatPlan, formatRestored, formatResult, formatSummary } from './output.js';

export interface FinalizeOptions {
  readonly dryRun?: boolean;
  readonly apply?: boolean;
  readonly window?: number;
  readonly keepNewerThan?: number;
  readonly rollbackWindow?: number;
  readonly keepGoodReleases?: number;
  readonly keepIfNamedIn?: readonly string[];
  readonly everyVersion?: boolean;
  readonly onlyTagged?: readonly string[];
  readonly without?: readonly string[];
  readonly restore?: readonly string[];
  readonly json?: boolean;
}

export async function runFinalize(context: CommandContext, options: FinalizeOptions): Promise<void> {
  const schema = 'directrix.finalize/1';
  await perform(context, { json: options.json, schema }, async () => {
    refuseContradiction(options);
    const rules = rulesOf(options);
    const files = await readNamedFiles(options.keepIfNamedIn ?? [], context.io.cwd);
    return withWorld(context, async (world) =>
      options.restore === undefined
        ? finalize(context, world, options, rules, files)
        : restore(context, world, options.restore, options.json === true),
    );
  });
}

function refuseContradiction({ dryRun, apply, restore }: FinalizeOptions): void {
  if (dryRun && apply)
    throw new DirectrixError('USAGE', 'Either --dry-run or --apply.', { kind: 'invalid', source: '--dry-run' });
  if (restore === undefined) return;
  const wrong = restore.find((id) => !/^ami-[0-9a-f]{8,17}$/.test(id));
  if (wrong !== undefined)
    throw new DirectrixError('USAGE', `"${wrong}" is no id of an image.`, { kind: 'invalid', source: '--restore' });
  if (dryRun)
    throw new DirectrixError('USAGE', '--restore does what it says; it has no dry run.', {
      kind: 'invalid',
      source: '--dry-run',
    });
}

function rulesOf(options: FinalizeOptions): CleanUpRules {
  return {
    windowMs: options.window ?? defaultWindowMs,
    youngestMs: options.keepNewerThan ?? defaultYoungestMs,
    rollbackWindowMs: options.rollbackWindow ?? defaultRollbackWindowMs,
    goodReleases: options.keepGoodReleases ?? defaultGoodReleases,
    isEveryVersionKept: options.everyVersion === true,
    waived: (options.without ?? []).map(sourceOf),
    onlyTags: (options.onlyTagged ?? []).map((text) => {
      const [key = '', ...value] = text.split('=');
      return value.length === 0 ? { key } : { key, value: value.join('=') };
    }),
  };
}

/** `spot-fleets` -> `spotFleets`. */
function sourceOf(text: string): ReferenceSource {
  const name = text.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const known = referenceSources.find((source) => source === name);
  if (known !== undefined) return known;
  throw new DirectrixError('USAGE', `"${text}" is no part of an account that names images.`, {
    kind: 'invalid',
    source: '--without',
    hint: `one of ${referenceSources.map((source) => source.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)).join(', ')}`,
  });
}

async function finalize(
  context: CommandContext,
  world: World,
  options: FinalizeOptions,
  rules: CleanUpRules,
  files: CleanUpAccount['files'],
): Promise<ExitCode> {
  const { io } = context;
  const account = await readCleanUpAccount(world.clients, { rules, files, at: world.clock.now(), signal: io.signal });
  const plan = planCleanUp(account, rules);
  const isTerminal = io.stdout.isTTY || io.stderr.isTTY || io.stdin?.isTTY === true;
  const isApplied = options.apply === true || (options.dryRun !== true && !isTerminal);
  const results = isApplied ? await applyPlan(context, world, account, plan, options.json === true) : [];
  const isInterrupted = isApplied && io.signal.aborted && results.length < plan.steps.length;
  const ending = { isApplied, isInterrupted, results };
  if (options.json) writeJson(context, documentOf(plan, account.region, ending));
  else writeText(io.stdout, (isApplied ? formatSummary : formatPlan)(plan, ending, colorsFor(io.stdout, io.env)));
  if (isInterrupted) return exitCode.interrupted;
  const hasFailed = results.some(({ kind }) => kind === 'failed');
  return hasFailed || (isApplied && plan.unread.length > 0) ? exitCode.needsHuman : exitCode.done;
}

async function applyPlan(
  { io }: CommandContext,
  world: World,
  account: CleanUpAccount,
  plan: CleanUpPlan,
  isJson: boolean,
): Promise<readonly StepResult[]> {
  const results: StepResult[] = [];
  if (plan.steps.length > 0) io.mustFinish?.();
  for (const step of plan.steps) {
    if (io.signal.aborted) break;
    if (step.kind === 'terminateInstance') await waitForLogs(io, world, account, step.instanceId);
    const result = await takeStep(world, step);
    results.push(result);
    writeText(isJson ? io.stderr : io.stdout, `${formatResult(result)}\n`);
  }
  return results;
}

/** What belongs to a group is taken under its lease: a rollback that begins now needs it. */
async function takeStep(world: World, step: Step): Promise<StepResult> {
  const perform = () => performStep(world.clients, step, world.clock.now());
  if (step.kind !== 'terminateWarm') return perform();
  const { groupName } = step;
  let lease: Lease | undefined;
  try {
    lease = await acquireLease(world, { groupName, rolloutId: 'finalize', command: 'finalize', holder: world.holder });
    return await perform();
  } catch (error) {
    if (!(error instanceof DirectrixError)) throw error;
    if (error.code === 'GROUP_BUSY') return { kind: 'left', step, because: 'busy' };
    return { kind: 'failed', step, failure: failureOf(error) };
  } finally {
    await lease?.release().catch(() => undefined);
  }
}

/**
 * What the instance wrote must be in CloudWatch Logs before it ends, where its image says that it ships its journal. Bounded: an agent
 * that is silent or late, or logs that cannot be read, are told and keep nothing that costs.
 */
async function waitForLogs(
  io: CommandContext['io'],
  world: World,
  account: CleanUpAccount,
  instanceId: string,
): Promise<void> {
  try {
    const imageId = readValue(account.instances)?.find(({ InstanceId }) => InstanceId === instanceId)?.ImageId;
    if (imageId === undefined) return;
    const logGroupName = (await readLogGroups(world.clients, [imageId])).get(imageId);
    if (logGroupName === undefined) return;
    const isHeard = (await readShipped(world, logGroupName, instanceId, io.signal)).has(instanceId);
    const wanted = world.clock.now();
    const outcome = isHeard ? await waitForShipped(world, { logGroupName, instanceId, wanted }, io.signal) : undefined;
    if (outcome?.kind === 'shipped') return;
    io.stderr.write(
      `warning: the agent of ${instanceId} ${outcome === undefined ? 'is silent' : 'is late'}: its newest lines may not be in ${logGroupName}\n`,
    );
  } catch (error) {
    if (io.signal.aborted) return;
    const { code, message } = describeFailure(error);
    io.stderr.write(`warning: whether the journal of ${instanceId} is shipped is not known: ${code}: ${message}\n`);
  }
}

async function restore(
  context: CommandContext,
  world: World,
  imageIds: readonly string[],
  isJson: boolean,
): Promise<ExitCode> {
  const restored: Restored[] = [];
  for (const imageId of imageIds) {
    context.io.signal.throwIfAborted();
    const one = await restoreImage(world.clients, imageId);
    restored.push(one);
    writeText(isJson ? context.io.stderr : context.io.stdout, `${formatRestored(one)}\n`);
  }
  if (isJson) writeJson(context, { schema: 'directrix.finalize/1', restored });
  return exitCode.done;
}
