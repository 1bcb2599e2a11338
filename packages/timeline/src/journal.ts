// journal: the lines that a rollout left behind, checked and cut down to what a timeline needs.
//
//   J1. Nothing that a line says is taken unchecked. A line that this version cannot read is counted, and loses no other line.
//   J2. Journals of every version are read: codes and ids are what they share. Sentences of older journals are left out.
//   J3. What a journal repeats while it waits is no event of an incident: `waiting` and `retrying` are left out.
import { z } from 'zod';
import { hideSecrets } from './secrets.js';

/** What happened in a rollout, with the codes and ids that mattered. `at` is epoch milliseconds. */
export type JournalEvent = { readonly at: number; readonly rolloutId: string } & (
  | { readonly kind: 'started'; readonly groupName: string; readonly from: string; readonly to: string }
  | { readonly kind: 'phase'; readonly phase: string }
  | { readonly kind: 'act'; readonly act: string; readonly instanceIds: readonly string[] }
  | {
      readonly kind: 'instance';
      readonly instanceId: string;
      readonly what: string;
      /** With `dipped`: where it is not healthy. */
      readonly targets?: readonly JournalTarget[];
      /** With `launched`. */
      readonly availabilityZone?: string;
      /** With `reported` and `verified`: what it says of itself. */
      readonly version?: string;
      /** With `reported`, without what looks like a secret (K1). */
      readonly status?: string;
    }
  | { readonly kind: 'evidence'; readonly code: string; readonly instanceIds: readonly string[] }
  | { readonly kind: 'notice'; readonly code: string }
  /** The operator set a finding of preflight aside. */
  | { readonly kind: 'skipped'; readonly code: string; readonly subject: string; readonly finding: string }
  | { readonly kind: 'interrupted'; readonly signal: string }
  | { readonly kind: 'finished'; readonly outcome: string; readonly needCode?: string }
);

export interface JournalTarget {
  readonly targetGroupName: string;
  readonly state: string;
  readonly reason?: string;
}

export interface JournalReading {
  readonly events: readonly JournalEvent[];
  /** Lines that say something which this version cannot read. */
  readonly unreadableCount: number;
}

const stamp = { at: z.number(), rolloutId: z.string() };
const text = z.string();
const ids = z.array(text);
const release = z.looseObject({ version: text });

const started = z.looseObject({ ...stamp, kind: z.literal('started'), groupName: text, from: release, to: release });
const phase = z.looseObject({ ...stamp, kind: z.literal('phase'), phase: text });
const decided = z.looseObject({
  ...stamp,
  kind: z.literal('decided'),
  decision: z.looseObject({ kind: text, instanceIds: ids.optional() }),
});
const target = z.object({ targetGroupName: text, state: text, reason: text.optional() });
const instance = z.looseObject({
  ...stamp,
  kind: z.literal('instance'),
  instanceId: text,
  what: text,
  targets: z.array(target).optional(),
  availabilityZone: text.optional(),
  version: text.optional(),
  status: text.transform(hideSecrets).optional(),
});
const evidence = z.looseObject({
  ...stamp,
  kind: z.literal('evidence'),
  evidence: z.looseObject({ code: text, instanceIds: ids.optional() }),
});
// Older journals have the code beside the kind.
const notice = z.looseObject({
  ...stamp,
  kind: z.literal('notice'),
  code: text.optional(),
  notice: z
    .looseObject({ code: text, findingCode: text.optional(), subject: text.optional(), finding: text.optional() })
    .optional(),
});
const interrupted = z.looseObject({ ...stamp, kind: z.literal('interrupted'), signal: text });
const finished = z.looseObject({
  ...stamp,
  kind: z.literal('finished'),
  outcome: text.optional(),
  ending: z.looseObject({ outcome: text, need: z.looseObject({ code: text }).optional() }).optional(),
});
const told = z.discriminatedUnion('kind', [started, phase, decided, instance, evidence, notice, interrupted, finished]);

const untold = z.looseObject({ ...stamp, kind: z.enum(['applied', 'waiting', 'retrying', 'bundle']) });

/** The events of a journal's text: one JSON object a line. A last line that was cut off by a kill counts as unreadable. */
export function readJournal(journal: string): JournalReading {
  const events: JournalEvent[] = [];
  let unreadableCount = 0;
  for (const line of journal.split('\n')) {
    if (line.trim() === '') continue;
    const value = parseLine(line);
    const checked = told.safeParse(value);
    const event = checked.success ? eventOf(checked.data) : undefined;
    if (event !== undefined) events.push(event);
    else if (!untold.safeParse(value).success) unreadableCount += 1;
  }
  return { events, unreadableCount };
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function eventOf(line: z.infer<typeof told>): JournalEvent | undefined {
  const stamped = { at: line.at, rolloutId: line.rolloutId };
  switch (line.kind) {
    case 'started': {
      const { groupName, from, to } = line;
      return { ...stamped, kind: 'started', groupName, from: from.version, to: to.version };
    }
    case 'phase':
      return { ...stamped, kind: 'phase', phase: line.phase };
    case 'decided':
      return { ...stamped, kind: 'act', act: line.decision.kind, instanceIds: line.decision.instanceIds ?? [] };
    case 'instance':
      return {
        ...stamped,
        kind: 'instance',
        instanceId: line.instanceId,
        what: line.what,
        ...pickKnown(line),
      };
    case 'evidence':
      return { ...stamped, kind: 'evidence', code: line.evidence.code, instanceIds: line.evidence.instanceIds ?? [] };
    case 'notice':
      return noticeOf(line, stamped);
    case 'interrupted':
      return { ...stamped, kind: 'interrupted', signal: line.signal };
    case 'finished': {
      const outcome = line.ending?.outcome ?? line.outcome;
      return outcome === undefined
        ? undefined
        : { ...stamped, kind: 'finished', outcome, needCode: line.ending?.need?.code };
    }
  }
}

function pickKnown({ targets, availabilityZone, version, status }: z.infer<typeof instance>) {
  return Object.fromEntries(
    Object.entries({ targets, availabilityZone, version, status }).filter(([, value]) => value !== undefined),
  );
}

function noticeOf(
  { code, notice: said }: z.infer<typeof notice>,
  stamped: { readonly at: number; readonly rolloutId: string },
): JournalEvent | undefined {
  const named = said?.code ?? code;
  if (named === undefined) return undefined;
  const { findingCode, subject = '', finding = '' } = said ?? {};
  if (findingCode !== undefined) return { ...stamped, kind: 'skipped', code: findingCode, subject, finding };
  return { ...stamped, kind: 'notice', code: named };
}
