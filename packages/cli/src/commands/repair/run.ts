// repair: an unfinished rollout is ended by what its record knows; then what has the tags of a rollout outside of the group is removed, and
// what is lent of the group by its own tag is given back.
import {
  acquireLease,
  describeGroup,
  findLeftovers,
  findMadeVersion,
  forgetLoans,
  isVersionFree,
  type Lease,
  type Leftover,
  loadRecord,
  loansOf,
  returnLoan,
  undoLeftover,
} from '@directrix/aws';
import {
  DirectrixError,
  type LoanReturn,
  planReturns,
  type RolloutRecord,
  requestRollback,
  shell,
  suspendedWhileRolling,
} from '@directrix/rollout';
import type { CommandContext } from '../../command-context.js';
import { type ExitCode, exitCode } from '../../exit-code.js';
import { describeFailure } from '../../failure.js';
import { conductRollout } from '../../rollout/conduct-rollout.js';
import { observeGroup } from '../../rollout/observed-group.js';
import { isUnfinished, requireUnfinished } from '../../rollout/unfinished.js';
import { writeText } from '../../text/lines.js';
import type { RolloutDocument } from '../../view/rollout-document.js';
import { withWorld } from '../../with-world.js';
import type { World } from '../../world.js';
import { normalizePath } from '../deploy/run.js';
import { perform, writeJson } from '../lab/perform.js';
import type { ResumeOptions } from '../resume/run.js';

/** The contract of `directrix repair --json`. */
interface RepairDocument {
  readonly schema: 'directrix.repair/1';
  readonly group: string;
  /** What became of the unfinished rollout; absent: there was none on record. */
  readonly rollout?: Pick<RolloutDocument, 'rolloutId' | 'outcome' | 'text'>;
  /** Where there is no record: what may be a rollout's, or somebody's own, and is left as it is. */
  readonly untouched: readonly string[];
  /** Each thing that was undone, in that order. `error`: it is as it was. */
  readonly steps: readonly {
    readonly text: string;
    readonly error?: { readonly code: string; readonly message: string };
  }[];
}

export async function runRepair(context: CommandContext, options: ResumeOptions): Promise<void> {
  const schema = 'directrix.repair/1';
  context.io.mustFinish?.();
  await perform(context, { json: options.json, schema }, () =>
    withWorld(context, async (world) => {
      const rollout = await endRollout(context, world, options);
      const { steps, staying } = await undoTagged(world, options.group);
      const untouched = [...staying, ...(await listUntouched(world, options.group))];
      const document: RepairDocument = { schema, group: options.group, ...(rollout && { rollout }), untouched, steps };
      if (options.json) writeJson(context, document);
      else writeText(context.io.stdout, formatRepair(document));
      return exitCodeOf(document);
    }),
  );
}

/** What the record knows how to undo. A record that cannot be read is told, and its rollout is left to a person. */
async function endRollout(
  { io }: CommandContext,
  world: World,
  { group: groupName, url, healthPath, journal, notifications }: ResumeOptions,
): Promise<RepairDocument['rollout']> {
  const last = await loadRecord(world.clients, groupName);
  if (last === undefined || !isUnfinished(last)) return undefined;
  const { rolloutId } = await requireUnfinished(world, groupName);
  const document = await conductRollout(io, world, {
    command: 'repair',
    groupName,
    rolloutId,
    reports: { url, healthPath: normalizePath(healthPath) },
    journalFile: journal,
    notifications,
    async begin(epoch) {
      const record = await requireUnfinished(world, groupName);
      return { ...(isPastReturn(record) ? record : goBack(record, world)), epoch };
    },
  });
  return { rolloutId, outcome: document.outcome, text: document.text };
}

/** Everything is of the release and verified, and only what is temporary is left to give back. */
function isPastReturn({ phase, isGoingBack }: RolloutRecord): boolean {
  return phase === 'finish' && isGoingBack !== true;
}

function goBack(record: RolloutRecord, { holder, clock }: World): RolloutRecord {
  return requestRollback(record, { text: `repair by ${holder.name}`, at: clock.now() });
}

type Steps = RepairDocument['steps'];

/** What tags alone tell, under the lease: what another deployer needs now is not taken from it. */
async function undoTagged(
  world: World,
  groupName: string,
): Promise<{ readonly steps: Steps; readonly staying: readonly string[] }> {
  const lease = await acquireLease(world, { groupName, rolloutId: 'repair', command: 'repair', holder: world.holder });
  try {
    const removed = await removeLeftovers(world, groupName, lease);
    const { steps, staying } = await giveBackLoans(world, groupName, lease);
    return { steps: [...removed, ...steps], staying };
  } finally {
    await lease.release().catch(() => undefined);
  }
}

async function drain({ clock }: World, lease: Lease, drainMs: number): Promise<void> {
  const until = clock.now() + drainMs;
  for (let left = drainMs; left > 0; left = until - clock.now()) {
    await clock.sleep(Math.min(left, leaseRenewalMs));
    await lease.renewIfDue();
  }
}

const leaseRenewalMs = 5_000;

async function removeLeftovers(world: World, groupName: string, lease: Lease): Promise<Steps> {
  const steps: Steps[number][] = [];
  for (const leftover of await findLeftovers(world.clients, groupName)) {
    const step = await takeStep(lease, tellLeftover(leftover), () => undoLeftover(world.clients, leftover));
    steps.push(step);
    // Requests that are under way are answered before what answers them is ended.
    if (leftover.kind === 'forward' && step.error === undefined) await drain(world, lease, leftover.drainMs);
  }
  return steps;
}

/** On its own, whatever AWS refuses. */
async function takeStep(lease: Lease, text: string, undo: () => Promise<void>): Promise<Steps[number]> {
  await lease.check();
  try {
    await undo();
    return { text };
  } catch (error) {
    if (!(error instanceof DirectrixError)) throw error;
    const { code, message } = describeFailure(error);
    return { text, error: { code, message } };
  }
}

/** What the group's own tag says is lent, where no rollout that has it can go on. */
async function giveBackLoans(world: World, groupName: string, lease: Lease) {
  const { clients } = world;
  const told = loansOf(await describeGroup(clients, groupName));
  const record = await loadRecord(clients, groupName);
  const isKnown = record?.rolloutId === told?.rolloutId;
  // A person is needed: its record still has them.
  if (told === undefined || (isKnown && record !== undefined && isUnfinished(record)))
    return { steps: [], staying: [] };
  const { observation } = await observeGroup(world, groupName);
  const launchTemplateId = observation.group.launchTemplate?.launchTemplateId ?? '';
  // Killed before it knew the number of the version that it made, its tag does not know it either.
  const madeVersion = told.madeVersion ?? (await findMadeVersion(clients, launchTemplateId, told.rolloutId));
  const loans = { ...told, madeVersion };
  const isFree =
    loans.madeVersion !== undefined && (await isVersionFree(clients, groupName, launchTemplateId, loans.madeVersion));
  // A rollout that has ended has given everything back before, and what is so now is somebody's own.
  const returns = isKnown ? [] : planReturns(loans, observation, isFree);
  const steps: Steps[number][] = [];
  const staying: string[] = [];
  for (const loan of returns) {
    // Behind a version that could not be deleted its alias would launch it.
    if (loan.kind === 'pin' && steps.some(({ error }) => error !== undefined)) continue;
    const text = tellReturn(loan, groupName);
    if (loan.kind === 'sizeStays' || loan.kind === 'pinStays') staying.push(text);
    else steps.push(await takeStep(lease, text, () => returnLoan(clients, groupName, loan)));
  }
  if (staying.length > 0 || steps.some(({ error }) => error !== undefined)) return { steps, staying };
  const text = `take the tag of rollout ${loans.rolloutId} from the group`;
  return { steps: [...steps, await takeStep(lease, text, () => forgetLoans(clients, groupName))], staying };
}

function tellReturn(loan: LoanReturn, groupName: string): string {
  switch (loan.kind) {
    case 'resumeProcesses':
      return `resume ${loan.processes.join(', ')}`;
    case 'setSize':
      return `set ${loan.name === 'minSize' ? 'MinSize' : 'MaxSize'} from ${loan.from} to ${loan.to}, as it was`;
    case 'deleteVersion':
      return `delete launch template version ${loan.version}, which the rollout made and no instance is of`;
    case 'pin':
      return `launch template version of the group: from ${loan.from} to ${loan.to}, as it was`;
    case 'sizeStays':
      return `MaxSize is ${loan.maxSize} in place of ${loan.original}: DesiredCapacity is ${loan.desiredCapacity}; lower it, then ${shell`directrix repair --group ${groupName}`}`;
    case 'pinStays':
      return `the group is pinned to launch template version ${loan.version}: ${loan.alias} means ${loan.means} now; decide which one it shall launch`;
  }
}

/** Without a record nobody knows whose these are: they are told. */
async function listUntouched(world: World, groupName: string): Promise<readonly string[]> {
  if ((await loadRecord(world.clients, groupName)) !== undefined) return [];
  const { group } = (await observeGroup(world, groupName)).observation;
  const suspended = suspendedWhileRolling.filter((name) => group.suspendedProcesses.includes(name));
  const standby = group.instances.filter(({ lifecycleState }) => lifecycleState === 'Standby');
  return [
    ...(suspended.length === 0 ? [] : [`suspended: ${suspended.join(', ')}`]),
    ...(standby.length === 0 ? [] : [`in Standby: ${standby.map(({ instanceId }) => instanceId).join(', ')}`]),
  ];
}

function tellLeftover(leftover: Leftover): string {
  switch (leftover.kind) {
    case 'forward':
      return `lead users' requests on as before by ${leftover.place.ruleArn ?? leftover.place.listenerArn}, without the canary`;
    case 'rule':
      return `delete the listener rule ${leftover.arn}`;
    case 'targetGroup':
      return `delete the target group ${leftover.name}`;
    case 'proof':
      return leftover.isJoined
        ? `take our tags from ${leftover.instanceIds.join(', ')}, which its group has`
        : `terminate ${leftover.instanceIds.join(', ')}, launched outside of the group`;
  }
}

function formatRepair({ group, rollout, steps, untouched }: RepairDocument): string {
  const lines = [
    ...(rollout === undefined ? [] : [`rollout ${rollout.rolloutId}: ${rollout.outcome}: ${rollout.text}`]),
    ...steps.map(({ text, error }) => (error === undefined ? text : `${text}: ${error.code}: ${error.message}`)),
  ];
  const told = untouched.map((text) => `  not touched, for no record says whose it is: ${text}\n`).join('');
  if (lines.length === 0) return `NOTHING TO REPAIR: nothing temporary of a rollout is left of ${group}.\n${told}`;
  return `${[`REPAIR: ${group}`, ...lines.map((line) => `  ${line}`)].join('\n')}\n${told}`;
}

function exitCodeOf({ rollout, steps }: RepairDocument): ExitCode {
  if (rollout?.outcome === 'interrupted') return exitCode.interrupted;
  const isLeft = rollout?.outcome === 'needsHuman' || steps.some(({ error }) => error !== undefined);
  return isLeft ? exitCode.needsHuman : exitCode.done;
}
