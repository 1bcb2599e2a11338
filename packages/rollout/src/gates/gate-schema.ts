// Gate schema: what the gates keep in a record, checked when it is read again.
import { z } from 'zod';
import type { AlarmGate } from './alarm-gate.js';
import type { RequestGate, RequestNumbers } from './request-gate.js';
import type { Json, RequestWatch } from './request-watch.js';
import type { TrafficGate, TrafficNumbers } from './traffic-gate.js';

const amount = z.number();
const count = z.number().int();
const text = z.string();

const tally = z.looseObject({ requests: count, failures: count, slow: count });
const answered = z.looseObject({ new: tally, old: tally, unknown: tally });

const example = z.looseObject({
  at: amount,
  path: text,
  durationMs: amount,
  statusCode: count.optional(),
  trouble: text.optional(),
  instanceId: text.optional(),
  answerer: z.enum(['new', 'old', 'unknown']),
});

const rateChange = z.looseObject({ logs: z.array(amount), ticks: count, peakLog: amount });

const trial = z.looseObject({
  comparison: z.looseObject({ logs: z.array(amount), peakLog: amount }),
  change: rateChange,
  oldChange: rateChange,
  suspects: z.record(
    text,
    z.looseObject({
      requests: count,
      failures: count,
      newShares: amount,
      newSuccesses: count,
      oldSuccesses: count,
    }),
  ),
  isShared: z.boolean().optional(),
});

export const requestGateSchema: z.ZodType<RequestGate> = z.looseObject({
  baseline: tally,
  latencies: z.record(text, count),
  usual: z
    .looseObject({ failureRate: amount, slowRate: amount, goodRate: amount, slowMs: amount.optional() })
    .optional(),
  answered,
  alone: tally,
  failing: trial,
  slow: trial,
  promotionLog: amount,
  unpaired: z.looseObject({
    newRequests: count,
    oldRequests: count,
    newFailures: count,
    oldFailures: count,
    newSlow: count,
    oldSlow: count,
  }),
  unconnected: count,
  examples: z.array(example),
});

export const requestNumbersSchema: z.ZodType<RequestNumbers> = z.looseObject({
  new: tally,
  old: tally,
  unknown: tally,
  baseline: tally,
  slowMs: amount.optional(),
  pValue: amount,
  examples: z.array(example),
});

const traffic = { canary: tally, stable: tally, slowMs: amount.optional() };
const rateRatio = z.looseObject({ logs: z.array(amount), peakLog: amount });

export const trafficGateSchema: z.ZodType<TrafficGate> = z.looseObject({
  ...traffic,
  failing: rateRatio,
  slow: rateRatio,
  promotionLog: amount,
  minuteAt: amount.optional(),
});

export const trafficNumbersSchema: z.ZodType<TrafficNumbers> = z.looseObject({ ...traffic, pValue: amount });

const namedAlarm = z.looseObject({ name: text, reason: text.optional() });

export const alarmGateSchema: z.ZodType<AlarmGate> = z.looseObject({
  alreadyRaised: z.array(text),
  silent: z.array(text),
  raised: z.array(namedAlarm),
  lost: z.array(text),
});

export const namedAlarmsSchema = z.array(namedAlarm);

const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.null(), z.boolean(), amount, text, z.array(json), z.record(text, json)]),
);

const expectations = z.looseObject({
  statusCodes: z.array(count).optional(),
  bodyIncludes: text.optional(),
  bodyMatches: text.optional(),
  json: z.array(z.looseObject({ pointer: text, equals: json })).optional(),
  headers: z.array(z.looseObject({ name: text, includes: text.optional() })).optional(),
  location: text.optional(),
  durationMaxMs: amount.optional(),
  certificateDaysLeast: amount.optional(),
});

export const requestWatchSchema: z.ZodType<RequestWatch> = z.looseObject({
  paths: z.array(
    z.looseObject({
      path: text,
      method: text.optional(),
      expect: expectations.optional(),
      usualStatus: count.optional(),
    }),
  ),
  requestsPerSecond: amount.positive(),
  url: text.optional(),
  versionHeader: text,
});
