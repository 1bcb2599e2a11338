// What is refused, before anything is changed; and what is said of it.
import {
  DetachTrafficSourcesCommand,
  SuspendProcessesCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { CreateTagsCommand } from '@aws-sdk/client-ec2';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createMortalClients } from './mortal-clients.js';
import { Site } from './site.js';

let site: Site;
beforeEach(async () => {
  site = await Site.create({ desired: 2 });
  await site.registerRelease('2');
});
afterEach(() => site.close());

/** Deploys, and holds that it was refused with this code and that nothing was changed. */
async function expectRefusal(argv: readonly string[], code: string, hint: string): Promise<void> {
  const before = await site.picture();
  const { exitCode, document, stderr } = await site.directrix([...argv, '--json']);
  expect(document.error).toMatchObject({ code, hint: expect.stringContaining(hint) });
  expect(document.outcome).toBe('refused');
  expect(exitCode).toBe(2);
  expect(stderr).toContain(`error ${code}: ${document.error?.message}\n  what to do: `);
  expect(await site.picture()).toEqual(before);
}

const deploy = ['deploy', '--group', 'web', '--version', '2', '--bake', '20s'];

describe('the group', () => {
  test('that does not exist: near names are listed', () =>
    expectRefusal(['deploy', '--group', 'wbe', '--version', '2'], 'GROUP_NOT_FOUND', 'did you mean web?'));

  test('without a target group', async () => {
    const { group } = await site.picture();
    const TrafficSources = group.TrafficSources!.map(({ Identifier }) => ({ Identifier, Type: 'elbv2' }));
    await site.run(
      site.clients.autoScaling.send(new DetachTrafficSourcesCommand({ AutoScalingGroupName: 'web', TrafficSources })),
    );
    await expectRefusal(deploy, 'NO_TARGET_GROUP', 'attach');
  });

  test('without room for one more', async () => {
    await update({ MaxSize: 2 });
    await expectRefusal([...deploy, '--keep-max-size'], 'NO_CAPACITY_HEADROOM', 'raise MaxSize to 3');
  });

  test('that cannot launch', async () => {
    await site.run(
      site.clients.autoScaling.send(
        new SuspendProcessesCommand({ AutoScalingGroupName: 'web', ScalingProcesses: ['Launch'] }),
      ),
    );
    await expectRefusal(deploy, 'PROCESS_SUSPENDED', 'resume');
  });

  test('that is empty', async () => {
    await update({ MinSize: 0, DesiredCapacity: 0 });
    await site.advance(120_000);
    await expectRefusal(deploy, 'GROUP_EMPTY', 'launch template');
  });

  test('in which nothing is healthy', async () => {
    for (const { InstanceId } of (await site.picture()).instances)
      site.dataPlane.changeMachine(InstanceId!, { status: 'KO: database' });
    // Long enough for the load balancer to see it, too short for the group to replace them.
    await site.advance(25_000);
    const command = [...deploy, '--json', '--accept-broken-baseline'];
    // The first words of the first hint are the command that rescues.
    await expectRefusal(deploy, 'NO_HEALTHY_BASELINE', `when the release is the fix: directrix ${command.join(' ')}`);
    expect(await site.directrix(command)).toMatchObject({ exitCode: 0, document: { outcome: 'done' } });
    expect(await site.serving()).toEqual(['2', '2']);
  });

  async function update(sizes: object): Promise<void> {
    await site.run(
      site.clients.autoScaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: 'web', ...sizes })),
    );
  }
});

describe('the release', () => {
  test('of which there is no image: the versions that there are, are listed', () =>
    expectRefusal(['deploy', '--group', 'web', '--version', '9'], 'IMAGE_NOT_FOUND', 'the newest are 2, 1'));

  test('whose image does not exist', () =>
    expectRefusal(['deploy', '--group', 'web', '--image', 'ami-0123456789abcdef0'], 'IMAGE_NOT_FOUND', 'region'));

  test('whose image is not available yet', async () => {
    const imageId = await site.registerRelease('3');
    site.lab.state.ec2.images.get(imageId)!.State = 'pending';
    await expectRefusal(['deploy', '--group', 'web', '--version', '3'], 'IMAGE_NOT_AVAILABLE', 'wait image-available');
  });

  test('of which there are two images: both are listed, unless the newest will do', async () => {
    const first = await site.registerRelease('3', { bootMs: 10_001 });
    await site.advance(60_000);
    const second = await site.registerRelease('3', { bootMs: 9_999 });
    await expectRefusal(['deploy', '--group', 'web', '--version', '3'], 'IMAGE_AMBIGUOUS', `${second} (`);
    const { document, exitCode } = await site.deploy('3', ['--latest-image']);
    expect(document.to?.imageId).toBe(second);
    expect(document.to?.imageId).not.toBe(first);
    expect(exitCode).toBe(0);
  });

  test('for another architecture', async () => {
    const imageId = await site.registerRelease('3');
    site.lab.state.ec2.images.get(imageId)!.Architecture = 'arm64';
    await expectRefusal(['deploy', '--group', 'web', '--version', '3'], 'IMAGE_ARCHITECTURE', 'instance type');
  });

  test('whose version nobody knows', async () => {
    const imageId = await site.registerRelease('3');
    await site.run(
      site.clients.ec2.send(new CreateTagsCommand({ Resources: [imageId], Tags: [{ Key: 'Version', Value: '' }] })),
    );
    await expectRefusal(['deploy', '--group', 'web', '--image', imageId], 'RELEASE_VERSION_UNKNOWN', '--version V');
  });

  test('before, when there was none', () =>
    expectRefusal(['rollback', '--group', 'web'], 'NO_GOOD_RELEASE', 'directrix deploy'));
});

describe('the version', () => {
  test('that nobody answers for: no release could be verified', () =>
    expectRefusal([...deploy, '--url', 'http://nowhere.example'], 'VERSION_ROUTE_SILENT', '--no-version-check'));

  test('that must be named, and the present release does not: nothing begins', () =>
    expectRefusal(
      [...deploy, '--version-check', 'required', '--health-path', '/elsewhere'],
      'VERSION_NOT_HEARD',
      '--version-check auto',
    ));

  test('that the present release does not name, and the operator knows it: it is said, and the new one must', async () => {
    const { exitCode, document } = await site.deploy('2', [
      '--skip',
      'VERSION_NOT_HEARD',
      '--version-check',
      'required',
      '--health-path',
      '/elsewhere',
      '--start-timeout',
      '30s',
    ]);
    expect(document.notices).toContainEqual({
      code: 'VERSION_NOT_HEARD',
      text: expect.stringContaining('/elsewhere answered 200 without VERSION'),
    });
    expect(document.evidence).toMatchObject([{ code: 'VERSION_NOT_REPORTED' }]);
    expect(exitCode).toBe(1);
  });
});

describe('somebody else', () => {
  test('who is changing the group is named, on whatever machine', async () => {
    const first = site.start([...deploy, '--json'], { machine: 'build-7' });
    await site.advance(20_000);
    const second = await site.directrix([...deploy, '--json'], { machine: 'laptop' });
    expect(second.document.error).toMatchObject({
      code: 'GROUP_BUSY',
      message: expect.stringContaining('deploy by user@build-7'),
      hint: expect.stringContaining('directrix status'),
    });
    expect(second.exitCode).toBe(2);
    expect(await site.run(first)).toMatchObject({ exitCode: 0 });
  });

  test('who died on another machine holds the group for two minutes, and then only by the rollout that is left', async () => {
    const mortal = createMortalClients({ atChange: 12, isCarriedOut: true });
    void site.start([...deploy, '--json'], { machine: 'build-7', wrapClients: mortal.wrapClients });
    await site.run(mortal.died);
    await site.advance(60_000);
    const early = await site.directrix(['resume', '--group', 'web', '--json']);
    expect(early.document.error?.code).toBe('GROUP_BUSY');
    await site.advance(70_000);
    const again = await site.directrix([...deploy, '--json']);
    expect(again.document.error).toMatchObject({
      code: 'ROLLOUT_UNFINISHED',
      hint: expect.stringContaining('directrix resume --group web'),
    });
    expect(await site.directrix(['resume', '--group', 'web', '--json'])).toMatchObject({
      exitCode: 0,
      document: { outcome: 'done', command: 'resume' },
    });
  });

  test('who took the lease over is yielded to at once, and nothing more is changed', async () => {
    const running = site.start([...deploy, '--json']);
    await site.advance(15_000);
    const usurper = { epoch: 2, rolloutId: 'other', command: 'abort', acquiredAt: 0, renewedAt: 0 };
    const Value = JSON.stringify({ ...usurper, holder: { id: 'bob', name: 'bob@there', pid: 1 } });
    const Name = '/directrix/groups/web/epochs/2';
    await site.run(site.clients.ssm.send(new PutParameterCommand({ Name, Value, Type: 'String' })));
    const atLoss = await site.picture();
    const { exitCode, document } = await site.run(running);
    expect(document).toMatchObject({
      outcome: 'needsHuman',
      error: { code: 'LEASE_LOST', message: expect.stringContaining('bob@there') },
    });
    expect(exitCode).toBe(3);
    expect((await site.picture()).group).toEqual(atLoss.group);
  });
});

test('an interrupted deploy stops at a safe point with exit code 130, and resume ends it', async () => {
  const interruption = new AbortController();
  const running = site.start([...deploy, '--json'], { signal: interruption.signal });
  await site.advance(15_000);
  interruption.abort('SIGINT');
  expect(await site.run(running)).toMatchObject({ exitCode: 130, document: { outcome: 'interrupted' } });
  const status = await site.directrix(['status', '--group', 'web']);
  expect(status.stdout).toContain('no deployer is running: directrix resume --group web');
  expect(await site.directrix(['resume', '--group', 'web', '--json'])).toMatchObject({ exitCode: 0 });
  expect(await site.serving()).toEqual(['2', '2']);
});

test('an unfinished rollout is what rollback takes back first', async () => {
  const interruption = new AbortController();
  const before = await site.picture();
  const running = site.start([...deploy, '--json'], { signal: interruption.signal });
  await site.advance(15_000);
  interruption.abort('SIGTERM');
  await site.run(running);
  const { exitCode, document } = await site.directrix(['rollback', '--group', 'web', '--json']);
  expect(document).toMatchObject({ outcome: 'rolledBack', command: 'rollback', evidence: [{ code: 'ABORTED' }] });
  expect(exitCode).toBe(1);
  expect(await site.picture()).toEqual(before);
});

test('there is nothing to resume or abort where nothing was begun', async () => {
  await expectRefusal(['resume', '--group', 'web'], 'NOTHING_TO_RESUME', 'directrix deploy');
  await expectRefusal(['abort', '--group', 'web'], 'NOTHING_TO_RESUME', 'directrix deploy');
});

test('a command that is printed has the profile and the region that this one was given', async () => {
  const abort = ['abort', '--group', 'web', '--profile', 'my own', '--region', 'us-west-2'];
  expect((await site.directrix(abort)).stderr).toContain(
    "what to do: directrix deploy --profile 'my own' --region us-west-2 --group web --version V begins one\n",
  );
  expect((await site.directrix(['abort', '--group', 'web'])).stderr).toContain(
    'what to do: directrix deploy --group web --version V begins one\n',
  );
});
