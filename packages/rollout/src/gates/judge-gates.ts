// Judge gates: what the gates make of one observation, into the record; and what holds a rollout because of them.
import { listOutsideSeen, type OutsideSight } from '../canary-sight.js';
import type { GateName, Hold } from '../contract/hold.js';
import type { Notice } from '../contract/notice.js';
import type { Member } from '../members.js';
import type { AlarmObservation, Observation } from '../observation.js';
import type { RolloutRecord } from '../record.js';
import { foldAlarms, judgeAlarms } from './alarm-gate.js';
import { createInstanceLookup, findAnswerer, isFailedAnswer, type RequestAnswer } from './request-answer.js';
import {
  foldRequests,
  freshRequestGate,
  isGoodInCanary,
  isOutageShared,
  type JudgedAnswer,
  judgeRequests,
  type RequestGate,
  type RequestJudgement,
} from './request-gate.js';
import { foldTraffic, freshTrafficGate, judgeTraffic, type TrafficJudgement } from './traffic-gate.js';
import type { Verdict } from './verdict.js';

export interface Judged {
  readonly record: RolloutRecord;
  readonly notices: readonly Notice[];
}

/** The record with what this observation adds to each gate, and what a person should know of it. */
export function judgeGates(record: RolloutRecord, observation: Observation, members: readonly Member[]): Judged {
  const requests = judgeRequestGate(record, observation, members);
  const traffic = judgeTrafficGate(requests.record, observation);
  const alarms = judgeAlarmGate(traffic, observation, members);
  return { record: alarms.record, notices: [...requests.notices, ...alarms.notices] };
}

/** What CloudWatch counts is judged while the canary gets users' requests; before, it only tells what is usual. */
function judgeTrafficGate(record: RolloutRecord, { traffic }: Observation): RolloutRecord {
  if (record.options.canary === undefined || record.phase !== 'canary' || traffic === undefined) return record;
  const before = record.gates?.traffic ?? freshTrafficGate;
  const gate = foldTraffic(before, traffic, record.canary?.changedAts ?? []);
  return gate === before ? record : { ...record, gates: { ...record.gates, traffic: gate } };
}

function judgeRequestGate(record: RolloutRecord, observation: Observation, members: readonly Member[]): Judged {
  const { requests: answers } = observation;
  if (record.options.requests === undefined || answers === undefined) return { record, notices: [] };
  const before = record.gates?.requests ?? freshRequestGate;
  const serving = countServing(record, members);
  const outside = listOutsideSeen(record, observation);
  const gate = splitAnswers(judgeAnswers(record, answers, members, outside), record.options.tickMs).reduce(
    (next, some) => foldRequests(next, { ...serving, answers: some }),
    before,
  );
  if (gate === before) return { record, notices: [] };
  // While it lasted, nothing could progress, and that was not the release's doing.
  const progressAt = isOutageShared(before) && !isOutageShared(gate) ? observation.at : record.progressAt;
  return {
    record: { ...record, progressAt, gates: { ...record.gates, requests: gate } },
    notices: [...noticeBroken(before, gate), ...noticeUnreached(before, gate, answers)],
  };
}

/**
 * As if every tick had been a look; and what came before the first failure of a tick apart from what came with it. An outage begins
 * between two answers: successes of before it, in one with its failures, would look like the share of the old release.
 */
export function splitAnswers(answers: readonly JudgedAnswer[], tickMs: number): readonly (readonly JudgedAnswer[])[] {
  if (answers.length === 0) return [[]];
  const sorted = [...answers].sort((a, b) => a.at - b.at);
  const startedAt = sorted[0]?.at ?? 0;
  const ticks = new Map<number, JudgedAnswer[]>();
  for (const answer of sorted) {
    const tick = Math.floor((answer.at - startedAt) / tickMs);
    ticks.set(tick, [...(ticks.get(tick) ?? []), answer]);
  }
  return [...ticks.values()].flatMap((tick) => {
    const first = tick.findIndex(({ isFailed }) => isFailed);
    return first <= 0 ? [tick] : [tick.slice(0, first), tick.slice(first)];
  });
}

/**
 * How many instances of each release are asked: the healthy ones, or all when none is, because the load balancer fails open. An
 * instance of the release that was never healthy is still starting: when somebody takes away everything that served, its failures are not the
 * release's fault.
 *
 * | old     | new                         | asked: old, new |
 * |---------|-----------------------------|-----------------|
 * | healthy | starting                    | 1, 0            |
 * | ill     | ill, and was healthy before | 1, 1            |
 * | ill     | starting                    | 1, 0            |
 * | none    | starting                    | 0, 0            |
 */
function countServing({ ours }: RolloutRecord, members: readonly Member[]) {
  const share = ours.forward?.inForce?.share;
  // Outside of the group nobody is counted: the listener says how often each release is asked.
  if (share !== undefined) return { newServing: share, oldServing: 1 - share };
  const inService = members.filter(({ instance, isDead }) => instance.lifecycleState === 'InService' && !isDead);
  const serving = inService.filter(({ isServing }) => isServing);
  const asked = serving.length > 0 ? serving : inService.filter((member) => !isStarting(member));
  const newServing = asked.filter(({ isNew }) => isNew).length;
  return { newServing, oldServing: asked.length - newServing };
}

function isStarting({ isNew, known }: Member): boolean {
  return isNew && [known?.healthySince, known?.unhealthySince, known?.verifiedAt].every((at) => at === undefined);
}

function judgeAnswers(
  { options, from, to }: RolloutRecord,
  answers: readonly RequestAnswer[],
  members: readonly Member[],
  outside: readonly OutsideSight[],
): readonly JudgedAnswer[] {
  const find = createInstanceLookup([
    ...members.map(({ instanceId, instance, isNew }) => ({
      instanceId,
      isNew,
      privateDnsName: instance.privateDnsName,
    })),
    ...outside.map(({ seen: { instanceId, privateDnsName } }) => ({ instanceId, privateDnsName, isNew: true })),
  ]);
  return answers.map((answer) => {
    const { at, path, durationMs, statusCode, trouble, isConnected } = answer;
    const instance = find(answer.fqdn);
    return {
      at,
      path,
      durationMs,
      statusCode,
      trouble,
      isConnected,
      instanceId: instance?.instanceId,
      answerer: findAnswerer(answer, instance, { from: from.version, to: to.version }),
      isFailed: isFailedAnswer(answer, options.requests?.paths ?? []),
    };
  });
}

function noticeBroken(before: RequestGate, gate: RequestGate): readonly Notice[] {
  const { verdict, numbers } = judgeRequests(gate);
  if (verdict !== 'already-broken' || judgeRequests(before).verdict === 'already-broken') return [];
  return [{ code: 'REQUESTS_ALREADY_FAILING', numbers }];
}

/** Each time their number has doubled: a network that is down for an hour is not told every tick. */
function noticeUnreached(before: RequestGate, gate: RequestGate, answers: readonly RequestAnswer[]): readonly Notice[] {
  const least = 10;
  const magnitude = (count: number) => (count < least ? 0 : Math.floor(Math.log2(count / least)) + 1);
  if (magnitude(gate.unconnected) === magnitude(before.unconnected)) return [];
  const trouble = answers.findLast(({ isConnected }) => !isConnected)?.trouble;
  return [{ code: 'REQUESTS_UNREACHED', requests: gate.unconnected, trouble }];
}

function judgeAlarmGate(record: RolloutRecord, observation: Observation, members: readonly Member[]): Judged {
  const { alarms } = observation;
  if (record.options.alarmNames === undefined || alarms === undefined) return { record, notices: [] };
  const before = record.gates?.alarms;
  const isExposed = Object.values(record.instances).some(
    (known) => known.launchTemplateVersion === record.to.launchTemplateVersion && known.healthySince !== undefined,
  );
  const isInCanary = record.ours.forward?.inForce !== undefined;
  const isServing = members.some((member) => member.isNew && member.isServing);
  const gate = foldAlarms(before, alarms, isExposed || isInCanary || isServing);
  if (before !== undefined && JSON.stringify(before) === JSON.stringify(gate)) return { record, notices: [] };
  return {
    record: { ...record, gates: { ...record.gates, alarms: gate } },
    notices: [
      ...noticeRaised(before?.alreadyRaised ?? [], gate.alreadyRaised, alarms),
      ...noticeSilent(before, gate, alarms),
    ],
  };
}

function noticeRaised(
  told: readonly string[],
  names: readonly string[],
  alarms: readonly AlarmObservation[],
): readonly Notice[] {
  const fresh = alarms.filter(({ name }) => names.includes(name) && !told.includes(name));
  if (fresh.length === 0) return [];
  return [{ code: 'ALARM_ALREADY_RAISED', alarms: fresh.map(({ name, reason }) => ({ name, reason })) }];
}

function noticeSilent(
  before: { readonly lost: readonly string[] } | undefined,
  gate: { readonly silent: readonly string[]; readonly lost: readonly string[] },
  alarms: readonly AlarmObservation[],
): readonly Notice[] {
  const names = before === undefined ? gate.silent : gate.lost.filter((name) => !before.lost.includes(name));
  const fresh = alarms.filter(({ name }) => names.includes(name));
  if (fresh.length === 0) return [];
  return [{ code: 'ALARM_WITHOUT_DATA', alarms: fresh.map(({ name, state }) => ({ name, state })) }];
}

/** What users' requests say of the release; undefined where nobody asks. */
export function requestJudgementOf({ options, gates }: RolloutRecord): RequestJudgement | undefined {
  return options.requests === undefined ? undefined : judgeRequests(gates?.requests ?? freshRequestGate);
}

/** What CloudWatch's counts say of the canary; undefined while there is none. */
export function trafficJudgementOf({ options, phase, gates }: RolloutRecord): TrafficJudgement | undefined {
  return options.canary === undefined || phase !== 'canary'
    ? undefined
    : judgeTraffic(gates?.traffic ?? freshTrafficGate);
}

/** The gates of the canary, with their verdicts: beside the share of users' requests counts what only it was asked. */
export function listCanaryVerdicts(
  record: RolloutRecord,
): readonly { readonly gate: GateName; readonly verdict: Verdict }[] {
  const traffic = trafficJudgementOf(record);
  const isGood = isGoodInCanary(record.gates?.requests ?? freshRequestGate, tallyOfProof(record));
  const asked = listVerdicts(record).map((each) => {
    const judgement = each.gate === 'requests' ? requestJudgementOf(record) : undefined;
    if (judgement?.verdict === 'no-data' && !judgement.isDoubtful && isGood)
      return { ...each, verdict: 'pass' as const };
    return each;
  });
  return [...asked, ...(traffic === undefined ? [] : [{ gate: 'traffic' as const, verdict: traffic.verdict }])];
}

/** What those outside of the group answered that only they are asked, since users' requests reach them. */
function tallyOfProof({ proof }: RolloutRecord): { readonly requests: number; readonly failures: number } {
  const paths = Object.values(proof?.paths ?? {});
  return {
    requests: paths.reduce((all, { requests }) => all + requests, 0),
    failures: paths.reduce((all, { failures }) => all + failures, 0),
  };
}

/** Whether requests fail now for old and new alike: the rollout stands still until that is over. */
export function isInSharedOutage({ options, gates }: RolloutRecord): boolean {
  return options.requests !== undefined && gates?.requests !== undefined && isOutageShared(gates.requests);
}

/** What must be clear before anything else of the release is added, or of the old one taken away. */
export function holdByGates(record: RolloutRecord): readonly Hold[] {
  const judgement = requestJudgementOf(record);
  if (judgement === undefined) return holdByTraffic(record);
  const { new: fresh, old, unknown } = judgement.numbers;
  if (isInSharedOutage(record)) {
    const [requests, failures] = [
      sum(fresh.requests, old.requests, unknown.requests),
      sum(fresh.failures, old.failures, unknown.failures),
    ];
    return [{ code: 'OUTAGE_SHARED', requests, failures }];
  }
  if (judgement.verdict !== 'no-data' || !judgement.isDoubtful) return holdByTraffic(record);
  return [
    {
      code: 'GATE_UNDECIDED',
      gate: 'requests',
      isDoubtful: true,
      requests: fresh.requests + unknown.requests,
      failures: fresh.failures + unknown.failures,
      untilAt: record.progressAt + record.options.progressDeadlineMs,
    },
  ];
}

function holdByTraffic(record: RolloutRecord): readonly Hold[] {
  const judgement = trafficJudgementOf(record);
  if (judgement?.verdict !== 'no-data' || !judgement.isDoubtful) return [];
  const { requests, failures } = judgement.numbers.canary;
  const untilAt = record.progressAt + record.options.progressDeadlineMs;
  return [{ code: 'GATE_UNDECIDED', gate: 'traffic', isDoubtful: true, requests, failures, untilAt }];
}

function sum(...numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}

/** The gates that are in use, with their verdicts. */
export function listVerdicts(record: RolloutRecord): readonly { readonly gate: GateName; readonly verdict: Verdict }[] {
  const requests = requestJudgementOf(record);
  const { alarms } = record.gates ?? {};
  return [
    ...(requests === undefined ? [] : [{ gate: 'requests' as const, verdict: requests.verdict }]),
    ...(record.options.alarmNames === undefined
      ? []
      : [{ gate: 'alarms' as const, verdict: alarms === undefined ? ('no-data' as const) : judgeAlarms(alarms) }]),
  ];
}
