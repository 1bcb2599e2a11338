// story: what the events of a rollout's journal tell so far. The live view, the summary and `--json` are drawn from it alone.
import type {
  Evidence,
  Hold,
  InstanceMilestone,
  Outcome,
  Phase,
  Release,
  RolloutEvent,
  RolloutRecord,
} from '@directrix/rollout';

export interface InstanceStory {
  readonly instanceId: string;
  readonly milestone: InstanceMilestone;
  readonly text: string;
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
  /** In the order in which they were first heard of. */
  readonly instances: readonly InstanceStory[];
  readonly heldBy: readonly Hold[];
  readonly evidence: readonly Evidence[];
  readonly notices: readonly { readonly code: string; readonly text: string }[];
  readonly quarantined: readonly QuarantinedInstance[];
  readonly finished?: { readonly outcome: Outcome; readonly text: string; readonly elapsedMs: number };
}

export const emptyStory: Story = { instances: [], heldBy: [], evidence: [], notices: [], quarantined: [] };

/** What is told before the first event: of a rollout that is resumed, all that its record keeps. */
export function storyOf({ groupName, from, to, startedAt, phase, evidence }: RolloutRecord): Story {
  return { ...emptyStory, groupName, from, to, startedAt, phase, evidence };
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
      return { ...next, heldBy: [] };
    case 'instance':
      return { ...next, instances: placeInstance(story.instances, event) };
    case 'evidence':
      return { ...next, evidence: [...story.evidence, event.evidence] };
    case 'notice':
      return { ...next, notices: [...story.notices, { code: event.code, text: event.text }].slice(-keptNotices) };
    case 'bundle':
      return { ...next, quarantined: placeQuarantined(story.quarantined, event) };
    case 'finished':
      return {
        ...next,
        heldBy: [],
        finished: { outcome: event.outcome, text: event.text, elapsedMs: event.elapsedMs },
      };
    default:
      return next;
  }
}

function placeInstance(instances: readonly InstanceStory[], event: RolloutEvent & { readonly kind: 'instance' }) {
  const told = { instanceId: event.instanceId, milestone: event.what, text: event.text };
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
