// Forecast: how long a rollout will take, of what the group says and of how long its instances took to start before.
//
//   group of 3, surge 1, start 40 s, healthy 30 s, bake 5 min, drain 30 s:
//   roll 3 x (40 + 30 s) -> bake 5 min -> finish: about 9 min
import { trafficMinuteMs, trafficPauseMs, trafficSettleMs } from './canary-plan.js';
import type { Observation } from './observation.js';
import type { RolloutOptions, RolloutRecord } from './record.js';

/** From the order of an instance to its first healthy check. Milliseconds. */
export interface StartTime {
  /** From the order until the group lists it. */
  readonly listedMs: number;
  /** From there until it is healthy in every target group. */
  readonly healthyMs: number;
  /** Where it is known from: the last rollout; the group's launches, with one health check on top; or nothing was measured. */
  readonly from: 'lastRollout' | 'launches' | 'assumed';
  /** Of how many instances. */
  readonly count: number;
}

export interface Forecast {
  /** How many instances each batch adds. */
  readonly batches: readonly number[];
  readonly start: StartTime;
  /** In their order; a phase that takes no time is left out. */
  readonly phases: readonly {
    readonly phase: 'prove' | 'canary' | 'roll' | 'bake' | 'finish';
    readonly durationMs: number;
  }[];
  readonly durationMs: number;
  /** What it would take if MaxSize were not raised for it. Undefined: no longer, or it could not be done at all. */
  readonly withoutLoanMs?: number;
}

/** How long AWS takes to list an instance that was ordered, where nobody measured it. */
const assumedListedMs = 6_000;
/** How long an instance takes to its first healthy check, where nobody measured it. */
const assumedHealthyMs = 60_000;
/** A first instance that was listed later than this was not waited for by AWS, but by us: for a person, or a machine that was off. */
const listedMsMost = 60_000;

/** How long the instances of the last rollout, else the last launches of the group, took to start. */
export function measureStart(
  last: RolloutRecord | undefined,
  launches: readonly { readonly startedAt: number; readonly endedAt: number }[],
  { targetGroups }: Pick<Observation, 'targetGroups'>,
): StartTime {
  const known = Object.values(last?.instances ?? {}).filter(
    ({ launchTemplateVersion, joinedAt }) =>
      // One that was proved outside of the group had started before it was seen in it.
      joinedAt === undefined &&
      launchTemplateVersion !== undefined &&
      launchTemplateVersion === last?.to.launchTemplateVersion,
  );
  const healthy = known.flatMap(({ firstSeenAt, healthySince }) =>
    healthySince === undefined ? [] : [healthySince - firstSeenAt],
  );
  if (last?.outcome === 'done' && healthy.length > 0) {
    const listed = Math.min(...known.map(({ firstSeenAt }) => firstSeenAt)) - last.startedAt;
    const listedMs = listed >= 0 && listed <= listedMsMost ? listed : assumedListedMs;
    return { listedMs, healthyMs: medianOf(healthy), from: 'lastRollout', count: healthy.length };
  }
  const { launchedAt, healthySince } = last?.proof ?? {};
  if (last?.outcome === 'done' && launchedAt !== undefined && healthySince !== undefined)
    return { listedMs: 0, healthyMs: healthySince - launchedAt, from: 'lastRollout', count: 1 };
  // A launch ends when the instance is InService; then a health check must find it.
  const checkMs = Math.max(0, ...targetGroups.map(({ healthCheckIntervalMs }) => healthCheckIntervalMs));
  const taken = launches.map(({ startedAt, endedAt }) => endedAt - startedAt).filter((ms) => ms >= 0);
  if (taken.length > 0)
    return {
      listedMs: assumedListedMs,
      healthyMs: medianOf(taken) + checkMs,
      from: 'launches',
      count: taken.length,
    };
  return { listedMs: assumedListedMs, healthyMs: assumedHealthyMs, from: 'assumed', count: 0 };
}

interface ForecastQuestion {
  readonly observation: Pick<Observation, 'group' | 'targetGroups'>;
  readonly options: RolloutOptions;
  readonly start: StartTime;
}

export function forecastRollout(question: ForecastQuestion): Forecast {
  const { observation, options } = question;
  const lent = forecastPhases(question);
  if (options.isMaxSizeLent !== true) return lent;
  const { maxSize, desiredCapacity } = observation.group;
  const headroom = maxSize - desiredCapacity;
  if (headroom <= 0 || headroom >= options.surge) return lent;
  const kept = forecastPhases({ ...question, options: { ...options, surge: headroom } });
  return { ...lent, withoutLoanMs: kept.durationMs };
}

function forecastPhases({ observation, options, start }: ForecastQuestion): Forecast {
  const { group, targetGroups } = observation;
  const { tickMs, minHealthyTimeMs, bakeMs } = options;
  const batches = listBatches(group.desiredCapacity, options);
  // What a batch changed is seen one look later, and then the next one is ordered.
  const batchMs = start.listedMs + start.healthyMs + minHealthyTimeMs + tickMs;
  const drainMs = Math.max(0, ...targetGroups.map(({ deregistrationDelayMs }) => deregistrationDelayMs));
  // Old ones drain while the bake goes on, since the last look of the roll; the warm ones leave only once they have.
  const bakedMs = batches.length === 0 ? 0 : Math.max(bakeMs, drainMs - tickMs);
  const finishMs = (countFarewells(group.desiredCapacity) + looksToRest) * tickMs;
  // A proved one has started already when it joins: alone, it must only stay healthy.
  const isProved = options.prove !== undefined;
  const joinedCount = isProved ? (options.canary?.instanceCount ?? 1) : 0;
  const joinedMs = joinedCount > 0 && (batches[0] ?? 0) <= joinedCount ? start.listedMs + start.healthyMs : 0;
  const rollMs = batches.length * batchMs - joinedMs;
  const proveMs = start.listedMs + start.healthyMs + minHealthyTimeMs + looksToJoin * tickMs;
  const phases = (
    [
      { phase: 'prove', durationMs: isProved && batches.length > 0 ? proveMs : 0 },
      { phase: 'canary', durationMs: batches.length > 0 ? canaryMs(options, start) : 0 },
      { phase: 'roll', durationMs: rollMs },
      { phase: 'bake', durationMs: bakedMs },
      { phase: 'finish', durationMs: finishMs },
    ] as const
  ).filter(({ durationMs }) => durationMs > 0);
  return { batches, start, phases, durationMs: phases.reduce((sum, { durationMs }) => sum + durationMs, 0) };
}

/**
 * The first instance has been proved when it begins; the others start together. Each step has its time. The first cannot end before
 * CloudWatch has counted a whole minute of it.
 */
function canaryMs({ canary, minHealthyTimeMs, tickMs }: RolloutOptions, start: StartTime): number {
  if (canary === undefined) return 0;
  const startMs = canary.instanceCount > 1 ? start.listedMs + start.healthyMs + minHealthyTimeMs : 0;
  const stepsMs = canary.steps.map(({ forMs }, index) => (index === 0 ? Math.max(forMs, firstCountMs) : forMs));
  return startMs + stepsMs.reduce((sum, ms) => sum + ms, 0) + (canary.steps.length + 1) * tickMs;
}

/** Half a minute until a minute begins, that minute, one until CloudWatch has it, and a quarter until it is read. */
const firstCountMs = 1.5 * trafficMinuteMs + trafficSettleMs + trafficPauseMs;

/** `3, surge 2 -> [2, 1]`; the first alone: `3, surge 3 -> [1, 2]`. */
function listBatches(wanted: number, { surge, isFirstAlone = false }: RolloutOptions): readonly number[] {
  const step = Math.max(1, surge);
  const alone = isFirstAlone && step > 1 && wanted > 1 ? [1] : [];
  const rest = wanted - alone.length;
  const batches = Array.from({ length: Math.ceil(rest / step) }, (_, index) => Math.min(step, rest - index * step));
  return [...alone, ...batches];
}

/** In each look half of the warm ones go: 3 -> 2, 1. */
function countFarewells(warm: number): number {
  return warm === 0 ? 0 : Math.floor(Math.log2(warm)) + 1;
}

/** That it is proved, that it has joined, and that nothing of the proof is left. */
const looksToJoin = 4;

/** That everything is given back, and that nothing moves any more. */
const looksToRest = 2;

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
