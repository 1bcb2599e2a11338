// deploy --plan: what it tells, that it changes nothing, and that the time it names is the time it takes.
import { afterEach, describe, expect, test } from 'vitest';
import { Site, type SiteOptions } from './site.js';

let site: Site;
afterEach(() => site.close());

const plan = (more: readonly string[] = []) =>
  site.directrix(['deploy', '--group', 'web', '--version', '2', '--plan', ...more]);

describe('the plan', () => {
  test.each<[string, SiteOptions, readonly string[], string]>([
    [
      'a group with room',
      {},
      [],
      `PLAN: web 1 (IMAGE-1) -> 2 (IMAGE-2). Nothing was changed.
  at first  launch template version of the group: 1
            new launch template version: as 1, but with IMAGE-2
  prove     try one instance outside of the group, behind a rule of the listener that no user meets
            it must be healthy for 30 s and answer as it should; then it joins the group
  roll      add 3 instances
            each must be healthy for 30 s, and must name its version
            as many old ones go to Standby, and stay warm
  bake      5 min 00 s: all new ones serve, all old ones are warm, and the gates watch
  finish    terminate the 3 warm ones, and give every temporary change back
  gates     the health checks of every target group
            5 requests a second: /
  time      about 7 min 00 s: prove 59 s, roll 53 s, bake 5 min 00 s, finish 8 s
            an instance starts in 21 s: the last 3 launches of the group, and a health check
`,
    ],
    [
      'a group without room, with everything said',
      { max: 4 },
      ['--bake', '0', '--no-version-check', '--smoke', 'HEAD /a 200', '--min-healthy-time', '1m'],
      `PLAN: web 1 (IMAGE-1) -> 2 (IMAGE-2). Nothing was changed.
  at first  launch template version of the group: 1
            new launch template version: as 1, but with IMAGE-2
  prove     try one instance outside of the group, behind a rule of the listener that no user meets
            it must be healthy for 1 min 00 s and answer as it should; then it joins the group
  roll      add 3 instances
            raise MaxSize from 4 to 6 for it, and give it back
            each must be healthy for 1 min 00 s
            as many old ones go to Standby, and stay warm
  bake      none: the warm ones go as soon as all new ones are verified
  finish    terminate the 3 warm ones, and give every temporary change back
  gates     the health checks of every target group
            5 requests a second: HEAD /a (with expectations)
  time      about 3 min 28 s: prove 1 min 29 s, roll 1 min 23 s, bake 28 s, finish 8 s
            an instance starts in 21 s: the last 3 launches of the group, and a health check
            5 min 53 s without raising MaxSize
`,
    ],
    [
      'a group that keeps its MaxSize',
      { max: 4 },
      ['--keep-max-size', '--no-probe'],
      `PLAN: web 1 (IMAGE-1) -> 2 (IMAGE-2). Nothing was changed.
  at first  launch template version of the group: 1
            new launch template version: as 1, but with IMAGE-2
  prove     try one instance outside of the group, behind a rule of the listener that no user meets
            it must be healthy for 30 s and answer as it should; then it joins the group
  roll      add 3 instances, 1 at a time (3 batches)
            each must be healthy for 30 s, and must name its version
            as many old ones go to Standby, and stay warm
  bake      5 min 00 s: all new ones serve, all old ones are warm, and the gates watch
  finish    terminate the 3 warm ones, and give every temporary change back
  gates     the health checks of every target group
            users' requests are not judged
  time      about 8 min 25 s: prove 59 s, roll 2 min 18 s, bake 5 min 00 s, finish 8 s
            an instance starts in 21 s: the last 3 launches of the group, and a health check
`,
    ],
  ])('%s', async (_name, options, argv, text) => {
    site = await Site.create(options);
    const second = await site.registerRelease('2');
    const first = [...site.lab.state.ec2.images.keys()].find((id) => id !== second)!;
    const before = await site.picture();
    const parameters = site.lab.state.ssm.parameters.size;
    const { exitCode, stdout } = await plan(argv);
    expect(stdout.replaceAll(first, 'IMAGE-1').replaceAll(second, 'IMAGE-2')).toBe(text);
    expect(exitCode).toBe(0);
    expect(await site.picture()).toEqual(before);
    expect(site.lab.state.ssm.parameters.size).toBe(parameters);
  });

  test('what would be refused is refused, with exit code 2', async () => {
    site = await Site.create({ group: { TargetGroupARNs: [] } });
    await site.registerRelease('2');
    const { exitCode, document } = await plan(['--json']);
    expect(exitCode).toBe(2);
    expect(document).toMatchObject({ schema: 'directrix.plan/1', group: 'web', error: { code: 'NO_TARGET_GROUP' } });
  });

  test('the release that serves is nothing to do', async () => {
    site = await Site.create({ desired: 1 });
    const { exitCode, stdout } = await site.directrix(['deploy', '--group', 'web', '--version', '1', '--plan']);
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('NOTHING TO DO: web') });
  });
});

describe('the forecast is within 10 % of what it takes', () => {
  test.each<[string, SiteOptions, number, readonly string[]]>([
    ['one batch, of a group that was never rolled', { desired: 3 }, 10_000, ['--bake', '0']],
    ['three batches, in the room that there is', { desired: 3, max: 4 }, 10_000, ['--keep-max-size']],
    ['two batches of slow machines, as the last rollout had them', { desired: 4 }, 60_000, ['--surge', '2']],
  ])('%s', async (_name, options, bootMs, more) => {
    site = await Site.create(options);
    const isSlow = bootMs > 10_000;
    const argv = ['--bake', '20s', '--no-probe', ...more];
    // How long machines take that start unlike those of now nobody can know before the first of them.
    if (isSlow) {
      await site.registerRelease('2', { bootMs });
      await site.deploy('2', argv);
    }
    await site.registerRelease('3', { bootMs });
    const command = ['deploy', '--group', 'web', '--version', '3', '--json', ...argv];
    const planned = await site.directrix([...command, '--plan']);
    const { forecast } = planned.document as unknown as { forecast: { durationMs: number; start: { from: string } } };
    expect(forecast.start.from).toBe(isSlow ? 'lastRollout' : 'launches');
    const { document } = await site.directrix(command);
    expect(document.outcome).toBe('done');
    const ratio = forecast.durationMs / document.elapsedMs!;
    expect(ratio).toBeGreaterThan(0.9);
    expect(ratio).toBeLessThan(1.1);
  });
});
