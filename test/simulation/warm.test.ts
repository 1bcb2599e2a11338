// Warm long after the end: what `deploy --keep-warm` leaves in Standby, and what rollback, the next deploy and finalize make of it.
import {
  ExitStandbyCommand,
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { afterEach, describe, expect, test } from 'vitest';
import { createMortalClients } from './mortal-clients.js';
import { Site, type SiteOptions } from './site.js';

let site: Site;
afterEach(() => site.close());

async function deployWarm(options: SiteOptions = {}, keep = '24h'): Promise<void> {
  site = await Site.create({ desired: 2, ...options });
  await site.registerRelease('2');
  const deployed = await site.deploy('2', ['--keep-warm', keep, '--no-prove', '--no-probe', '--bake', '0']);
  expect(deployed).toMatchObject({ exitCode: 0, document: { outcome: 'done' } });
}

async function inState(state: string): Promise<readonly string[]> {
  const { instances } = await site.picture();
  return instances.filter(({ LifecycleState }) => LifecycleState === state).map(({ InstanceId = '' }) => InstanceId);
}

const launched = () => site.lab.state.ec2.instances.size;
const rollback = (options = {}) => site.directrix(['rollback', '--group', 'web', '--json'], options);
const status = async () => JSON.parse((await site.directrix(['status', '--group', 'web', '--json'])).stdout);
const finalize = async (...more: readonly string[]) => {
  const { exitCode, stdout } = await site.directrix(['finalize', '--json', ...more]);
  return { exitCode, document: JSON.parse(stdout) };
};

test('the deploy is done, and the old instances are still in Standby, with the time that is left', async () => {
  await deployWarm();
  expect(await site.serving()).toEqual(['2', '2']);
  expect(await inState('Standby')).toHaveLength(2);
  const { group } = await site.picture();
  expect(group).toMatchObject({ DesiredCapacity: 2, MinSize: 1, MaxSize: 5, SuspendedProcesses: [] });
  await site.advance(3_600_000);
  const { warm, rollout } = await status();
  expect(rollout).toMatchObject({ outcome: 'done' });
  expect(warm).toMatchObject({ release: { version: '1' }, instanceIds: await inState('Standby') });
  expect(Math.round(warm.leftMs / 60_000)).toBe(23 * 60);
  const told = await site.directrix(['status', '--group', 'web']);
  expect(told.stdout).toMatch(
    /warm: 2 instances of 1 in Standby, 2\d h \d\d min left\n {4}directrix rollback --group web uses/,
  );
});

test.each([{ desired: 2 }, { desired: 1, min: 1, max: 1 }, { desired: 3, min: 3, max: 3 }])(
  'rollback launches nothing, hours later, in a group of $desired, MaxSize $max',
  async (shape) => {
    await deployWarm(shape);
    const before = await inState('Standby');
    const { group } = await site.picture();
    await site.advance(3 * 3_600_000);
    site.startTraffic();
    const count = launched();
    expect(await rollback()).toMatchObject({ exitCode: 0, document: { outcome: 'done', to: { version: '1' } } });
    expect(launched()).toBe(count);
    expect(await inState('InService')).toEqual(before);
    const after = (await site.picture()).group;
    expect(after).toEqual({ ...group, LaunchTemplate: after.LaunchTemplate });
    expect(site.traffic().failed).toBe(0);
    expect((await status()).warm).toBeUndefined();
  },
);

test('a rollback of a group that others scaled out meanwhile launches only what is missing', async () => {
  await deployWarm();
  await site.run(
    site.clients.autoScaling.send(
      new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: 'web', DesiredCapacity: 3 }),
    ),
  );
  await site.advance(120_000);
  const count = launched();
  expect(await rollback()).toMatchObject({ exitCode: 0 });
  expect(launched()).toBe(count + 1);
  expect(await site.serving()).toEqual(['1', '1', '1']);
});

test('a release that fails after the end is gone back from without a launch', async () => {
  await deployWarm();
  for (const id of await inState('InService')) site.dataPlane.changeMachine(id, { status: 'KO: database gone' });
  await site.advance(15_000);
  const count = launched();
  expect(await rollback()).toMatchObject({ exitCode: 0, document: { to: { version: '1' } } });
  // The group itself may have begun to replace what is ill.
  expect(await site.serving()).toEqual(['1', '1']);
  expect(launched() - count).toBeLessThanOrEqual(2);
});

test('the next deploy that is done ends what an earlier one kept, and keeps its own', async () => {
  await deployWarm();
  const earlier = await inState('Standby');
  await site.registerRelease('3');
  const second = await inState('InService');
  expect(await site.deploy('3', ['--keep-warm', '1h'])).toMatchObject({ exitCode: 0 });
  await site.advance(60_000);
  expect(await inState('Standby')).toEqual(second);
  expect(await site.describeInstances(earlier)).toEqual(
    earlier.map(() => expect.objectContaining({ State: expect.objectContaining({ Name: 'terminated' }) })),
  );
  expect((await rollback()).document.to?.version).toBe('2');
});

test('a deploy that goes back leaves them as they were, and they serve after it', async () => {
  await deployWarm();
  const before = await site.picture();
  await site.registerRelease('3', { fault: 'neverStarts' });
  expect(await site.deploy('3', ['--no-prove', '--start-timeout', '60s'])).toMatchObject({ exitCode: 1 });
  await site.advance(60_000);
  expect(await site.picture()).toEqual(before);
  expect((await status()).warm.instanceIds).toHaveLength(2);
  const count = launched();
  expect(await rollback()).toMatchObject({ exitCode: 0, document: { to: { version: '1' } } });
  expect(launched()).toBe(count);
});

test('the same release again is nothing to do', async () => {
  await deployWarm();
  expect(await site.deploy('2')).toMatchObject({ exitCode: 0, document: { outcome: 'unchanged' } });
});

test('what others woke or took is theirs', async () => {
  await deployWarm({ max: 5 });
  const [woken = '', taken = ''] = await inState('Standby');
  const group = { AutoScalingGroupName: 'web' };
  const { autoScaling } = site.clients;
  await site.run(autoScaling.send(new ExitStandbyCommand({ ...group, InstanceIds: [woken] })));
  const end = { InstanceId: taken, ShouldDecrementDesiredCapacity: false };
  await site.run(autoScaling.send(new TerminateInstanceInAutoScalingGroupCommand(end)));
  await site.advance(25 * 3_600_000);
  expect((await status()).warm).toBeUndefined();
  const { document } = await finalize('--apply', '--window', '400d');
  expect(document.steps.filter(({ kind }: { kind: string }) => kind === 'terminateWarm')).toEqual([]);
  expect(await inState('InService')).toHaveLength(3);
});

describe('finalize', () => {
  const ofWarm = ({ kind }: { readonly kind: string }) => kind === 'terminateWarm';

  test('leaves what has time left, and says until when', async () => {
    await deployWarm();
    const warm = await inState('Standby');
    const { document, exitCode } = await finalize('--apply');
    expect(exitCode).toBe(0);
    expect(document.steps.filter(ofWarm)).toEqual([]);
    expect(document.kept.instances).toEqual(
      warm.map((id) => expect.objectContaining({ id, text: expect.stringMatching(/^until 2018-11-12T/) })),
    );
    expect(await inState('Standby')).toEqual(warm);
  });

  test('says what it would end, and then ends it', async () => {
    await deployWarm();
    const warm = await inState('Standby');
    await site.advance(25 * 3_600_000);
    expect((await status()).warm.leftMs).toBe(0);
    const dry = await finalize('--dry-run');
    expect(dry.document.steps.filter(ofWarm)).toEqual([
      expect.objectContaining({
        groupName: 'web',
        instanceIds: warm,
        text: expect.stringMatching(/^terminate i-.* of web/),
      }),
    ]);
    expect(await inState('Standby')).toEqual(warm);
    const done = await finalize('--apply');
    expect(done.document.results.map(({ kind }: { kind: string }) => kind)).toContain('done');
    await site.advance(60_000);
    expect(await inState('Standby')).toEqual([]);
    expect((await site.picture()).group).toMatchObject({ DesiredCapacity: 2 });
    expect((await status()).warm).toBeUndefined();
    expect((await finalize('--apply')).document.steps.filter(ofWarm)).toEqual([]);
    expect(await site.serving()).toEqual(['2', '2']);
  });

  test('takes nothing from a rollback that is under way', async () => {
    await deployWarm();
    await site.advance(25 * 3_600_000);
    const running = site.start(['rollback', '--group', 'web', '--json']);
    await site.advance(3_000);
    const { document } = await finalize('--apply');
    expect(document.results.filter(({ kind }: { kind: string }) => kind === 'done')).toEqual([]);
    expect(await site.run(running)).toMatchObject({ exitCode: 0 });
    expect(await site.serving()).toEqual(['1', '1']);
  });
});

/** More changes than a rollback of two warm instances makes. */
const manyChanges = 40;
const ways = ['resume', 'abort', 'repair', 'rollback'] as const;

// By turns before and after AWS did it; the ways on take turns.
test('a rollback killed at any change ends all old or all as it was, and nobody is failed', {
  timeout: 600_000,
}, async () => {
  const died: string[] = [];
  for (let change = 1; change <= manyChanges; change += 1) {
    const way = ways[change % ways.length] ?? 'resume';
    await deployWarm();
    const { group, versions } = await site.picture();
    const count = launched();
    const mortal = createMortalClients({ atChange: change, isCarriedOut: (change >> 2) % 2 === 0 });
    site.startTraffic();
    const running = site.start(['rollback', '--group', 'web', '--json'], { wrapClients: mortal.wrapClients });
    const lastCall = await site.run(Promise.race([mortal.died, running.then(() => undefined)]));
    if (lastCall === undefined) break;
    const place = `${way} after ${lastCall} (change ${change})`;
    died.push(place);
    await site.advance(5_000);
    const { document, exitCode } = await site.directrix([way, '--group', 'web', '--json']);
    const isOver = document.error?.code === 'NOTHING_TO_RESUME';
    const serving = await site.serving();
    const isOld = serving.every((version) => version === '1');
    expect({ place, serving }).toEqual({ place, serving: isOld ? ['1', '1'] : ['2', '2'] });
    if (way === 'resume' && !isOver) expect({ place, isOld, exitCode }).toEqual({ place, isOld: true, exitCode: 0 });
    if (way === 'abort' && !isOver) {
      expect({ place, isOld, exitCode }).toEqual({ place, isOld: false, exitCode: 1 });
      const after = await site.picture();
      expect({ place, group: after.group, versions: after.versions }).toEqual({ place, group, versions });
    }
    if (isOld) expect({ place, count: launched() }).toEqual({ place, count });
    expect({ place, failed: site.traffic().failed }).toEqual({ place, failed: 0 });
    await site.close();
  }
  expect(died.length).toBeGreaterThan(8);
  expect(died.length).toBeLessThan(manyChanges);
});

test('a deploy that is killed at any change after the old ones are warm keeps them, resumed', {
  timeout: 600_000,
}, async () => {
  for (let n = 0; n < 12; n += 1) {
    site = await Site.create({ desired: 2 });
    await site.registerRelease('2');
    let warm = false;
    let changes = 0;
    const mortal = createMortalClients({
      atChange: (name) => {
        warm ||= name === 'EnterStandby';
        return warm && changes++ === n;
      },
      isCarriedOut: n % 2 === 0,
    });
    const running = site.startDeploy('2', ['--no-prove', '--keep-warm', '24h'], { wrapClients: mortal.wrapClients });
    const lastCall = await site.run(Promise.race([mortal.died, running.then(() => undefined)]));
    if (lastCall === undefined) break;
    await site.advance(5_000);
    const { document } = await site.directrix(['resume', '--group', 'web', '--json']);
    const place = `${lastCall} (change ${n})`;
    expect({ place, code: document.error?.code ?? document.outcome }).toEqual({
      place,
      code: expect.stringMatching(/^(done|NOTHING_TO_RESUME)$/),
    });
    expect({ place, warm: (await inState('Standby')).length }).toEqual({ place, warm: 2 });
    expect((await status()).warm.instanceIds).toHaveLength(2);
    expect(await site.describeGroup()).toMatchObject({ DesiredCapacity: 2, SuspendedProcesses: [] });
    await site.close();
  }
});
