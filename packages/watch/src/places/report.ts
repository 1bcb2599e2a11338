// Report: what a place tells the others. It crosses the network: what arrives is checked, and bounded.
import { z } from 'zod';
import { checkCountMax } from '../defaults.js';
import type { IncidentState, OpenIncident } from '../incident/incident.js';
import { openIncidentSchema, troubleSchema } from '../incident/incident-schema.js';
import type { PlaceState, PlaceStatus } from '../incident/place-state.js';
import type { PlaceReport } from '../incident/verdict.js';

export const reportBytesMax = 2_000_000;

const statuses = ['up', 'suspect', 'down', 'cutOff'] as const satisfies readonly PlaceStatus[];

export const reportSchema = z.object({
  schema: z.literal('directrix.watch-report/1'),
  place: z.string().min(1).max(100),
  /** By the clock of the place that sends it. */
  sentAt: z.number(),
  /** The place has channels: it can send alerts. */
  sends: z.boolean(),
  checks: z
    .array(
      z.object({
        name: z.string().max(200),
        status: z.enum(statuses),
        downSince: z.number().optional(),
        trouble: troubleSchema.optional(),
        /** An incident that the place that sends this has told. */
        open: openIncidentSchema.optional(),
      }),
    )
    .max(checkCountMax * 4),
});

export type Report = z.output<typeof reportSchema>;

interface ReportedCheck {
  readonly name: string;
  readonly state: PlaceState;
  readonly incident: IncidentState;
  /** This place has told the incident. */
  readonly isTeller: boolean;
}

export function writeReport(
  place: string,
  checks: readonly ReportedCheck[],
  { sentAt, sends }: { readonly sentAt: number; readonly sends: boolean },
): Report {
  return {
    schema: 'directrix.watch-report/1',
    place,
    sentAt,
    sends,
    checks: checks.map(({ name, state: { status, downSince, trouble }, incident, isTeller }) => ({
      name,
      status,
      downSince,
      trouble,
      ...(incident.kind === 'open' && isTeller ? { open: incident } : {}),
    })),
  };
}

export interface HeardCheck {
  readonly report: PlaceReport;
  /** The incident that the place has told. */
  readonly open?: OpenIncident;
}

/**
 * What a report says, by the name of the check. When a check went down is in times of our clock: a report that was long on its way moves
 * it by as much. An incident keeps its own times, which are part of its id.
 */
export function readReport({ place, sentAt, checks }: Report, heardAt: number): ReadonlyMap<string, HeardCheck> {
  return new Map(
    checks.map(({ name, status, downSince, trouble, open }) => {
      const since = downSince === undefined ? {} : { downSince: downSince + (heardAt - sentAt) };
      return [name, { report: { place, status, heardAt, trouble, ...since }, open }];
    }),
  );
}
