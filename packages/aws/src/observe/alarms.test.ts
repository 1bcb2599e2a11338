import { describe, expect, test } from 'vitest';
import { createScriptedClients, failWith } from '../clients/scripted-clients.fixture.js';
import { createAlarmReader, readAlarms, refuseMissingAlarms } from './alarms.js';

const alarms = {
  'cloudwatch:DescribeAlarms': ({ NextToken }: { NextToken?: string }) =>
    NextToken === undefined
      ? {
          MetricAlarms: [{ AlarmName: 'web-5xx', StateValue: 'ALARM', StateReason: 'Threshold Crossed' }],
          NextToken: '2',
        }
      : { CompositeAlarms: [{ AlarmName: 'web', StateValue: 'OK' }] },
};

test('alarms of both kinds are read to the last page, and what is not there is said to be missing', async () => {
  const { clients, calls } = createScriptedClients(alarms);
  expect(await readAlarms(clients, ['web', 'web-5xx', 'other'])).toEqual([
    { name: 'web', state: 'OK', reason: undefined },
    { name: 'web-5xx', state: 'ALARM', reason: 'Threshold Crossed' },
    { name: 'other', state: 'MISSING' },
  ]);
  expect(calls[0]?.input).toMatchObject({ AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] });
});

test('an alarm that does not exist is refused by name', async () => {
  const { clients } = createScriptedClients(alarms);
  await expect(refuseMissingAlarms(clients, ['web', 'wbe'])).rejects.toMatchObject({
    code: 'ALARM_NOT_FOUND',
    message: 'There is no alarm wbe.',
  });
  await expect(refuseMissingAlarms(clients, ['web'])).resolves.toBeUndefined();
});

describe('the reader', () => {
  test('asks no more often than alarms change, and not at all for none', async () => {
    const { clients, calls } = createScriptedClients(alarms);
    let now = 0;
    const reader = createAlarmReader(clients, { now: () => now });
    expect(await reader.read(undefined)).toBeUndefined();
    expect(await reader.read(['web'])).toHaveLength(1);
    now = 9_999;
    expect(await reader.read(['web'])).toBeUndefined();
    now = 10_000;
    expect(await reader.read(['web'])).toHaveLength(1);
    expect(calls).toHaveLength(4);
  });

  test.each([
    ['throttled', failWith('ThrottlingException', 'Rate exceeded')],
    ['denied', failWith('AccessDenied', 'not authorized', 403)],
  ])('%s, says nothing for a minute, and then that it has no data', async (_name, error) => {
    const { clients } = createScriptedClients({
      'cloudwatch:DescribeAlarms': () => {
        throw error;
      },
    });
    let now = 0;
    const reader = createAlarmReader(clients, { now: () => now });
    expect(await reader.read(['web'])).toBeUndefined();
    now = 60_000;
    expect(await reader.read(['web'])).toEqual([{ name: 'web', state: 'UNREAD' }]);
  });
});
