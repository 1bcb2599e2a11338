import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  ListExportsCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribeSubnetsCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { DeleteParameterCommand, GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createStackLab, type StackLab } from './testing/stack-lab.js';

let lab: StackLab;

beforeEach(() => {
  lab = createStackLab();
});

afterEach(async () => {
  expect(lab.defects).toEqual([]);
  await lab.lab.close();
});

const NETWORK = {
  Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16', EnableDnsHostnames: 'true' } },
  Subnet: {
    Type: 'AWS::EC2::Subnet',
    Properties: {
      VpcId: { Ref: 'Vpc' },
      CidrBlock: '10.0.1.0/24',
      AvailabilityZone: { 'Fn::Select': ['1', { 'Fn::GetAZs': '' }] },
    },
  },
};
const subnetOf = (CidrBlock: string) => ({
  ...NETWORK,
  Subnet: { ...NETWORK.Subnet, Properties: { ...NETWORK.Subnet.Properties, CidrBlock } },
});
const BAD = {
  Type: 'AWS::EC2::Subnet',
  DependsOn: 'Subnet',
  Properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '11.0.0.0/24' },
};

const text = (template: object) => JSON.stringify(template);

async function create(Resources: object, more: object = {}, options: object = {}) {
  const command = new CreateStackCommand({ StackName: 'site', TemplateBody: text({ Resources, ...more }), ...options });
  const { StackId } = await lab.cloudFormation.send(command);
  return lab.settle(StackId!);
}

async function update(Resources: object, more: object = {}, options: object = {}) {
  const command = new UpdateStackCommand({ StackName: 'site', TemplateBody: text({ Resources, ...more }), ...options });
  const { StackId } = await lab.cloudFormation.send(command);
  return lab.settle(StackId!);
}

const subnets = async () => (await lab.ec2.send(new DescribeSubnetsCommand({}))).Subnets ?? [];

describe('a stack', () => {
  test('is made in the order of what names what, by the services’ own operations, and tagged', async () => {
    const stack = await create(NETWORK, { Outputs: { Id: { Value: { Ref: 'Subnet' }, Export: { Name: 'subnet' } } } });
    expect(stack).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
    const [subnet] = await subnets();
    expect(subnet).toMatchObject({ CidrBlock: '10.0.1.0/24', AvailabilityZone: 'us-west-2b' });
    expect(subnet?.Tags).toEqual([
      { Key: 'aws:cloudformation:stack-name', Value: 'site' },
      { Key: 'aws:cloudformation:stack-id', Value: stack.StackId },
      { Key: 'aws:cloudformation:logical-id', Value: 'Subnet' },
    ]);
    expect(stack.Outputs).toEqual([{ OutputKey: 'Id', OutputValue: subnet?.SubnetId, ExportName: 'subnet' }]);
    expect(await lab.events('site')).toEqual([
      'site CREATE_IN_PROGRESS: User Initiated',
      'Vpc CREATE_IN_PROGRESS',
      'Vpc CREATE_IN_PROGRESS: Resource creation Initiated',
      'Vpc CREATE_COMPLETE',
      'Subnet CREATE_IN_PROGRESS',
      'Subnet CREATE_IN_PROGRESS: Resource creation Initiated',
      'Subnet CREATE_COMPLETE',
      'site CREATE_COMPLETE',
    ]);
    const { TemplateBody } = await lab.cloudFormation.send(new GetTemplateCommand({ StackName: 'site' }));
    expect(JSON.parse(TemplateBody!)).toMatchObject({ Resources: NETWORK });
  });

  test('goes when it is deleted, and everything with it; by its id it can still be asked for', async () => {
    const { StackId } = await create(NETWORK);
    await lab.cloudFormation.send(new DeleteStackCommand({ StackName: 'site' }));
    expect(await lab.settle(StackId!)).toMatchObject({ StackStatus: 'DELETE_COMPLETE' });
    expect(await subnets()).toEqual([]);
    expect((await lab.ec2.send(new DescribeVpcsCommand({}))).Vpcs).toEqual([]);
    await expect(lab.describe('site')).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Stack with id site does not exist',
    });
  });

  test('that fails half-way leaves nothing behind, and says why', async () => {
    const stack = await create({ ...NETWORK, Bad: BAD });
    expect(stack).toMatchObject({
      StackStatus: 'ROLLBACK_COMPLETE',
      Outputs: [],
    });
    expect(await subnets()).toEqual([]);
    const events = await lab.events('site');
    expect(events.find((event) => event.startsWith('Bad CREATE_FAILED'))).toMatch(
      /^Bad CREATE_FAILED: Resource handler returned message: "The CIDR '11\.0\.0\.0\/24' is invalid\. \(Service: Ec2, Status Code: 400, Request ID: .*\)" \(RequestToken: .*, HandlerErrorCode: InvalidRequest\)$/,
    );
    expect(events).toContain(
      'site ROLLBACK_IN_PROGRESS: The following resource(s) failed to create: [Bad]. Rollback requested by user.',
    );
    await expect(update(NETWORK)).rejects.toThrow('is in ROLLBACK_COMPLETE state and can not be updated.');
  });

  test.each([
    ['DO_NOTHING', 'CREATE_FAILED', 1],
    ['DELETE', 'DELETE_COMPLETE', 0],
  ])('that fails with OnFailure %s ends in %s', async (OnFailure, status, left) => {
    expect(await create({ ...NETWORK, Bad: BAD }, {}, { OnFailure })).toMatchObject({ StackStatus: status });
    expect(await subnets()).toHaveLength(left);
  });

  test('of a type that the lab does not have fails with a reason that names it', async () => {
    await create({ Table: { Type: 'AWS::DynamoDB::Table' } });
    expect(await lab.events('site')).toContain(
      'Table CREATE_FAILED: The lab does not emulate the resource type AWS::DynamoDB::Table.',
    );
  });

  test.each([
    [{ CidrBlock: '10.0.0.0/16', Colour: 'blue' }, '#: extraneous key [Colour] is not permitted'],
    [
      { CidrBlock: '10.0.0.0/16', Ipv4IpamPoolId: 'ipam-pool-1' },
      'The lab does not emulate Ipv4IpamPoolId of AWS::EC2::VPC.',
    ],
  ])('with the properties %j is refused: %s', async (Properties, why) => {
    await create({ Vpc: { Type: 'AWS::EC2::VPC', Properties } });
    expect((await lab.events('site')).find((event) => event.startsWith('Vpc CREATE_FAILED'))).toContain(why);
  });
});

describe('an update', () => {
  test('replaces what must be replaced, and lets the old one go last', async () => {
    await create(NETWORK);
    const [before] = await subnets();
    expect(await update(subnetOf('10.0.2.0/24'))).toMatchObject({ StackStatus: 'UPDATE_COMPLETE' });
    const after = await subnets();
    expect(after.map(({ CidrBlock }) => CidrBlock)).toEqual(['10.0.2.0/24']);
    expect(after[0]?.SubnetId).not.toBe(before?.SubnetId);
    const events = await lab.events('site');
    expect(events.indexOf('site UPDATE_COMPLETE_CLEANUP_IN_PROGRESS')).toBeLessThan(
      events.indexOf('Subnet DELETE_COMPLETE'),
    );
  });

  test('that fails brings everything back as it was', async () => {
    await create(NETWORK, {}, { Tags: [{ Key: 'team', Value: 'web' }] });
    const before = await subnets();
    const renamed = { ...NETWORK.Vpc, Properties: { ...NETWORK.Vpc.Properties, EnableDnsHostnames: 'false' } };
    const stack = await update({ ...subnetOf('10.0.2.0/24'), Vpc: renamed, Bad: BAD });
    expect(stack).toMatchObject({ StackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
    expect(await subnets()).toEqual(before);
    expect(lab.lab.state.ec2.vpcAttributes.get(before[0]!.VpcId!)).toMatchObject({ enableDnsHostnames: true });
    const { StackResources } = await lab.cloudFormation.send(new DescribeStackResourcesCommand({ StackName: 'site' }));
    expect(
      StackResources?.map(({ LogicalResourceId, PhysicalResourceId }) => [LogicalResourceId, PhysicalResourceId]),
    ).toEqual([
      ['Vpc', before[0]?.VpcId],
      ['Subnet', before[0]?.SubnetId],
    ]);
  });

  test('that fails gives back the policies and the description of what it kept', async () => {
    await create(NETWORK, { Description: 'as it was' });
    const retained = { ...NETWORK, Vpc: { ...NETWORK.Vpc, DeletionPolicy: 'Retain' } };
    const stack = await update({ ...retained, Bad: BAD }, { Description: 'as it was to be' });
    expect(stack).toMatchObject({ StackStatus: 'UPDATE_ROLLBACK_COMPLETE', Description: 'as it was' });
    await lab.cloudFormation.send(new DeleteStackCommand({ StackName: 'site' }));
    await lab.settle(stack.StackId!);
    expect((await lab.ec2.send(new DescribeVpcsCommand({}))).Vpcs).toEqual([]);
  });

  test('of nothing is refused', async () => {
    await create(NETWORK);
    await expect(update(NETWORK)).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'No updates are to be performed.',
    });
  });

  test('keeps what its policy retains', async () => {
    await create({ ...NETWORK, Subnet: { ...NETWORK.Subnet, DeletionPolicy: 'Retain' } });
    await update({ Vpc: NETWORK.Vpc });
    expect(await subnets()).toHaveLength(1);
    expect(await lab.events('site')).toContain('Subnet DELETE_SKIPPED');
  });

  test('goes through a change set that tells what it will do, and one without changes fails', async () => {
    await create(NETWORK);
    const propose = async (ChangeSetName: string, Resources: object) => {
      await lab.cloudFormation.send(
        new CreateChangeSetCommand({ StackName: 'site', ChangeSetName, TemplateBody: text({ Resources }) }),
      );
      await lab.clock.advance(1_000);
      return lab.cloudFormation.send(new DescribeChangeSetCommand({ StackName: 'site', ChangeSetName }));
    };
    expect(await propose('nothing', NETWORK)).toMatchObject({
      Status: 'FAILED',
      StatusReason:
        "The submitted information didn't contain changes. Submit different information to create a change set.",
    });
    expect(await propose('next', { ...subnetOf('10.0.2.0/24'), Other: { ...NETWORK.Vpc } })).toMatchObject({
      Status: 'CREATE_COMPLETE',
      ExecutionStatus: 'AVAILABLE',
      Changes: [
        { ResourceChange: { Action: 'Modify', LogicalResourceId: 'Subnet', Replacement: 'True' } },
        { ResourceChange: { Action: 'Add', LogicalResourceId: 'Other' } },
      ],
    });
    await lab.cloudFormation.send(new ExecuteChangeSetCommand({ StackName: 'site', ChangeSetName: 'next' }));
    expect(await lab.settle('site')).toMatchObject({ StackStatus: 'UPDATE_COMPLETE' });
    expect((await subnets()).map(({ CidrBlock }) => CidrBlock)).toEqual(['10.0.2.0/24']);
  });
});

describe('egress of a security group', () => {
  const Egress = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '10.0.0.0/16' };
  const group = (more: object = {}) => ({
    Vpc: NETWORK.Vpc,
    Group: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: { GroupDescription: 'web', VpcId: { Ref: 'Vpc' }, ...more },
    },
  });
  const rule = { Type: 'AWS::EC2::SecurityGroupEgress', Properties: { GroupId: { Ref: 'Group' }, ...Egress } };
  const egress = () =>
    [...lab.lab.state.ec2.securityGroups.values()]
      .find(({ Description }) => Description === 'web')
      ?.IpPermissionsEgress?.flatMap(({ IpProtocol, IpRanges = [] }) =>
        IpRanges.map(({ CidrIp }) => `${IpProtocol} ${CidrIp}`),
      );

  test('is everything while none is written, and what is written then: within the group, or as a rule of its own', async () => {
    await create(group());
    expect(egress()).toEqual(['-1 0.0.0.0/0']);
    await update({ ...group(), Rule: rule });
    expect(egress()).toEqual(['tcp 10.0.0.0/16']);
  });

  test('is what is written within the group, and nothing when the last rule goes: the default does not come back', async () => {
    await create(group({ SecurityGroupEgress: [Egress] }));
    expect(egress()).toEqual(['tcp 10.0.0.0/16']);
    await update(group());
    expect(egress()).toEqual([]);
  });
});

describe('exports', () => {
  const Outputs = { Id: { Value: { Ref: 'Subnet' }, Export: { Name: 'subnet' } } };
  const importing = {
    Note: {
      Type: 'AWS::SSM::Parameter',
      Properties: { Name: '/note', Type: 'String', Value: { 'Fn::ImportValue': 'subnet' } },
    },
  };

  test('are read by other stacks, and neither change nor go while they are', async () => {
    const { StackId } = await create(NETWORK, { Outputs });
    await lab.cloudFormation.send(
      new CreateStackCommand({ StackName: 'reader', TemplateBody: text({ Resources: importing }) }),
    );
    expect(await lab.settle('reader')).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
    const [subnet] = await subnets();
    expect((await lab.ssm.send(new GetParameterCommand({ Name: '/note' }))).Parameter?.Value).toBe(subnet?.SubnetId);
    expect(await update(subnetOf('10.0.2.0/24'), { Outputs })).toMatchObject({
      StackStatus: 'UPDATE_ROLLBACK_COMPLETE',
    });
    expect(await lab.events('site')).toContain(
      'site UPDATE_ROLLBACK_IN_PROGRESS: Export subnet cannot be updated as it is in use by reader',
    );
    await lab.cloudFormation.send(new DeleteStackCommand({ StackName: 'site' }));
    expect(await lab.settle(StackId!)).toMatchObject({
      StackStatus: 'DELETE_FAILED',
      StackStatusReason: 'Delete canceled. Cannot delete export subnet as it is in use by reader.',
    });
    await lab.cloudFormation.send(new DeleteStackCommand({ StackName: 'reader' }));
    await lab.clock.advance(60_000);
    await lab.cloudFormation.send(new DeleteStackCommand({ StackName: 'site' }));
    expect(await lab.settle(StackId!)).toMatchObject({ StackStatus: 'DELETE_COMPLETE' });
    expect((await lab.cloudFormation.send(new ListExportsCommand({}))).Exports).toEqual([]);
  });

  test('that nobody makes are refused before anything is made', async () => {
    await expect(create(importing)).rejects.toMatchObject({ message: 'No export named subnet found.' });
    expect((await lab.cloudFormation.send(new DescribeStacksCommand({}))).Stacks).toEqual([]);
  });
});

test('what somebody has deleted by hand does not hold up the deletion of its stack', async () => {
  const note = { Note: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/note', Type: 'String', Value: 'x' } } };
  const { StackId } = await create(note);
  await lab.ssm.send(new DeleteParameterCommand({ Name: '/note' }));
  await lab.cloudFormation.send(new DeleteStackCommand({ StackName: 'site' }));
  expect(await lab.settle(StackId!)).toMatchObject({ StackStatus: 'DELETE_COMPLETE' });
});

test('a parameter is read from Parameter Store when its type says so, and a secret one is not shown', async () => {
  await lab.ssm.send(new PutParameterCommand({ Name: '/cidr', Type: 'String', Value: '10.7.0.0/16' }));
  const Parameters = {
    Cidr: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cidr' },
    Secret: { Type: 'String', NoEcho: true },
  };
  const given = [{ ParameterKey: 'Secret', ParameterValue: 'hunter2' }];
  const vpc = {
    Vpc: {
      Type: 'AWS::EC2::VPC',
      Properties: { CidrBlock: { Ref: 'Cidr' }, Tags: [{ Key: 'x', Value: { Ref: 'Secret' } }] },
    },
  };
  const stack = await create(vpc, { Parameters }, { Parameters: given });
  expect(stack.Parameters).toEqual([
    { ParameterKey: 'Cidr', ParameterValue: '/cidr', ResolvedValue: '10.7.0.0/16' },
    { ParameterKey: 'Secret', ParameterValue: '****' },
  ]);
  const { Vpcs } = await lab.ec2.send(new DescribeVpcsCommand({}));
  expect(Vpcs).toMatchObject([{ CidrBlock: '10.7.0.0/16' }]);
  const { StackEvents } = await lab.cloudFormation.send(new DescribeStackEventsCommand({ StackName: 'site' }));
  expect(JSON.stringify(StackEvents)).toContain('****');
  expect(JSON.stringify(StackEvents)).not.toContain('hunter2');
});

test('a change set shows neither the secret that was nor the one that comes', async () => {
  const Parameters = { Secret: { Type: 'String', NoEcho: true } };
  const valued = { Note: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: { Ref: 'Secret' } } } };
  const given = (ParameterValue: string) => [{ ParameterKey: 'Secret', ParameterValue }];
  await create(valued, { Parameters }, { Parameters: given('hunter2') });
  const named = { StackName: 'site', ChangeSetName: 'next' };
  const next = { ...named, TemplateBody: text({ Resources: valued, Parameters }), Parameters: given('hunter3') };
  await lab.cloudFormation.send(new CreateChangeSetCommand(next));
  await lab.clock.advance(1_000);
  const look = async () => {
    const told = await lab.cloudFormation.send(new DescribeChangeSetCommand({ ...named, IncludePropertyValues: true }));
    expect(told.Changes).toHaveLength(1);
    return JSON.stringify(told.Changes);
  };
  expect(await look()).toContain('****');
  expect(await look()).not.toMatch(/hunter[23]/);
  await lab.cloudFormation.send(new ExecuteChangeSetCommand(named));
  await lab.settle('site');
  expect(await look()).not.toMatch(/hunter[23]/);
});

test('a change set says of what failed that it is made anew', async () => {
  const role = { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] } };
  const bad = { ...role, ManagedPolicyArns: ['arn:aws:iam::aws:policy/NoSuchPolicy'] };
  const Resources = { Role: { Type: 'AWS::IAM::Role', Properties: bad } };
  const options = { OnFailure: 'DO_NOTHING', Capabilities: ['CAPABILITY_IAM'] };
  expect(await create(Resources, {}, options)).toMatchObject({ StackStatus: 'CREATE_FAILED' });
  const next = { StackName: 'site', ChangeSetName: 'next', Capabilities: ['CAPABILITY_IAM' as const] };
  await lab.cloudFormation.send(new CreateChangeSetCommand({ ...next, TemplateBody: text({ Resources }) }));
  await lab.clock.advance(1_000);
  const { Changes } = await lab.cloudFormation.send(
    new DescribeChangeSetCommand({ StackName: 'site', ChangeSetName: 'next' }),
  );
  expect(Changes).toMatchObject([{ ResourceChange: { Action: 'Add', LogicalResourceId: 'Role' } }]);
});

test('a template that is nowhere is refused, however its address is written', async () => {
  for (const TemplateURL of ['https://s3.amazonaws.com/b/%zz', 'https://b.s3.us-west-2.amazonaws.com/t.json'])
    await expect(
      lab.cloudFormation.send(new CreateStackCommand({ StackName: 'other', TemplateURL })),
    ).rejects.toMatchObject({ name: 'ValidationError', message: expect.stringContaining('S3 error') });
});

test('a role whose policy cannot be attached does not outlive the failure of its stack', async () => {
  const AssumeRolePolicyDocument = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  };
  const Properties = { AssumeRolePolicyDocument, ManagedPolicyArns: ['arn:aws:iam::aws:policy/NoSuchPolicy'] };
  const stack = await create(
    { Role: { Type: 'AWS::IAM::Role', Properties } },
    {},
    { Capabilities: ['CAPABILITY_IAM'] },
  );
  expect(stack).toMatchObject({ StackStatus: 'ROLLBACK_COMPLETE' });
  expect(lab.lab.state.iam.roles.size).toBe(0);
});
