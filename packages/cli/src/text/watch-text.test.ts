import type { Alert, AlertContext } from '@directrix/watch';
import { describe, expect, test } from 'vitest';
import { tellAlert, tellWatchEvent } from './watch-text.js';

const beganAt = Date.parse('2018-11-11T00:16:40Z');
const incident: Alert['incident'] = {
  id: 'front page/2018-11-11T00:16:40.000Z',
  check: 'front page',
  beganAt,
  openedAt: beganAt + 2_000,
  places: ['oregon', 'tokyo'],
  trouble: { kind: 'failure', phase: 'connect', code: 'ECONNREFUSED' },
  flapCount: 0,
  reopenCount: 0,
  lastDownAt: beganAt,
};
const context: AlertContext = {
  place: 'oregon',
  url: 'https://hyperbo.la/',
  deploy: {
    what: 'inService',
    groupName: 'web',
    rolloutId: 'r1',
    version: '0.149.2',
    beforeMs: 40_400,
    isUnderWay: true,
    instanceId: 'i-1',
    availabilityZone: 'us-west-2b',
  },
  underWay: [
    { groupName: 'web', rolloutId: 'r1', from: '0.149.1', to: '0.149.2', startedAt: 0, phase: 'roll', entries: [] },
  ],
};
const alert = (more: Partial<Alert> = {}): Alert => ({
  id: 'x',
  kind: 'began',
  at: beganAt + 2_000,
  incident,
  ...more,
});

describe('an alert', () => {
  test('says what, since when, who saw it, and what a rollout did before', () => {
    expect(tellAlert(alert(), context)).toEqual({
      title: 'front page is down',
      text: `https://hyperbo.la/
ECONNREFUSED while connecting; seen by oregon, tokyo
began 2018-11-11 00:16:40 UTC, 40 s after rollout r1 put 0.149.2 into service in us-west-2b
note: rollout r1 of web from 0.149.1 to 0.149.2 is in phase roll
told by oregon
incident: front page/2018-11-11T00:16:40.000Z`,
    });
  });

  test.each<[more: Partial<Alert>, title: string]>([
    [{ kind: 'continues', at: beganAt + 3_600_000 }, 'front page is still down, for 1 h 00 min'],
    [{ kind: 'recovered', endedAt: beganAt + 90_000 }, 'front page is well again after 1 min 30 s'],
    [{ incident: { ...incident, reopenCount: 1 } }, 'front page is down again'],
  ])('%j: %s', (more, title) => {
    expect(tellAlert(alert(more), { ...context, deploy: undefined, underWay: [] }).title).toBe(title);
  });
});

test('a line of the log names the place that does not send', () => {
  expect(tellWatchEvent({ kind: 'alert', alert: alert(), isSender: false, context })).toBe(
    'front page is down: ECONNREFUSED while connecting, seen by oregon, tokyo; began 40 s after rollout r1 put 0.149.2 into service in us-west-2b (no alert is sent from here)',
  );
});
