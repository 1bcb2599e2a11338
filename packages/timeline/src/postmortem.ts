// postmortem: what a postmortem says, as data. Text is made where it is read; nothing here is a sentence.
//
//   P1. Nothing is said that no witness said. What is not known is a question.
//   P2. No blame: no name of a person, no value of a secret, is part of it.
//   P3. The same witnesses give the same postmortem.
import type { NetworkChange, NetworkEdit, TimelineEntry, Witness } from './entry.js';
import { type Impact, measureImpact, type RequestSecond, statementOfOutages } from './impact.js';
import { durationsOf, findMilestones, type Milestones } from './milestones.js';
import { mergeStatements, type Span, type Statement, type Timed } from './timeline.js';

/** A reason why a rollout would fail, as preflight found it. */
export interface FindingSeen {
  readonly code: string;
  /** What it is about: `endpoint vpce-0a1`. */
  readonly subject: string;
  /** As preflight's own edge says it. */
  readonly message: string;
  readonly fix?: string;
  /** Commands that would have prevented it. */
  readonly commands: readonly string[];
  /** The operator overrode it with `--skip`. */
  readonly isSkipped: boolean;
  /** It stood before the incident; `false`: it was only looked for afterwards. */
  readonly wasSaidBefore: boolean;
  /** When preflight said so, in epoch milliseconds of the reference clock, where that is known. */
  readonly saidAt?: number;
}

/** A run of preflight, with what it said. */
export interface PreflightRun {
  /** Epoch milliseconds of the reference clock. */
  readonly at: number;
  readonly findings: readonly Omit<FindingSeen, 'wasSaidBefore' | 'saidAt'>[];
}

/** Who counted the requests. `rollout`: the prober of its gates. `prober`: the looks of `directrix watch`. Both are a sample. */
export type RequestsCounter = 'given' | 'rollout' | 'prober';

export interface PostmortemRequest {
  readonly groupName: string;
  readonly span: Span;
  readonly statements: readonly Statement[];
  /** Undefined: nobody watched the users' requests. */
  readonly requests?: readonly RequestSecond[];
  /** Default: `given`. */
  readonly requestsFrom?: RequestsCounter;
  readonly findings: readonly FindingSeen[];
  /** Of the last run before it began, and of those after, the findings are added to `findings`. */
  readonly preflightRuns?: readonly PreflightRun[];
}

/** A candidate for a root cause, and the smallest change that would have prevented it. */
export type Cause =
  | { readonly kind: 'finding'; readonly finding: FindingSeen }
  /** The network was changed before it began. Whether that is the cause, the paths that it cut say; there may be others that nobody looked at. */
  | {
      readonly kind: 'network';
      /** When it was seen. */
      readonly at: number;
      /** What was changed, where looks at the whole network tell. */
      readonly edits: readonly NetworkEdit[];
      readonly changes: readonly NetworkChange[];
    }
  | { readonly kind: 'evidence'; readonly code: string; readonly instanceIds: readonly string[]; readonly at: number };

/** Something to do so that it does not happen again. */
export type RemediationItem =
  | { readonly code: 'FIX_FINDING'; readonly finding: FindingSeen }
  /** The path was still broken at the last look. */
  | { readonly code: 'FIX_NETWORK'; readonly change: NetworkChange }
  /** The network was changed meanwhile: a change can be looked at before it is made. */
  | { readonly code: 'REVIEW_NETWORK_CHANGES' }
  /** A check was overridden: decide who may, and when. */
  | { readonly code: 'REVIEW_SKIP'; readonly finding: FindingSeen }
  /** Users noticed before any witness of ours. */
  | { readonly code: 'WATCH_REQUESTS' }
  | { readonly code: 'RUN_PREFLIGHT' };

/** What only people can answer. */
export type OpenQuestion =
  | { readonly code: 'IMPACT_UNKNOWN' }
  | { readonly code: 'NOT_DETECTED' }
  | { readonly code: 'NOT_RESTORED'; readonly since: number }
  | { readonly code: 'CAUSE_UNKNOWN' }
  | { readonly code: 'NEEDS_HUMAN'; readonly rolloutId: string }
  | { readonly code: 'WITNESS_SILENT'; readonly witness: Witness };

export interface Postmortem {
  readonly schema: 'directrix.postmortem/1';
  readonly groupName: string;
  readonly span: Span;
  readonly rolloutIds: readonly string[];
  readonly impact?: Impact;
  /** Who counted the requests of `impact`. */
  readonly requestsFrom?: RequestsCounter;
  readonly milestones: Milestones;
  readonly durations: ReturnType<typeof durationsOf>;
  readonly timeline: readonly TimelineEntry[];
  readonly findings: readonly FindingSeen[];
  readonly causes: readonly Cause[];
  readonly remediation: readonly RemediationItem[];
  readonly questions: readonly OpenQuestion[];
}

export function writePostmortem(request: PostmortemRequest): Postmortem {
  const { groupName, span, requests, requestsFrom = 'given', preflightRuns = [] } = request;
  const impact = requests && measureImpact(requests.filter(({ at }) => at >= span.since && at <= span.until));
  const outages = impact === undefined ? [] : [{ sightings: statementOfOutages(impact) }];
  const runs = { sightings: preflightRuns.map(sightingOfRun) };
  const timeline = mergeStatements([...request.statements, runs, ...outages], span);
  const milestones = findMilestones(timeline, impact);
  const findings = addFindings(request.findings, findSaid(preflightRuns, milestones.began?.at ?? span.until));
  const causes = findCauses(timeline, findings, milestones);
  return {
    schema: 'directrix.postmortem/1',
    groupName,
    span,
    rolloutIds: [...new Set(timeline.flatMap((entry) => (entry.witness === 'rollout' ? [entry.event.rolloutId] : [])))],
    impact,
    ...(impact === undefined ? {} : { requestsFrom }),
    milestones,
    durations: durationsOf(milestones),
    timeline,
    findings,
    causes,
    remediation: findRemediation({ timeline, findings, milestones, impact, causes }),
    questions: findQuestions(timeline, impact, milestones, causes),
  };
}

function sightingOfRun({ at, findings }: PreflightRun): Timed {
  const codes = (isSkipped: boolean) => [
    ...new Set(findings.filter((found) => found.isSkipped === isSkipped).map(({ code }) => code)),
  ];
  return { at, sighting: { witness: 'preflight', said: { errors: codes(false), skipped: codes(true) } } };
}

// A finding of an earlier run may have been mended since: only the last run before it began counts as what was said before.
function findSaid(runs: readonly PreflightRun[], began: number): readonly FindingSeen[] {
  const inOrder = [...runs].sort((left, right) => left.at - right.at);
  const before = inOrder.filter(({ at }) => at <= began).slice(-1);
  const after = inOrder.filter(({ at }) => at > began);
  const seen = (wasSaidBefore: boolean) => (run: PreflightRun) =>
    run.findings.map((found): FindingSeen => ({ ...found, wasSaidBefore, saidAt: run.at }));
  return [...before.flatMap(seen(true)), ...after.flatMap(seen(false))];
}

/** The same finding from two sources is one: the one with a fix, skipped and said before where either says so. */
export function addFindings(...lists: readonly (readonly FindingSeen[])[]): readonly FindingSeen[] {
  const united = new Map<string, FindingSeen>();
  for (const found of lists.flat()) {
    const key = `${found.code} ${found.subject}`;
    const other = united.get(key);
    const fuller = other === undefined || other.commands.length < found.commands.length ? found : other;
    const times = [found.saidAt, other?.saidAt].flatMap((at) => at ?? []);
    united.set(key, {
      ...fuller,
      isSkipped: found.isSkipped || other?.isSkipped === true,
      wasSaidBefore: found.wasSaidBefore || other?.wasSaidBefore === true,
      ...(times.length === 0 ? {} : { saidAt: Math.min(...times) }),
    });
  }
  return [...united.values()];
}

// Without harm and without evidence there is nothing to explain: a finding alone is not a cause of anything that happened.
function findCauses(
  timeline: readonly TimelineEntry[],
  findings: readonly FindingSeen[],
  { began }: Milestones,
): readonly Cause[] {
  if (began === undefined) return [];
  const evidence = timeline.flatMap((entry): readonly Cause[] => {
    if (entry.witness !== 'rollout' || entry.event.kind !== 'evidence') return [];
    const { code, instanceIds } = entry.event;
    return [{ kind: 'evidence', code, instanceIds, at: entry.at }];
  });
  const network = findNetworkCauses(timeline, began.at);
  return [...findings.map((finding): Cause => ({ kind: 'finding', finding })), ...network, ...evidence];
}

// One for all that two looks differ in: it may have been one change. What changed after it had begun is no cause.
function findNetworkCauses(timeline: readonly TimelineEntry[], began: number): readonly Cause[] {
  const breaks = listBreaks(timeline).filter(({ change }) => (change.notBefore ?? 0) <= began);
  const edits = listEdits(timeline).filter(({ edit }) => edit.notBefore <= began);
  return [...new Set([...breaks, ...edits].map(({ at }) => at))]
    .sort((left, right) => left - right)
    .map((at) => ({
      kind: 'network',
      at,
      edits: edits.filter((entry) => entry.at === at).map(({ edit }) => edit),
      changes: breaks.filter((entry) => entry.at === at).map(({ change }) => change),
    }));
}

type EditEntry = Extract<TimelineEntry, { readonly witness: 'networkEdit' }>;

function listEdits(timeline: readonly TimelineEntry[]): readonly EditEntry[] {
  return timeline.filter((entry): entry is EditEntry => entry.witness === 'networkEdit');
}

type NetworkEntry = Extract<TimelineEntry, { readonly witness: 'network' }>;

/** The paths that were cut, each once. */
function listBreaks(timeline: readonly TimelineEntry[]): readonly NetworkEntry[] {
  const seen = new Set<string>();
  return listChanges(timeline).filter(({ change }) => {
    const isNew = isBreak(change) && !seen.has(pathOf(change));
    if (isNew) seen.add(pathOf(change));
    return isNew;
  });
}

function listChanges(timeline: readonly TimelineEntry[]): readonly NetworkEntry[] {
  return timeline.filter((entry): entry is NetworkEntry => entry.witness === 'network');
}

// A change that somebody wrote down has no kind: its verdicts say the same.
function isBreak({ kind, before, after }: NetworkChange): boolean {
  return kind === undefined
    ? before === 'reachable' && after !== 'reachable'
    : kind === 'breaks' || kind === 'undecided';
}

/** Whether everything that was changed at that time was taken back later: a path whose source is gone by then does not open any more. */
function isUndone(timeline: readonly TimelineEntry[], at: number): boolean {
  const edits = listEdits(timeline);
  const isTakenBack = ({ edit: { id, what, kind } }: EditEntry) =>
    edits.some(
      (later) => later.at > at && later.edit.id === id && later.edit.what === what && later.edit.kind !== kind,
    );
  const made = edits.filter((entry) => entry.at === at);
  return made.length > 0 && made.every(isTakenBack);
}

function pathOf({ from, to }: NetworkChange): string {
  return `${from} ${to}`;
}

function findRemediation({
  timeline,
  findings,
  milestones: { began, detected },
  impact,
  causes,
}: Pick<Postmortem, 'timeline' | 'findings' | 'milestones' | 'impact' | 'causes'>): readonly RemediationItem[] {
  const changes = listChanges(timeline);
  const isStillBroken = ({ change, at }: NetworkEntry) =>
    !isUndone(timeline, at) &&
    isBreak(changes.findLast((other) => pathOf(other.change) === pathOf(change))?.change ?? change);
  const broken = listBreaks(timeline);
  const isUnseen = impact === undefined || (began !== undefined && detected === undefined);
  return [
    ...findings.map((finding): RemediationItem => ({ code: 'FIX_FINDING', finding })),
    ...broken.filter(isStillBroken).map(({ change }): RemediationItem => ({ code: 'FIX_NETWORK', change })),
    ...(causes.some(({ kind }) => kind === 'network') ? [{ code: 'REVIEW_NETWORK_CHANGES' } as const] : []),
    ...findings
      .filter(({ isSkipped }) => isSkipped)
      .map((finding): RemediationItem => ({ code: 'REVIEW_SKIP', finding })),
    ...(findings.some(({ wasSaidBefore }) => !wasSaidBefore) ? [{ code: 'RUN_PREFLIGHT' } as const] : []),
    ...(isUnseen ? [{ code: 'WATCH_REQUESTS' } as const] : []),
  ];
}

const expectedWitnesses: readonly Witness[] = ['rollout', 'autoScaling'];

function findQuestions(
  timeline: readonly TimelineEntry[],
  impact: Impact | undefined,
  { began, detected, restored }: Milestones,
  causes: readonly Cause[],
): readonly OpenQuestion[] {
  const heard = new Set(timeline.map(({ witness }) => witness));
  const unfinished = timeline.flatMap((entry) =>
    entry.witness === 'rollout' && entry.event.kind === 'finished' && entry.event.outcome === 'needsHuman'
      ? [{ code: 'NEEDS_HUMAN' as const, rolloutId: entry.event.rolloutId }]
      : [],
  );
  return [
    ...(impact === undefined ? [{ code: 'IMPACT_UNKNOWN' } as const] : []),
    ...(began !== undefined && detected === undefined ? [{ code: 'NOT_DETECTED' } as const] : []),
    ...(began !== undefined && restored === undefined ? [{ code: 'NOT_RESTORED', since: began.at } as const] : []),
    ...(began !== undefined && causes.length === 0 ? [{ code: 'CAUSE_UNKNOWN' } as const] : []),
    ...unfinished,
    ...expectedWitnesses
      .filter((witness) => !heard.has(witness))
      .map((witness) => ({ code: 'WITNESS_SILENT', witness }) as const),
  ];
}
