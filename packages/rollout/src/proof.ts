// Proof: what one observation says of the instance that is tried outside of the group, and what is decisive against it.
//
//   1. It counts as healthy only in the shadow target group, where the load balancer checks it as it checks those that serve.
//   2. An answer that another instance may have given says nothing, nor does one for a page that fails, or is slow, for users, too.
//   3. What is decisive is what lasts: a page that fails or is slow for as long as health must last, a share of failures that the release
//      before does not have, a third dip.
import { isEndedInEc2 } from './activities.js';
import { decisiveDipCount } from './bounds.js';
import { canaryOf, listOutsideSeen, type OutsideSight } from './canary-sight.js';
import { type Evidence, shownCountMax } from './contract/evidence.js';
import type { Hold } from './contract/hold.js';
import type { InstanceState } from './contract/target-state.js';
import type { InstanceStep, RolloutEvent } from './event.js';
import { highestRate } from './gates/bernoulli.js';
import { isFailedAnswer, type RequestAnswer } from './gates/request-answer.js';
import { freshRequestGate, slowMsOf } from './gates/request-gate.js';
import { isSameHost } from './gates/version-page.js';
import { isDeadState } from './members.js';
import type { Observation, ProofObservation } from './observation.js';
import type { RolloutRecord } from './record.js';
import type { Proof, ProofPath } from './shadow.js';

/** Fewer answers say nothing of a page. */
const answersLeast = 3;
/** The probability that a share of failures is held against a release that fails no more often than the one before. */
const failureAlpha = 0.0005;
/** A release that fails this seldom is not told from one that never does by so few requests. */
const failureRateLeast = 0.01;

/** The record with what this observation says of the proof, and of those that take part in the canary beside it. */
export function trackProof(
  record: RolloutRecord,
  observation: Observation,
): { readonly record: RolloutRecord; readonly events: readonly RolloutEvent[] } {
  const events: RolloutEvent[] = [];
  if (!isTried(record)) return { record, events };
  const { at } = observation;
  let next = record;
  for (const sight of listOutsideSeen(record, observation)) {
    const { seen, proof: before, ordinal } = sight;
    const say = (step: InstanceStep) =>
      events.push({ kind: 'instance', at, rolloutId: record.rolloutId, instanceId: seen.instanceId, ...step });
    const told = trackConsole(trackState(before, seen, at, say), observation, seen, say);
    const healthy = trackHealth(told, seen, at, say);
    const proof = ordinal === 0 ? foldAnswers(healthy, record, observation, seen, say) : healthy;
    if (proof === before) continue;
    const hasProgress = before.runningSince !== proof.runningSince || before.healthySince !== proof.healthySince;
    next = { ...withProof(next, sight, proof), ...(hasProgress ? { progressAt: at } : {}) };
  }
  return { record: next, events };
}

function withProof(record: RolloutRecord, { ordinal, seen }: OutsideSight, proof: Proof): RolloutRecord {
  if (ordinal === 0) return { ...record, proof };
  const canary = canaryOf(record);
  return { ...record, canary: { ...canary, others: { ...canary.others, [seen.instanceId]: proof } } };
}

/** Whether something outside of the group is being tried, and nothing has come of it yet. */
function isTried({ phase, proof, canary }: RolloutRecord): boolean {
  if (phase === 'canary') return canary?.verdict === undefined;
  return phase === 'prove' && proof?.verdict === undefined;
}

type Say = (step: InstanceStep) => void;

/** What it says on its console while nobody reaches it; never in place of what it said through the load balancer. */
function trackConsole(proof: Proof, { consoles = [] }: Observation, { instanceId }: ProofObservation, say: Say): Proof {
  const status = consoles.find((console) => console.instanceId === instanceId)?.status.slice(0, 200);
  if (status === undefined || proof.reportedVersion !== undefined || proof.reportedStatus === status) return proof;
  say({ what: 'reported', by: 'console', status });
  return { ...proof, reportedStatus: status };
}

function trackState(proof: Proof, seen: ProofObservation, at: number, say: Say): Proof {
  const { instanceState, stateReason } = seen;
  if (isDeadState(instanceState) && proof.lost === undefined) {
    say({ what: 'lost', because: { code: 'GONE_FROM_EC2', instanceState } });
    return { ...proof, lost: { at, instanceState, cause: stateReason } };
  }
  return instanceState === 'running' && proof.runningSince === undefined ? { ...proof, runningSince: at } : proof;
}

function trackHealth(proof: Proof, seen: ProofObservation, at: number, say: Say): Proof {
  const isWell = seen.instanceState === 'running' && seen.target?.state === 'healthy';
  if (isWell) {
    if (proof.healthySince !== undefined) return proof;
    say({ what: 'healthy' });
    return { ...proof, healthySince: at, unhealthySince: undefined };
  }
  if (proof.healthySince === undefined) return proof;
  // What it answered before says nothing of how it answers once it is healthy again.
  const unwell = { ...proof, healthySince: undefined, paths: undefined, examples: undefined };
  // A target that one look does not show says nothing against it.
  if (seen.target?.state !== 'unhealthy') return unwell;
  say({ what: 'dipped', targets: describeProof(seen).targets });
  return { ...unwell, unhealthySince: at, dipCount: (proof.dipCount ?? 0) + 1 };
}

function foldAnswers(
  proof: Proof,
  record: RolloutRecord,
  observation: Observation,
  seen: ProofObservation,
  say: Say,
): Proof {
  const { requests: users = [] } = observation;
  const failing = new Set(users.filter(isServerFailure).map(({ path }) => path));
  const slowMs = slowMsOf(record.gates?.requests ?? freshRequestGate);
  // What users wait for, too, is not the release's doing.
  const slowUsers = users.filter(({ durationMs }) => slowMs !== undefined && durationMs > slowMs).length;
  const slowFromMs = slowUsers * 2 > users.length ? undefined : slowMs;
  const known = listOutsideSeen(record, observation).map((sight) => sight.seen.privateDnsName);
  const names = known.flatMap((name) => name ?? []);
  let next = proof;
  for (const answer of seen.answers ?? []) {
    if (!answer.isConnected) next = { ...next, unconnected: (next.unconnected ?? 0) + 1 };
    else if (isStrange(answer, names, record)) next = { ...next, strangers: (next.strangers ?? 0) + 1 };
    // Before it is healthy, the load balancer answers for it, or fails open.
    else if (!failing.has(answer.path) && next.healthySince !== undefined && answer.at >= next.healthySince)
      next = foldReport(foldAnswer(next, answer, record, slowFromMs), answer, say);
  }
  return next;
}

function isServerFailure({ isConnected, statusCode }: RequestAnswer): boolean {
  return isConnected && (statusCode === undefined || statusCode >= 500);
}

/** Another instance gave it, or may have: the rule does not lead there from where we ask. */
function isStrange({ fqdn, version }: RequestAnswer, names: readonly string[], { from, to }: RolloutRecord): boolean {
  if (fqdn !== undefined && names.length > 0) return !names.some((name) => isSameHost(fqdn, name));
  return version !== undefined && version === from.version && from.version !== to.version;
}

function foldAnswer(
  proof: Proof,
  answer: RequestAnswer,
  { options }: RolloutRecord,
  slowMs: number | undefined,
): Proof {
  const { at, path, statusCode, trouble } = answer;
  const before: ProofPath = proof.paths?.[path] ?? { requests: 0, failures: 0 };
  const isFailed = isFailedAnswer(answer, options.requests?.paths ?? []);
  const isSlow = slowMs !== undefined && answer.durationMs > slowMs;
  const next: ProofPath = {
    requests: before.requests + 1,
    failures: before.failures + (isFailed ? 1 : 0),
    ...(isFailed ? { failingSince: before.failingSince ?? at } : {}),
    ...(isSlow ? { slowSince: before.slowSince ?? at, slowInARow: (before.slowInARow ?? 0) + 1 } : {}),
  };
  const examples = isFailed
    ? [...(proof.examples ?? []), { path, statusCode, trouble }].slice(-shownCountMax)
    : proof.examples;
  return { ...proof, paths: { ...proof.paths, [path]: next }, ...(examples === undefined ? {} : { examples }) };
}

function foldReport(proof: Proof, { version, statusCode = 0 }: RequestAnswer, say: Say): Proof {
  const status = statusCode < 400 ? 'OK' : String(statusCode);
  if (version === undefined || (proof.reportedVersion === version && proof.reportedStatus === status)) return proof;
  // A failure of a page says nothing of the version that another page has named.
  if (proof.reportedVersion === version && status !== 'OK') return proof;
  say({ what: 'reported', by: 'loadBalancer', version, status });
  return { ...proof, reportedVersion: version, reportedStatus: status };
}

/** All decisive evidence against those that are tried. */
export function findProofEvidence(record: RolloutRecord, observation: Observation): readonly Evidence[] {
  if (!isTried(record)) return [];
  return listOutsideSeen(record, observation).flatMap((sight) => findEvidenceOf(record, observation, sight));
}

function findEvidenceOf(
  record: RolloutRecord,
  observation: Observation,
  { seen, proof, ordinal }: OutsideSight,
): readonly Evidence[] {
  const own = { ...record, proof };
  return [
    findLost(own, observation, seen),
    findWrong(own, observation, seen),
    findUnhealthy(own, observation, seen),
    ...(ordinal === 0 ? [findFailing(own, observation, seen), findUnheard(own, observation, seen)] : []),
  ].filter((each) => each !== undefined);
}

function findLost(
  { proof }: RolloutRecord,
  { at }: Observation,
  { instanceId }: ProofObservation,
): Evidence | undefined {
  // What somebody ended in EC2 says nothing of the release.
  if (proof?.lost === undefined || isProofEndedByOthers(proof)) return undefined;
  const aliveMs = proof.runningSince === undefined ? 0 : proof.lost.at - proof.runningSince;
  const shown = [{ instanceId, aliveMs, cause: proof.lost.cause }];
  return { code: 'INSTANCE_LOST', at, instanceIds: [instanceId], shown };
}

/** Somebody ended the instance that is tried. */
export function isProofEndedByOthers({ lost }: Proof): boolean {
  return isEndedInEc2(lost?.cause?.split(':')[0], undefined);
}

/** No rule leads to the shadow target group any more, so that nobody checks who is in it. */
export function isShadowUnused({ target }: ProofObservation): boolean {
  return target?.state === 'unused' && target.reason === 'Target.NotInUse';
}

function findWrong(record: RolloutRecord, { at }: Observation, seen: ProofObservation): Evidence | undefined {
  const { instanceId, imageId } = seen;
  const { to, options, proof } = record;
  if (imageId !== undefined && imageId !== to.imageId) {
    const shown = [{ instanceId, imageId, launchTemplateVersion: to.launchTemplateVersion }];
    return { code: 'WRONG_IMAGE', at, instanceIds: [instanceId], expected: to.imageId, shown };
  }
  const version = proof?.reportedVersion;
  if (!options.isVersionChecked || version === undefined || version === to.version) return undefined;
  return {
    code: 'WRONG_VERSION',
    at,
    instanceIds: [instanceId],
    expected: to.version,
    shown: [{ instanceId, version }],
  };
}

function findUnhealthy(
  record: RolloutRecord,
  { at, targetGroups }: Observation,
  seen: ProofObservation,
): Evidence | undefined {
  const { proof = {}, options } = record;
  const { instanceId } = seen;
  const state = describeProof(seen);
  const status = proof.reportedStatus === 'OK' ? undefined : proof.reportedStatus;
  if (proof.lost !== undefined || proof.healthySince !== undefined) return undefined;
  if (proof.unhealthySince !== undefined) {
    const unhealthyMs = at - proof.unhealthySince;
    const dipCount = proof.dipCount ?? 0;
    const isMet = record.ours.forward?.inForce !== undefined;
    // What breaks old ones as well is not the release's doing.
    if (isMet && record.isEnvironmentBroken === true) return undefined;
    // Users meet it, and to go back costs nothing.
    const patienceMs = isMet ? 0 : options.minHealthyTimeMs;
    if (unhealthyMs < patienceMs && dipCount < decisiveDipCount) return undefined;
    const shown = [{ ...state, unhealthyMs, dipCount, status }];
    return { code: 'UNHEALTHY_AGAIN', at, instanceIds: [instanceId], shown };
  }
  const waitedMs = at - startOfProof(record);
  if (waitedMs < options.startTimeoutMs || isShadowUnused(seen)) return undefined;
  const shown = [{ ...state, waitedMs, status }];
  // The shadow target group asks as the one does that it copies.
  const copied = targetGroups.filter(({ targetGroupArn }) => targetGroupArn === options.prove?.targetGroupArn);
  const healthChecks = copied.flatMap(({ name, healthCheck }) =>
    healthCheck === undefined ? [] : [{ targetGroupName: name, ...healthCheck }],
  );
  const allowedMs = options.startTimeoutMs;
  return { code: 'START_TIMEOUT', at, instanceIds: [instanceId], allowedMs, healthChecks, shown };
}

/** While nobody was there, it is not held to be late. */
export function startOfProof({ proof, phaseSince }: RolloutRecord): number {
  return Math.max(phaseSince, proof?.runningSince ?? 0);
}

function findFailing(
  record: RolloutRecord,
  { at }: Observation,
  { instanceId }: ProofObservation,
): Evidence | undefined {
  const { proof = {}, to, options } = record;
  const patienceMs = options.minHealthyTimeMs;
  const isOver = proof.healthySince !== undefined && at - proof.healthySince >= patienceMs;
  const troubleOf = (told: ProofPath): 'failing' | 'slow' | undefined => {
    const { requests, failingSince = at, slowSince = at } = told;
    if (requests < answersLeast) return undefined;
    if (at - failingSince >= patienceMs || (isOver && isWorse(told, record))) return 'failing';
    return at - slowSince >= patienceMs && isSlow(told) ? 'slow' : undefined;
  };
  const paths = Object.entries(proof.paths ?? {}).flatMap(([path, told]) => {
    const what = troubleOf(told);
    return what === undefined ? [] : [{ path, what, requests: told.requests, failures: told.failures }];
  });
  if (paths.length === 0) return undefined;
  return {
    code: 'PROOF_FAILED',
    at,
    instanceIds: [instanceId],
    version: to.version,
    paths,
    examples: proof.examples ?? [],
  };
}

/** It fails more often than the release before can be thought to. */
function isWorse({ requests, failures }: ProofPath, { gates }: RolloutRecord): boolean {
  const { baseline } = gates?.requests ?? freshRequestGate;
  const usual = Math.max(failureRateLeast, highestRate(baseline.failures, baseline.requests, failureAlpha));
  const lowest = 1 - highestRate(requests - failures, requests, failureAlpha);
  return lowest > usual;
}

function isSlow({ slowInARow = 0 }: ProofPath): boolean {
  return slowInARow >= answersLeast;
}

function findUnheard(
  record: RolloutRecord,
  { at }: Observation,
  { instanceId }: ProofObservation,
): Evidence | undefined {
  const { proof = {}, options, to } = record;
  const { healthySince, reportedVersion: version, reportedStatus: status } = proof;
  if (!options.isVersionChecked || healthySince === undefined || hasNamed(record) || countAsked(proof) === 0)
    return undefined;
  const healthyMs = at - Math.max(healthySince, record.phaseSince);
  if (healthyMs < options.startTimeoutMs) return undefined;
  const shown = [{ instanceId, healthyMs, version, status }];
  return { code: 'VERSION_NOT_REPORTED', at, instanceIds: [instanceId], expected: to.version, shown };
}

function hasNamed({ proof, to }: RolloutRecord): boolean {
  return proof?.reportedVersion === to.version && proof.reportedStatus === 'OK';
}

export function countAsked({ paths = {} }: Proof): number {
  return Object.values(paths).reduce((sum, { requests }) => sum + requests, 0);
}

function describeProof({ instanceId, instanceState, target, targetGroupName }: ProofObservation): InstanceState {
  const { state = 'absent', reason, description } = target ?? {};
  const targets = state === 'healthy' ? [] : [{ targetGroupName, state, reason, description }];
  return { instanceId, lifecycleState: instanceState, targets };
}

/** What the instance that is tried still lacks; empty: it is proved. */
export function holdProof(record: RolloutRecord, { at }: Observation, seen: ProofObservation): readonly Hold[] {
  const holds = holdHealth(record, at, seen, record.proof ?? {});
  const { healthySince } = record.proof ?? {};
  return holds.length > 0 || healthySince === undefined ? holds : holdAnswers(record, seen, healthySince, at);
}

/** What one outside of the group lacks to count as healthy. */
export function holdHealth(record: RolloutRecord, at: number, seen: ProofObservation, proof: Proof): readonly Hold[] {
  const { instanceId } = seen;
  const { minHealthyTimeMs, startTimeoutMs } = record.options;
  const progress = (since: number, allowedMs: number) => ({
    waitedMs: Math.max(0, at - since),
    allowedMs,
    untilAt: since + allowedMs,
  });
  const { targets, lifecycleState } = describeProof(seen);
  if (proof.unhealthySince !== undefined)
    return [{ code: 'DIPPED', instanceId, targets, ...progress(proof.unhealthySince, minHealthyTimeMs) }];
  const start = progress(startOfProof({ ...record, proof }), startTimeoutMs);
  if (lifecycleState !== 'running') return [{ code: 'STARTING', instanceId, lifecycleState, ...start }];
  const { healthySince } = proof;
  if (healthySince === undefined) return [{ code: 'NOT_HEALTHY_YET', instanceId, targets, ...start }];
  if (at - healthySince < minHealthyTimeMs)
    return [{ code: 'PROVING', instanceId, ...progress(healthySince, minHealthyTimeMs) }];
  return [];
}

function holdAnswers(record: RolloutRecord, seen: ProofObservation, healthySince: number, at: number): readonly Hold[] {
  const { proof = {}, options, to } = record;
  const { instanceId } = seen;
  const untilAt = healthySince + options.startTimeoutMs;
  if (seen.answers === undefined) return [];
  if (countAsked(proof) === 0) {
    // Where nothing comes through, it is proved by its health alone, and that is told.
    const isInVain = (proof.strangers ?? 0) + (proof.unconnected ?? 0) >= answersLeast || at >= untilAt;
    return isInVain ? [] : [{ code: 'PROOF_ANSWERING', instanceId, paths: [], untilAt }];
  }
  const wanted = options.requests?.paths.map(({ path }) => path) ?? [];
  const undecided = [...new Set([...wanted, ...Object.keys(proof.paths ?? {})])].flatMap((path) => {
    const told = proof.paths?.[path] ?? { requests: 0, failures: 0 };
    const isWell = told.requests >= answersLeast && told.failingSince === undefined && !isSlow(told);
    return isWell ? [] : [{ path, requests: told.requests, failures: told.failures }];
  });
  // A page that fails for users, too, cannot be asked for; it is not waited for without end.
  const isOut = undecided.every(({ requests }) => requests < answersLeast) && at >= untilAt;
  if (undecided.length > 0 && !isOut) return [{ code: 'PROOF_ANSWERING', instanceId, paths: undecided, untilAt }];
  if (!options.isVersionChecked || hasNamed(record)) return [];
  return [{ code: 'VERSION_AWAITED', instanceId, version: to.version, status: proof.reportedStatus, untilAt }];
}
