// Outside: what stands outside of the group because of us, taken into it or removed.
//
//   1. What was proved joins the group in roll, before anything else of the release is added.
//   2. What is temporary goes whatever becomes of the rest (L3).
//   3. The listener is as before first: nothing that it leads users to is ended, and requests that are under way keep their time.
import { awsDrainMs } from './bounds.js';
import { findSeen, listOutside, type Outside } from './canary-sight.js';
import type { Hold } from './contract/hold.js';
import type { Act } from './decision.js';
import type { Observation } from './observation.js';
import type { RolloutRecord } from './record.js';
import { isGivenUp } from './refusals.js';
import type { Situation } from './step.js';

/** In roll: those that were proved become the group's own. `isDue`: one is yet to, and nothing else is added before. */
export function joinProved(situation: Situation): { readonly acts: readonly Act[]; readonly isDue: boolean } {
  const joining = listJoinable(situation);
  return { acts: joinGroup(situation, joining), isDue: joining.length > 0 };
}

/** Whether any of them may still become the group's own. */
export function isJoinDue(situation: Situation): boolean {
  return listJoinable(situation).length > 0;
}

function joinGroup(situation: Situation, joining: readonly Outside[]): readonly Act[] {
  const { record, observation, isUnsettled } = situation;
  const { group } = observation;
  // One look that does not show it, or a capacity that is not settled, is waited for.
  const instanceIds = joining.flatMap(({ instanceId }) =>
    instanceId !== undefined && findSeen(observation, instanceId)?.instanceState === 'running' ? [instanceId] : [],
  );
  if (isUnsettled || instanceIds.length === 0) return [];
  const { maxSize } = group;
  const because = { code: 'JOINS_THE_GROUP', version: record.to.version } as const;
  const needed = group.desiredCapacity + instanceIds.length;
  if (needed <= maxSize) return [{ kind: 'attach', instanceIds, because }];
  return [
    { kind: 'setSizes', maxSize: needed, because: { code: 'BORROW_MAX_SIZE', needed, maxSize, purpose: 'roll' } },
    { kind: 'attach', instanceIds, because, dependsOn: ['setSizes'] },
  ];
}

/** Those that may become the group's own, at most as many as there is room for. */
function listJoinable(situation: Situation): readonly Outside[] {
  const { record, observation } = situation;
  const { group } = observation;
  const joinable = listOutside(record).filter(
    ({ instanceId }) =>
      instanceId !== undefined &&
      record.instances[instanceId]?.joinedAt === undefined &&
      !isAttaching(record, instanceId) &&
      !isGone(findSeen(observation, instanceId)?.instanceState),
  );
  const mayJoin =
    record.isGoingBack !== true &&
    (record.phase === 'prove' || record.phase === 'canary' || record.phase === 'roll') &&
    record.proof?.verdict === 'proved' &&
    (record.options.canary === undefined || record.phase !== 'roll' || record.canary?.verdict === 'passed') &&
    record.refusals?.attach === undefined &&
    record.refusals?.setSizes === undefined &&
    !group.suspendedProcesses.includes('Launch');
  if (!mayJoin) return [];
  const room = record.options.isMaxSizeLent === true ? joinable.length : group.maxSize - group.desiredCapacity;
  return joinable.slice(0, Math.max(0, room));
}

function isGone(instanceState: string | undefined): boolean {
  return instanceState === 'terminated' || instanceState === 'shutting-down';
}

/** Everything temporary outside of the group that is still there, as far as users' requests let it go. */
export function closeShadow(situation: Situation): readonly Act[] {
  const { record } = situation;
  const back = restoreForward(record);
  if (back.length > 0) return back;
  const place = record.options.prove;
  const route = record.ours.shadow?.route;
  const joining = new Set(listJoinable(situation).map(({ ordinal }) => ordinal));
  const ending = listOutside(record).filter(
    ({ ordinal, instanceId }) => !isAttaching(record, instanceId) && !joining.has(ordinal),
  );
  const isDraining = holdShadow(situation).length > 0;
  const acts: Act[] = ending.flatMap((each) => endOutside(situation, each, isDraining));
  if (route !== undefined && place !== undefined && !isDraining)
    acts.push({
      kind: 'closeShadow',
      place,
      targetGroupArn: route.targetGroupArn,
      because: { code: 'PROOF_OVER' },
    });
  return acts;
}

function endOutside(
  { record, at, observation }: Situation,
  { instanceId, ordinal }: Outside,
  isDraining: boolean,
): readonly Act[] {
  const isEvident =
    instanceId !== undefined && record.evidence.some(({ instanceIds }) => instanceIds.includes(instanceId));
  const isKept = isEvident && !isGone(findSeen(observation, instanceId)?.instanceState);
  const isJoined = instanceId !== undefined && record.instances[instanceId]?.joinedAt !== undefined;
  // What is kept goes on running, and what has joined only loses its tags.
  if (isDraining && !isKept && !isJoined) return [];
  const expiresAt = at + record.options.quarantineTtlMs;
  const evidence = record.evidence.map(({ code }) => code);
  const because = isKept ? ({ code: 'KEEP_THE_EVIDENCE', evidence } as const) : ({ code: 'PROOF_OVER' } as const);
  return [{ kind: 'endProof', instanceId, ...(ordinal === 0 ? {} : { ordinal }), isKept, expiresAt, because }];
}

/** The listener's action as it was, where it leads users to the canary because of us. One call. */
export function restoreForward(record: RolloutRecord): readonly Act[] {
  const { forward } = record.ours;
  const place = record.options.canary?.place;
  if (forward === undefined || place === undefined) return [];
  const { original, targetGroupArn } = forward;
  const isPassed = record.canary?.verdict === 'passed' && record.isGoingBack !== true;
  const because = { code: 'CANARY_ENDS', version: record.to.version, isPassed } as const;
  return [{ kind: 'restoreForward', place, original, targetGroupArn, because }];
}

/** Requests to the canary may be under way: they have as long as the target group gives those of an instance that leaves. */
export function holdShadow({ record, observation, at }: Situation): readonly Hold[] {
  const { backAt } = record.canary ?? {};
  const { shadow, forward } = record.ours;
  if (backAt === undefined || shadow === undefined || forward !== undefined) return [];
  const delays = observation.targetGroups.map(({ deregistrationDelayMs }) => deregistrationDelayMs);
  // Where no target group can be read, it is not known to be less.
  const drainMs = delays.length === 0 ? awsDrainMs : Math.max(...delays);
  const waitedMs = at - backAt;
  if (waitedMs >= drainMs || (isGivenUp(record, 'closeShadow') && isGivenUp(record, 'endProof'))) return [];
  return [{ code: 'CANARY_DRAINING', waitedMs, allowedMs: drainMs, untilAt: backAt + drainMs }];
}

/** The zone where one more makes the group least uneven; `taken`: those of what will join it beside. */
export function findEmptiestZone({ group }: Observation, taken: readonly string[] = []): string {
  const counts = new Map((group.availabilityZones ?? []).map((zone) => [zone, 0]));
  for (const zone of [...group.instances.map(({ availabilityZone }) => availabilityZone), ...taken])
    counts.set(zone, (counts.get(zone) ?? 0) + 1);
  const [first, ...others] = counts;
  if (first === undefined) return '';
  return others.reduce((best, zone) => (zone[1] < best[1] ? zone : best), first)[0];
}

function isAttaching({ ours }: RolloutRecord, instanceId: string | undefined): boolean {
  return (ours.inFlight ?? []).some(
    (change) => change.kind === 'attach' && instanceId !== undefined && change.instanceIds.includes(instanceId),
  );
}
