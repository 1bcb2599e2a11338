import { expect, test } from 'vitest';
import { createScriptedClients } from '../clients/scripted-clients.fixture.js';
import { readTraffic } from './traffic.js';

const minute = new Date('2018-11-11T08:00:00Z');
const question = {
  stableArn: 'arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/web/1',
  canaryArn: 'arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/directrix/2',
  listenerArn: 'arn:aws:elasticloadbalancing:us-west-2:123456789012:listener/app/web/3/4',
  slowMs: 300,
  now: minute.getTime() + 180_000,
};

/** Every minute of `values` is the same; a name that is not in it has no datapoint. */
function answering(values: Readonly<Record<string, number>>, more: object = {}) {
  const results = Object.entries(values).map(([Id, value]) => ({
    Id,
    Timestamps: [minute],
    Values: [value],
    StatusCode: 'Complete',
    ...more,
  }));
  return createScriptedClients({ 'cloudwatch:GetMetricData': () => ({ MetricDataResults: results }) }).clients;
}

test('a count without a datapoint is none, and of requests without a rank it is not known how many were slow', async () => {
  const told = { canary_requests: 40, stable_requests: 360, stable_errors: 2, stable_rank: 90 };
  const { minutes } = await readTraffic(answering(told), question);
  expect(minutes).toEqual([
    { at: minute.getTime(), canary: { requests: 40, failures: 0 }, stable: { requests: 360, failures: 2, slow: 36 } },
  ]);
});

test('where a side had no requests, none of them was slow', async () => {
  const { minutes } = await readTraffic(answering({ stable_requests: 10, stable_rank: 100 }), question);
  expect(minutes).toEqual([
    {
      at: minute.getTime(),
      canary: { requests: 0, failures: 0, slow: 0 },
      stable: { requests: 10, failures: 0, slow: 0 },
    },
  ]);
});

test.each([
  ['Forbidden', 'ACCESS_DENIED', 'denied'],
  ['InternalError', 'AWS_UNAVAILABLE', 'passing'],
])('what CloudWatch did not tell (%s) is refused, and not taken for zero', async (StatusCode, code, kind) => {
  const clients = answering({ canary_errors: 0 }, { StatusCode });
  await expect(readTraffic(clients, question)).rejects.toMatchObject({ code, kind });
});

test('the first page of several, which is partial, counts', async () => {
  const clients = answering({ canary_requests: 1, stable_requests: 1 }, { StatusCode: 'PartialData' });
  expect((await readTraffic(clients, question)).minutes).toHaveLength(1);
});
