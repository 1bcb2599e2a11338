// fold-rollout: a rollout as the page shows it, from its events one by one. Pure.
//
//   B1. Everything is bounded: lanes, steps of a lane, evidence, samples. The newest are kept.
import type { Hold, RolloutEvent, Tally } from '@directrix/rollout';
import type { Lane, LatencySample, RequestSample, RolloutView } from './model.js';

export const laneCountMax = 500;
const stepCountMax = 40;
const evidenceCountMax = 50;
const sampleCountMax = 1_800;
/** They go out with each change of the view. */
export const latencyCountMax = 600;
const heldByCountMax = 12;

/** Sentences are made by whoever owns them. */
export interface RolloutWords {
  readonly tellEvidence: (event: Extract<RolloutEvent, { readonly kind: 'evidence' }>) => string;
  readonly tellHolds: (event: Extract<RolloutEvent, { readonly kind: 'waiting' }>) => readonly string[];
}

/** `view` undefined: nothing is known of the rollout yet. An event of another rollout begins anew. */
export function foldRollout(view: RolloutView | undefined, event: RolloutEvent, words: RolloutWords): RolloutView {
  const known = view?.rolloutId === event.rolloutId ? view : freshView(event);
  const { at } = event;
  switch (event.kind) {
    case 'started':
      return {
        ...known,
        at,
        groupName: event.groupName,
        from: event.from.version,
        to: event.to.version,
        outcome: undefined,
      };
    case 'phase':
      return {
        ...known,
        at,
        outcome: undefined,
        approvalAwaited: undefined,
        phases: [...known.phases, { phase: event.phase, at }].slice(-stepCountMax),
      };
    case 'instance': {
      const zone = event.what === 'launched' ? event.availabilityZone : undefined;
      return { ...known, at, lanes: addStep(known.lanes, event.instanceId, { at, what: event.what }, zone) };
    }
    case 'decided': {
      const { decision } = event;
      const one = 'instanceId' in decision ? decision.instanceId : undefined;
      const ids = 'instanceIds' in decision ? decision.instanceIds : one === undefined ? [] : [one];
      // A proof that failed is kept as evidence, as any other instance is.
      const what = decision.kind === 'endProof' && decision.isKept ? 'quarantine' : decision.kind;
      // Old instances too: what is done to them is part of the picture.
      const lanes = ids.reduce((all, instanceId) => addStep(all, instanceId, { at, what }), known.lanes);
      return { ...known, at, lanes };
    }
    case 'evidence': {
      const told = { at, code: event.evidence.code, text: words.tellEvidence(event) };
      return { ...known, at, evidence: [...known.evidence, told].slice(-evidenceCountMax) };
    }
    case 'waiting':
      return {
        ...known,
        at,
        heldBy: words.tellHolds(event).slice(0, heldByCountMax),
        approvalAwaited: findAwaited(event.heldBy),
      };
    case 'finished':
      return { ...known, at, outcome: event.ending.outcome, heldBy: [], approvalAwaited: undefined };
    default:
      return { ...known, at };
  }
}

function findAwaited(heldBy: readonly Hold[]): string | undefined {
  for (const hold of heldBy) if (hold.code === 'APPROVAL_AWAITED') return hold.phase;
  return undefined;
}

/** One more look at what the gate has counted. */
export function addSample(
  view: RolloutView,
  at: number,
  gate: { readonly answered: Readonly<Record<'new' | 'old' | 'unknown', Tally>>; readonly baseline: Tally },
): RolloutView {
  const before = view.requests?.samples ?? [];
  const sample: RequestSample = { at, ...gate.answered };
  const last = before.at(-1);
  const isSame = last !== undefined && JSON.stringify({ ...last, at: 0 }) === JSON.stringify({ ...sample, at: 0 });
  if (isSame) return view;
  return { ...view, requests: { baseline: gate.baseline, samples: [...before, sample].slice(-sampleCountMax) } };
}

/** The view with how long answers took. */
export function withLatencies(view: RolloutView, samples: readonly LatencySample[]): RolloutView {
  const latencies = samples.slice(-latencyCountMax);
  const isSame = latencies.length === view.latencies?.length && latencies.at(-1)?.at === view.latencies.at(-1)?.at;
  return isSame || latencies.length === 0 ? view : { ...view, latencies };
}

function freshView({ rolloutId, at }: RolloutEvent): RolloutView {
  return {
    rolloutId,
    groupName: '',
    from: '?',
    to: '?',
    startedAt: at,
    at,
    phases: [],
    lanes: [],
    evidence: [],
    heldBy: [],
  };
}

function addStep(
  lanes: readonly Lane[],
  instanceId: string,
  step: Lane['steps'][number],
  zone?: string,
): readonly Lane[] {
  const known = lanes.some((lane) => lane.instanceId === instanceId);
  if (!known) return [...lanes, { instanceId, zone, steps: [step] }].slice(-laneCountMax);
  return lanes.map((lane) =>
    lane.instanceId === instanceId
      ? { ...lane, zone: zone ?? lane.zone, steps: [...lane.steps, step].slice(-stepCountMax) }
      : lane,
  );
}
