// What a killed rollout left is undone by `directrix repair` from any machine, by its record and, where that is lost, by its tags.
import { SuspendProcessesCommand, UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { DeleteParametersCommand } from '@aws-sdk/client-ssm';
import { afterEach, describe, expect, test } from 'vitest';
import { createMortalClients } from './mortal-clients.js';
import { Site } from './site.js';

let site: Site;
afterEach(() => site.close());

interface RepairDocument {
  readonly rollout?: { readonly outcome: string };
  readonly steps: readonly { readonly text: string }[];
}

async function repair() {
  const { exitCode, stdout } = await site.directrix(['repair', '--group', 'web', '--json'], { machine: 'elsewhere' });
  return { exitCode, document: JSON.parse(stdout) as RepairDocument };
}

/** A deploy on a machine that dies before the n-th call of this name is answered, and is not heard of any more. */
async function dieAt(call: string): Promise<void> {
  site = await Site.create({ desired: 2, min: 2, max: 2 });
  site.startTraffic();
  await site.registerRelease('2');
  const mortal = createMortalClients({ atChange: (name) => name === call, isCarriedOut: true });
  void site.start(['deploy', '--group', 'web', '--version', '2', '--json'], { wrapClients: mortal.wrapClients });
  expect(await site.run(mortal.died)).toBe(call);
  // Its lease ends, and what it launched boots.
  await site.advance(150_000);
}

function leftovers(): readonly string[] {
  const { elbv2, ec2 } = site.lab.state;
  const isProof = (id: string) =>
    ec2.tags.get(id)?.some(({ Key, Value }) => Key === 'directrix:role' && Value === 'proof');
  return [
    ...[...ec2.instances.values()].flatMap(({ instance: { InstanceId = '', State } }) =>
      isProof(InstanceId) && (State?.Name === 'running' || State?.Name === 'pending') ? [InstanceId] : [],
    ),
    ...[...elbv2.targetGroups.values()].flatMap(({ targetGroup: { TargetGroupName = '' } }) =>
      TargetGroupName.startsWith('directrix-') ? [TargetGroupName] : [],
    ),
    ...[...elbv2.listeners.values()].flatMap(({ rules }) =>
      [...rules.values()].flatMap(({ RuleArn = '', IsDefault }) => (IsDefault === true ? [] : [RuleArn])),
    ),
  ];
}

describe.each([
  'CreateTargetGroup',
  'CreateRule',
  'RunInstances',
  'RegisterTargets',
  'AttachInstances',
  'EnterStandby',
])('after a death at %s', (call) => {
  test('the group is exactly as it was; again, there is nothing to repair', async () => {
    await dieAt(call);
    const { exitCode, document } = await repair();
    expect({ exitCode, outcome: document.rollout?.outcome }).toEqual({ exitCode: 0, outcome: 'rolledBack' });
    await site.advance(60_000);
    const { group, templates } = await site.picture();
    expect(group).toMatchObject({ MinSize: 2, MaxSize: 2, DesiredCapacity: 2, SuspendedProcesses: [] });
    expect({ version: group.LaunchTemplate?.Version, templates }).toEqual({
      version: '$Latest',
      templates: [{ DefaultVersionNumber: 1, LatestVersionNumber: 1 }],
    });
    expect(await site.serving()).toEqual(['1', '1']);
    expect(leftovers()).toEqual([]);
    expect(site.traffic()).toMatchObject({ failed: 0 });
    expect(await repair()).toEqual({
      exitCode: 0,
      document: { schema: 'directrix.repair/1', group: 'web', untouched: [], steps: [] },
    });
  });
});

test('where the record is lost, what stands outside of the group is found by its tags', async () => {
  await dieAt('RegisterTargets');
  expect(leftovers()).toHaveLength(3);
  const Names = [...site.lab.state.ssm.parameters.keys()].filter((name) =>
    name.startsWith('/directrix/groups/web/record'),
  );
  expect(Names.length).toBeGreaterThan(0);
  await site.run(site.clients.ssm.send(new DeleteParametersCommand({ Names })));
  const { exitCode, document } = await repair();
  expect(exitCode).toBe(0);
  expect(document.rollout).toBeUndefined();
  expect(document.steps.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^delete the listener rule arn:/),
    expect.stringMatching(/^delete the target group directrix-/),
    expect.stringMatching(/^terminate i-/),
    'delete launch template version 2, which the rollout made and no instance is of',
    'launch template version of the group: from 1 to $Latest, as it was',
    'take the tag of rollout rollout-1 from the group',
  ]);
  expect(leftovers()).toEqual([]);
  expect((await repair()).document.steps).toEqual([]);
});

describe('where the record is lost', () => {
  async function loseRecord(): Promise<void> {
    const Names = [...site.lab.state.ssm.parameters.keys()].filter((name) =>
      name.startsWith('/directrix/groups/web/record'),
    );
    await site.run(site.clients.ssm.send(new DeleteParametersCommand({ Names })));
  }

  const describeWeb = () => site.describeGroup();

  test.each([
    ['SuspendProcesses', ['from 1 to \\$Latest', 'resume AZRebalance', 'take the tag']],
    ['UpdateAutoScalingGroup', ['from 1 to \\$Latest', 'take the tag']],
    ['CreateLaunchTemplateVersion', ['delete launch template version 2', 'from 1 to \\$Latest', 'take the tag']],
  ])('pins and processes of a deploy that died at %s are given back by the tag of the group', async (call, told) => {
    site = await Site.create({ desired: 2, min: 2, max: 2 });
    const before = await site.picture();
    await site.registerRelease('2');
    const mortal = createMortalClients({ atChange: (name) => name === call, isCarriedOut: true });
    const argv = ['deploy', '--group', 'web', '--version', '2', '--json', '--no-prove'];
    void site.start(argv, { wrapClients: mortal.wrapClients });
    expect(await site.run(mortal.died)).toBe(call);
    await site.advance(150_000);
    await loseRecord();
    const { exitCode, document } = await repair();
    expect(exitCode).toBe(0);
    const texts = document.steps.map(({ text }) => text);
    for (const text of told) expect(texts.join('\n')).toMatch(new RegExp(text));
    expect(await site.picture()).toEqual(before);
    expect((await repair()).document.steps).toEqual([]);
  });

  test('sizes, pin and processes are given back; who is in Standby is told, and left', async () => {
    await dieAt('EnterStandby');
    await loseRecord();
    const before = await site.picture();
    expect((await describeWeb()).Tags).toEqual([expect.objectContaining({ Key: 'directrix:loans' })]);
    const { stdout } = await site.directrix(['repair', '--group', 'web'], { machine: 'elsewhere' });
    expect(stdout).toContain('resume AZRebalance, AlarmNotification, ScheduledActions, ReplaceUnhealthy\n');
    expect(stdout).toContain('MaxSize is 4 in place of 2: DesiredCapacity is 3; lower it, then directrix repair');
    expect(stdout).toContain('launch template version of the group: from 2 to $Latest, as it was\n');
    expect(stdout).toMatch(/in Standby: i-[0-9a-f]+/);
    expect((await site.picture()).instances).toEqual(before.instances);
    expect(await describeWeb()).toMatchObject({ MinSize: 2, MaxSize: 4, SuspendedProcesses: [] });
    const lower = { AutoScalingGroupName: 'web', DesiredCapacity: 2 };
    await site.run(site.clients.autoScaling.send(new UpdateAutoScalingGroupCommand(lower)));
    const { document } = await repair();
    expect(document.steps.map(({ text }) => text)).toEqual([
      'set MaxSize from 4 to 2, as it was',
      expect.stringMatching(/^take the tag/),
    ]);
    expect(await describeWeb()).toMatchObject({ MinSize: 2, MaxSize: 2, Tags: [] });
  });

  test('what somebody else changed meanwhile stays', async () => {
    await dieAt('EnterStandby');
    await loseRecord();
    const group = { AutoScalingGroupName: 'web' };
    const LaunchTemplate = { LaunchTemplateName: 'web', Version: '$Default' };
    await site.run(
      site.clients.autoScaling.send(new UpdateAutoScalingGroupCommand({ ...group, MaxSize: 9, LaunchTemplate })),
    );
    const suspend = { ...group, ScalingProcesses: ['Terminate'] };
    await site.run(site.clients.autoScaling.send(new SuspendProcessesCommand(suspend)));
    const { document } = await repair();
    expect(document.steps.map(({ text }) => text)).toEqual([
      'resume AZRebalance, AlarmNotification, ScheduledActions, ReplaceUnhealthy',
      expect.stringMatching(/^take the tag/),
    ]);
    expect(await describeWeb()).toMatchObject({
      MaxSize: 9,
      LaunchTemplate: { Version: '$Default' },
      SuspendedProcesses: [{ ProcessName: 'Terminate' }],
      Tags: [],
    });
  });

  test('a rollout that ends leaves no tag, whichever way it ends', async () => {
    site = await Site.create({ desired: 1 });
    await site.registerRelease('2');
    await site.registerRelease('3', { fault: 'neverStarts' });
    expect((await site.deploy('2')).exitCode).toBe(0);
    expect((await describeWeb()).Tags).toEqual([]);
    expect((await site.deploy('3', ['--start-timeout', '60s'])).exitCode).toBe(1);
    expect((await describeWeb()).Tags).toEqual([]);
  });
});

test('what a deployer needs now is not taken from it', async () => {
  site = await Site.create({ desired: 1 });
  await site.registerRelease('2');
  const running = site.start(['deploy', '--group', 'web', '--version', '2', '--json', '--bake', '0']);
  await site.advance(20_000);
  const refused = await site.directrix(['repair', '--group', 'web', '--json'], { machine: 'elsewhere' });
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain('GROUP_BUSY');
  expect(await site.run(running)).toMatchObject({ exitCode: 0, document: { outcome: 'done' } });
});
