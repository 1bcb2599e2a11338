import { describe, expect, test } from 'vitest';
import { writePostmortem } from './postmortem.js';
import { hideSecrets } from './secrets.js';
import { readSightings } from './sightings.js';
import { statementOfIncidents, statementOfJournal } from './statements.js';

const t0 = Date.parse('2018-11-11T00:16:00Z');
const lines = (...values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).join('\n');

describe('the sightings of others', () => {
  test('are read line by line; one that is none is counted and loses no other', () => {
    const { sightings, unreadableCount } = readSightings(
      `${lines(
        { at: '2018-11-11T00:16:00Z', witness: 'person', what: 'noticed', text: 'Uptime Robot called', name: 'ann' },
        { at: t0 + 61_000, clockOffsetMs: 1_000, witness: 'alarm', alarmName: 'web-5xx', state: 'ALARM' },
        { at: t0, witness: 'nobody' },
        { witness: 'secrets', what: 'written', name: '/app/KEY' },
      )}\n{"at":`,
    );
    expect(unreadableCount).toBe(3);
    expect(sightings).toEqual([
      { at: t0, sighting: { witness: 'person', what: 'noticed', text: 'Uptime Robot called' } },
      { at: t0 + 60_000, sighting: { witness: 'alarm', alarmName: 'web-5xx', state: 'ALARM' } },
    ]);
  });

  test('no value of a secret is taken, and a text loses what looks like one', () => {
    const { sightings } = readSightings(
      lines(
        { at: t0, witness: 'secrets', what: 'written', name: '/app/KEY', value: 'hunter2' },
        {
          at: t0,
          witness: 'log',
          instanceId: 'i-1',
          line: 'connecting with password=hunter2 to postgres://web:hunter2@db/web',
        },
      ),
    );
    expect(JSON.stringify(sightings)).not.toContain('hunter2');
    expect(sightings).toHaveLength(2);
  });
});

test.each<[text: string, shown: string]>([
  ['DB_PASSWORD=hunter2 started', 'DB_PASSWORD=[hidden] started'],
  ['{"api_key": "hunter 2", "a": 1}', '{"api_key": [hidden], "a": 1}'],
  ['AKIAIOSFODNN7EXAMPLE is denied', '[hidden] is denied'],
  ['Authorization: Bearer abcdefgh12345', 'Authorization: Bearer [hidden]'],
  ['redis://:hunter2@cache:6379', 'redis://:[hidden]@cache:6379'],
  ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----.', '[hidden].'],
  ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig', '[hidden]'],
  // What is no secret stays.
  ['the token bucket is full; password policy applies', 'the token bucket is full; password policy applies'],
  ['GET /healthz 503 in 12 ms', 'GET /healthz 503 in 12 ms'],
])('%s is shown as %s', (text, shown) => {
  expect(hideSecrets(text)).toBe(shown);
});

test('a prober outside detects, and says when it was over', () => {
  const incident = { id: 'a/1', check: 'a', places: ['oregon', 'tokyo'], codes: ['STATUS_DIFFERS'] };
  const write = (endedAt?: number) =>
    writePostmortem({
      groupName: 'web',
      span: { since: t0, until: t0 + 600_000 },
      statements: [
        { sightings: statementOfIncidents([{ ...incident, beganAt: t0 + 1_000, openedAt: t0 + 12_000, endedAt }]) },
      ],
      findings: [],
    });
  expect(write(t0 + 90_000).durations).toEqual({ toDetectMs: 11_000, toDecideMs: undefined, toRestoreMs: 89_000 });
  expect(write().questions.map(({ code }) => code)).toContain('NOT_RESTORED');
});

test('the health of targets that a journal saw is a witness of its own', () => {
  const targets = [{ targetGroupName: 'web', state: 'unhealthy', reason: 'Target.Timeout' }];
  const event = { at: t0, rolloutId: 'r', kind: 'instance', instanceId: 'i-1', what: 'dipped', targets } as const;
  expect(statementOfJournal([event]).map(({ sighting }) => sighting)).toEqual([
    { witness: 'rollout', event },
    {
      witness: 'targetHealth',
      change: { instanceId: 'i-1', targetGroup: 'web', state: 'unhealthy', reason: 'Target.Timeout' },
    },
  ]);
});
