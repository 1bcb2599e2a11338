// What was so before a rollout: told before it and afterwards, and left as it is; or a reason not to begin, with a way to follow.
import { SuspendProcessesCommand, UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateCommand, CreateLaunchTemplateVersionCommand } from '@aws-sdk/client-ec2';
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Site } from './site.js';

let site: Site;
beforeEach(async () => {
  site = await Site.create({ desired: 2 });
  await site.registerRelease('2');
});
afterEach(() => site.close());

const AutoScalingGroupName = 'web';

async function update(change: object): Promise<void> {
  await site.run(site.clients.autoScaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, ...change })));
}

describe('a tool that died left AZRebalance suspended and DesiredCapacity raised from 2 to 3', () => {
  beforeEach(async () => {
    const ScalingProcesses = ['AZRebalance'];
    await site.run(
      site.clients.autoScaling.send(new SuspendProcessesCommand({ AutoScalingGroupName, ScalingProcesses })),
    );
    await update({ DesiredCapacity: 3 });
    await site.advance(120_000);
  });

  test('it is said before the rollout and afterwards, and stays', async () => {
    const { exitCode, document } = await site.deploy('2');
    expect(exitCode).toBe(0);
    expect(document.notices).toContainEqual({
      code: 'LEFT_BEHIND',
      text: expect.stringContaining('suspended AZRebalance, and DesiredCapacity is 3, raised from 2'),
    });
    expect(document.text).toContain('AZRebalance stays suspended (aws autoscaling resume-processes');
    expect(document.text).toContain('DesiredCapacity was 2 before somebody raised it');
    const { group } = await site.picture();
    expect(group.SuspendedProcesses?.map(({ ProcessName }) => ProcessName)).toEqual(['AZRebalance']);
    expect(group.DesiredCapacity).toBe(3);
  });

  test('and also where the release is bad', async () => {
    await site.registerRelease('3', { fault: 'neverStarts' });
    const { exitCode, document } = await site.deploy('3', ['--start-timeout', '60s']);
    expect(exitCode).toBe(1);
    expect(document.text).toContain('As before the rollout, AZRebalance stays suspended');
  });
});

test('a DesiredCapacity that somebody raised is a wish, and nothing is said of it', async () => {
  await update({ DesiredCapacity: 3 });
  await site.advance(120_000);
  const { document } = await site.deploy('2');
  expect(document.notices.map(({ code }) => code)).not.toContain('LEFT_BEHIND');
});

test.each([
  // A date has whole seconds.
  [180_000, /1(79|80) s ahead of/],
  [-7_200_000, /7(199|200) s behind/],
])('a deployer whose clock is %i ms ahead of AWS says so, and ships a good release', async (clockAheadMs, words) => {
  const { exitCode, document } = await site.deploy('2', ['--surge', '1', '--start-timeout', '60s'], { clockAheadMs });
  expect(document.evidence).toEqual([]);
  expect(exitCode).toBe(0);
  expect(document.notices).toContainEqual({ code: 'CLOCK_SKEWED', text: expect.stringMatching(words) });
});

test('a clock that is right is not spoken of', async () => {
  const { document } = await site.deploy('2', [], { clockAheadMs: 900 });
  expect(document.notices.map(({ code }) => code)).not.toContain('CLOCK_SKEWED');
});

describe("the group's launch template is another one than its instances are of", () => {
  const preflight = () => site.directrix(['preflight', '--group', 'web', '--version', '2', '--json']);

  async function giveTemplate(version: string): Promise<string> {
    const present = site.lab.state.ec2.images;
    const [ImageId] =
      [...present].find(([id]) => site.lab.state.ec2.tags.get(id)?.some(({ Value }) => Value === version)) ?? [];
    const LaunchTemplateData = { ImageId, InstanceType: 't3.micro' as const };
    const made = await site.run(
      site.clients.ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: 'renamed', LaunchTemplateData })),
    );
    await update({ LaunchTemplate: { LaunchTemplateName: 'renamed', Version: '$Latest' } });
    return made.LaunchTemplate?.LaunchTemplateId ?? '';
  }

  test('with the same image, a renamed one: preflight passes, a bad release goes back, and a good one ships', async () => {
    await giveTemplate('1');
    expect((await preflight()).exitCode).toBe(0);
    await site.registerRelease('3', { fault: 'neverStarts' });
    expect(await site.deploy('3', ['--start-timeout', '60s'])).toMatchObject({
      exitCode: 1,
      document: { outcome: 'rolledBack', from: { version: '1', launchTemplateVersion: '1' } },
    });
    expect(await site.serving()).toEqual(['1', '1']);
    expect(await site.deploy('2')).toMatchObject({ exitCode: 0, document: { outcome: 'done' } });
  });

  test('with another image: preflight and deploy refuse alike, and their hint can be followed', async () => {
    await site.registerRelease('3');
    const LaunchTemplateId = await giveTemplate('3');
    const checked = JSON.parse((await preflight()).stdout);
    expect(checked.verdict).toBe('fail');
    expect(checked.findings[0]).toMatchObject({ code: 'NO_BASELINE', fix: { commands: [expect.any(String)] } });
    const skipped = await site.deploy('2', ['--skip', 'all']);
    expect(skipped).toMatchObject({ exitCode: 2, document: { error: { code: 'NO_BASELINE' } } });
    const [command] = checked.findings[0].fix.commands;
    expect(skipped.document.error?.hint).toBe(`${command}, then the same again`);
    const [, id, data = ''] = /--launch-template-id (\S+) .* --launch-template-data '(.*)'$/.exec(command) ?? [];
    expect(id).toBe(LaunchTemplateId);
    await site.run(
      site.clients.ec2.send(
        new CreateLaunchTemplateVersionCommand({
          LaunchTemplateId,
          SourceVersion: '$Latest',
          LaunchTemplateData: JSON.parse(data),
        }),
      ),
    );
    expect(await site.deploy('2')).toMatchObject({ exitCode: 0, document: { from: { version: '1' } } });
  });
});

describe('the rollout before needs a person', () => {
  const Name = '/directrix/groups/web/record';

  async function leaveNeed(needs: object): Promise<void> {
    await site.deploy('2');
    const { Parameter } = await site.run(site.clients.ssm.send(new GetParameterCommand({ Name })));
    const record = JSON.parse(Parameter?.Value ?? '');
    // What the gates saw is left out: it must stay one parameter.
    const Value = JSON.stringify({ ...record, gates: undefined, outcome: 'needsHuman', needs });
    await site.run(site.clients.ssm.send(new PutParameterCommand({ Name, Value, Overwrite: true })));
    await site.registerRelease('3');
  }

  test('because instances do not serve, and nothing of it is in force: the cure is one command', async () => {
    await leaveNeed({ code: 'OLD_NOT_SERVING', version: '1', servingCount: 0, wanted: 2, shown: [] });
    const status = await site.directrix(['status', '--group', 'web']);
    expect(status.stdout).toContain('directrix deploy --group web --version V --accept-broken-baseline');
    const cure = await site.deploy('3', ['--accept-broken-baseline']);
    expect(cure).toMatchObject({ exitCode: 0, document: { outcome: 'done' } });
  });

  test('and may have something in force: it goes first', async () => {
    await leaveNeed({ code: 'OBSERVE_FAILED', waitedMs: 1, failure: { kind: 'passing', code: 'AWS_BUSY', text: 'x' } });
    expect(await site.deploy('3')).toMatchObject({ exitCode: 2, document: { error: { code: 'ROLLOUT_UNFINISHED' } } });
  });
});
