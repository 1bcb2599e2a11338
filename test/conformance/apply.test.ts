// The hands of Directrix on AWS: applying a decision again, as after a crash, changes nothing more.
import { createRolloutPorts, type Lease } from '@directrix/aws';
import { type Decision, planRollout, type RolloutPorts, type RolloutRecord } from '@directrix/rollout';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Site } from '../simulation/site.js';

let site: Site;
let ports: RolloutPorts;
let record: RolloutRecord;
let imageId: string;
let ids: readonly string[];

const because = { code: 'HOLD_THE_GROUP_STILL' } as const;
const lease: Lease = {
  epoch: 1,
  check: async () => undefined,
  renewIfDue: async () => undefined,
  release: async () => undefined,
};

beforeEach(async () => {
  site = await Site.create({ desired: 3, min: 0, max: 6 });
  imageId = await site.registerRelease('2');
  ports = createRolloutPorts({
    clients: site.clients,
    clock: site.clock as RolloutPorts['clock'] & Site['clock'],
    fetch: ((url: string, init: RequestInit) => site.dataPlane.fetch(url, init)) as never,
    lease,
    groupName: 'web',
    reports: { healthPath: '/healthz' },
    bundleDirectory: site.directory,
    journal: () => undefined,
  });
  const from = { version: '1', imageId: 'ami-1', launchTemplateVersion: '1' };
  const to = { version: '2', imageId };
  const blank = {
    groupName: 'web',
    startedAt: site.clock.now(),
    to,
    ours: {},
    instances: {},
    options: {},
  } as unknown as RolloutRecord;
  const observation = await site.run(ports.observe(blank, []));
  record = planRollout({ observation, from, to, rolloutId: 'r1', epoch: 1, at: site.clock.now() });
  ids = observation.group.instances.map(({ instanceId }) => instanceId).sort();
});
afterEach(() => site.close());

type Act = Exclude<Decision, { readonly kind: 'wait' }>;

async function apply(decision: Act) {
  const result = await site.run(ports.apply(record, decision));
  // Long enough for what it set going to come to rest.
  await site.advance(120_000);
  return { result, picture: await site.picture() };
}

/** Everything outside of the group that the acts of a proof change: its instances, target groups and rules. */
function describeOutside() {
  const { ec2, elbv2 } = site.lab.state;
  return {
    instances: [...ec2.instances.values()].map(({ instance }) => `${instance.InstanceId} ${instance.State?.Name}`),
    tags: [...ec2.tags].map(([id, tags]) => [id, tags]),
    targetGroups: [...elbv2.targetGroups.values()].map(({ targetGroup, targets }) => [
      targetGroup.TargetGroupName,
      [...targets.keys()],
    ]),
    rules: [...elbv2.listeners.values()].map(({ rules }) => [...rules.values()]),
  };
}

// As a rollout does first: else the group itself would move instances between the zones.
const keepStill: Act = { kind: 'suspendProcesses', processes: ['AZRebalance'], because };

describe('applied once and twice is the same', () => {
  test.each<[string, () => Act]>([
    ['pinLaunchTemplate', () => ({ kind: 'pinLaunchTemplate', version: '1', because })],
    [
      'createLaunchTemplateVersion',
      () => ({ kind: 'createLaunchTemplateVersion', sourceVersion: '1', imageId, because }),
    ],
    ['deleteLaunchTemplateVersion', () => ({ kind: 'deleteLaunchTemplateVersion', version: '7', because })],
    ['setDefaultLaunchTemplateVersion', () => ({ kind: 'setDefaultLaunchTemplateVersion', version: '1', because })],
    ['suspendProcesses', () => ({ kind: 'suspendProcesses', processes: ['AZRebalance'], because })],
    ['resumeProcesses', () => ({ kind: 'resumeProcesses', processes: ['AZRebalance'], because })],
    ['setSizes', () => ({ kind: 'setSizes', desiredCapacity: 4, because })],
    ['enterStandby', () => ({ kind: 'enterStandby', instanceIds: ids.slice(0, 2), because })],
    ['exitStandby', () => ({ kind: 'exitStandby', instanceIds: ids.slice(0, 2), because })],
    ['quarantine', () => ({ kind: 'quarantine', instanceIds: ids.slice(0, 1), expiresAt: 0, because })],
    ['terminate', () => ({ kind: 'terminate', instanceIds: ids.slice(0, 1), decrement: true, because })],
  ])('%s', async (kind, decide) => {
    await apply(keepStill);
    if (kind === 'exitStandby') await apply({ kind: 'enterStandby', instanceIds: ids.slice(0, 2), because });
    const before = await site.picture();
    const once = await apply(decide());
    const twice = await apply(decide());
    expect(twice).toEqual(once);
    // What is as the decision wants it from the beginning would be the same however often it is applied.
    const isAlreadySo = ['deleteLaunchTemplateVersion', 'setDefaultLaunchTemplateVersion', 'suspendProcesses'].includes(
      kind,
    );
    if (!isAlreadySo) expect(once.picture).not.toEqual(before);
  });
});

describe('the acts of a proof, applied once and twice, are the same', () => {
  const place = () => ({
    listenerArn: [...site.lab.state.elbv2.listeners.keys()][0]!,
    targetGroupArn: [...site.lab.state.elbv2.targetGroups.keys()][0]!,
    token: 'a-secret',
  });
  const launch: Act = { kind: 'launchProof', launchTemplateVersion: '1', availabilityZone: 'us-west-2b', because };

  async function applyTwice(act: Act) {
    const before = describeOutside();
    const once = await apply(act);
    const after = describeOutside();
    const twice = await apply(act);
    expect({ ...twice, outside: describeOutside() }).toEqual({ ...once, outside: after });
    return { result: once.result, before, after };
  }

  test('each from the first to the last, and nothing is left', async () => {
    await apply(keepStill);
    const clean = describeOutside();
    const { result: route, after } = await applyTwice({ kind: 'openShadow', place: place(), because });
    const targetGroupArn = String(route?.targetGroupArn);
    const [copied, shadow] = [...site.lab.state.elbv2.targetGroups.values()].map(({ targetGroup }) => targetGroup);
    const own = { TargetGroupArn: targetGroupArn, TargetGroupName: expect.stringMatching(/^directrix-/) };
    expect(shadow).toEqual({ ...copied, ...own });
    expect(after.rules[0]).toHaveLength(2);
    const { result: launched } = await applyTwice(launch);
    const instanceId = String(launched?.instanceId);
    const [instance] = await site.describeInstances([instanceId]);
    expect(instance?.Placement?.AvailabilityZone).toBe('us-west-2b');
    await applyTwice({ kind: 'registerProof', instanceId, targetGroupArn, because });
    const seen = await site.run(
      ports.observe(
        {
          ...record,
          ours: {
            ...record.ours,
            shadow: { route: { targetGroupArn }, instance: { instanceId, availabilityZone: '' } },
          },
        },
        [],
      ),
    );
    expect(seen.proof).toMatchObject({ instanceId, instanceState: 'running', target: { state: 'healthy' } });
    await applyTwice({ kind: 'closeShadow', place: place(), targetGroupArn, because });
    await applyTwice({ kind: 'attach', instanceIds: [instanceId], because });
    // What was attached has no launch template in the group: EC2's tags name it.
    const { group } = await site.run(ports.observe(record, []));
    expect(group.instances.find((one) => one.instanceId === instanceId)).toMatchObject({ launchTemplateVersion: '1' });
    const end: Act = { kind: 'endProof', instanceId, isKept: false, expiresAt: 0, because };
    expect((await applyTwice(end)).result).toEqual({ found: 1, joined: true });
    const left = describeOutside();
    expect({ targetGroups: left.targetGroups.length, rules: left.rules }).toEqual({
      targetGroups: clean.targetGroups.length,
      rules: clean.rules,
    });
    expect(JSON.stringify(left.tags)).not.toContain('directrix:role');
  });

  test('without their answers: what was made is found again and removed', async () => {
    const clean = describeOutside();
    await apply({ kind: 'openShadow', place: place(), because });
    await apply(launch);
    const { result } = await apply({ kind: 'endProof', isKept: false, expiresAt: 0, because });
    await apply({ kind: 'closeShadow', place: place(), because });
    expect(result).toEqual({ found: 1, joined: false });
    const { instances, targetGroups, rules } = describeOutside();
    expect({ targetGroups, rules }).toEqual({ targetGroups: clean.targetGroups, rules: clean.rules });
    expect(instances.filter((one) => one.endsWith('running'))).toHaveLength(3);
    const again = await apply({ kind: 'endProof', isKept: false, expiresAt: 0, because });
    expect(again.result).toEqual({ found: 0, joined: false });
  });

  test('a kept one runs on, with tags that say why and until when', async () => {
    const { result } = await apply(launch);
    const instanceId = String(result?.instanceId);
    const why = { code: 'KEEP_THE_EVIDENCE', evidence: ['START_TIMEOUT'] } as const;
    await applyTwice({ kind: 'endProof', instanceId, isKept: true, expiresAt: 0, because: why });
    const [instance] = await site.describeInstances([instanceId]);
    expect(instance?.State?.Name).toBe('running');
    expect(Object.fromEntries(instance!.Tags!.map(({ Key, Value }) => [Key, Value]))).toMatchObject({
      'directrix:role': 'quarantine',
      'directrix:quarantine-reason': 'KEEP_THE_EVIDENCE: START_TIMEOUT',
      'directrix:quarantine-expires': '1970-01-01T00:00:00.000Z',
    });
  });
});

test('a launch template version is made from its source with only the image replaced, and carries the rollout’s name', async () => {
  const { result } = await apply({ kind: 'createLaunchTemplateVersion', sourceVersion: '1', imageId, because });
  expect(result).toEqual({ launchTemplateVersion: '2' });
  const [template] = [...site.lab.state.ec2.launchTemplates.values()];
  const [first, second] = [...template!.versions].sort((a, b) => a.VersionNumber! - b.VersionNumber!);
  expect(second).toMatchObject({
    VersionDescription: 'directrix r1',
    LaunchTemplateData: { ...first!.LaunchTemplateData, ImageId: imageId },
  });
});

test('some of a batch that are in Standby already do not keep the others out of it', async () => {
  await apply(keepStill);
  await apply({ kind: 'enterStandby', instanceIds: ids.slice(0, 1), because });
  const { picture } = await apply({ kind: 'enterStandby', instanceIds: ids, because });
  expect(picture.instances.map(({ LifecycleState }) => LifecycleState)).toEqual(['Standby', 'Standby', 'Standby']);
  expect(picture.group.DesiredCapacity).toBe(0);
});

test('nobody enters Standby when somebody else has changed the capacity since it was decided', async () => {
  await apply(keepStill);
  const before = await site.picture();
  const stale = { kind: 'enterStandby', instanceIds: ids.slice(0, 1), ifDesiredCapacity: 4, because } as const;
  await expect(apply(stale)).rejects.toMatchObject({ code: 'DESIRED_CAPACITY_CHANGED', kind: 'conflict' });
  expect(await site.picture()).toEqual(before);
  await apply({ ...stale, ifDesiredCapacity: 3 });
  // Applied again, it is as it should be, whatever the number.
  await apply({ ...stale, ifDesiredCapacity: 3 });
});

test('more than twenty are moved, twenty at a time', async () => {
  await site.close();
  site = await Site.create({ desired: 45, min: 0, max: 45 });
  const all = (await site.picture()).instances.map(({ InstanceId }) => InstanceId!);
  const calls: string[] = [];
  ports = createRolloutPorts({
    clients: site.createClients((action) => calls.push(action)),
    clock: site.clock as RolloutPorts['clock'] & Site['clock'],
    fetch: (() => Promise.reject(new Error('nobody asks'))) as never,
    lease,
    groupName: 'web',
    reports: { healthPath: '/healthz' },
    bundleDirectory: site.directory,
    journal: () => undefined,
  });
  const { picture } = await apply({ kind: 'enterStandby', instanceIds: all, because });
  expect(new Set(picture.instances.map(({ LifecycleState }) => LifecycleState))).toEqual(new Set(['Standby']));
  expect(calls.filter((action) => action === 'autoscaling:EnterStandby')).toHaveLength(3);
});

test.each([
  ['to something else', 6],
  ['to what is wanted', 3],
])('a size that somebody else changed meanwhile, %s, is left alone and told', async (_, desiredCapacity) => {
  await expect(apply({ kind: 'setSizes', desiredCapacity, ifDesiredCapacity: 5, because })).rejects.toMatchObject({
    code: 'DESIRED_CAPACITY_CHANGED',
  });
  expect((await site.picture()).group.DesiredCapacity).toBe(3);
});

test('no processes to suspend are not all processes', async () => {
  const { picture } = await apply({ kind: 'suspendProcesses', processes: [], because });
  expect(picture.group.SuspendedProcesses).toEqual([]);
});

test('what AWS refuses comes back with AWS’s own code and text', async () => {
  await expect(apply({ kind: 'setSizes', desiredCapacity: 9, because })).rejects.toMatchObject({
    code: 'AWS_REFUSED',
    message: expect.stringMatching(/^autoscaling:UpdateAutoScalingGroup: ValidationError: .*9/),
  });
});

test('a launch template version that AWS does not delete is not taken for deleted', async () => {
  const deletion = { kind: 'deleteLaunchTemplateVersion', version: '1', because } as const;
  await expect(apply(deletion)).rejects.toMatchObject({
    code: 'AWS_REFUSED',
    message: expect.stringMatching(/^Version 1 of lt-\w+ was not deleted: /),
  });
});

test('the versions of all instances are heard through the load balancer', async () => {
  const observation = await site.run(ports.observe(record, ids));
  const heard = observation.reports.map(({ instanceId, version, status }) => ({ instanceId, version, status }));
  expect(heard.sort((a, b) => a.instanceId!.localeCompare(b.instanceId!))).toEqual(
    ids.map((instanceId) => ({ instanceId, version: '1', status: 'OK' })),
  );
});
