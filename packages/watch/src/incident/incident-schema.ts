// Troubles and incidents as they come from a file or from another place.
import { z } from 'zod';
import type { EndedIncident, Incident, OpenIncident } from './incident.js';
import type { Trouble } from './sight.js';

const code = z.string().max(100);

export const troubleSchema: z.ZodType<Trouble> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('failure'),
    phase: z.enum(['resolve', 'connect', 'tls', 'firstByte', 'body']),
    code,
  }),
  z.object({ kind: z.literal('mismatch'), codes: z.array(code).max(20), statusCode: z.number() }),
  z.object({ kind: z.literal('certificate'), daysLeft: z.number(), daysLeast: z.number() }),
]);

const incidentSchema: z.ZodType<Incident> = z.object({
  id: z.string().max(400),
  check: z.string().max(200),
  beganAt: z.number(),
  openedAt: z.number(),
  places: z.array(z.string().max(100)).max(100),
  trouble: troubleSchema.optional(),
  flapCount: z.number(),
  reopenCount: z.number(),
  lastDownAt: z.number(),
});

export const endedIncidentSchema: z.ZodType<EndedIncident> = z.object({
  incident: incidentSchema,
  endedAt: z.number(),
  tellCount: z.number(),
});

export const openIncidentSchema: z.ZodType<OpenIncident> = z.object({
  kind: z.literal('open'),
  incident: incidentSchema,
  wellSince: z.number().optional(),
  toldAt: z.number().optional(),
  tellCount: z.number(),
});
