// overview: every group of the region in a line, with its last rollout. `directrix status` without a group.
import { describeGroups, loadRecord } from '@directrix/aws';
import { findWaiting, type Release, type RolloutRecord } from '@directrix/rollout';
import type { Colors } from '../../colors.js';
import { describeFailure } from '../../failure.js';
import { count } from '../../text/quantities.js';
import { formatTable } from '../../text/table.js';
import { colorOutcome } from '../../view/describe-event.js';
import type { World } from '../../world.js';

/** The contract of `directrix status --json` without a group; docs/cli.md has it. */
interface OverviewDocument {
  readonly schema: 'directrix.groups/1';
  readonly at: string;
  readonly groups: readonly GroupOverview[];
}

interface GroupOverview {
  readonly name: string;
  readonly minSize: number;
  readonly maxSize: number;
  readonly desiredCapacity: number;
  readonly inServiceCount: number;
  /** The last one; absent where Directrix never changed the group. */
  readonly rollout?: {
    readonly rolloutId: string;
    readonly phase: string;
    readonly outcome?: string;
    readonly from: Release;
    readonly to: Release;
    readonly startedAt: string;
    /** The phase that it waits to begin until somebody approves it. */
    readonly approvalAwaited?: string;
  };
  /** Why the last rollout is not known. */
  readonly error?: { readonly code: string; readonly message: string };
}

type LastRollout = Pick<GroupOverview, 'rollout' | 'error'>;

/** Records that are read at the same time. */
const recordsAtOnce = 5;

export async function describeOverview(world: World): Promise<OverviewDocument> {
  const groups = await describeGroups(world.clients);
  const names = groups.map(({ AutoScalingGroupName = '' }) => AutoScalingGroupName);
  const last = await readLastRollouts(world, names);
  return {
    schema: 'directrix.groups/1',
    at: new Date(world.clock.now()).toISOString(),
    groups: groups.map(({ MinSize = 0, MaxSize = 0, DesiredCapacity = 0, Instances = [] }, index) => ({
      name: names[index] ?? '',
      minSize: MinSize,
      maxSize: MaxSize,
      desiredCapacity: DesiredCapacity,
      inServiceCount: Instances.filter(({ LifecycleState }) => LifecycleState === 'InService').length,
      ...last[index],
    })),
  };
}

async function readLastRollouts(world: World, names: readonly string[]): Promise<LastRollout[]> {
  const all: LastRollout[] = [];
  for (let start = 0; start < names.length; start += recordsAtOnce)
    all.push(
      ...(await Promise.all(names.slice(start, start + recordsAtOnce).map((name) => readLastRollout(world, name)))),
    );
  return all;
}

// One record that cannot be read hides no other group.
async function readLastRollout(world: World, name: string): Promise<LastRollout> {
  try {
    const record = await loadRecord(world.clients, name);
    return record === undefined ? {} : { rollout: summarize(record) };
  } catch (error) {
    const { code, message } = describeFailure(error);
    return { error: { code, message } };
  }
}

function summarize(record: RolloutRecord): GroupOverview['rollout'] {
  const { rolloutId, phase, outcome, from, to, startedAt } = record;
  const waiting = outcome === undefined ? findWaiting(record) : undefined;
  return {
    rolloutId,
    phase,
    outcome,
    from,
    to,
    startedAt: new Date(startedAt).toISOString(),
    ...(waiting?.kind === 'approval' ? { approvalAwaited: waiting.phase } : {}),
  };
}

export function formatOverview({ groups }: OverviewDocument, region: string, colors: Colors): string {
  if (groups.length === 0) return `There is no Auto Scaling group in ${region}.\n`;
  const rows = groups.map((group) => [
    group.name,
    `${group.inServiceCount} of ${group.desiredCapacity}`,
    `${group.minSize} to ${group.maxSize}`,
    formatLast(group, colors),
  ]);
  return `${[
    `${count(groups.length, 'group')} in ${region}`,
    '',
    ...formatTable(['group', 'in service', 'size', 'last rollout'], rows),
    '',
    'directrix status --group NAME shows one of them with its instances.',
  ].join('\n')}\n`;
}

function formatLast({ rollout, error }: GroupOverview, colors: Colors): string {
  if (error !== undefined) return colors.yellow(`not known: ${error.code}`);
  if (rollout === undefined) return colors.dim('none');
  const { from, to, phase, outcome, startedAt } = rollout;
  const state = outcome === undefined ? colors.yellow(`in phase ${phase}`) : colorOutcome(outcome, colors)(outcome);
  return `${from.version} -> ${to.version} ${state} ${colors.dim(startedAt.slice(0, 10))}`;
}
