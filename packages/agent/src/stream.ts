// stream: what whoever reads the agent's streams must know of them.
import { z } from 'zod';

/** `i-0abc/0.149.2`: an instance's streams stand together, and the release is in the name. */
export function streamNameOf(instanceId: string, release: string): string {
  return `${instanceId}/${release}`;
}

/** The instance and the release of such a name; undefined for a stream of somebody else. */
export function readStreamName(name: string): { readonly instanceId: string; readonly release: string } | undefined {
  const [, instanceId, release] = /^(i-[0-9a-z]+)\/(.+)$/.exec(name) ?? [];
  return instanceId === undefined || release === undefined ? undefined : { instanceId, release };
}

const markerSchema = z.looseObject({ directrix: z.string() });
const shippedSchema = z.looseObject({ directrix: z.literal('SHIPPED'), until: z.iso.datetime() });
const entrySchema = z.looseObject({
  message: z.string(),
  id: z.string(),
  unit: z.string().optional(),
  identifier: z.string().optional(),
  pid: z.string().optional(),
  part: z.string().optional(),
});

/** One event of a stream, as the agent wrote it. */
export type StreamEvent =
  | {
      readonly kind: 'entry';
      /** The same for each copy of an entry, and for its parts. Undefined where the text has none. */
      readonly id?: string;
      readonly part?: string;
      /** The program that said it: `app[402]`. */
      readonly source?: string;
      readonly text: string;
    }
  /** Everything up to this time (epoch milliseconds) is in the stream. */
  | { readonly kind: 'shipped'; readonly until: number }
  /** GAP, REJECTED, REFUSED: what is missing. */
  | { readonly kind: 'loss'; readonly code: string; readonly text: string };

/** Reads what `event.ts` writes, in both formats. Whatever is neither is text. */
export function readStreamEvent(message: string): StreamEvent {
  const parsed = parse(message);
  const shipped = shippedSchema.safeParse(parsed);
  if (shipped.success) return { kind: 'shipped', until: Date.parse(shipped.data.until) };
  const marker = markerSchema.safeParse(parsed);
  if (marker.success) return { kind: 'loss', code: marker.data.directrix, text: tellMarker(marker.data) };
  const entry = entrySchema.safeParse(parsed);
  if (entry.success) {
    const { id, part, identifier, unit, pid, message: text } = entry.data;
    const source = identifier ?? unit;
    return { kind: 'entry', id, part, source: pid === undefined ? source : `${source ?? 'unknown'}[${pid}]`, text };
  }
  const [, source, text, id, part] = /^(\S+): ([\s\S]*) \[id=([0-9a-f]+)(?: part=(\d+\/\d+))?\]$/.exec(message) ?? [];
  return text === undefined ? { kind: 'entry', text: message } : { kind: 'entry', id, part, source, text };
}

function tellMarker({ directrix: _, ...details }: Readonly<Record<string, unknown>>): string {
  return Object.entries(details)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}

function parse(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}

/** How often the agent says how far it is, in seconds, where nobody says otherwise. */
export const HEARTBEAT_SECONDS = 30;

/** Selects the events that say how far a stream is: a filter pattern of CloudWatch Logs. */
export const SHIPPED_PATTERN = '{ $.directrix = "SHIPPED" }';
