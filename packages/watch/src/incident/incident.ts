// incident: one check's way through an outage, as a state machine over verdicts. Pure: the time is passed in, and nothing waits.
//
//   W6. An incident is opened once and is over once it was well for `recoverAfterMs` without a break: 100 flaps within that are one
//       incident and two alerts.
//   W7. A check that fails again within `reopenWithinMs` of its last incident opens that one again, and must be well for twice as long each
//       time, so that slow flapping soon is one incident too.
//   W8. What is unknown changes nothing: it neither opens an incident nor ends one.
//   W9. An incident that goes on is told again every `resendEveryMs`; each alert has an id of its own that is the same in every place.
//       A place that hears of an incident that another place has told takes it over as it is: it is not told a second time.
//  W10. During planned work nothing is told. What is still open afterwards is told then; what is over by then never is.
import { recoverAfterMsMax, reopenWithinMs } from '../defaults.js';
import type { Trouble } from './sight.js';
import type { Verdict } from './verdict.js';

export interface Incident {
  /** `front page/2018-11-11T00:16:40.000Z` */
  readonly id: string;
  readonly check: string;
  /** The first bad look. */
  readonly beganAt: number;
  /** When enough places agreed. */
  readonly openedAt: number;
  readonly places: readonly string[];
  readonly trouble?: Trouble;
  /** How often it was well in between. */
  readonly flapCount: number;
  /** How often it was told as over and then was not. */
  readonly reopenCount: number;
  /** The last moment at which it was seen to be down. */
  readonly lastDownAt: number;
}

export type IncidentState =
  | { readonly kind: 'well'; readonly last?: EndedIncident }
  | {
      readonly kind: 'open';
      readonly incident: Incident;
      /** Well since then, though not for long enough. */
      readonly wellSince?: number;
      /** Undefined: it is not told yet (W10). */
      readonly toldAt?: number;
      readonly tellCount: number;
    };

export type OpenIncident = Extract<IncidentState, { readonly kind: 'open' }>;

export interface EndedIncident {
  readonly incident: Incident;
  /** Since when it was well: not when that was believed. */
  readonly endedAt: number;
  readonly tellCount: number;
}

export interface Alert {
  /** The same in every place, and another for each alert: receivers may drop what they have seen. */
  readonly id: string;
  readonly kind: 'began' | 'continues' | 'recovered';
  readonly at: number;
  readonly incident: Incident;
  /** With `recovered`. */
  readonly endedAt?: number;
}

interface IncidentSettings {
  readonly recoverAfterMs: number;
  readonly resendEveryMs: number;
  /** Planned work is going on. */
  readonly isQuiet?: boolean;
  /** The open incident as the place has it that told it; absent where that is this place. */
  readonly elsewhere?: OpenIncident;
}

interface IncidentStep {
  readonly state: IncidentState;
  readonly alerts: readonly Alert[];
}

export const wellState: IncidentState = { kind: 'well' };

/** The state after one more verdict at `at` (epoch milliseconds, never earlier than the last), and what is to be told. */
export function advanceIncident(
  state: IncidentState,
  check: string,
  verdict: Verdict,
  at: number,
  settings: IncidentSettings,
): IncidentStep {
  if (state.kind === 'well') {
    if (verdict.kind !== 'down') return { state, alerts: [] };
    return goOn(settings.elsewhere ?? open(state, check, verdict, at), at, settings);
  }
  return advanceOpen(takeOver(state, settings.elsewhere), verdict, at, settings);
}

function takeOver(state: OpenIncident, elsewhere: OpenIncident | undefined): OpenIncident {
  if (elsewhere?.toldAt === undefined) return state;
  const { incident, toldAt, tellCount } = elsewhere;
  return { ...state, incident: { ...incident, lastDownAt: state.incident.lastDownAt }, toldAt, tellCount };
}

function advanceOpen(state: OpenIncident, verdict: Verdict, at: number, settings: IncidentSettings): IncidentStep {
  if (verdict.kind === 'down') return goOn(noteDown(state, verdict, at), at, settings);
  if (verdict.kind === 'unknown') return goOn(state, at, settings);
  const wellSince = state.wellSince ?? at;
  if (at - wellSince < quietMsFor(state.incident, settings)) return goOn({ ...state, wellSince }, at, settings);
  const { incident, tellCount, toldAt } = state;
  const isTold = toldAt !== undefined;
  return {
    state: { kind: 'well', last: { incident, endedAt: wellSince, tellCount: tellCount + (isTold ? 1 : 0) } },
    alerts: isTold ? [{ ...alertOf('recovered', incident, at, tellCount), endedAt: wellSince }] : [],
  };
}

type Down = Extract<Verdict, { readonly kind: 'down' }>;

function open(
  { last }: Extract<IncidentState, { readonly kind: 'well' }>,
  check: string,
  verdict: Down,
  at: number,
): OpenIncident {
  const isSame = last !== undefined && verdict.since - last.endedAt < reopenWithinMs;
  const seen = { places: verdict.places, trouble: verdict.trouble, lastDownAt: at };
  const incident: Incident = isSame
    ? { ...last.incident, ...seen, reopenCount: last.incident.reopenCount + 1, flapCount: last.incident.flapCount + 1 }
    : {
        id: `${check}/${new Date(verdict.since).toISOString()}`,
        check,
        beganAt: verdict.since,
        openedAt: at,
        flapCount: 0,
        reopenCount: 0,
        ...seen,
      };
  return { kind: 'open', incident, tellCount: isSame ? last.tellCount : 0 };
}

function noteDown(state: OpenIncident, { places, trouble }: Down, at: number): OpenIncident {
  const { incident, toldAt, tellCount } = state;
  const flapCount = incident.flapCount + (state.wellSince === undefined ? 0 : 1);
  return { kind: 'open', incident: { ...incident, places, trouble, flapCount, lastDownAt: at }, toldAt, tellCount };
}

function goOn(state: OpenIncident, at: number, { resendEveryMs, isQuiet = false }: IncidentSettings): IncidentStep {
  const { toldAt, tellCount, incident } = state;
  if (isQuiet || (toldAt !== undefined && at - toldAt < resendEveryMs)) return { state, alerts: [] };
  return {
    state: { ...state, toldAt: at, tellCount: tellCount + 1 },
    alerts: [alertOf(toldAt === undefined ? 'began' : 'continues', incident, at, tellCount)],
  };
}

// recoverAfter 1 min: 1 min at first, 2 min when it came back once, 4 min, … up to 30 min.
function quietMsFor({ reopenCount }: Incident, { recoverAfterMs }: IncidentSettings): number {
  return Math.max(recoverAfterMs, Math.min(recoverAfterMs * 2 ** reopenCount, recoverAfterMsMax));
}

function alertOf(kind: Alert['kind'], incident: Incident, at: number, number: number): Alert {
  return { id: `${incident.id}/${number + 1}-${kind}`, kind, at, incident };
}
