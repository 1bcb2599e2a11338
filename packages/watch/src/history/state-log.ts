// State log: what must not be forgotten between two runs: open incidents, and alerts that have not arrived yet. One JSON object a line,
// written before it is acted on; written anew when the watch starts.
//
//   H5. After a kill, an incident that was open is open, and an alert that had not arrived is sent: at least once, never silently not.
import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { EndedIncident, IncidentState } from '../incident/incident.js';
import { endedIncidentSchema, openIncidentSchema } from '../incident/incident-schema.js';

/** An alert on its way to one channel. */
export interface Delivery {
  readonly id: string;
  readonly channel: string;
  readonly title: string;
  readonly text: string;
  /** The alert as data. */
  readonly document: unknown;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface StateLogContents {
  readonly states: ReadonlyMap<string, IncidentState>;
  readonly deliveries: readonly Delivery[];
  /** Incidents that are over, the first first. */
  readonly ended: readonly EndedIncident[];
}

const state = z.union([
  z.object({ kind: z.literal('well'), last: endedIncidentSchema.optional() }),
  openIncidentSchema,
]);
const line = z.discriminatedUnion('type', [
  z.object({ type: z.literal('state'), check: z.string(), state }),
  z.object({
    type: z.literal('delivery'),
    id: z.string(),
    channel: z.string(),
    title: z.string(),
    text: z.string(),
    document: z.unknown(),
    at: z.number(),
  }),
  z.object({ type: z.literal('arrived'), id: z.string(), channel: z.string() }),
]);

type LogLine =
  | { readonly type: 'state'; readonly check: string; readonly state: IncidentState }
  | ({ readonly type: 'delivery' } & Delivery)
  | { readonly type: 'arrived'; readonly id: string; readonly channel: string };

const linesMax = 20_000;
/** Alerts that wait; beyond that the oldest are given up. */
const deliveriesMax = 1_000;

export class StateLog {
  readonly #file: string;
  readonly #warn: (error: Error) => void;
  #contents: { states: Map<string, IncidentState>; deliveries: Delivery[]; ended: EndedIncident[] };
  #lineCount = 0;

  constructor(file: string, warn: (error: Error) => void = () => undefined) {
    this.#file = file;
    this.#warn = warn;
    this.#contents = readContents(file);
    this.#rewrite();
  }

  /** What the file says without opening it for writing. */
  static read(file: string): StateLogContents {
    return readContents(file);
  }

  get contents(): StateLogContents {
    return this.#contents;
  }

  noteState(check: string, next: IncidentState): void {
    this.#note({ type: 'state', check, state: next });
  }

  noteDelivery(delivery: Delivery): void {
    this.#note({ type: 'delivery', ...delivery });
  }

  /** It arrived, or was given up. */
  noteArrived({ id, channel }: Pick<Delivery, 'id' | 'channel'>): void {
    this.#note({ type: 'arrived', id, channel });
  }

  #note(next: LogLine): void {
    applyLine(this.#contents, next);
    try {
      appendFileSync(this.#file, `${JSON.stringify(next)}\n`, { mode: 0o600 });
      this.#lineCount += 1;
      if (this.#lineCount > linesMax) this.#rewrite();
    } catch (error) {
      this.#warn(error as Error);
    }
  }

  // Under another name first: a kill in between leaves the former file whole.
  #rewrite(): void {
    const { states, deliveries, ended: over } = this.#contents;
    const lines = [
      ...over.map((last) => ({ type: 'state', check: last.incident.check, state: { kind: 'well', last } })),
      ...[...states].map(([check, each]) => ({ type: 'state', check, state: each })),
      ...deliveries.map((delivery) => ({ type: 'delivery', ...delivery })),
    ];
    try {
      writeFileSync(`${this.#file}.new`, lines.map((each) => `${JSON.stringify(each)}\n`).join(''), { mode: 0o600 });
      renameSync(`${this.#file}.new`, this.#file);
      this.#lineCount = lines.length;
    } catch (error) {
      this.#warn(error as Error);
    }
  }
}

const endedMax = 5_000;

function readContents(file: string) {
  const contents = {
    states: new Map<string, IncidentState>(),
    deliveries: [] as Delivery[],
    ended: [] as EndedIncident[],
  };
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return contents;
  }
  for (const each of text.split('\n')) {
    const checked = line.safeParse(parse(each));
    if (checked.success) applyLine(contents, checked.data);
  }
  return contents;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function applyLine(
  contents: { states: Map<string, IncidentState>; deliveries: Delivery[]; ended: EndedIncident[] },
  next: LogLine,
): void {
  switch (next.type) {
    case 'state': {
      contents.states.set(next.check, next.state);
      if (next.state.kind === 'well' && next.state.last !== undefined) noteEnded(contents, next.state.last);
      return;
    }
    case 'delivery': {
      const { type: _, ...delivery } = next;
      if (!contents.deliveries.some((each) => isSame(each, delivery))) contents.deliveries.push(delivery);
      if (contents.deliveries.length > deliveriesMax) contents.deliveries.shift();
      return;
    }
    case 'arrived':
      contents.deliveries = contents.deliveries.filter((each) => !isSame(each, next));
  }
}

function isSame(a: Pick<Delivery, 'id' | 'channel'>, b: Pick<Delivery, 'id' | 'channel'>): boolean {
  return a.id === b.id && a.channel === b.channel;
}

// An incident that was opened again has ended more than once: the last end counts.
function noteEnded(contents: { ended: EndedIncident[] }, last: EndedIncident): void {
  contents.ended = [...contents.ended.filter(({ incident: { id } }) => id !== last.incident.id), last].slice(-endedMax);
}
