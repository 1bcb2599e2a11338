// impact: what users met, from counts of their requests.
//
//   I1. Every request is counted once. `requests` is the sum over all seconds, `failed` likewise.
//   I2. A second is down when requests arrived in it and none was answered well. A second without requests says nothing.
//   I3. Outages do not overlap, are in order, and hold every failed request. Two that are closer than `quietMs` are one: a site
//       that flaps a hundred times has one outage.
import type { Failures } from './entry.js';
import type { Timed } from './timeline.js';

/** The requests that arrived in one second. */
export interface RequestSecond {
  /** When the second began, in epoch milliseconds. */
  readonly at: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly failures?: Failures;
}

/** A time in which requests failed, with what failed in it. */
export interface Outage {
  /** The beginning of the first second with a failed request. */
  readonly since: number;
  /** The end of the last second with a failed request. */
  readonly until: number;
  readonly failed: number;
  readonly secondsDown: number;
  /** When it was down for the first time; undefined when some request was answered in every second. */
  readonly downSince?: number;
  readonly failures: Failures;
  /** Whether requests were answered well after it. `false`: the counts end with it. */
  readonly isOver: boolean;
}

export interface Impact {
  readonly requests: number;
  readonly failed: number;
  readonly secondsDown: number;
  readonly outages: readonly Outage[];
}

const secondMs = 1_000;
/** How long everything must go well before the next failure is another outage. */
export const quietMs = 60_000;

/** What users met in these seconds. */
export function measureImpact(seconds: readonly RequestSecond[]): Impact {
  const ordered = addUp(seconds);
  return {
    requests: sum(ordered, ({ succeeded, failed }) => succeeded + failed),
    failed: sum(ordered, ({ failed }) => failed),
    secondsDown: ordered.filter(isDown).length,
    outages: findOutages(ordered),
  };
}

/** One for each second, in order: a second may be counted in several pieces. */
function addUp(seconds: readonly RequestSecond[]): readonly RequestSecond[] {
  const sums = new Map<number, RequestSecond>();
  for (const second of seconds) {
    const at = Math.floor(second.at / secondMs) * secondMs;
    const before = sums.get(at);
    sums.set(at, before === undefined ? { ...second, at } : add(before, second));
  }
  return [...sums.values()].sort((left, right) => left.at - right.at);
}

function add(left: RequestSecond, right: RequestSecond): RequestSecond {
  return {
    at: left.at,
    succeeded: left.succeeded + right.succeeded,
    failed: left.failed + right.failed,
    failures: addFailures([left.failures ?? {}, right.failures ?? {}]),
  };
}

/** The outages as sightings of the requests' witness: it began to fail, it was down, it recovered. */
export function statementOfOutages({ outages }: Impact): readonly Timed[] {
  return outages.flatMap(({ since, until, downSince, failures, isOver }) => {
    const at = (time: number, what: 'failing' | 'down' | 'recovered'): Timed => ({
      at: time,
      sighting: { witness: 'requests', what, failures },
    });
    return [
      at(since, 'failing'),
      ...(downSince === undefined ? [] : [at(downSince, 'down')]),
      ...(isOver ? [at(until, 'recovered')] : []),
    ];
  });
}

function findOutages(ordered: readonly RequestSecond[]): readonly Outage[] {
  const groups: RequestSecond[][] = [];
  for (const second of ordered) {
    if (second.failed === 0) continue;
    const current = groups.at(-1);
    const last = current?.at(-1);
    if (current !== undefined && last !== undefined && second.at - last.at <= quietMs) current.push(second);
    else groups.push([second]);
  }
  const lastGood = ordered.findLast(({ succeeded }) => succeeded > 0)?.at ?? Number.NEGATIVE_INFINITY;
  return groups.map((group) => outageOf(group, lastGood));
}

function outageOf(failing: readonly RequestSecond[], lastGood: number): Outage {
  const [first] = failing;
  const last = failing.at(-1);
  const downs = failing.filter(isDown);
  return {
    since: first?.at ?? 0,
    until: (last?.at ?? 0) + secondMs,
    failed: sum(failing, ({ failed }) => failed),
    secondsDown: downs.length,
    downSince: downs[0]?.at,
    failures: addFailures(failing.map(({ failures = {} }) => failures)),
    isOver: lastGood > (last?.at ?? 0),
  };
}

function isDown({ succeeded, failed }: RequestSecond): boolean {
  return failed > 0 && succeeded === 0;
}

function addFailures(counts: readonly Failures[]): Failures {
  const total = new Map<string, number>();
  for (const count of counts)
    for (const [failure, times] of Object.entries(count)) total.set(failure, (total.get(failure) ?? 0) + times);
  return Object.fromEntries([...total].sort(([, left], [, right]) => right - left));
}

function sum<Item>(items: readonly Item[], read: (item: Item) => number): number {
  return items.reduce((total, item) => total + read(item), 0);
}
