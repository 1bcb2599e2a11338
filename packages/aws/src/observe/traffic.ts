// traffic: what CloudWatch counts of the canary's target group and of the one that serves beside it, minute by minute.
//
//   T1. One call for both, so that both are of the same minutes.
//   T2. A minute counts once it is over for so long that CloudWatch has all of it: its metrics come late, and grow until then.
//   T3. A metric without a datapoint is none: AWS publishes what is not zero. A minute without requests of either is left out.
import { type MetricDataQuery, type MetricDataResult, paginateGetMetricData } from '@aws-sdk/client-cloudwatch';
import {
  DirectrixError,
  type RolloutRecord,
  type TrafficCounts,
  type TrafficObservation,
  trafficMinuteMs,
  trafficPauseMs,
  trafficSettleMs,
} from '@directrix/rollout';
import type { AwsClients } from '../clients/aws-clients.js';
import { collectPages } from '../clients/page.js';

/** How many minutes are read; older ones were read before. */
const readMinutes = 15;

interface TrafficReader {
  /** Undefined when it is too soon, there is no canary, or CloudWatch cannot be asked: no data, which nobody is blamed for. */
  read(record: RolloutRecord): Promise<TrafficObservation | undefined>;
}

export function createTrafficReader(clients: AwsClients, clock: { now(): number }): TrafficReader {
  let triedAt = Number.NEGATIVE_INFINITY;
  return {
    async read({ options, phase, ours, gates, canary }) {
      const stableArn = options.prove?.targetGroupArn;
      const canaryArn = ours.shadow?.route?.targetGroupArn;
      if (options.canary === undefined || phase !== 'canary' || canary?.verdict !== undefined) return undefined;
      if (stableArn === undefined || canaryArn === undefined || clock.now() - triedAt < trafficPauseMs)
        return undefined;
      triedAt = clock.now();
      const { listenerArn } = options.canary.place;
      const question = { stableArn, canaryArn, listenerArn, slowMs: gates?.traffic?.slowMs, now: clock.now() };
      return readTraffic(clients, question).catch(() => undefined);
    },
  };
}

export interface TrafficQuestion {
  readonly stableArn: string;
  readonly canaryArn: string;
  readonly listenerArn: string;
  /** From when on an answer is slow; undefined: not known yet. */
  readonly slowMs?: number;
  readonly now: number;
}

/** Throws what AWS refuses. */
export async function readTraffic(clients: AwsClients, question: TrafficQuestion): Promise<TrafficObservation> {
  const end = Math.floor((question.now - trafficSettleMs) / trafficMinuteMs) * trafficMinuteMs;
  const input = {
    MetricDataQueries: queriesOf(question),
    StartTime: new Date(end - readMinutes * trafficMinuteMs),
    EndTime: new Date(end),
    ScanBy: 'TimestampAscending' as const,
  };
  const pages = paginateGetMetricData({ client: clients.cloudWatch }, input);
  const results = await collectPages(pages, (page) => page.MetricDataResults);
  refuseUntold(results);
  return describeTraffic(results, question.slowMs !== undefined);
}

/** What CloudWatch could not tell is not zero, and a minute is counted only once. */
function refuseUntold(results: readonly MetricDataResult[]): void {
  for (const { Id, StatusCode } of results) {
    if (StatusCode !== 'InternalError' && StatusCode !== 'Forbidden') continue;
    const [code, kind] =
      StatusCode === 'Forbidden' ? (['ACCESS_DENIED', 'denied'] as const) : (['AWS_UNAVAILABLE', 'passing'] as const);
    throw new DirectrixError(code, `CloudWatch did not tell ${Id}: ${StatusCode}.`, {
      kind,
      source: 'cloudwatch:GetMetricData',
    });
  }
}

/** The names of a query: `canary_requests`. */
const kinds = ['canary', 'stable'] as const;

function queriesOf({ stableArn, canaryArn, listenerArn, slowMs }: TrafficQuestion): MetricDataQuery[] {
  const loadBalancer = /:listener\/(.+)\/[^/]+$/.exec(listenerArn)?.[1] ?? '';
  const query = (kind: (typeof kinds)[number], name: string, MetricName: string, Stat: string): MetricDataQuery => {
    const arn = kind === 'canary' ? canaryArn : stableArn;
    const Dimensions = [
      { Name: 'TargetGroup', Value: arn.slice(arn.lastIndexOf(':') + 1) },
      { Name: 'LoadBalancer', Value: loadBalancer },
    ];
    const Metric = { Namespace: 'AWS/ApplicationELB', MetricName, Dimensions };
    return { Id: `${kind}_${name}`, MetricStat: { Metric, Period: trafficMinuteMs / 1_000, Stat } };
  };
  return [
    ...kinds.flatMap((kind) => [
      query(kind, 'requests', 'RequestCount', 'Sum'),
      query(kind, 'errors', 'HTTPCode_Target_5XX_Count', 'Sum'),
      query(kind, 'connections', 'TargetConnectionErrorCount', 'Sum'),
      // How many percent of the answers are not slow.
      ...(slowMs === undefined ? [] : [query(kind, 'rank', 'TargetResponseTime', `PR(:${slowMs / 1_000})`)]),
    ]),
    query('stable', 'p95', 'TargetResponseTime', 'p95'),
  ];
}

function describeTraffic(results: readonly MetricDataResult[], isTimed: boolean): TrafficObservation {
  const series = new Map<string, Map<number, number>>();
  for (const { Id = '', Timestamps = [], Values = [] } of results) {
    const known = series.get(Id) ?? new Map<number, number>();
    for (const [index, timestamp] of Timestamps.entries()) known.set(timestamp.getTime(), Values[index] ?? 0);
    series.set(Id, known);
  }
  const at = (name: string, minute: number) => series.get(name)?.get(minute);
  const countsOf = (kind: (typeof kinds)[number], minute: number): TrafficCounts => {
    const requests = at(`${kind}_requests`, minute) ?? 0;
    const failures = (at(`${kind}_errors`, minute) ?? 0) + (at(`${kind}_connections`, minute) ?? 0);
    // A rank is no count: of requests without one it is not known how many were slow.
    const rank = at(`${kind}_rank`, minute) ?? (requests === 0 ? 100 : undefined);
    const isKnown = isTimed && rank !== undefined;
    return { requests, failures, ...(isKnown ? { slow: Math.round((requests * (100 - rank)) / 100) } : {}) };
  };
  const minutes = new Set(kinds.flatMap((kind) => [...(series.get(`${kind}_requests`)?.keys() ?? [])]));
  const p95 = [...(series.get('stable_p95') ?? [])].at(-1)?.[1];
  return {
    minutes: [...minutes]
      .sort((a, b) => a - b)
      .map((minute) => ({ at: minute, canary: countsOf('canary', minute), stable: countsOf('stable', minute) })),
    ...(p95 === undefined ? {} : { stableP95Ms: p95 * 1_000 }),
  };
}
