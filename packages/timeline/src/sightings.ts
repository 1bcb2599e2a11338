// sightings: what witnesses of others saw, one JSON object a line. Checked, and cut down to what a timeline needs.
//
//   J4. A line that is no sighting is counted, and loses no other. Texts lose what looks like a secret (K1).
import { z } from 'zod';
import type { Sighting } from './entry.js';
import { hideSecrets } from './secrets.js';
import type { Timed } from './timeline.js';

const name = z.string().max(500);
const text = z.string().max(2_000).transform(hideSecrets);
const codes = z.array(name).max(50).default([]);

const sighting = z.discriminatedUnion('witness', [
  z.object({
    witness: z.literal('targetHealth'),
    change: z.object({ instanceId: name, targetGroup: name, state: name, reason: name.optional() }),
  }),
  z.object({
    witness: z.literal('prober'),
    what: z.enum(['began', 'alarmed', 'recovered']),
    check: name,
    incidentId: name,
    places: codes,
    codes,
  }),
  z.object({
    witness: z.literal('alarm'),
    alarmName: name,
    state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  }),
  z.object({ witness: z.literal('log'), instanceId: name, line: text }),
  z.object({
    witness: z.literal('release'),
    what: z.enum(['tagged', 'baked']),
    version: name,
    id: name.optional(),
  }),
  z.object({ witness: z.literal('secrets'), what: z.enum(['written', 'deleted', 'labelled']), name }),
  z.object({
    witness: z.literal('network'),
    change: z.object({ from: name, to: name, before: name, after: name, codes, kind: name.optional() }),
  }),
  z.object({ witness: z.literal('person'), what: z.enum(['noticed', 'decided', 'said']), text }),
]);

const instant = z.union([z.number(), z.iso.datetime({ offset: true }).transform((value) => Date.parse(value))]);
/** How far the witness's clock was ahead of the deployer's, in milliseconds. */
const stamp = z.object({ at: instant, clockOffsetMs: z.number().default(0) });

export interface SightingsReading {
  /** In times of the reference clock. */
  readonly sightings: readonly Timed[];
  readonly unreadableCount: number;
}

/** The sightings of a text: `{"at": "2018-11-11T00:16:00Z", "witness": "person", "what": "noticed", "text": "…"}` a line. */
export function readSightings(lines: string): SightingsReading {
  const sightings: Timed[] = [];
  let unreadableCount = 0;
  for (const line of lines.split('\n')) {
    if (line.trim() === '') continue;
    const value = parseLine(line);
    const [stamped, seen] = [stamp.safeParse(value), sighting.safeParse(value)];
    if (stamped.success && seen.success)
      sightings.push({ at: stamped.data.at - stamped.data.clockOffsetMs, sighting: seen.data satisfies Sighting });
    else unreadableCount += 1;
  }
  return { sightings, unreadableCount };
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
