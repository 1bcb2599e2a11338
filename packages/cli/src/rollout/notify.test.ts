import { createHmac } from 'node:crypto';
import type { Evidence, Need, RolloutEvent } from '@directrix/rollout';
import type { Post } from '@directrix/watch';
import { describe, expect, test } from 'vitest';
import type { World } from '../world.js';
import { type NotificationSettings, notifiedKinds } from './notification-settings.js';
import { createNotifier, type NotificationDocument } from './notify.js';

const from = { version: '1', imageId: 'ami-1' };
const to = { version: '2', imageId: 'ami-2' };
const rollout = { command: 'deploy', groupName: 'web', rolloutId: 'r', from, to };
const evidence: Evidence = { code: 'ABORTED', reason: 'abort by ann', at: 5, instanceIds: [] };
const event = (more: object): RolloutEvent => ({ at: 5, rolloutId: 'r', ...more }) as never;

const events = {
  started: event({ kind: 'started', groupName: 'web', from, to, epoch: 1 }),
  halted: event({ kind: 'phase', phase: 'halt', because: { code: 'EVIDENCE_FOUND', evidence } }),
  approval: event({
    kind: 'notice',
    notice: { code: 'APPROVAL_NEEDED', phase: 'finish', untilAt: 0, ifUnanswered: 'goBack' },
  }),
  done: event({ kind: 'finished', elapsedMs: 1, ending: { outcome: 'done', version: '2', instanceCount: 3 } }),
  rolledBack: event({
    kind: 'finished',
    elapsedMs: 1,
    ending: { outcome: 'rolledBack', version: '1', withdrawnVersion: '2', evidence },
  }),
  needsHuman: event({
    kind: 'finished',
    elapsedMs: 1,
    ending: { outcome: 'needsHuman', need: { code: 'RECORDED_EARLIER', recordedCode: 'X', text: 'x' } satisfies Need },
  }),
  interrupted: event({ kind: 'interrupted', signal: 'SIGINT' }),
};

interface Sent {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** `isHung`: receivers that never answer. Time stands still but for those who wait for their end. */
function start(
  settings: readonly NotificationSettings[],
  answer: (url: string) => number | Error | 'never' = () => 200,
) {
  const sent: Sent[] = [];
  const told: RolloutEvent[] = [];
  const post: Post = (url, { headers, body, signal }) => {
    sent.push({ url, headers, body });
    const said = answer(url);
    if (said === 'never')
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error())));
    return said instanceof Error ? Promise.reject(said) : Promise.resolve({ status: said });
  };
  const world = {
    post,
    clock: {
      now: () => 1_541_919_840_000,
      // A timer of 2 s ends after everything that is already under way.
      sleep: (_ms: number, signal?: AbortSignal) =>
        new Promise<void>((resolve, reject) => {
          const timer = setTimeout(resolve, 0);
          signal?.addEventListener('abort', () => {
            clearTimeout(timer);
            reject(new Error('aborted'));
          });
        }),
    },
  } as unknown as World;
  const env = { HOOK: 'https://hooks.example/hunter2', SECRET: 'hunter3' };
  const notifier = createNotifier({ env }, world, settings, rollout, (one) => told.push(one));
  const notices = () => told.flatMap((one) => (one.kind === 'notice' ? [one.notice] : []));
  return { notifier, sent, notices };
}

const webhook: NotificationSettings = { kind: 'webhook', urlFrom: 'HOOK', secretFrom: 'SECRET', on: notifiedKinds };

describe('what is told', () => {
  test.each<[keyof typeof events, string, string, string?]>([
    ['started', 'started', 'web: 2 is rolled out, in place of 1'],
    ['halted', 'halted', 'web: 2 is halted: ABORTED', 'ABORTED'],
    ['approval', 'needsHuman', 'web: 2 waits for an approval of finish', 'APPROVAL_NEEDED'],
    ['done', 'done', 'web: 2 is rolled out'],
    ['rolledBack', 'rolledBack', 'web: 2 is rolled back', 'ABORTED'],
    ['needsHuman', 'needsHuman', 'web: 2 needs a human: RECORDED_EARLIER', 'RECORDED_EARLIER'],
    ['interrupted', 'needsHuman', 'web: 2 was interrupted', 'INTERRUPTED'],
  ])('%s', async (name, kind, title, code) => {
    const { notifier, sent, notices } = start([webhook]);
    notifier.hear(events[name]);
    await notifier.stop();
    const documents = sent.map(({ body }) => JSON.parse(body) as NotificationDocument);
    expect(documents).toMatchObject([
      { schema: 'directrix.notification/1', kind, title, group: 'web', rolloutId: 'r', from, to },
    ]);
    expect(documents[0]?.code).toBe(code);
    expect(notices()).toEqual([]);
  });

  test('a webhook is signed, and holds no secret', async () => {
    const { notifier, sent } = start([webhook]);
    notifier.hear(events.done);
    await notifier.stop();
    const [{ url, headers, body }] = sent as [Sent];
    const expected = createHmac('sha256', 'hunter3').update(`1541919840.${body}`).digest('hex');
    expect(headers['x-directrix-signature']).toBe(`t=1541919840,v1=${expected}`);
    expect(url).toBe('https://hooks.example/hunter2');
    expect(JSON.stringify([headers, body])).not.toMatch(/hunter/);
  });

  test('Slack gets a text', async () => {
    const { notifier, sent } = start([{ kind: 'slack', urlFrom: 'HOOK', on: ['done'] }]);
    notifier.hear(events.started);
    notifier.hear(events.done);
    await notifier.stop();
    expect(sent.map(({ body }) => JSON.parse(body))).toEqual([
      { text: expect.stringMatching(/^\*web: 2 is rolled out\*\n/) },
    ]);
  });
});

describe('a receiver that takes nothing holds nothing, and is told of once', () => {
  test.each<[string, number | Error | 'never', string]>([
    ['refuses', 500, 'HTTP_500'],
    ['is gone', Object.assign(new Error('to https://hooks.example/hunter2'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    ['hangs', 'never', 'TIMED_OUT'],
  ])('one that %s', async (_name, answer, trouble) => {
    const good: NotificationSettings = { kind: 'webhook', url: 'https://good.example/', on: notifiedKinds };
    const { notifier, sent, notices } = start([webhook, good], (url) => (url.includes('good') ? 200 : answer));
    for (const each of Object.values(events)) notifier.hear(each);
    await notifier.stop();
    const kindsOf = (host: string) =>
      sent.filter(({ url }) => url.includes(host)).map(({ body }) => JSON.parse(body).id);
    expect(kindsOf('good')).toHaveLength(7);
    // Each is tried twice.
    expect(kindsOf('hooks')).toHaveLength(14);
    expect(notices()).toEqual([{ code: 'NOTIFICATION_FAILED', receiver: 'webhook 1', trouble }]);
  });

  test('one without its address, or its secret', async () => {
    const { notifier, sent, notices } = start([
      { kind: 'slack', urlFrom: 'NONE', on: notifiedKinds },
      { kind: 'webhook', url: 'https://a', secretFrom: 'NONE', on: notifiedKinds },
    ]);
    notifier.hear(events.done);
    await notifier.stop();
    expect(sent).toEqual([]);
    expect(notices()).toEqual([
      { code: 'NOTIFICATION_FAILED', receiver: 'slack 1', trouble: 'ADDRESS_MISSING' },
      { code: 'NOTIFICATION_FAILED', receiver: 'webhook 2', trouble: 'SECRET_MISSING' },
    ]);
  });

  test('what waits for it is bounded', async () => {
    const { notifier, sent } = start([webhook], () => 'never');
    for (let index = 0; index < 50; index += 1) notifier.hear(events.started);
    await notifier.stop();
    expect(sent).toHaveLength(2 * 11);
  });
});
