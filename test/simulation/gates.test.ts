// What health checks do not see, and a proof before users need not find: deploys whose release is healthy and fails users, by the command that a user runs.
import { PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { afterEach, describe, expect, test } from 'vitest';
import { readJournal, Site, type SiteOptions } from './site.js';

let site: Site;
afterEach(() => site.close());

async function open(options?: SiteOptions): Promise<void> {
  site = await Site.create(options);
  site.startTraffic();
}

const launches = () =>
  [...site.lab.state.ec2.instances.values()].filter(({ instance }) => instance.State?.Name !== undefined).length;

describe('a release that passes its health checks and fails users is halted, and goes back warm', () => {
  test.each<[string, Parameters<Site['registerRelease']>[1], readonly string[], string]>([
    ['answers 500 to everything but health checks', { errorRate: 1 }, [], 'REQUESTS_FAILING'],
    ['answers after 5 s', { slowRate: 1, slowAnswerMs: 5_000 }, [], 'REQUESTS_SLOW'],
    [
      'answers after 5 s, and says who it is',
      { slowRate: 1, slowAnswerMs: 5_000 },
      ['--version-header', 'X-Release'],
      'REQUESTS_SLOW',
    ],
    ['answers every fifth request with 500', { errorRate: 0.2 }, ['--version-header', 'X-Release'], 'REQUESTS_FAILING'],
    ['dies after 120 s', { crashAfterMs: 120_000 }, [], 'REQUESTS_FAILING'],
    ['dies after 120 s, by its health checks alone', { crashAfterMs: 120_000 }, ['--no-probe'], 'UNHEALTHY_AGAIN'],
    ['says what it should not', {}, ['--smoke', '/ 200 contains:1'], 'REQUESTS_FAILING'],
  ])('%s', async (_name, behaviour, more, code) => {
    site = await Site.create({ desired: 2 });
    await site.registerRelease('2', behaviour);
    const before = await site.picture();
    const launchedBefore = launches();
    const { exitCode, document, stderr } = await site.deploy('2', ['--no-prove', '--bake', '3m', ...more]);
    expect(document.evidence.map((evidence) => evidence.code)).toContain(code);
    expect({ outcome: document.outcome, exitCode }).toEqual({ outcome: 'rolledBack', exitCode: 1 });
    expect(await site.picture()).toEqual(before);
    // Only those of the release were ever launched.
    expect(launches() - launchedBefore).toBe(2);
    expect(stderr).toContain(code);
  });
});

test('a CloudWatch alarm on what users were answered halts a release', async () => {
  await open({ desired: 2 });
  await site.registerRelease('2', { errorRate: 1 });
  const before = await site.picture();
  const [loadBalancerArn = ''] = site.lab.state.elbv2.loadBalancers.keys();
  const alarm = {
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'HTTPCode_Target_5XX_Count',
    Dimensions: [{ Name: 'LoadBalancer', Value: loadBalancerArn.split(':loadbalancer/')[1] }],
    Statistic: 'Sum' as const,
    Period: 60,
    EvaluationPeriods: 1,
    ComparisonOperator: 'GreaterThanThreshold' as const,
    TreatMissingData: 'notBreaching',
  };
  await site.run(
    site.clients.cloudWatch.send(new PutMetricAlarmCommand({ ...alarm, AlarmName: 'users-see-500', Threshold: 10 })),
  );
  const { exitCode, document } = await site.deploy('2', ['--no-probe', '--bake', '3m', '--alarm', 'users-see-500']);
  expect(document.evidence.map(({ code }) => code)).toEqual(['ALARM_RAISED']);
  expect({ outcome: document.outcome, exitCode }).toEqual({ outcome: 'rolledBack', exitCode: 1 });
  expect(await site.picture()).toEqual(before);
});

describe('the bake', () => {
  test('keeps the old instances warm for its time; then they go', async () => {
    await open({ desired: 2 });
    await site.registerRelease('2');
    const { exitCode, document, stderr } = await site.directrix([
      'deploy',
      '--group',
      'web',
      '--version',
      '2',
      '--json',
    ]);
    expect({ exitCode, outcome: document.outcome }).toEqual({ exitCode: 0, outcome: 'done' });
    expect(document.elapsedMs).toBeGreaterThan(300_000);
    expect(stderr).toMatch(/2 has served alone for 30[01] s: 0 of 1[45]\d\d requests failed/);
    expect(site.traffic()).toMatchObject({ failed: 0 });
  });

  test('resumed while AWS refuses to say where the site is, asks it as soon as it is said', async () => {
    await open({ desired: 2 });
    await site.registerRelease('2');
    const interruption = new AbortController();
    const deploy = site.start(['deploy', '--group', 'web', '--version', '2', '--json'], {
      signal: interruption.signal,
    });
    await site.advance(150_000);
    interruption.abort('SIGINT');
    await site.run(deploy);
    const untilMs = site.clock.now() + 20_000;
    site.lab.faults.add({
      kind: 'serverError',
      service: 'elasticloadbalancing',
      operation: 'DescribeListeners',
      untilMs,
    });
    const { exitCode, document, stderr } = await site.directrix(['resume', '--group', 'web', '--json']);
    expect(stderr).toContain('REQUESTS_NOT_WATCHED');
    expect({ exitCode, outcome: document.outcome }).toEqual({ exitCode: 0, outcome: 'done' });
    expect(stderr).toMatch(/2 has served alone for \d+ s: 0 of 1\d{3} requests failed/);
  });

  test('resumed while the release was tried outside, asks for users as any other', async () => {
    await open({ desired: 2 });
    await site.registerRelease('2');
    const interruption = new AbortController();
    const argv = ['deploy', '--group', 'web', '--version', '2', '--json', '--bake', '60s'];
    const deploy = site.start(argv, { signal: interruption.signal });
    await site.advance(40_000);
    interruption.abort('SIGINT');
    await site.run(deploy);
    const { exitCode, document, stderr } = await site.directrix(['resume', '--group', 'web', '--json']);
    expect(stderr).toContain('resumed in phase prove');
    expect({ exitCode, outcome: document.outcome }).toEqual({ exitCode: 0, outcome: 'done' });
    expect(stderr).toMatch(/2 has served alone for \d+ s: 0 of [1-9]\d+ requests failed/);
  });

  test('begun while AWS refuses to say where the site is, is refused rather than left unwatched', async () => {
    await open({ desired: 2 });
    await site.registerRelease('2');
    const before = await site.picture();
    let met = 0;
    const result = await site.deploy('2', ['--skip', 'all', '--no-version-check'], {
      onCall: (action) => {
        if (action === 'elasticloadbalancing:DescribeListeners') met += 1;
        if (met !== 2) return;
        site.lab.faults.add({
          kind: 'throttle',
          service: 'elasticloadbalancing',
          operation: 'DescribeListeners',
          times: 1,
        });
      },
    });
    expect(result).toMatchObject({ exitCode: 2, document: { outcome: 'refused' } });
    expect(await site.picture()).toEqual(before);
  });

  test('aborted, it launches nothing and fails nobody', async () => {
    await open({ desired: 2 });
    await site.registerRelease('2');
    const before = await site.picture();
    const interruption = new AbortController();
    const argv = ['deploy', '--group', 'web', '--version', '2', '--json'];
    const deploy = site.start(argv, { signal: interruption.signal });
    await site.advance(150_000);
    interruption.abort('SIGINT');
    const { exitCode, document } = await site.run(deploy);
    expect(exitCode).toBe(130);
    expect(new Set(await site.serving())).toEqual(new Set(['2']));
    const launched = launches();
    const abort = await site.directrix(['abort', '--group', 'web', '--json']);
    expect(abort).toMatchObject({ exitCode: 1, document: { outcome: 'rolledBack', rolloutId: document.rolloutId } });
    expect(launches()).toBe(launched);
    expect(await site.picture()).toEqual(before);
    expect(site.traffic()).toMatchObject({ failed: 0 });
  });

  test('resumed, goes on to watch what the first one watched', async () => {
    await open({ desired: 2 });
    await site.registerRelease('2', { crashAfterMs: 240_000 });
    const interruption = new AbortController();
    const argv = ['deploy', '--group', 'web', '--version', '2', '--json', '--smoke', '/ 200'];
    const deploy = site.start(argv, { signal: interruption.signal });
    await site.advance(150_000);
    interruption.abort('SIGTERM');
    expect(await site.run(deploy)).toMatchObject({ exitCode: 130 });
    const { exitCode, document } = await site.directrix(['resume', '--group', 'web', '--json']);
    expect(document.evidence.map(({ code }) => code)).toContain('REQUESTS_FAILING');
    expect(exitCode).toBe(1);
  });

  test('of 0 there is none', async () => {
    await open({ desired: 1 });
    await site.registerRelease('2');
    const { document, stderr } = await site.deploy('2', ['--bake', '0']);
    expect(document.outcome).toBe('done');
    expect(stderr).not.toContain('bake');
  });
});

describe('whether new instances must name their version is found from those of now', () => {
  const plain = ['--health-path', '/plain'];

  test('they do not: the release is rolled out, and what is lost is said', async () => {
    await open({ desired: 1 });
    await site.registerRelease('2');
    const { exitCode, document } = await site.deploy('2', plain);
    expect(exitCode).toBe(0);
    expect(document.notices.map(({ code }) => code)).toEqual(['VERSION_CHECK_OFF']);
  });

  test('they do: the new ones must', async () => {
    await open({ desired: 1 });
    await site.registerRelease('2', { healthPath: '/elsewhere' });
    const { document } = await site.deploy('2', ['--start-timeout', '60s']);
    expect(document.evidence.map(({ code }) => code)).toEqual(['VERSION_NOT_REPORTED']);
  });

  test('required, and those of now cannot be heard: it is refused before anything is changed', async () => {
    await open({ desired: 1 });
    await site.registerRelease('2');
    const before = await site.picture();
    const { exitCode, document } = await site.deploy('2', [...plain, '--version-check', 'required']);
    expect({ exitCode, outcome: document.outcome }).toEqual({ exitCode: 2, outcome: 'refused' });
    expect(await site.picture()).toEqual(before);
  });
});

describe('an outage of what old and new need alike', () => {
  test.each([40_000, 40_700])(
    'that begins at %i ms is told, waited for, and not held against the release',
    async (afterMs) => {
      await open();
      await site.registerRelease('2');
      const deploy = site.start(['deploy', '--group', 'web', '--version', '2', '--json', '--bake', '20s']);
      // The new ones serve, and are not verified yet.
      await site.advance(afterMs);
      const ids = [...site.lab.state.ec2.instances.keys()];
      for (const id of ids) site.dataPlane.changeMachine(id, { errorRate: 1 });
      await site.advance(120_000);
      for (const id of ids) site.dataPlane.changeMachine(id, { errorRate: 0 });
      const { exitCode, document } = await site.run(deploy);
      expect(document.notices.map(({ code }) => code)).toContain('REQUESTS_ALREADY_FAILING');
      expect(document.evidence).toEqual([]);
      expect(exitCode).toBe(0);
    },
  );
});

test('the journal carries the numbers of the evidence, and the last requests that failed', async () => {
  await open({ desired: 1 });
  await site.registerRelease('2', { errorRate: 1 });
  const { document } = await site.deploy('2', ['--no-prove', '--version-header', 'X-Release']);
  const { readFileSync } = await import('node:fs');
  const evidence = readJournal(readFileSync(document.journal ?? '', 'utf8')).find(({ kind }) => kind === 'evidence');
  expect(evidence).toMatchObject({
    evidence: {
      code: 'REQUESTS_FAILING',
      version: '2',
      test: 'comparison',
      numbers: {
        old: expect.objectContaining({ failures: 0 }),
        examples: expect.arrayContaining([expect.objectContaining({ path: '/', statusCode: 500, answerer: 'new' })]),
      },
    },
  });
});
