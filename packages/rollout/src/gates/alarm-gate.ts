// Alarm gate: CloudWatch alarms that somebody chose. One that is raised after the release began to serve fails it.
//
//   A1. An alarm that was in ALARM before a new instance served is told and not counted, until it has been OK.
//   A2. An alarm that stops giving data neither fails nor passes; one that never gave any is told once and left out.
import type { AlarmObservation } from '../observation.js';
import type { Verdict } from './verdict.js';

/** Plain data, by the names of alarms. */
export interface AlarmGate {
  /** In ALARM before the release served, and not OK since. */
  readonly alreadyRaised: readonly string[];
  /** Never seen with data. */
  readonly silent: readonly string[];
  /** In ALARM, and counted. */
  readonly raised: readonly NamedAlarm[];
  /** Had data once, and have none now. */
  readonly lost: readonly string[];
}

interface NamedAlarm {
  readonly name: string;
  readonly reason?: string;
}

/** The gate after one look. `isExposed`: a new instance serves, or has served. */
export function foldAlarms(
  gate: AlarmGate | undefined,
  alarms: readonly AlarmObservation[],
  isExposed: boolean,
): AlarmGate {
  const raised = alarms.filter(({ state }) => state === 'ALARM');
  const silentNow = alarms.filter(({ state }) => state !== 'ALARM' && state !== 'OK').map(({ name }) => name);
  const isEarlier = ({ name }: AlarmObservation) => !isExposed || gate?.alreadyRaised.includes(name) === true;
  const alreadyRaised = raised.filter(isEarlier).map(({ name }) => name);
  const silent = gate === undefined ? silentNow : gate.silent.filter((name) => silentNow.includes(name));
  return {
    // Without data it has not been OK.
    alreadyRaised: [...alreadyRaised, ...(gate?.alreadyRaised ?? []).filter((name) => silentNow.includes(name))],
    silent,
    raised: raised.filter((alarm) => !isEarlier(alarm)).map(({ name, reason }) => ({ name, reason })),
    lost: silentNow.filter((name) => !silent.includes(name)),
  };
}

export function judgeAlarms({ raised, lost, alreadyRaised }: AlarmGate): Verdict {
  if (raised.length > 0) return 'fail';
  if (lost.length > 0) return 'no-data';
  return alreadyRaised.length > 0 ? 'already-broken' : 'pass';
}
