import { readFileSync, statSync } from 'node:fs';
import { UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { afterEach, describe, expect, test } from 'vitest';
import { readJournal, Site, type SiteOptions } from './site.js';

let site: Site;
afterEach(() => site.close());

async function open(options?: SiteOptions): Promise<void> {
  site = await Site.create(options);
  site.startTraffic();
}

describe('a good release', () => {
  test.each<[string, SiteOptions]>([
    ['a group of three', { desired: 3 }],
    ['a group of one', { desired: 1 }],
    ['a group with room for one more only', { desired: 3, max: 4 }],
    ['a group without any room, of one', { desired: 1, min: 1, max: 1 }],
    ['a group without any room', { desired: 2, min: 2, max: 2 }],
    ['a group whose minimum is its size', { desired: 2, min: 2 }],
    ['a group behind two target groups', { desired: 2, targetGroups: 2 }],
  ])(
    'ends with every instance on it, the group otherwise as it was, and no request failed: %s',
    async (_name, options) => {
      await open(options);
      await site.registerRelease('2');
      const before = await site.picture();
      const { exitCode, document } = await site.deploy('2');
      expect(document).toMatchObject({
        outcome: 'done',
        group: 'web',
        from: { version: '1' },
        to: { version: '2' },
        evidence: [],
      });
      expect(exitCode).toBe(0);
      expect(new Set(await site.serving())).toEqual(new Set(['2']));
      const after = await site.picture();
      expect(after.group).toEqual(before.group);
      expect(after.instances).toHaveLength(before.instances.length);
      await site.advance(120_000);
      expect((await site.picture()).instances).toEqual(after.instances);
      expect(site.traffic()).toMatchObject({ failed: 0 });
    },
  );

  test.each([
    ['$Latest', '$Latest', 1],
    ['$Default', '$Default', 2],
    ['1', '2', 1],
  ])('a group that names %s names %s afterwards', async (before, after, defaultVersion) => {
    await open({ desired: 1, launchTemplateVersion: before });
    await site.registerRelease('2');
    expect((await site.deploy('2')).exitCode).toBe(0);
    const picture = await site.picture();
    expect(picture.group.LaunchTemplate?.Version).toBe(after);
    expect(picture.templates).toEqual([{ DefaultVersionNumber: defaultVersion, LatestVersionNumber: 2 }]);
    expect(picture.versions).toEqual([2, 1]);
  });

  test('deployed again is nothing to do, and rolled back is the release of before', async () => {
    await open({ desired: 1 });
    await site.registerRelease('2');
    await site.deploy('2');
    expect(await site.deploy('2')).toMatchObject({ exitCode: 0, document: { outcome: 'unchanged' } });
    const back = await site.directrix(['rollback', '--group', 'web', '--json']);
    expect(back).toMatchObject({ exitCode: 0, document: { outcome: 'done', to: { version: '1' } } });
    expect(await site.serving()).toEqual(['1']);
    expect(site.traffic()).toMatchObject({ failed: 0 });
  });

  test.each<[string, readonly number[], readonly number[]]>([
    ['oneByOne', [2, 3], [1]],
    ['blueGreen', [2, 4], [2]],
  ])('--preset %s', async (preset, sizes, leaving) => {
    await open({ desired: 2, max: 2 });
    await site.registerRelease('2');
    const { exitCode, document } = await site.deploy('2', ['--preset', preset, '--no-prove']);
    expect(exitCode).toBe(0);
    const decided = readJournal(readFileSync(document.journal!, 'utf8')).flatMap((event) =>
      event.kind === 'decided' ? [event.decision] : [],
    );
    const wanted = decided.flatMap((act) => (act.kind === 'setSizes' ? (act.desiredCapacity ?? []) : []));
    expect(Math.max(...wanted)).toBe(Math.max(...sizes));
    const left = decided.flatMap((act) => (act.kind === 'enterStandby' ? [act.instanceIds.length] : []));
    expect([...new Set(left)]).toEqual(leaving);
    expect(site.traffic()).toMatchObject({ failed: 0 });
  });

  test('an instance that dips once for a moment is waited for, not condemned', async () => {
    await open({ desired: 1 });
    await site.registerRelease('2');
    // By its health checks alone: users' requests would fail it, and rightly.
    const deploy = site.start(['deploy', '--group', 'web', '--version', '2', '--json', '--no-probe', '--bake', '20s']);
    await site.advance(24_000);
    const fresh = [...site.lab.state.ec2.instances.keys()].at(-1)!;
    site.dataPlane.changeMachine(fresh, { status: 'KO: warming its cache' });
    await site.advance(22_000);
    site.dataPlane.changeMachine(fresh, { status: 'OK' });
    expect(await site.run(deploy)).toMatchObject({ exitCode: 0, document: { outcome: 'done' } });
    expect(site.traffic().byStatusCode['502']).toBeUndefined();
  });
});

describe('a bad release is halted, and the group is exactly as it was before', () => {
  test.each<[string, Parameters<Site['registerRelease']>[1], string, SiteOptions?]>([
    ['never starts', { fault: 'neverStarts' }, 'START_TIMEOUT'],
    ['never starts, in a group of one', { fault: 'neverStarts' }, 'START_TIMEOUT', { desired: 1 }],
    [
      'never starts, in a group of its minimum',
      { fault: 'neverStarts' },
      'START_TIMEOUT',
      { desired: 2, min: 2, max: 3 },
    ],
    [
      'never starts, in a group that names $Default',
      { fault: 'neverStarts' },
      'START_TIMEOUT',
      { launchTemplateVersion: '$Default' },
    ],
    [
      'never starts, in a group that names a number',
      { fault: 'neverStarts' },
      'START_TIMEOUT',
      { launchTemplateVersion: '1' },
    ],
    ['listens on nothing', { fault: 'refuses' }, 'START_TIMEOUT'],
    ['answers nothing', { fault: 'drops' }, 'START_TIMEOUT'],
    ['says KO', { status: 'KO: secrets: SSM_UNREACHABLE' }, 'START_TIMEOUT'],
    ['reports another version', { version: '1' }, 'WRONG_VERSION'],
    ['flaps', { flapPeriodMs: 25_000 }, 'PROOF_FAILED'],
    ['dies after it was healthy', { crashAfterMs: 20_000 }, 'UNHEALTHY_AGAIN'],
  ])('%s', async (_name, behaviour, code, options) => {
    await open(options);
    await site.registerRelease('2', behaviour);
    // The tag says 2, whatever the instances say.
    const before = await site.picture();
    const { exitCode, document, stdout } = await site.deploy('2', ['--start-timeout', '60s']);
    expect(document.evidence.map((evidence) => evidence.code)).toContain(code);
    expect(document.outcome).toBe('rolledBack');
    expect(exitCode).toBe(1);
    expect(await site.picture()).toEqual(before);
    await site.advance(600_000);
    expect(await site.picture()).toEqual(before);
    expect(new Set(await site.serving())).toEqual(new Set(['1']));
    expect(JSON.parse(stdout)).toEqual(document);
  });

  test('because it never starts: not one request failed', async () => {
    await open();
    await site.registerRelease('2', { fault: 'neverStarts' });
    await site.deploy('2', ['--start-timeout', '60s']);
    expect(site.traffic()).toMatchObject({ failed: 0 });
    expect(site.traffic().sent).toBeGreaterThan(500);
  });

  test('and what failed is kept: running, out of the group, tagged, with its console in a bundle that only its owner can read', async () => {
    await open({ desired: 1 });
    await site.registerRelease('2', { fault: 'neverStarts' });
    const { document } = await site.deploy('2', ['--start-timeout', '60s']);
    expect(document.quarantined).toHaveLength(1);
    const [{ instanceId, bundle, consoleTail }] = document.quarantined as [(typeof document.quarantined)[number]];
    expect(consoleTail.join('\n')).toContain('application 2 did not start');
    expect(document.evidence[0]?.message).toContain('target group web-0 asks for /healthz by HTTP on port 80');
    const [instance] = await site.describeInstances([instanceId]);
    expect(instance?.State?.Name).toBe('running');
    const tags = Object.fromEntries(instance!.Tags!.map(({ Key, Value }) => [Key, Value]));
    expect(tags['directrix:rollout']).toBe(document.rolloutId);
    expect(tags['directrix:quarantine-reason']).toContain('START_TIMEOUT');
    expect(Date.parse(tags['directrix:quarantine-expires']!)).toBeGreaterThan(site.clock.now());
    expect(statSync(bundle).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(bundle, 'utf8'))).toMatchObject({
      instanceId,
      groupName: 'web',
      console: expect.stringContaining('did not start'),
      targetHealth: expect.arrayContaining([
        expect.objectContaining({ state: 'unhealthy', reason: 'Target.ResponseCodeMismatch' }),
      ]),
      missing: [],
    });
  });

  test.each([
    ['launched', 3, 'LAUNCH_FAILED'],
    ['named by the group', 2, 'APPLY_FAILED'],
  ])('whose image somebody deregisters before it is %s: no instance of it ever was', async (_when, updates, code) => {
    await open({ desired: 2 });
    const imageId = await site.registerRelease('2');
    const before = await site.picture();
    let seen = 0;
    const onCall = (action: string) => {
      if (action !== 'autoscaling:UpdateAutoScalingGroup') return;
      if (++seen === updates) site.lab.state.ec2.images.delete(imageId);
    };
    const { exitCode, document } = await site.deploy('2', [], { onCall });
    expect(document.evidence.map((evidence) => evidence.code)).toEqual([code]);
    expect(exitCode).toBe(1);
    expect(await site.picture()).toEqual(before);
    expect(site.traffic()).toMatchObject({ failed: 0 });
  });
});

describe('others change the group meanwhile', () => {
  test('a scale-out during the rollout is theirs and stays', async () => {
    await open({ desired: 2, max: 10 });
    await site.registerRelease('2');
    const deploy = site.start(['deploy', '--group', 'web', '--version', '2', '--json', '--bake', '20s']);
    await site.advance(30_000);
    const { DesiredCapacity } = (await site.picture()).group;
    const scaleOut = { AutoScalingGroupName: 'web', DesiredCapacity: DesiredCapacity! + 1 };
    await site.run(site.clients.autoScaling.send(new UpdateAutoScalingGroupCommand(scaleOut)));
    expect(await site.run(deploy)).toMatchObject({ exitCode: 0 });
    expect(await site.serving()).toEqual(['2', '2', '2']);
    expect((await site.picture()).group.DesiredCapacity).toBe(3);
    expect(site.traffic()).toMatchObject({ failed: 0 });
  });

  test('throttling makes it slower and nothing else', async () => {
    await open({ desired: 1 });
    await site.registerRelease('2');
    const deploy = site.start(['deploy', '--group', 'web', '--version', '2', '--json', '--bake', '20s']);
    await site.advance(10_000);
    for (const service of ['autoscaling', 'ec2', 'elasticloadbalancing', 'ssm'] as const)
      site.lab.faults.add({ service, kind: 'throttle', untilMs: site.clock.now() + 20_000 });
    expect(await site.run(deploy)).toMatchObject({ exitCode: 0, document: { outcome: 'done' } });
    expect(site.traffic()).toMatchObject({ failed: 0 });
  });
});

describe('what it costs and leaves', () => {
  test('a tick of a group of 100 behind 2 target groups is at most 6 calls of AWS, and none per instance', async () => {
    await open({ desired: 100, max: 125, targetGroups: 2 });
    await site.registerRelease('2');
    const calls: { readonly at: number; readonly action: string }[] = [];
    const interruption = new AbortController();
    const startedAt = site.clock.now();
    const onCall = (action: string) => {
      calls.push({ at: site.clock.now(), action });
      if (site.clock.now() - startedAt > 70_000) interruption.abort('SIGINT');
    };
    const { exitCode } = await site.deploy('2', [], { onCall, signal: interruption.signal });
    expect(exitCode).toBe(130);
    const isLook = (action: string) => /:Describe/.test(action);
    const times = [...new Set(calls.map(({ at }) => at))];
    const ticks = times
      .map((time) => calls.filter(({ at }) => at === time))
      .filter((tick) => tick.every(({ action }) => isLook(action) || action.startsWith('ssm:')));
    expect(ticks.length).toBeGreaterThan(20);
    const looks = ticks.slice(1).map((tick) => tick.filter(({ action }) => isLook(action)).length);
    // The first tick that asks for versions finds the way to them, and the first that sees the instance that is tried reads all once
    // more; no later one does again.
    expect(looks.filter((count) => count > 6).length).toBeLessThanOrEqual(2);
  });

  test.each([
    [
      'with --no-prove, about a hundred calls of AWS, and fifty of Parameter Store to remember it',
      ['--no-prove'],
      110,
      55,
    ],
    ['with a proof before it, about twice as many', [], 225, 100],
  ])('an ordinary deploy of three instances is, %s', async (_name, more, mostCalls, mostOfMemory) => {
    await open({ desired: 3 });
    await site.registerRelease('2');
    const actions: string[] = [];
    expect(
      await site.deploy('2', ['--bake', '0', ...more], { onCall: (action) => actions.push(action) }),
    ).toMatchObject({
      exitCode: 0,
    });
    // What is asked before is preflight's.
    const since = actions.slice(actions.indexOf('ssm:PutParameter'));
    const memory = since.filter((action) => action.startsWith('ssm:'));
    expect(since.length - memory.length).toBeLessThanOrEqual(mostCalls);
    expect(memory.length).toBeLessThanOrEqual(mostOfMemory);
    expect(site.traffic()).toMatchObject({ failed: 0 });
  });

  test('the journal tells the whole story, and the lease is free afterwards', async () => {
    await open({ desired: 1 });
    await site.registerRelease('2');
    const { document } = await site.deploy('2');
    expect(statSync(document.journal!).mode & 0o777).toBe(0o600);
    const kinds = readJournal(readFileSync(document.journal!, 'utf8')).map(({ kind }) => kind);
    expect(kinds[0]).toBe('started');
    expect(kinds.at(-1)).toBe('finished');
    const status = await site.directrix(['status', '--group', 'web', '--json']);
    expect(JSON.parse(status.stdout)).toMatchObject({
      schema: 'directrix.status/1',
      group: { name: 'web', desiredCapacity: 1 },
      lease: { epoch: 1, isActive: false },
      rollout: { outcome: 'done', to: { version: '2' } },
    });
  });
});
