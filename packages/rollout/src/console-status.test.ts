import { expect, test } from 'vitest';
import { decide } from './decide.js';
import { fresh, now, old, report, stage } from './simulation/scene.js';

const told = 'secrets: DNS_PRIVATE_DISABLED (name): it resolves to a public address';
const failing = {
  instances: [
    old('a'),
    old('b'),
    old('c'),
    fresh('x', { health: 'unhealthy', learned: { firstSeenAt: now - 300_000 } }),
  ],
  options: { surge: 1 },
  record: { startedAt: now - 400_000 },
};

test('what an instance that nobody reaches says on its console is in the evidence against it', () => {
  const { record, observation } = stage(failing);
  const { evidence } = decide(record, { ...observation, consoles: [{ instanceId: 'x', status: told }] }).record;
  expect(evidence).toMatchObject([{ code: 'START_TIMEOUT', shown: [{ instanceId: 'x', status: told }] }]);
});

test('it is told once, and decides nothing', () => {
  const young = { ...failing, instances: [old('a'), fresh('x', { health: 'unhealthy' })] };
  const { record, observation } = stage(young);
  const consoles = [{ instanceId: 'x', status: told }];
  const without = decide(record, observation);
  const first = decide(record, { ...observation, consoles });
  const second = decide(first.record, { ...observation, consoles });
  const tellings = (events: readonly { readonly kind: string; readonly what?: string }[]) =>
    events.filter(({ kind, what }) => kind === 'instance' && what === 'reported');
  expect(first.decisions.map(({ kind }) => kind)).toEqual(without.decisions.map(({ kind }) => kind));
  expect([tellings(first.events).length, tellings(second.events).length]).toEqual([1, 0]);
});

test('what it said through the load balancer counts more, and a console never verifies an instance', () => {
  const heard = stage({ ...failing, reports: [report('x', '2.0', 'KO: no database')] });
  const consoles = [{ instanceId: 'x', status: 'OK' }];
  expect(decide(heard.record, { ...heard.observation, consoles }).record.instances.x).toMatchObject({
    reportedStatus: 'KO: no database',
  });
  const healthy = stage({ instances: [old('a'), fresh('x', { learned: { healthySince: now - 60_000 } })] });
  const { record } = decide(healthy.record, { ...healthy.observation, consoles });
  expect(record.instances.x?.verifiedAt).toBeUndefined();
});
