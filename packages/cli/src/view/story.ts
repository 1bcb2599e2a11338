// story: what the events of a rollout's journal tell so far. The live view, the summary and `--json` are drawn from it alone.
import type {
  Act,
  Ending,
  Evidence,
  Hold,
  InstanceStep,
  Notice,
  Phase,
  Release,
  RolloutEvent,
  RolloutRecord,
} from '@directrix/rollout';

export interface InstanceStory {
  readonly instanceId: string;
  /** The last that it took. */
  readonly step: InstanceStep;
}

/** What has become of an instance of the release before. */
export type OldState = 'serves' | 'leaving' | 'warm' | 'returning' | 'ending' | 'gone';

interface OldInstance {
  readonly instanceId: string;
  readonly state: OldState;
}

export interface QuarantinedInstance {
  readonly instanceId: string;
  /** The local file with everything that was kept of it. */
  readonly bundle: string;
  /** The last lines of its console. */
  readonly consoleTail: readonly string[];
}

export interface Story {
  readonly startedAt?: number;
  readonly at?: number;
  readonly groupName?: string;
  readonly from?: Release;
  readonly to?: Release;
  readonly phase?: Phase;
  /** How many instances the group is to have, and how many are added at a time. Known from the record alone. */
  readonly size?: { readonly wanted: number; readonly surge: number };
  /** Of the release, in the order in which they were first heard of. */
  readonly instances: readonly InstanceStory[];
  /** Of the release before. Known from the record alone. */
  readonly oldInstances: readonly OldInstance[];
  readonly verifiedIds: readonly string[];
  readonly firstVerifiedAt?: number;
  readonly heldBy: readonly Hold[];
  readonly evidence: readonly Evidence[];
  readonly notices: readonly Notice[];
  readonly quarantined: readonly QuarantinedInstance[];
  readonly finished?: { readonly ending: Ending; readonly elapsedMs: number };
}

export const emptyStory: Story = {
  instances: [],
  oldInstances: [],
  verifiedIds: [],
  heldBy: [],
  evidence: [],
  notices: [],
  quarantined: [],
};

/** What is told before the first event: of a rollout that is resumed, all that its record keeps. */
export function storyOf(record: RolloutRecord): Story {
  const { groupName, from, to, startedAt, phase, evidence, original, options, instances } = record;
  const verified = Object.entries(instances).filter(
    ([, { verifiedAt, lostAt }]) => verifiedAt !== undefined && !lostAt,
  );
  return {
    ...emptyStory,
    groupName,
    from,
    to,
    startedAt,
    phase,
    evidence,
    size: { wanted: original.desiredCapacity, surge: options.surge },
    oldInstances: original.instanceIds.map((instanceId) => ({ instanceId, state: stateOf(instances[instanceId]) })),
    verifiedIds: verified.map(([instanceId]) => instanceId),
  };
}

function stateOf(instance: RolloutRecord['instances'][string] | undefined): OldState {
  if (instance?.leftAt !== undefined || instance?.lostAt !== undefined) return 'gone';
  return instance?.warmAt === undefined ? 'serves' : 'warm';
}

/** A rollout of a thousand instances is told by its newest; the journal has all. */
const keptInstances = 1_000;
const keptNotices = 100;

/** The story after one more event. An event of a kind that is not known changes nothing but the time. */
export function continueStory(story: Story, event: RolloutEvent): Story {
  const next: Story = { ...story, at: event.at };
  switch (event.kind) {
    case 'started':
      return {
        ...next,
        startedAt: story.startedAt ?? event.at,
        groupName: event.groupName,
        from: event.from,
        to: event.to,
      };
    case 'phase':
      return { ...next, phase: event.phase };
    case 'waiting':
      return { ...next, heldBy: event.heldBy };
    case 'decided':
      return { ...next, heldBy: [], oldInstances: moveOld(story.oldInstances, event.decision) };
    case 'instance':
      return takeStep(next, event);
    case 'evidence':
      return { ...next, evidence: [...story.evidence, event.evidence] };
    case 'notice':
      return { ...next, notices: [...story.notices, event.notice].slice(-keptNotices) };
    case 'bundle':
      return {
        ...next,
        quarantined: placeQuarantined(story.quarantined, event),
        verifiedIds: story.verifiedIds.filter((id) => id !== event.instanceId),
      };
    case 'finished':
      return {
        ...next,
        heldBy: [],
        finished: { ending: event.ending, elapsedMs: event.elapsedMs },
      };
    default:
      return next;
  }
}

type InstanceEvent = RolloutEvent & { readonly kind: 'instance' };

/** What has become of an instance of the release before, by this step. */
function stateAfter(step: InstanceEvent): OldState {
  if (step.what === 'found') return step.lifecycleState.includes('Standby') ? 'warm' : 'serves';
  return step.what === 'warm' ? 'warm' : 'gone';
}

function takeStep(story: Story, event: InstanceEvent): Story {
  const { instanceId, what } = event;
  if (story.oldInstances.some((old) => old.instanceId === instanceId))
    return { ...story, oldInstances: markOld(story.oldInstances, [instanceId], stateAfter(event)) };
  const others = story.verifiedIds.filter((id) => id !== instanceId);
  const isVerified = what === 'verified' || (others.length < story.verifiedIds.length && what !== 'lost');
  return {
    ...story,
    instances: placeInstance(story.instances, event),
    verifiedIds: isVerified ? [...others, instanceId] : others,
    firstVerifiedAt: story.firstVerifiedAt ?? (what === 'verified' ? event.at : undefined),
  };
}

function moveOld(old: readonly OldInstance[], decision: Act): readonly OldInstance[] {
  if (decision.kind === 'enterStandby') return markOld(old, decision.instanceIds, 'leaving');
  if (decision.kind === 'exitStandby') return markOld(old, decision.instanceIds, 'returning');
  return decision.kind === 'terminate' ? markOld(old, decision.instanceIds, 'ending') : old;
}

function markOld(old: readonly OldInstance[], ids: readonly string[], state: OldState): readonly OldInstance[] {
  return old.map((one) => (ids.includes(one.instanceId) ? { ...one, state } : one));
}

function placeInstance(instances: readonly InstanceStory[], event: InstanceEvent) {
  const told = { instanceId: event.instanceId, step: event };
  const known = instances.some(({ instanceId }) => instanceId === event.instanceId);
  if (known) return instances.map((instance) => (instance.instanceId === event.instanceId ? told : instance));
  return [...instances, told].slice(-keptInstances);
}

function placeQuarantined(
  quarantined: readonly QuarantinedInstance[],
  event: RolloutEvent & { readonly kind: 'bundle' },
) {
  const { instanceId, path, consoleTail } = event;
  return [...quarantined.filter((other) => other.instanceId !== instanceId), { instanceId, bundle: path, consoleTail }];
}
