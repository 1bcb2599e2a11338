// Request gate: judges a release by the requests that it answers, as a user would.
//
// Until a new instance serves, the answers are the baseline: how often requests fail anyway, and how long they take. From then on
// two tests run beside each other, for failures and for slow answers:
//
//   - the comparison (rate-ratio.ts), of answers that say which release gave them. What hits both releases cancels.
//   - the change (rate-change.ts), of answers that do not say it, and of all answers once no old instance serves.
//
// What the change finds is held against the release only where it can be the release's doing: while old instances serve, requests
// that fail more often than new instances are asked, or successes that come from both in their usual shares, are everybody's.
//
//   G1. A release that fails no more often than the one before it is failed with a probability of at most gateAlpha.
//   G2. no-data never passes: a pass needs requests of its own.
//   G3. Requests that reach no load balancer say nothing.
//   G4. The state is plain data of bounded size; it lives in the record.
import { highestRate, logLikelihoodRatio } from './bernoulli.js';
import { addLatency, countLatencies, countSlower, type Latencies, quantileOf } from './latencies.js';
import { foldPromotion, isPromoted } from './promotion.js';
import {
  foldRateChange,
  freshRateChange,
  hasChanged,
  isSuspicious,
  logOfChange,
  type RateChange,
} from './rate-change.js';
import {
  foldRateRatio,
  freshRateRatio,
  isWorse,
  logEvidenceOf,
  type PairedCounts,
  pValueOf,
  type RateRatio,
} from './rate-ratio.js';
import type { Answerer } from './request-answer.js';
import { judgeSprt } from './sprt.js';
import type { Verdict } from './verdict.js';

/** The probability that a good release is failed, all tests together; testAlphas share it. */
export const gateAlpha = 0.01;

/** Each change is paid for twice: for its own test, and for the rate that its baseline leaves possible. */
const testAlphas = {
  failing: { comparison: 0.007, change: 0.0008 },
  slow: { comparison: 0.001, change: 0.0002 },
} as const;

/** The probability that a bad release passes. */
export const passBeta = 0.05;
/** A release of which so many requests more than usual fail must not pass. */
const excludedRate = 0.05;
/** A good release fails this often, where the baseline is too short to show it. */
const goodRateLeast = 0.001;

/** Slow: more than twice the baseline's 95th percentile, and more than this above it. A cold cache is not a regression. */
const slowMarginMs = 250;
const slowFactor = 2;
/** Fewer answers say nothing about a percentile. */
const latencySampleLeast = 20;

/** Half of all requests of the release before fail: the environment is broken. */
const brokenShare = 0.5;
const brokenSampleLeast = 10;

/** How sure it must be that failures are everybody's, and that they are the release's. */
const everybodyAlpha = 0.01;
const releaseAlpha = 0.01;

const exampleCountMax = 3;

export interface Tally {
  readonly requests: number;
  readonly failures: number;
  readonly slow: number;
}

/** One request that failed or was slow, to show. */
export interface RequestExample {
  readonly at: number;
  readonly path: string;
  readonly durationMs: number;
  readonly statusCode?: number;
  readonly trouble?: string;
  readonly instanceId?: string;
  readonly answerer: Answerer;
}

interface Trial {
  readonly comparison: RateRatio;
  readonly change: RateChange;
  /** Of answers that old instances gave: when they fail too, it is not the release alone. */
  readonly oldChange: RateChange;
  /** By path, since the change began to look suspicious. */
  readonly suspects: Readonly<Record<string, Suspect>>;
  /** Once the failures were found to be everybody's; until they end. */
  readonly isShared?: boolean;
}

interface Suspect {
  readonly requests: number;
  readonly failures: number;
  /** Sum over the requests of the share of new instances among those that served. */
  readonly newShares: number;
  /** Successes that said whose they are. */
  readonly newSuccesses: number;
  readonly oldSuccesses: number;
}

export interface RequestGate {
  /** Until a new instance served. */
  readonly baseline: Tally;
  readonly latencies: Latencies;
  /** Fixed when the first new instance served, so that the release cannot move what it is measured by. */
  readonly usual?: {
    /** The highest that the baseline leaves possible, for the change. */
    readonly failureRate: number;
    readonly slowRate: number;
    /** The same, for a pass. */
    readonly goodRate: number;
    readonly slowMs?: number;
  };
  /** Since a new instance served, by who answered. */
  readonly answered: Readonly<Record<Answerer, Tally>>;
  /** While new instances served and no old one did. */
  readonly alone: Tally;
  readonly failing: Trial;
  readonly slow: Trial;
  /** Evidence that the release fails less than promotionMargin times as often as the old one. */
  readonly promotionLog: number;
  /** Counts of ticks in which only one of the two answered, until the other does. */
  readonly unpaired: PairedCounts & { readonly newSlow: number; readonly oldSlow: number };
  readonly unconnected: number;
  readonly examples: readonly RequestExample[];
}

const nothing: Tally = { requests: 0, failures: 0, slow: 0 };
const noSuspect: Suspect = { requests: 0, failures: 0, newShares: 0, newSuccesses: 0, oldSuccesses: 0 };
const freshTrial: Trial = {
  comparison: freshRateRatio,
  change: freshRateChange,
  oldChange: freshRateChange,
  suspects: {},
};
const nothingUnpaired = { newRequests: 0, oldRequests: 0, newFailures: 0, oldFailures: 0, newSlow: 0, oldSlow: 0 };

export const freshRequestGate: RequestGate = {
  baseline: nothing,
  latencies: {},
  answered: { new: nothing, old: nothing, unknown: nothing },
  alone: nothing,
  failing: freshTrial,
  slow: freshTrial,
  promotionLog: 0,
  unpaired: nothingUnpaired,
  unconnected: 0,
  examples: [],
};

/** What one tick shows: how many instances of each release serve, and the answers since the last tick. */
interface RequestTick {
  readonly newServing: number;
  readonly oldServing: number;
  readonly answers: readonly JudgedAnswer[];
}

export interface JudgedAnswer extends Omit<RequestExample, 'answerer'> {
  readonly answerer: Answerer;
  readonly isFailed: boolean;
  readonly isConnected: boolean;
}

export function foldRequests(gate: RequestGate, tick: RequestTick): RequestGate {
  const answers = tick.answers.filter(({ isConnected }) => isConnected);
  const unconnected = gate.unconnected + tick.answers.length - answers.length;
  const isExposed =
    gate.usual !== undefined || tick.newServing > 0 || answers.some(({ answerer }) => answerer === 'new');
  if (answers.length === 0) return unconnected === gate.unconnected ? gate : { ...gate, unconnected };
  if (!isExposed) return { ...addToBaseline(gate, answers), unconnected };
  const usual = gate.usual ?? fixUsual(gate);
  const judged = { ...gate, usual, unconnected, examples: keepExamples(gate.examples, answers, usual.slowMs) };
  return foldTrials(judged, usual, countByPath(answers, usual.slowMs), tick);
}

function addToBaseline(gate: RequestGate, answers: readonly JudgedAnswer[]): RequestGate {
  const failures = answers.filter(({ isFailed }) => isFailed).length;
  const baseline = add(gate.baseline, { requests: answers.length, failures, slow: 0 });
  const latencies = answers
    .filter(({ isFailed }) => !isFailed)
    .reduce<Latencies>((all, { durationMs }) => addLatency(all, durationMs), gate.latencies);
  return { ...gate, baseline, latencies };
}

/** From when on an answer is slow; undefined: too few were seen before the release to tell. */
export function slowMsOf({ usual, latencies }: RequestGate): number | undefined {
  if (usual !== undefined) return usual.slowMs;
  const usualMs = countLatencies(latencies) < latencySampleLeast ? undefined : quantileOf(latencies, 0.95);
  return usualMs === undefined ? undefined : slowMsFrom(usualMs);
}

/** From when on an answer is slow, of the 95th percentile of the release before. Milliseconds. */
export function slowMsFrom(usualMs: number): number {
  return Math.max(slowFactor * usualMs, usualMs + slowMarginMs);
}

function fixUsual(gate: RequestGate): NonNullable<RequestGate['usual']> {
  const { baseline, latencies } = gate;
  const { requests, failures } = baseline;
  const slowMs = slowMsOf(gate);
  return {
    failureRate: highestRate(failures, requests, testAlphas.failing.change),
    slowRate: highestRate(slowMs === undefined ? 0 : countSlower(latencies, slowMs), requests, testAlphas.slow.change),
    // A short baseline leaves higher rates possible, and a release that fails as often must be able to pass.
    goodRate: goodRateFrom(requests === 0 ? 0 : highestRate(failures, requests, passBeta)),
    slowMs,
  };
}

function goodRateFrom(usualRate: number): number {
  return Math.min(0.98 - excludedRate, Math.max(goodRateLeast, usualRate));
}

/** Whether so many failures of so many requests exclude a release of which 5 points more fail than usual. */
export function isGoodRate(failures: number, requests: number, usualRate: number): boolean {
  const goodRate = goodRateFrom(usualRate);
  const terms = { goodRate, badRate: goodRate + excludedRate, alpha: gateAlpha, beta: passBeta };
  return judgeSprt(failures, requests, terms) === 'good';
}

type Counts = Readonly<Record<Answerer, Tally>>;
type CountsByPath = Readonly<Record<string, Counts>>;

const noCounts: Counts = { new: nothing, old: nothing, unknown: nothing };

function countByPath(answers: readonly JudgedAnswer[], slowMs = Number.POSITIVE_INFINITY): CountsByPath {
  const byPath: Record<string, Counts> = {};
  for (const { path, answerer, isFailed, durationMs } of answers) {
    const counts = byPath[path] ?? noCounts;
    const one = { requests: 1, failures: Number(isFailed), slow: Number(!isFailed && durationMs > slowMs) };
    byPath[path] = { ...counts, [answerer]: add(counts[answerer], one) };
  }
  return byPath;
}

function foldTrials(
  gate: RequestGate,
  usual: NonNullable<RequestGate['usual']>,
  byPath: CountsByPath,
  { newServing, oldServing }: RequestTick,
): RequestGate {
  const counts = Object.values(byPath).reduce(addCounts, noCounts);
  const isAlone = oldServing === 0 && newServing > 0 && counts.old.requests === 0;
  // An answer of an old instance that drains says nothing about the release that serves alone.
  const pair = isAlone ? nothingUnpaired : addPair(gate.unpaired, counts);
  const isPaired = pair.newRequests > 0 && pair.oldRequests > 0;
  const newShare = newServing / Math.max(1, newServing + oldServing);
  const foldTrial = (trial: Trial, kind: Kind, usualRate: number): Trial => ({
    ...foldChange(trial, { byPath, kind, newShare, usualRate, isAlone }),
    oldChange: isAlone ? freshRateChange : foldRateChange(trial.oldChange, pickKind(counts.old, kind), usualRate),
    comparison: isPaired ? foldRateRatio(trial.comparison, pairOf(pair, kind)) : trial.comparison,
  });
  return {
    ...gate,
    answered: addCounts(gate.answered, counts),
    alone: isAlone ? add(gate.alone, totalOf(counts)) : gate.alone,
    failing: foldTrial(gate.failing, 'failures', usual.failureRate),
    slow: foldTrial(gate.slow, 'slow', usual.slowRate),
    promotionLog: isPaired ? foldPromotion(gate.promotionLog, pairOf(pair, 'failures')) : gate.promotionLog,
    unpaired: isPaired ? nothingUnpaired : pair,
  };
}

type Kind = 'failures' | 'slow';

function pickKind(tally: Tally, kind: Kind): { readonly requests: number; readonly failures: number } {
  return { requests: tally.requests, failures: tally[kind] };
}

interface ChangeTick {
  readonly byPath: CountsByPath;
  readonly kind: Kind;
  readonly newShare: number;
  readonly usualRate: number;
  /** No old instance serves: every failure is the release's, or everybody's. */
  readonly isAlone: boolean;
}

function foldChange(trial: Trial, tick: ChangeTick): Trial {
  const { byPath, newShare, usualRate } = tick;
  const counts = Object.values(byPath).reduce(addCounts, noCounts);
  // The release answered nothing.
  if (newShare === 0 && counts.new.requests === 0) return trial;
  const seen = { requests: totalOf(counts).requests, failures: countUntold(counts, tick) };
  // It ends between two answers: its last failures, beside the first successes, would look like a share of the release's own.
  if (trial.isShared === true && seen.failures < seen.requests)
    return { ...trial, change: freshRateChange, suspects: {}, isShared: undefined };
  const change = foldRateChange(trial.change, seen, usualRate);
  if (!isSuspicious(change)) return { ...trial, change, suspects: {}, isShared: undefined };
  const suspects = { ...trial.suspects };
  for (const [path, each] of Object.entries(byPath)) suspects[path] = addSuspect(suspects[path], each, tick);
  // What is everybody's is forgotten, so that a release that fails after it is still found.
  if (blame(suspects) === 'everybody') return { ...trial, change: freshRateChange, suspects: {}, isShared: true };
  return { ...trial, change, suspects };
}

/** Of an answer that names its release the comparison judges, while there is something to compare with. */
function countUntold(counts: Counts, { kind, isAlone }: ChangeTick): number {
  return isAlone ? totalOf(counts)[kind] : counts.unknown[kind];
}

function addSuspect(suspect: Suspect = noSuspect, counts: Counts, tick: ChangeTick): Suspect {
  const { requests } = totalOf(counts);
  return {
    requests: suspect.requests + requests,
    failures: suspect.failures + countUntold(counts, tick),
    newShares: suspect.newShares + tick.newShare * requests,
    newSuccesses: suspect.newSuccesses + counts.new.requests - counts.new[tick.kind],
    oldSuccesses: suspect.oldSuccesses + counts.old.requests - counts.old[tick.kind],
  };
}

type Blame = 'release' | 'everybody' | 'open';

/** Whose the failures are that do not say it, by the path that has most of them. `open`: it cannot be told yet. */
function blame(suspects: Trial['suspects']): Blame {
  const worst = Object.values(suspects).reduce((a, b) => (b.failures > a.failures ? b : a), noSuspect);
  return worst.failures === 0 ? 'open' : blamePath(worst);
}

function blamePath(suspect: Suspect): Blame {
  const { requests, failures, newShares, newSuccesses, oldSuccesses } = suspect;
  const share = newShares / requests;
  if (share >= 1) return 'release';
  const failureShare = failures / requests;
  // New instances are asked for this share of the requests: they cannot fail more of them.
  const excess =
    failureShare > share ? logLikelihoodRatio(failures, requests, share, Math.min(failureShare, 1 - 1e-9)) : 0;
  if (excess >= -Math.log(everybodyAlpha)) return 'everybody';
  if (newSuccesses + oldSuccesses > 0) return blameBySuccesses(suspect, share);
  return failures === requests ? 'open' : 'release';
}

/** Were the failures all of new instances, these would be missing among the successes. */
function blameBySuccesses({ requests, failures, newSuccesses, oldSuccesses }: Suspect, share: number): Blame {
  const shareIfRelease = Math.max(0.01, (share * requests - failures) / Math.max(1, requests - failures));
  const successes = newSuccesses + oldSuccesses;
  const everybody = logLikelihoodRatio(newSuccesses, successes, Math.min(shareIfRelease, share), share);
  if (everybody >= -Math.log(everybodyAlpha)) return 'everybody';
  return everybody <= Math.log(releaseAlpha) ? 'release' : 'open';
}

/** The numbers behind a verdict, to show. */
export interface RequestNumbers {
  readonly new: Tally;
  readonly old: Tally;
  readonly unknown: Tally;
  readonly baseline: Tally;
  /** What counts as slow; undefined: too little was answered before the release to tell. */
  readonly slowMs?: number;
  /** How likely evidence as strong as this would be, were the release no worse. */
  readonly pValue: number;
  readonly examples: readonly RequestExample[];
}

export type RequestJudgement = { readonly verdict: Verdict; readonly numbers: RequestNumbers } & (
  | { readonly verdict: 'fail'; readonly by: 'failures' | 'slowness'; readonly test: 'comparison' | 'change' }
  | { readonly verdict: 'pass' }
  /** `isDoubtful`: something speaks against the release, and not enough to fail it. */
  | { readonly verdict: 'no-data'; readonly isDoubtful: boolean }
  | { readonly verdict: 'already-broken' }
);

export function judgeRequests(gate: RequestGate): RequestJudgement {
  const numbers = numbersOf(gate);
  const failed = findFailure(gate);
  if (failed !== undefined) return { verdict: 'fail', ...failed, numbers };
  if (isBrokenBefore(gate) || isOutageShared(gate)) return { verdict: 'already-broken', numbers };
  const isDoubtful = [gate.failing, gate.slow].some(
    ({ comparison, change }) => logEvidenceOf(comparison) > 1 || isSuspicious(change),
  );
  if (!isDoubtful && isGood(gate)) return { verdict: 'pass', numbers };
  return { verdict: 'no-data', isDoubtful, numbers };
}

function findFailure({ failing, slow }: RequestGate) {
  for (const [by, trial, alphas] of [
    ['failures', failing, testAlphas.failing],
    ['slowness', slow, testAlphas.slow],
  ] as const) {
    if (isWorse(trial.comparison, alphas.comparison)) return { by, test: 'comparison' as const };
    if (hasChanged(trial.change, alphas.change) && blame(trial.suspects) === 'release')
      return { by, test: 'change' as const };
  }
  return undefined;
}

/** Whether requests fail now, as they did not before, and old instances fail them as well as new ones. */
export function isOutageShared({ failing, slow }: RequestGate): boolean {
  return [failing, slow].some(
    ({ isShared, oldChange }) => isShared === true || logOfChange(oldChange) >= -Math.log(everybodyAlpha),
  );
}

/** Whether requests already failed before the release answered any. */
function isBrokenBefore({ baseline }: RequestGate): boolean {
  return isMostlyFailing(baseline);
}

/** Whether half of them fail, of enough to say so. */
export function isMostlyFailing({ requests, failures }: Pick<Tally, 'requests' | 'failures'>): boolean {
  return requests >= brokenSampleLeast && failures >= brokenShare * requests;
}

/** Alone it has answered enough, or beside the old release it was shown to fail no more than the margin allows. */
function isGood({ alone, usual, promotionLog }: RequestGate): boolean {
  if (isPromoted(promotionLog, passBeta)) return true;
  return usual !== undefined && isGoodRate(alone.failures, alone.requests, usual.goodRate);
}

/**
 * The same of a release that gets a share of the requests: it has answered enough of those that say that it did, and of those that only
 * it gets (`more`).
 */
export function isGoodInCanary({ answered, usual, promotionLog }: RequestGate, more: Omit<Tally, 'slow'>): boolean {
  if (isPromoted(promotionLog, passBeta)) return true;
  const { requests, failures } = answered.new;
  return usual !== undefined && isGoodRate(failures + more.failures, requests + more.requests, usual.goodRate);
}

function numbersOf(gate: RequestGate): RequestNumbers {
  const { answered, baseline, usual, examples, failing, slow } = gate;
  const logs = [failing, slow].flatMap(({ comparison, change }) => [Math.log(pValueOf(comparison)), -change.peakLog]);
  return { ...answered, baseline, slowMs: usual?.slowMs, pValue: Math.min(1, Math.exp(Math.min(...logs))), examples };
}

function keepExamples(
  kept: readonly RequestExample[],
  answers: readonly JudgedAnswer[],
  slowMs = Number.POSITIVE_INFINITY,
): readonly RequestExample[] {
  const shown = answers.filter(
    ({ answerer, isFailed, durationMs }) => answerer !== 'old' && (isFailed || durationMs > slowMs),
  );
  if (shown.length === 0) return kept;
  return [...kept, ...shown.map(toExample)].slice(-exampleCountMax);
}

function toExample({ isFailed: _, isConnected: __, ...example }: JudgedAnswer): RequestExample {
  return example;
}

function add(a: Tally, b: Tally): Tally {
  return { requests: a.requests + b.requests, failures: a.failures + b.failures, slow: a.slow + b.slow };
}

function addCounts(a: Counts, b: Counts): Counts {
  return { new: add(a.new, b.new), old: add(a.old, b.old), unknown: add(a.unknown, b.unknown) };
}

function totalOf(counts: Counts): Tally {
  return add(add(counts.new, counts.old), counts.unknown);
}

function addPair(pair: RequestGate['unpaired'], counts: Counts): RequestGate['unpaired'] {
  return {
    newRequests: pair.newRequests + counts.new.requests,
    oldRequests: pair.oldRequests + counts.old.requests,
    newFailures: pair.newFailures + counts.new.failures,
    oldFailures: pair.oldFailures + counts.old.failures,
    newSlow: pair.newSlow + counts.new.slow,
    oldSlow: pair.oldSlow + counts.old.slow,
  };
}

function pairOf(pair: RequestGate['unpaired'], kind: Kind): PairedCounts {
  if (kind === 'failures') return pair;
  return { ...pair, newFailures: pair.newSlow, oldFailures: pair.oldSlow };
}
