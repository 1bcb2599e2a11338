import type { RunInstancesRequest } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { createLaunchTemplate } from './operations/create-launch-template.js';
import { createLaunchTemplateVersion } from './operations/create-launch-template-version.js';
import { describeImages } from './operations/describe-images.js';
import { describeInstanceAttribute } from './operations/describe-instance-attribute.js';
import { describeInstanceStatus } from './operations/describe-instance-status.js';
import { describeInstances } from './operations/describe-instances.js';
import { describeNetworkInterfaces } from './operations/describe-network-interfaces.js';
import { getConsoleOutput } from './operations/get-console-output.js';
import { modifyInstanceAttribute } from './operations/modify-instance-attribute.js';
import { modifyInstanceMetadataOptions } from './operations/modify-instance-metadata-options.js';
import { rebootInstances } from './operations/reboot-instances.js';
import { registerImage } from './operations/register-image.js';
import { runInstances } from './operations/run-instances.js';
import { startInstances } from './operations/start-instances.js';
import { stopInstances } from './operations/stop-instances.js';
import { terminateInstances } from './operations/terminate-instances.js';
import { ec2Service } from './service.js';
import { addSubnet, createTestNetwork, launchInstance, refusal, type TestNetwork } from './test-network.js';

const hourMs = 3_600_000;

function launch(network: TestNetwork, asked: Partial<RunInstancesRequest> = {}) {
  const { context, imageId, subnetId } = network;
  const byDefault = {
    ImageId: imageId,
    InstanceType: 't3.micro',
    SubnetId: subnetId,
    MinCount: 1,
    MaxCount: 1,
  } as const;
  return runInstances({ ...byDefault, ...asked }, context);
}

function instanceIn({ context }: TestNetwork, id: string) {
  return describeInstances({ InstanceIds: [id] }, context).Reservations![0]!.Instances![0]!;
}

function machineEffects({ context }: TestNetwork) {
  return context.effects.filter((effect) => effect.kind === 'startMachine' || effect.kind === 'stopMachine');
}

describe('an instance', () => {
  test('goes from pending to running, and only then is its machine started', () => {
    const network = createTestNetwork();
    const { context } = network;
    const instanceId = launchInstance(network);
    expect(instanceIn(network, instanceId).State).toEqual({ Code: 0, Name: 'pending' });
    context.pass(context.timing.instancePendingMs - 1);
    expect(machineEffects(network)).toEqual([]);
    context.pass(1);
    expect(instanceIn(network, instanceId).State).toEqual({ Code: 16, Name: 'running' });
    expect(machineEffects(network)).toEqual([{ kind: 'startMachine', instanceId }]);
  });

  test('has an interface, an address of its subnet, and a name made of it', () => {
    const network = createTestNetwork();
    const { context, groupId, subnetId, vpcId } = network;
    const instance = instanceIn(network, launchInstance(network));
    const filter = { Filters: [{ Name: 'attachment.instance-id', Values: [instance.InstanceId!] }] };
    const [eni] = describeNetworkInterfaces(filter, context).NetworkInterfaces!;
    expect(eni).toMatchObject({ SubnetId: subnetId, Status: 'in-use', PrivateIpAddress: instance.PrivateIpAddress });
    expect(instance.PrivateIpAddress).toMatch(/^10\.0\.1\.\d+$/);
    expect(instance.PrivateDnsName).toBe(
      `ip-${instance.PrivateIpAddress?.replaceAll('.', '-')}.us-west-2.compute.internal`,
    );
    expect(instance).toMatchObject({
      VpcId: vpcId,
      SecurityGroups: [{ GroupId: groupId, GroupName: 'web' }],
      Placement: { AvailabilityZone: 'us-west-2a' },
    });
    expect(instance.PublicIpAddress).toBeUndefined();
  });

  test('that is terminated shuts down, gives back its address, is shown for an hour and is forgotten', () => {
    const network = createTestNetwork();
    const { context } = network;
    const instanceId = launchInstance(network);
    context.pass(60_000);
    const ids = { InstanceIds: [instanceId] };
    expect(terminateInstances(ids, context).TerminatingInstances).toEqual([
      {
        InstanceId: instanceId,
        PreviousState: { Code: 16, Name: 'running' },
        CurrentState: { Code: 32, Name: 'shutting-down' },
      },
    ]);
    const graceMs = context.timing.instanceShutdownMs;
    expect(machineEffects(network).at(-1)).toEqual({ kind: 'stopMachine', instanceId, graceMs });
    context.pass(graceMs);
    const gone = instanceIn(network, instanceId);
    expect(gone.State?.Name).toBe('terminated');
    expect([gone.PrivateIpAddress, gone.SubnetId, gone.NetworkInterfaces]).toEqual([undefined, undefined, []]);
    expect(gone.StateReason?.Code).toBe('Client.UserInitiatedShutdown');
    expect(context.state.ec2.networkInterfaces.size).toBe(0);
    expect(terminateInstances(ids, context).TerminatingInstances?.[0]?.CurrentState?.Name).toBe('terminated');
    context.pass(hourMs);
    expect(refusal(() => describeInstances(ids, context))).toEqual({
      code: 'InvalidInstanceID.NotFound',
      message: `The instance ID '${instanceId}' does not exist`,
    });
  });

  test('that is terminated while pending never starts its machine', () => {
    const network = createTestNetwork();
    const { context } = network;
    terminateInstances({ InstanceIds: [launchInstance(network)] }, context);
    context.pass(hourMs);
    expect(machineEffects(network)).toEqual([]);
  });

  test('stops and starts again with the same address', () => {
    const network = createTestNetwork();
    const { context } = network;
    const instanceId = launchInstance(network);
    const ids = { InstanceIds: [instanceId] };
    expect(refusal(() => stopInstances(ids, context)).code).toBe('IncorrectInstanceState');
    context.pass(60_000);
    const { PrivateIpAddress } = instanceIn(network, instanceId);
    stopInstances(ids, context);
    expect(refusal(() => startInstances(ids, context))).toEqual({
      code: 'IncorrectInstanceState',
      message: `The instance '${instanceId}' is not in a state from which it can be started.`,
    });
    context.pass(60_000);
    expect(instanceIn(network, instanceId).State?.Name).toBe('stopped');
    startInstances(ids, context);
    context.pass(60_000);
    expect(instanceIn(network, instanceId)).toMatchObject({ State: { Name: 'running' }, PrivateIpAddress });
    expect(machineEffects(network).map((effect) => effect.kind)).toEqual([
      'startMachine',
      'stopMachine',
      'startMachine',
    ]);
  });

  test('that reboots stays running while its machine is started anew', () => {
    const network = createTestNetwork();
    const { context } = network;
    const instanceId = launchInstance(network);
    context.pass(60_000);
    rebootInstances({ InstanceIds: [instanceId] }, context);
    expect(instanceIn(network, instanceId).State?.Name).toBe('running');
    expect(machineEffects(network).map((effect) => effect.kind)).toEqual([
      'startMachine',
      'stopMachine',
      'startMachine',
    ]);
  });

  test('that is protected is not terminated, nor are those asked for with it', () => {
    const network = createTestNetwork();
    const { context } = network;
    const [guarded, other] = [launchInstance(network), launchInstance(network)];
    modifyInstanceAttribute({ InstanceId: guarded, DisableApiTermination: { Value: true } }, context);
    expect(refusal(() => terminateInstances({ InstanceIds: [other, guarded] }, context))).toEqual({
      code: 'OperationNotPermitted',
      message: `The instance '${guarded}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
    });
    expect(instanceIn(network, other).State?.Name).toBe('pending');
  });

  test('shows its status only while it runs, unless all are asked for', () => {
    const network = createTestNetwork();
    const { context } = network;
    launchInstance(network);
    expect(describeInstanceStatus({}, context).InstanceStatuses).toEqual([]);
    expect(describeInstanceStatus({ IncludeAllInstances: true }, context).InstanceStatuses).toHaveLength(1);
    context.pass(60_000);
    expect(describeInstanceStatus({}, context).InstanceStatuses?.[0]?.InstanceStatus?.Status).toBe('ok');
  });
});

describe('the console', () => {
  const say = ({ context }: TestNetwork, instanceId: string, text: string) =>
    ec2Service.onEvent?.({ service: 'ec2', type: 'console', instanceId, text }, context);
  const read = ({ context }: TestNetwork, InstanceId: string) =>
    Buffer.from(getConsoleOutput({ InstanceId }, context).Output!, 'base64').toString('utf8');

  test('keeps what the instance said, also after its end', () => {
    const network = createTestNetwork();
    const { context } = network;
    const id = launchInstance(network);
    expect(read(network, id)).toBe('');
    say(network, id, 'one\n');
    say(network, id, 'two\n');
    terminateInstances({ InstanceIds: [id] }, context);
    context.pass(60_000);
    expect(read(network, id)).toBe('one\ntwo\n');
  });

  test('keeps the last 64 KiB, in whole characters', () => {
    const network = createTestNetwork();
    const id = launchInstance(network);
    say(network, id, `x${'é'.repeat(40_000)}`);
    const kept = read(network, id);
    expect(Buffer.byteLength(kept)).toBe(65_536);
    expect(kept).toBe('é'.repeat(32_768));
    say(network, id, 'y');
    expect(read(network, id)).toBe(`${'é'.repeat(32_767)}y`);
  });
});

describe('a launch', () => {
  test('of an image that is not there is refused in the words of AWS', () => {
    const network = createTestNetwork();
    expect(refusal(() => launch(network, { ImageId: 'ami-1' }))).toEqual({
      code: 'InvalidAMIID.NotFound',
      message: "The image id '[ami-1]' does not exist",
    });
    expect(refusal(() => launch(network, { ImageId: 'web' })).code).toBe('InvalidAMIID.Malformed');
  });

  test('with the same token launches once, and refuses other parameters', () => {
    const network = createTestNetwork();
    const first = launch(network, { ClientToken: 'once' });
    expect(launch(network, { ClientToken: 'once' })).toEqual(first);
    expect(network.context.state.ec2.instances.size).toBe(1);
    expect(refusal(() => launch(network, { ClientToken: 'once', InstanceType: 't3.small' })).code).toBe(
      'IdempotentParameterMismatch',
    );
    network.context.pass(24 * hourMs + 1);
    launch(network, { ClientToken: 'once', InstanceType: 't3.small' });
    expect(network.context.state.ec2.instances.size).toBe(2);
  });

  test('in a zone without capacity is refused and names the zones that have it', () => {
    const network = createTestNetwork();
    const { context, vpcId } = network;
    context.state.ec2.faults.zonesWithoutCapacity.set('us-west-2a', 'all');
    expect(refusal(() => launch(network))).toEqual({
      code: 'InsufficientInstanceCapacity',
      message:
        'We currently do not have sufficient t3.micro capacity in the Availability Zone you requested (us-west-2a). Our system will be working on provisioning additional capacity. You can currently get t3.micro capacity by not specifying an Availability Zone in your request or choosing us-west-2b, us-west-2c, us-west-2d, us-west-2e, us-west-2f.',
    });
    expect(context.state.ec2.networkInterfaces.size).toBe(0);
    const inZoneB = addSubnet(context, vpcId, '10.0.2.0/24', 'us-west-2b');
    expect(launch(network, { SubnetId: inZoneB }).Instances).toHaveLength(1);
    context.state.ec2.faults.zonesWithoutCapacity.set('us-west-2a', ['t3.small']);
    expect(launch(network).Instances).toHaveLength(1);
  });

  test('fills a subnet up to its last free address, and not beyond', () => {
    const network = createTestNetwork();
    const { context, vpcId } = network;
    const small = addSubnet(context, vpcId, '10.0.2.0/28', 'us-west-2a');
    expect(launch(network, { SubnetId: small, MinCount: 1, MaxCount: 50 }).Instances).toHaveLength(11);
    expect(refusal(() => launch(network, { SubnetId: small }))).toEqual({
      code: 'InsufficientFreeAddressesInSubnet',
      message: `There are not enough free addresses in subnet '${small}' to satisfy the requested number of instances.`,
    });
  });

  test('of an image that is set to fail is refused, or ends as terminated without a machine', () => {
    const network = createTestNetwork();
    const { context, imageId } = network;
    const { images } = context.state.ec2.faults;
    images.set(imageId, { kind: 'refused', code: 'Client.InvalidSnapshot', message: 'no' });
    expect(refusal(() => launch(network))).toEqual({ code: 'Client.InvalidSnapshot', message: 'no' });
    images.set(imageId, { kind: 'terminated', stateReasonCode: 'Server.InternalError' });
    const id = launchInstance(network);
    context.pass(60_000);
    expect(instanceIn(network, id)).toMatchObject({
      State: { Name: 'terminated' },
      StateReason: { Code: 'Server.InternalError' },
    });
    expect(machineEffects(network)).toEqual([]);
  });

  test.each([
    [{ InstanceType: 't9.micro' as 't3.micro' }, "Invalid value 't9.micro' for InstanceType."],
    [{ InstanceType: 't4g.micro' as const }, /^The architecture 'arm64' of the specified instance type does not match/],
    [{ IamInstanceProfile: { Name: 'nobody' } }, /^Value \(nobody\) for parameter iamInstanceProfile.name is invalid/],
    [{ Placement: { AvailabilityZone: 'us-west-2b' } }, /is in the availability zone us-west-2a$/],
    [{ MinCount: 3, MaxCount: 2 }, /minCount/],
    [
      { TagSpecifications: [{ ResourceType: 'vpc' as const, Tags: [{ Key: 'a' }] }] },
      /not a valid taggable resource type/,
    ],
  ])('with %j is refused', (asked, message) => {
    const network = createTestNetwork();
    const refused = refusal(() => launch(network, asked));
    expect(refused.code).toBe('InvalidParameterValue');
    expect(refused.message).toMatch(message);
    expect(network.context.state.ec2.instances.size).toBe(0);
  });

  test('without a subnet needs a default VPC', () => {
    const network = createTestNetwork();
    expect(refusal(() => launch(network, { SubnetId: undefined })).code).toBe('VPCIdNotSpecified');
  });

  test('with a group of another VPC is refused', () => {
    const [network, other] = [createTestNetwork(), createTestNetwork({ seed: 7 })];
    network.context.state.ec2.securityGroups.set(
      other.groupId,
      other.context.state.ec2.securityGroups.get(other.groupId)!,
    );
    expect(refusal(() => launch(network, { SecurityGroupIds: [other.groupId] }))).toEqual({
      code: 'InvalidParameter',
      message: `Security group ${other.groupId} and subnet ${network.subnetId} belong to different networks.`,
    });
  });

  test('from a template takes what the request does not say, and tags what it launched with its version', () => {
    const network = createTestNetwork();
    const { context, imageId, groupId, subnetId } = network;
    const tags = (Value: string) => [{ ResourceType: 'instance' as const, Tags: [{ Key: 'Name', Value }] }];
    const data = { ImageId: imageId, InstanceType: 't3.small' as const, SecurityGroupIds: [groupId] };
    const { LaunchTemplate } = createLaunchTemplate(
      {
        LaunchTemplateName: 'web',
        LaunchTemplateData: { ...data, UserData: 'dXNlcg==', TagSpecifications: tags('t') },
      },
      context,
    );
    const LaunchTemplateId = LaunchTemplate!.LaunchTemplateId!;
    const wanted = { SubnetId: subnetId, MinCount: 1, MaxCount: 1, LaunchTemplate: { LaunchTemplateId } };
    const [byTemplate] = runInstances(wanted, context).Instances!;
    expect(byTemplate).toMatchObject({ InstanceType: 't3.small', SecurityGroups: [{ GroupId: groupId }] });
    expect(byTemplate?.Tags).toEqual([
      { Key: 'Name', Value: 't' },
      { Key: 'aws:ec2launchtemplate:id', Value: LaunchTemplateId },
      { Key: 'aws:ec2launchtemplate:version', Value: '1' },
    ]);
    const [byRequest] = runInstances({ ...wanted, InstanceType: 't3.micro', TagSpecifications: tags('r') }, context)
      .Instances!;
    expect(byRequest).toMatchObject({ InstanceType: 't3.micro', Tags: [{ Key: 'Name', Value: 'r' }, {}, {}] });
    const userData = describeInstanceAttribute({ InstanceId: byTemplate?.InstanceId, Attribute: 'userData' }, context);
    expect(userData.UserData?.Value).toBe('dXNlcg==');
  });

  test('from a template follows $Default when no version is said, and $Latest when that is', () => {
    const network = createTestNetwork();
    const { context, imageId, subnetId } = network;
    const LaunchTemplateName = 'web';
    createLaunchTemplate(
      { LaunchTemplateName, LaunchTemplateData: { ImageId: imageId, InstanceType: 't3.micro' } },
      context,
    );
    const next = { LaunchTemplateName, SourceVersion: '1', LaunchTemplateData: { InstanceType: 't3.small' as const } };
    createLaunchTemplateVersion(next, context);
    const typeBy = (Version?: string) =>
      runInstances(
        { SubnetId: subnetId, MinCount: 1, MaxCount: 1, LaunchTemplate: { LaunchTemplateName, Version } },
        context,
      ).Instances?.[0]?.InstanceType;
    expect([typeBy(), typeBy('$Default'), typeBy('$Latest'), typeBy('1')]).toEqual([
      't3.micro',
      't3.micro',
      't3.small',
      't3.micro',
    ]);
    expect(refusal(() => typeBy('9')).code).toBe('InvalidLaunchTemplateId.VersionNotFound');
  });

  test('by network interface can ask for a public address, and cannot also name a subnet', () => {
    const network = createTestNetwork();
    const { subnetId, groupId } = network;
    const NetworkInterfaces = [
      { DeviceIndex: 0, SubnetId: subnetId, Groups: [groupId], AssociatePublicIpAddress: true },
    ];
    const [instance] = launch(network, { SubnetId: undefined, NetworkInterfaces }).Instances!;
    expect(instance).toMatchObject({ SecurityGroups: [{ GroupId: groupId }], PublicIpAddress: expect.any(String) });
    expect(refusal(() => launch(network, { NetworkInterfaces }))).toEqual({
      code: 'InvalidParameterCombination',
      message: 'Network interfaces and an instance-level subnet ID may not be specified on the same request',
    });
  });

  test('at a chosen address has it, unless it is taken, reserved or elsewhere', () => {
    const network = createTestNetwork();
    const at = (PrivateIpAddress: string) => launch(network, { PrivateIpAddress });
    expect(at('10.0.1.10').Instances?.[0]?.PrivateIpAddress).toBe('10.0.1.10');
    expect(refusal(() => at('10.0.1.10')).code).toBe('InvalidIPAddress.InUse');
    expect(refusal(() => at('10.0.1.3')).message).toMatch(/reserved/);
    expect(refusal(() => at('10.0.2.10')).message).toMatch(/does not fall within/);
  });

  test('of an image made for IMDSv2 requires tokens, which can be changed later', () => {
    const network = createTestNetwork();
    const { context, imageId } = network;
    expect(launch(network).Instances?.[0]?.MetadataOptions).toMatchObject({
      HttpTokens: 'optional',
      HttpPutResponseHopLimit: 1,
    });
    const v2 = registerImage({ Name: 'v2 image', ImageLocation: '/srv/v2', ImdsSupport: 'v2.0' }, context).ImageId!;
    expect(describeImages({ Owners: ['self'] }, context).Images?.map((image) => image.ImageId)).toEqual([imageId, v2]);
    const [instance] = launch(network, { ImageId: v2 }).Instances!;
    expect(instance?.MetadataOptions).toMatchObject({ HttpTokens: 'required', HttpPutResponseHopLimit: 2 });
    const change = { InstanceId: instance?.InstanceId, HttpTokens: 'optional' as const };
    expect(modifyInstanceMetadataOptions(change, context).InstanceMetadataOptions).toMatchObject({
      HttpTokens: 'optional',
      HttpPutResponseHopLimit: 2,
    });
  });
});

describe('DescribeInstances', () => {
  test('filters by state, by tag and with wildcards', () => {
    const network = createTestNetwork();
    const { context } = network;
    const tagged = (Value: string) => [{ ResourceType: 'instance' as const, Tags: [{ Key: 'Name', Value }] }];
    const [a] = launch(network, { TagSpecifications: tagged('web-a') }).Instances!;
    context.pass(60_000);
    const [b] = launch(network, { TagSpecifications: tagged('web-b') }).Instances!;
    launch(network, { TagSpecifications: tagged('db') });
    const find = (Name: string, ...Values: string[]) =>
      describeInstances({ Filters: [{ Name, Values }] }, context).Reservations?.map(
        (one) => one.Instances?.[0]?.InstanceId,
      );
    expect(find('tag:Name', 'web-*')).toEqual([a?.InstanceId, b?.InstanceId]);
    expect(find('tag:Name', 'web-?', 'nothing')).toHaveLength(2);
    expect(find('tag-key', 'Name')).toHaveLength(3);
    expect(find('instance-state-name', 'running')).toEqual([a?.InstanceId]);
    expect(refusal(() => find('colour', 'red'))).toEqual({
      code: 'InvalidParameterValue',
      message: "The filter 'colour' is invalid",
    });
  });

  test('names every unknown instance, and does not page what is asked for by id', () => {
    const network = createTestNetwork();
    const { context } = network;
    expect(refusal(() => describeInstances({ InstanceIds: ['i-1', 'i-2'] }, context)).message).toBe(
      "The instance IDs 'i-1, i-2' do not exist",
    );
    const InstanceIds = [launchInstance(network)];
    expect(refusal(() => describeInstances({ InstanceIds, MaxResults: 5 }, context)).code).toBe(
      'InvalidParameterCombination',
    );
  });

  test('shows instances that were launched together in one reservation', () => {
    const network = createTestNetwork();
    const { ReservationId } = launch(network, { MinCount: 2, MaxCount: 2 });
    const { Reservations } = describeInstances({}, network.context);
    expect(Reservations?.map((one) => [one.ReservationId, one.Instances?.length])).toEqual([[ReservationId, 2]]);
  });
});
