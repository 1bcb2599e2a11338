// statements: what each source of the house says, as sightings.
import type { ActivityObservation } from '@directrix/rollout';
import type { ProberSighting } from './entry.js';
import type { JournalEvent } from './journal.js';
import type { Timed } from './timeline.js';

/** The events of a journal; and what they say of the health of targets, which AWS keeps no history of. */
export function statementOfJournal(events: readonly JournalEvent[]): readonly Timed[] {
  return events.flatMap((event): readonly Timed[] => [
    { at: event.at, sighting: { witness: 'rollout', event } },
    ...(event.kind === 'instance' ? (event.targets ?? []) : []).map(
      ({ targetGroupName, state, reason }): Timed => ({
        at: event.at,
        sighting: {
          witness: 'targetHealth',
          change: { instanceId: instanceOf(event), targetGroup: targetGroupName, state, reason },
        },
      }),
    ),
  ]);
}

function instanceOf(event: JournalEvent): string {
  return event.kind === 'instance' ? event.instanceId : '';
}

/** An incident of a prober, as `directrix watch` keeps it. Times are epoch milliseconds. */
export interface ProbedIncident {
  readonly id: string;
  readonly check: string;
  readonly beganAt: number;
  readonly openedAt: number;
  /** Undefined: it is not over. */
  readonly endedAt?: number;
  readonly places: readonly string[];
  readonly codes: readonly string[];
}

/** Each incident: when it began, when enough places agreed, and when it was over. */
export function statementOfIncidents(incidents: readonly ProbedIncident[]): readonly Timed[] {
  return incidents.flatMap(({ id, check, beganAt, openedAt, endedAt, places, codes }) => {
    const seen = (at: number, what: ProberSighting['what']): Timed => ({
      at,
      sighting: { witness: 'prober', what, check, incidentId: id, places, codes },
    });
    return [
      seen(beganAt, 'began'),
      seen(openedAt, 'alarmed'),
      ...(endedAt === undefined ? [] : [seen(endedAt, 'recovered')]),
    ];
  });
}

/** The scaling activities of a group, each at its start. */
export function statementOfActivities(activities: readonly ActivityObservation[]): readonly Timed[] {
  return [...activities]
    .sort((left, right) => left.startedAt - right.startedAt)
    .map((activity) => ({ at: activity.startedAt, sighting: { witness: 'autoScaling', activity } }));
}
