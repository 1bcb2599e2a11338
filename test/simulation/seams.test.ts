// Where one process's moment meets another's: what happens between a look and the lease, a save and a change, an end and the next.
import {
  DescribeAutoScalingGroupsCommand,
  DetachTrafficSourcesCommand,
  ResumeProcessesCommand,
  SuspendProcessesCommand,
} from '@aws-sdk/client-auto-scaling';
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import type { AwsClients } from '@directrix/aws';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createMortalClients } from './mortal-clients.js';
import { Site } from './site.js';

let site: Site;
beforeEach(async () => {
  site = await Site.create({ desired: 2 });
  await site.registerRelease('2');
});
afterEach(() => site.close());

const AutoScalingGroupName = 'web';
const deploy = ['deploy', '--group', 'web', '--version', '2', '--json', '--bake', '20s'];
const recordName = '/directrix/groups/web/record';
const epochName = (epoch: number) => `/directrix/groups/web/epochs/${epoch}`;

type Input = Readonly<Record<string, unknown>>;

/** Somebody else's moment: right after the first call like this was carried out, and before its answer arrives. */
function meanwhile(isIt: (name: string, input: Input) => boolean, act: () => Promise<unknown>) {
  let isOver = false;
  return (clients: AwsClients): AwsClients => {
    for (const client of [clients.autoScaling, clients.ec2, clients.elbv2, clients.ssm])
      (client as AwsClients['ec2']).middlewareStack.add(
        (next, context) => async (args) => {
          const answer = await next(args);
          const name = String(context.commandName).replace(/Command$/, '');
          if (isOver || !isIt(name, args.input as unknown as Input)) return answer;
          isOver = true;
          await act();
          return answer;
        },
        { name: 'meanwhile', step: 'initialize', priority: 'low' },
      );
    return clients;
  };
}

const isLease = (epoch: number) => (name: string, input: Input) =>
  name === 'PutParameter' && input.Name === epochName(epoch);

const put = (Name: string, value: object) =>
  site.clients.ssm.send(
    new PutParameterCommand({ Name, Value: JSON.stringify(value), Type: 'String', Overwrite: true }),
  );

async function readRecord(): Promise<Record<string, unknown>> {
  const { Parameter } = await site.clients.ssm.send(new GetParameterCommand({ Name: recordName }));
  return JSON.parse(Parameter?.Value ?? '{}');
}

async function interruptHalfway(): Promise<void> {
  const interruption = new AbortController();
  const startedAt = site.clock.now();
  const onCall = () => {
    if (site.clock.now() - startedAt > 30_000) interruption.abort('SIGINT');
  };
  expect((await site.directrix(deploy, { signal: interruption.signal, onCall })).exitCode).toBe(130);
}

describe('a record that its former holder writes until the lease is taken', () => {
  test.each(['resume', 'abort'])(
    'is read again under it: what has ended meanwhile is no business of %s',
    async (command) => {
      await interruptHalfway();
      const before = await site.picture();
      const end = async () => put(recordName, { ...(await readRecord()), outcome: 'done' });
      const wrapClients = meanwhile(isLease(2), end);
      const { exitCode, document } = await site.directrix([command, '--group', 'web', '--json'], { wrapClients });
      expect(document.error?.code).toBe('NOTHING_TO_RESUME');
      expect(exitCode).toBe(2);
      expect(await site.picture()).toEqual(before);
    },
  );

  test('is gone on with as it was written last', async () => {
    await interruptHalfway();
    // Going back had begun when the former holder wrote for the last time.
    const turn = async () =>
      put(recordName, {
        ...(await readRecord()),
        phase: 'halt',
        isGoingBack: true,
        evidence: [{ code: 'ABORTED', reason: 'the former one', at: 0, instanceIds: [] }],
      });
    const wrapClients = meanwhile(isLease(2), turn);
    const { document } = await site.directrix(['resume', '--group', 'web', '--json'], { wrapClients });
    expect(document).toMatchObject({ outcome: 'rolledBack', evidence: [{ code: 'ABORTED' }] });
    expect(await site.serving()).toEqual(['1', '1']);
  });
});

describe('the second look, under the lease, refuses what the first could not see', () => {
  const attempt = (act: () => Promise<unknown>) => site.directrix(deploy, { wrapClients: meanwhile(isLease(1), act) });

  test('somebody began a rollout and died', async () => {
    await interruptHalfway();
    const record = await site.run(readRecord());
    await site.directrix(['abort', '--group', 'web', '--json']);
    const before = await site.picture();
    const wrapClients = meanwhile(isLease(3), () => put(recordName, record));
    const { exitCode, document } = await site.directrix(deploy, { wrapClients });
    expect(document.error?.code).toBe('ROLLOUT_UNFINISHED');
    expect(exitCode).toBe(2);
    expect(await site.picture()).toEqual(before);
  });

  test('somebody detached the target group', async () => {
    const { AutoScalingGroups = [] } = await site.run(
      site.clients.autoScaling.send(new DescribeAutoScalingGroupsCommand({})),
    );
    const TrafficSources = AutoScalingGroups[0]?.TrafficSources?.map(({ Identifier }) => ({
      Identifier,
      Type: 'elbv2',
    }));
    const { exitCode, document } = await attempt(() =>
      site.clients.autoScaling.send(new DetachTrafficSourcesCommand({ AutoScalingGroupName, TrafficSources })),
    );
    expect(document.error?.code).toBe('NO_TARGET_GROUP');
    expect(exitCode).toBe(2);
  });

  test('somebody suspended Launch', async () => {
    const { exitCode, document } = await attempt(() =>
      site.clients.autoScaling.send(
        new SuspendProcessesCommand({ AutoScalingGroupName, ScalingProcesses: ['Launch'] }),
      ),
    );
    expect(document.error?.code).toBe('PROCESS_SUSPENDED');
    expect(exitCode).toBe(2);
  });

  test('somebody rolled out the same release', async () => {
    const other = site.start([...deploy, '--skip', 'all'], { machine: 'build-7' });
    expect(await site.run(other)).toMatchObject({ exitCode: 0 });
    // As if it had been seen before that: the first look is of an hour ago.
    expect(await site.directrix(deploy)).toMatchObject({ exitCode: 0, document: { outcome: 'unchanged' } });
  });
});

test('a lease that is lost between saving and changing: the change is not made', async () => {
  const usurper = { epoch: 2, rolloutId: 'other', command: 'abort', acquiredAt: 0, renewedAt: 0 };
  const isSaved = (name: string, { Name, Value }: Input) =>
    name === 'PutParameter' && Name === recordName && String(Value).includes('"kind":"setDesired"');
  const take = () => put(epochName(2), { ...usurper, holder: { id: 'bob', name: 'bob@there', pid: 1 } });
  const changes: string[] = [];
  let isTaken = false;
  let desired: number | undefined;
  const { exitCode, document } = await site.directrix(deploy, {
    wrapClients: meanwhile(isSaved, async () => {
      await take();
      isTaken = true;
      const { AutoScalingGroups = [] } = await site.clients.autoScaling.send(new DescribeAutoScalingGroupsCommand({}));
      desired = AutoScalingGroups[0]?.DesiredCapacity;
    }),
    onCall: (action) => {
      if (isTaken && !/:(Describe|Get)/.test(action)) changes.push(action);
    },
  });
  expect(document.error?.code).toBe('LEASE_LOST');
  expect(exitCode).toBe(3);
  expect(changes).toEqual([]);
  expect((await site.picture()).group.DesiredCapacity).toBe(desired);
});

describe('a lease is free at once', () => {
  const again = () => site.directrix(deploy, { machine: 'another' });

  test('after a refusal under it', async () => {
    const wrapClients = meanwhile(isLease(1), () =>
      site.clients.autoScaling.send(
        new SuspendProcessesCommand({ AutoScalingGroupName, ScalingProcesses: ['Launch'] }),
      ),
    );
    expect((await site.directrix(deploy, { wrapClients })).exitCode).toBe(2);
    const launch = new ResumeProcessesCommand({ AutoScalingGroupName, ScalingProcesses: ['Launch'] });
    await site.run(site.clients.autoScaling.send(launch));
    expect(await again()).toMatchObject({ exitCode: 0 });
  });

  test('after a call that fails under it', async () => {
    let isHeld = false;
    const isNextLook = (name: string, input: Input) => {
      isHeld ||= isLease(1)(name, input);
      return isHeld && name === 'DescribeAutoScalingGroups';
    };
    const wrapClients = meanwhile(isNextLook, () => Promise.reject(new Error('no')));
    const failed = await site.directrix(deploy, { wrapClients });
    expect(failed).toMatchObject({ exitCode: 2, document: { error: { code: 'AWS_REFUSED' } } });
    expect(await again()).toMatchObject({ exitCode: 0 });
  });

  test('where the answer to taking it was lost: it is held all the same', async () => {
    const lost = Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' });
    const wrapClients = meanwhile(isLease(1), () => Promise.reject(lost));
    expect(await site.directrix(deploy, { wrapClients })).toMatchObject({ exitCode: 0 });
    expect(await site.serving()).toEqual(['2', '2']);
  });

  test('after the record could not be written for as long as a rollout may stand still', async () => {
    const wrapClients = (clients: AwsClients) => {
      clients.ssm.middlewareStack.add(
        (next) => async (args) => {
          if ((args.input as { Name?: string }).Name !== recordName) return next(args);
          throw Object.assign(new Error('busy'), { name: 'InternalServerError', $metadata: { httpStatusCode: 500 } });
        },
        { name: 'full', step: 'initialize', priority: 'low' },
      );
      return clients;
    };
    const before = await site.picture();
    const failed = await site.directrix([...deploy, '--progress-deadline', '60s'], { wrapClients });
    expect(failed).toMatchObject({ exitCode: 3, document: { error: { code: 'SAVE_FAILED' } } });
    expect(await site.picture()).toEqual(before);
    expect(await again()).toMatchObject({ exitCode: 0 });
  });
});

describe('processes that somebody else suspends', () => {
  const suspend = (ScalingProcesses: string[]) =>
    site.run(site.clients.autoScaling.send(new SuspendProcessesCommand({ AutoScalingGroupName, ScalingProcesses })));
  const suspended = async () =>
    (await site.picture()).group.SuspendedProcesses?.map(({ ProcessName }) => ProcessName).sort();

  test('before the rollout are left, also by who takes it over after a kill', async () => {
    await suspend(['AZRebalance']);
    const mortal = createMortalClients({ atChange: (name) => name === 'EnterStandby', isCarriedOut: true });
    void site.start(deploy, { wrapClients: mortal.wrapClients });
    await site.run(mortal.died);
    await site.advance(5_000);
    expect(await site.directrix(['abort', '--group', 'web', '--json'])).toMatchObject({ exitCode: 1 });
    expect(await suspended()).toEqual(['AZRebalance']);
  });

  test('during it are left, ours are not', async () => {
    const running = site.start(deploy);
    await site.advance(20_000);
    await suspend(['HealthCheck', 'InstanceRefresh']);
    expect(await site.run(running)).toMatchObject({ exitCode: 0 });
    expect(await suspended()).toEqual(['HealthCheck', 'InstanceRefresh']);
  });
});
