// What somebody else does in the midst of a rollout is never held against the release: it has a code of its own, exit code 3, and a hint that
// works. Each printed command is typed in the state in which it is printed.
import { ResumeProcessesCommand, SuspendProcessesCommand } from '@aws-sdk/client-auto-scaling';
import {
  DeleteLaunchTemplateVersionsCommand,
  DeregisterImageCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  DeregisterTargetsCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  ModifyListenerCommand,
  ModifyTargetGroupCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { describeGroup } from '@directrix/aws';
import { afterEach, describe, expect, test } from 'vitest';
import { type CommandResult, Site } from './site.js';
import { commandsIn, typeAws } from './typed-commands.js';

let site: Site;
afterEach(() => site.close());

const group = () => site.describeGroup();
/** The same, while a command runs. */
const groupNow = () => describeGroup(site.clients, 'web');

const options = ['--no-prove', '--no-probe', '--start-timeout', '60s', '--progress-deadline', '120s'];

/** Deploys version 2. As it holds the group still, or so much later, and launches new instances, somebody does `act`. */
async function deployWhile(act: () => Promise<unknown>, afterMs = 3_000): Promise<CommandResult> {
  let done: Promise<unknown> | undefined;
  const onCall = (action: string) => {
    if (action === 'autoscaling:SuspendProcesses') done ??= afterMs === 0 ? act() : site.clock.sleep(afterMs).then(act);
  };
  const result = await site.deploy('2', options, { onCall });
  expect(done).toBeDefined();
  await done;
  return result;
}

async function open(behaviour: Parameters<Site['registerRelease']>[1] = {}): Promise<void> {
  site = await Site.create({ desired: 2, max: 5 });
  await site.registerRelease('2', behaviour);
}

const { clients } = { clients: () => site.clients };
const suspend = (name: string) => () =>
  clients().autoScaling.send(new SuspendProcessesCommand({ AutoScalingGroupName: 'web', ScalingProcesses: [name] }));
const newIds = async () => {
  const { Instances = [] } = await groupNow();
  return Instances.filter(({ LaunchTemplate }) => LaunchTemplate?.Version === '2').map(({ InstanceId }) => InstanceId!);
};
const deregisterNew = async () => {
  const TargetGroupArn = (await groupNow()).TargetGroupARNs![0];
  const Targets = (await newIds()).map((Id) => ({ Id }));
  await clients().elbv2.send(new DeregisterTargetsCommand({ TargetGroupArn, Targets }));
};
const listener = async () => {
  const { LoadBalancers = [] } = await clients().elbv2.send(new DescribeLoadBalancersCommand({}));
  const [balancer] = LoadBalancers;
  const answer = await clients().elbv2.send(
    new DescribeListenersCommand({ LoadBalancerArn: balancer!.LoadBalancerArn }),
  );
  return answer.Listeners![0]!;
};
const expectOther = async () => {
  const TargetGroupArn = (await groupNow()).TargetGroupARNs![0];
  const other = { HealthCheckPath: '/status', Matcher: { HttpCode: '204,205' } };
  await clients().elbv2.send(new ModifyTargetGroupCommand({ TargetGroupArn, ...other }));
};
const answerFixed = async () => {
  const { ListenerArn } = await listener();
  const fixed = { Type: 'fixed-response' as const, FixedResponseConfig: { StatusCode: '503' } };
  await clients().elbv2.send(new ModifyListenerCommand({ ListenerArn, DefaultActions: [fixed] }));
};
const leadBack = async () => {
  const { TargetGroupARNs } = await group();
  const { ListenerArn } = await site.run(listener());
  const forward = { Type: 'forward' as const, TargetGroupArn: TargetGroupARNs![0] };
  await site.run(clients().elbv2.send(new ModifyListenerCommand({ ListenerArn, DefaultActions: [forward] })));
};

/** The hint as `status` prints it. */
async function hint(): Promise<string> {
  const { stdout } = await site.directrix(['status', '--group', 'web']);
  return stdout.replaceAll(/\n\s+/g, ' ');
}

const typed = async (): Promise<void> => {
  for (const command of commandsIn(await hint())) if (command.startsWith('aws ')) await typeAws(site, command);
};

/** What a hint leaves to a person, without a command. */
const byHand = { TARGET_GROUP_NOT_IN_USE: leadBack } as Readonly<Record<string, () => Promise<void>>>;

describe.each<readonly [string, string, () => () => Promise<unknown>, number]>([
  ['Launch is suspended', 'PROCESS_SUSPENDED', () => suspend('Launch'), 0],
  [
    'AddToLoadBalancer is suspended',
    'TARGETS_NOT_REGISTERED',
    // And resumed, once what was launched meanwhile is in service: it is never added later.
    () => async () => {
      await suspend('AddToLoadBalancer')();
      await site.clock.sleep(100_000);
      await clients().autoScaling.send(
        new ResumeProcessesCommand({ AutoScalingGroupName: 'web', ScalingProcesses: ['AddToLoadBalancer'] }),
      );
    },
    0,
  ],
  ['new instances are deregistered', 'TARGETS_NOT_REGISTERED', () => deregisterNew, 45_000],
  ['a health check is changed before anything new is up', 'HEALTH_CHECK_CHANGED', () => expectOther, 3_000],
  ['a health check is changed while new ones prove themselves', 'HEALTH_CHECK_CHANGED', () => expectOther, 30_000],
  ['the listener forwards no more', 'TARGET_GROUP_NOT_IN_USE', () => answerFixed, 3_000],
])('%s', (_name, code, act, afterMs) => {
  test(`is ${code}, exit 3; what the hint says works, and resume ships`, async () => {
    await open();
    const { exitCode, document } = await deployWhile(act(), afterMs);
    expect({ exitCode, code: document.need?.code }).toEqual({ exitCode: 3, code });
    await typed();
    await byHand[code]?.();
    const resumed = await site.directrix(['resume', '--group', 'web', '--json']);
    expect(resumed).toMatchObject({ exitCode: 0, document: { outcome: 'done' } });
    expect(new Set(await site.serving())).toEqual(new Set(['2']));
  });

  test('and abort goes back from there', async () => {
    await open();
    const before = await site.picture();
    await deployWhile(act(), afterMs);
    await typed();
    await byHand[code]?.();
    const aborted = await site.directrix(['abort', '--group', 'web', '--json']);
    expect(aborted).toMatchObject({ exitCode: 1, document: { outcome: 'rolledBack' } });
    expect((await site.picture()).group).toEqual(before.group);
  });
});

test('HealthCheck is suspended: the release ships all the same', async () => {
  await open();
  const { exitCode } = await deployWhile(suspend('HealthCheck'));
  expect(exitCode).toBe(0);
});

test('the launch template version of the release is deleted: LAUNCH_SOURCE_GONE, and abort takes the group back', async () => {
  await open();
  const before = await site.picture();
  const remove = async () => {
    const { LaunchTemplate } = await groupNow();
    const LaunchTemplateId = LaunchTemplate!.LaunchTemplateId;
    await clients().ec2.send(new DeleteLaunchTemplateVersionsCommand({ LaunchTemplateId, Versions: ['2'] }));
  };
  const { exitCode, document } = await deployWhile(remove);
  expect({ exitCode, code: document.need?.code }).toEqual({ exitCode: 3, code: 'LAUNCH_SOURCE_GONE' });
  expect(commandsIn(await hint())).toContain('directrix abort --group web');
  const aborted = await site.directrix(['abort', '--group', 'web', '--json']);
  expect(aborted).toMatchObject({ exitCode: 1, document: { outcome: 'rolledBack' } });
  expect((await site.picture()).group).toEqual(before.group);
});

test.each([
  ['while they start', 20_000],
  ['once they serve', 80_000],
])('instances of the release are terminated in EC2, %s: others come, and it ships', async (_name, afterMs) => {
  await open();
  let ended: readonly string[] = [];
  const terminate = async () => {
    ended = (await newIds()).slice(0, 1);
    await clients().ec2.send(new TerminateInstancesCommand({ InstanceIds: [...ended] }));
  };
  const { exitCode, document } = await deployWhile(terminate, afterMs);
  expect(ended).toHaveLength(1);
  expect({ exitCode, evidence: document.evidence }).toEqual({ exitCode: 0, evidence: [] });
  expect(await site.serving()).toEqual(['2', '2']);
});

test('AWS refuses to point the group back: the printed commands, with an image in place of AMI, and resume end it', async () => {
  await open({ fault: 'neverStarts' });
  const [old] = await site.describeInstances((await group()).Instances!.map(({ InstanceId }) => InstanceId!));
  const deregister = () => clients().ec2.send(new DeregisterImageCommand({ ImageId: old!.ImageId }));
  const { exitCode, document } = await deployWhile(deregister);
  expect({ exitCode, code: document.need?.code }).toEqual({ exitCode: 3, code: 'POINT_BACK_REFUSED' });
  const image = await site.registerRelease('1', { healthyAfterMs: 1_000 } as never);
  const commands = commandsIn((await hint()).replace('AMI', image));
  expect(commands.map((command) => command.split(' ').slice(0, 3).join(' '))).toEqual([
    'aws ec2 create-launch-template-version',
    'aws autoscaling update-auto-scaling-group',
    'directrix resume --group',
  ]);
  for (const command of commands.slice(0, 2)) await typeAws(site, command);
  const resumed = await site.directrix(['resume', '--group', 'web', '--json']);
  expect(resumed).toMatchObject({ exitCode: 1, document: { outcome: 'rolledBack' } });
  const { SuspendedProcesses, LaunchTemplate } = await group();
  expect([SuspendedProcesses, LaunchTemplate?.Version]).toEqual([[], '$Latest']);
  const { Instances = [] } = await group();
  expect(Instances.map(({ LifecycleState }) => LifecycleState)).toEqual(['InService', 'InService']);
});
