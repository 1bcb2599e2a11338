// What the traces of one look amount to.
import { faultKey, type OpenTrace, type Stop, verdictOf } from './open-trace.js';
import type { Resolution, Trace, Verdict } from './question.js';

/** One way from one source place to one destination. */
export interface TracedPath {
  readonly open: OpenTrace;
  readonly trace: Trace;
}

export interface Walk {
  readonly verdict: Verdict;
  readonly resolution: Resolution;
  readonly traces: readonly Trace[];
  readonly stops: readonly Stop[];
  readonly unknowns: readonly string[];
  readonly notes: readonly string[];
}

/** A question about something that is not in the snapshot. */
export function nowhere(because: string): Walk {
  const resolution: Resolution = { kind: 'unknown', because };
  return { verdict: 'unknown', resolution, traces: [], stops: [], unknowns: [because], notes: [] };
}

export function closeWalk(resolution: Resolution, paths: readonly TracedPath[], notes: readonly string[] = []): Walk {
  const { verdict, stops } = summarise(paths);
  return {
    verdict,
    resolution,
    traces: paths.map((traced) => traced.trace),
    stops,
    unknowns: verdict === 'reachable' ? [] : paths.flatMap((traced) => traced.open.unknowns),
    notes: [...notes, ...paths.flatMap((traced) => traced.open.notes)],
  };
}

/**
 * | traces                               | verdict                                        |
 * |--------------------------------------|------------------------------------------------|
 * | all pass                             | reachable                                      |
 * | all stop                             | unreachable                                    |
 * | some pass, some stop                 | partial: it depends on the zone or address     |
 * | one passes for some ports only       | partial                                        |
 * | none passes for sure, some unknown   | unknown: one of them may still pass            |
 * | none stops, some unknown             | unknown                                        |
 */
export function summarise(paths: readonly TracedPath[]): {
  readonly verdict: Verdict;
  readonly stops: readonly Stop[];
} {
  const verdicts = paths.map(({ open }) => verdictOf(open));
  const some = (verdict: Verdict) => verdicts.includes(verdict);
  const every = (verdict: Verdict) => verdicts.every((one) => one === verdict);
  const stops = uniqueStops(paths.flatMap(({ open }) => open.stops));
  if (every('reachable')) return { verdict: 'reachable', stops };
  if (every('unreachable')) return { verdict: 'unreachable', stops };
  if (some('partial') || (some('reachable') && some('unreachable'))) return { verdict: 'partial', stops };
  return { verdict: 'unknown', stops };
}

/** The same change for the same reason is one fault, with the evidence of all its sightings. */
function uniqueStops(stops: readonly Stop[]): readonly Stop[] {
  const unique = new Map<string, Stop>();
  for (const one of stops) {
    const key = faultKey(one);
    const earlier = unique.get(key);
    unique.set(key, earlier === undefined ? one : withEvidence(earlier, one));
  }
  return [...unique.values()];
}

function withEvidence(first: Stop, other: Stop): Stop {
  const known = new Set(first.evidence.map((one) => JSON.stringify(one)));
  const more = other.evidence.filter((one) => !known.has(JSON.stringify(one)));
  return {
    ...first,
    isPartial: first.isPartial === true && other.isPartial === true,
    evidence: [...first.evidence, ...more],
  };
}

/** Some ways pass and some do not: a fault of its own, mended by what mends the ways that fail. */
export function partialZones(walk: Walk): readonly Stop[] {
  const passing = walk.traces.filter((trace) => trace.verdict === 'reachable');
  const failing = walk.traces.filter((trace) => trace.verdict === 'unreachable');
  if (passing.length === 0 || failing.length === 0) return [];
  const list = (traces: readonly Trace[]) => [...new Set(traces.map(describeTrace))].join(', ');
  return [
    {
      code: 'PARTIAL_AZ',
      stage: 'destination',
      explanation: `Only some ways pass: ${list(passing)}; not ${list(failing)}. Connections fail now and then.`,
      evidence: failing.map((trace) => ({
        id: trace.subnetId ?? '',
        what: `${describeTrace(trace)}: ${[...new Set(trace.faultCodes)].join(', ')}`,
      })),
      // What mends the ways that fail mends it too.
      edits: [],
    },
  ];
}

function describeTrace(trace: Trace): string {
  const from = trace.availabilityZone ?? trace.subnetId ?? 'the source';
  return trace.destinationAddress === undefined ? `from ${from}` : `from ${from} to ${trace.destinationAddress}`;
}
