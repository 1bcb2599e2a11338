import type { ElbV2State } from '../services/elbv2/state.js';

/** Counted since the load balancer started. Names as in CloudWatch, so that they can be published as they are. */
export interface LoadBalancerMetrics {
  readonly RequestCount: number;
  readonly HTTPCode_ELB_3XX_Count: number;
  readonly HTTPCode_ELB_4XX_Count: number;
  readonly HTTPCode_ELB_5XX_Count: number;
  readonly HTTPCode_ELB_500_Count: number;
  readonly HTTPCode_ELB_502_Count: number;
  readonly HTTPCode_ELB_503_Count: number;
  readonly HTTPCode_ELB_504_Count: number;
  /** The client closed the connection before the response was complete; an access log says 460. */
  readonly ClientClosedCount: number;
}

export interface TargetGroupMetrics {
  /** Requests that a target of the group was chosen for. */
  readonly RequestCount: number;
  readonly HTTPCode_Target_2XX_Count: number;
  readonly HTTPCode_Target_3XX_Count: number;
  readonly HTTPCode_Target_4XX_Count: number;
  readonly HTTPCode_Target_5XX_Count: number;
  readonly TargetConnectionErrorCount: number;
  /** Seconds of lab time from the request's leaving to the response's headers. */
  readonly TargetResponseTime: {
    readonly count: number;
    readonly sum: number;
    readonly max: number;
    /** How often each time was measured, by seconds of two digits ('0.012'), of which percentiles are told. */
    readonly bySeconds: Readonly<Record<string, number>>;
  };
  readonly HealthyHostCount: number;
  readonly UnHealthyHostCount: number;
}

export interface MetricsSnapshot {
  /** By load balancer ARN. */
  readonly loadBalancers: Readonly<Record<string, LoadBalancerMetrics>>;
  /** By target group ARN. */
  readonly targetGroups: Readonly<Record<string, TargetGroupMetrics>>;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
type TargetGroupCounters = Writable<
  Omit<TargetGroupMetrics, 'TargetResponseTime' | 'HealthyHostCount' | 'UnHealthyHostCount'>
> & {
  readonly responseTime: { count: number; sum: number; max: number; readonly bySeconds: Record<string, number> };
};

/** Counts what the proxy does. */
export class Metrics {
  readonly #loadBalancers = new Map<string, Writable<LoadBalancerMetrics>>();
  readonly #targetGroups = new Map<string, TargetGroupCounters>();

  countRequest(loadBalancerArn: string): void {
    this.#loadBalancer(loadBalancerArn).RequestCount += 1;
  }

  countOwnAnswer(loadBalancerArn: string, statusCode: number): void {
    const counters = this.#loadBalancer(loadBalancerArn);
    if (statusCode >= 300 && statusCode < 400) counters.HTTPCode_ELB_3XX_Count += 1;
    if (statusCode >= 400 && statusCode < 500) counters.HTTPCode_ELB_4XX_Count += 1;
    if (statusCode >= 500) counters.HTTPCode_ELB_5XX_Count += 1;
    if (statusCode === 500 || statusCode === 502 || statusCode === 503 || statusCode === 504) {
      counters[`HTTPCode_ELB_${statusCode}_Count`] += 1;
    }
  }

  countClientClosed(loadBalancerArn: string): void {
    this.#loadBalancer(loadBalancerArn).ClientClosedCount += 1;
  }

  countForward(targetGroupArn: string): void {
    this.#targetGroup(targetGroupArn).RequestCount += 1;
  }

  countConnectionError(targetGroupArn: string): void {
    this.#targetGroup(targetGroupArn).TargetConnectionErrorCount += 1;
  }

  countTargetResponse(targetGroupArn: string, statusCode: number, seconds: number): void {
    const counters = this.#targetGroup(targetGroupArn);
    if (statusCode >= 500) counters.HTTPCode_Target_5XX_Count += 1;
    else if (statusCode >= 400) counters.HTTPCode_Target_4XX_Count += 1;
    else if (statusCode >= 300) counters.HTTPCode_Target_3XX_Count += 1;
    else if (statusCode >= 200) counters.HTTPCode_Target_2XX_Count += 1;
    counters.responseTime.count += 1;
    counters.responseTime.sum += seconds;
    counters.responseTime.max = Math.max(counters.responseTime.max, seconds);
    const { bySeconds } = counters.responseTime;
    const rounded = String(Number(seconds.toPrecision(2)));
    bySeconds[rounded] = (bySeconds[rounded] ?? 0) + 1;
  }

  /** A copy of the counters. Target groups that had no request appear with their hosts. */
  snapshot(state: Pick<ElbV2State, 'targetGroups'>): MetricsSnapshot {
    const targetGroups: Record<string, TargetGroupMetrics> = {};
    for (const [arn, { targets }] of state.targetGroups) {
      const { responseTime, ...counters } = this.#targetGroups.get(arn) ?? newTargetGroupCounters();
      const health = [...targets.values()].map((target) => target.health.State);
      targetGroups[arn] = {
        ...counters,
        TargetResponseTime: { ...responseTime, bySeconds: { ...responseTime.bySeconds } },
        HealthyHostCount: health.filter((one) => one === 'healthy').length,
        UnHealthyHostCount: health.filter((one) => one === 'unhealthy').length,
      };
    }
    const loadBalancers = Object.fromEntries([...this.#loadBalancers].map(([arn, counters]) => [arn, { ...counters }]));
    return { loadBalancers, targetGroups };
  }

  #loadBalancer(arn: string): Writable<LoadBalancerMetrics> {
    let counters = this.#loadBalancers.get(arn);
    if (counters === undefined) {
      counters = newLoadBalancerCounters();
      this.#loadBalancers.set(arn, counters);
    }
    return counters;
  }

  #targetGroup(arn: string): TargetGroupCounters {
    let counters = this.#targetGroups.get(arn);
    if (counters === undefined) {
      counters = newTargetGroupCounters();
      this.#targetGroups.set(arn, counters);
    }
    return counters;
  }
}

function newLoadBalancerCounters(): Writable<LoadBalancerMetrics> {
  return {
    RequestCount: 0,
    HTTPCode_ELB_3XX_Count: 0,
    HTTPCode_ELB_4XX_Count: 0,
    HTTPCode_ELB_5XX_Count: 0,
    HTTPCode_ELB_500_Count: 0,
    HTTPCode_ELB_502_Count: 0,
    HTTPCode_ELB_503_Count: 0,
    HTTPCode_ELB_504_Count: 0,
    ClientClosedCount: 0,
  };
}

function newTargetGroupCounters(): TargetGroupCounters {
  return {
    RequestCount: 0,
    HTTPCode_Target_2XX_Count: 0,
    HTTPCode_Target_3XX_Count: 0,
    HTTPCode_Target_4XX_Count: 0,
    HTTPCode_Target_5XX_Count: 0,
    TargetConnectionErrorCount: 0,
    responseTime: { count: 0, sum: 0, max: 0, bySeconds: {} },
  };
}
