import { CreateVpcCommand, DeleteVpcCommand, DescribeVpcsCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { describe, expect, test } from 'vitest';
import { createTestLab } from '../testing/create-test-lab.js';
import type { Route } from './types.js';

const instanceId = 'i-0123456789abcdef0';
const route: Route = { kind: 'public', instanceId };
const makeVpc = { CidrBlock: '10.0.0.0/16' };

describe('a dry run', () => {
  test.each([
    ['succeeds', new CreateVpcCommand({ ...makeVpc, DryRun: true }), 'DryRunOperation', 412],
    ['reads', new DescribeVpcsCommand({ DryRun: true }), 'DryRunOperation', 412],
    ['names nothing', new RunInstancesCommand({ MinCount: 1, MaxCount: 1, DryRun: true }), 'MissingParameter', 400],
    ['names what is not there', new DeleteVpcCommand({ VpcId: 'vpc-1', DryRun: true }), 'InvalidVpcID.NotFound', 400],
    [
      'says what cannot be',
      new CreateVpcCommand({ CidrBlock: '10.0.0.0', DryRun: true }),
      'InvalidParameterValue',
      400,
    ],
  ])('of a request that %s', async (_, command, name, httpStatusCode) => {
    const { ec2, lab } = createTestLab();
    await expect(ec2.send(command as CreateVpcCommand)).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
    expect(lab.state.ec2.vpcs.size).toBe(0);
    expect(lab.state.ec2.networkRevision).toBe(0);
  });

  test('leaves the ids of what comes later as they would have been', async () => {
    const madeAfter = async (first: CreateVpcCommand) => {
      const { ec2 } = createTestLab();
      await ec2.send(first).catch(() => undefined);
      return (await ec2.send(new CreateVpcCommand(makeVpc))).Vpc;
    };
    const tried = await madeAfter(new CreateVpcCommand({ ...makeVpc, DryRun: true }));
    expect(tried).toEqual(await madeAfter(new CreateVpcCommand({ CidrBlock: '10.0.0.0' })));
  });

  test('of who may not is refused as such, before what it names is looked at', async () => {
    const { iam, lab, dataPlane, clientsBy } = createTestLab();
    const trust = [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }];
    const AssumeRolePolicyDocument = JSON.stringify({ Statement: trust });
    await iam.send(new CreateRoleCommand({ RoleName: 'web', AssumeRolePolicyDocument }));
    const { InstanceProfile } = await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'web' }));
    await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: 'web', RoleName: 'web' }));
    const Statement = [{ Effect: 'Allow', Action: 'ec2:CreateVpc', Resource: '*' }];
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    await iam.send(new PutRolePolicyCommand({ RoleName: 'web', PolicyName: 'own', PolicyDocument }));
    const profile = { Arn: InstanceProfile?.Arn };
    lab.state.ec2.instances.set(instanceId, {
      instance: { InstanceId: instanceId, IamInstanceProfile: profile },
      console: '',
    });
    const { ec2 } = clientsBy(route, dataPlane.controlPlane().issueCredentials(instanceId)!);
    await expect(ec2.send(new DeleteVpcCommand({ VpcId: 'vpc-1', DryRun: true }))).rejects.toMatchObject({
      name: 'UnauthorizedOperation',
      $metadata: { httpStatusCode: 403 },
    });
    await expect(ec2.send(new CreateVpcCommand({ ...makeVpc, DryRun: true }))).rejects.toThrow(
      'Request would have succeeded',
    );
  });
});
