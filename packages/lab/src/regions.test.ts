import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import {
  CreateDefaultVpcCommand,
  DescribeAvailabilityZonesCommand,
  DescribeInstancesCommand,
  DescribeRegionsCommand,
  DescribeVpcsCommand,
  EC2Client,
  RegisterImageCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { CreateRoleCommand, GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { createTestLab } from './testing/create-test-lab.js';

function setUp() {
  const { lab } = createTestLab();
  const configure = (region: string) => ({
    region,
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    requestHandler: lab.requestHandler,
    maxAttempts: 1,
  });
  return {
    lab,
    ec2: (region: string) => new EC2Client(configure(region)),
    ssm: (region: string) => new SSMClient(configure(region)),
    autoScaling: (region: string) => new AutoScalingClient(configure(region)),
    iam: (region: string) => new IAMClient(configure(region)),
  };
}

test('what is created in one region is not seen in another, and each has its own zones and names', async () => {
  const { lab, ec2, ssm } = setUp();
  await ec2('eu-west-1').send(new CreateDefaultVpcCommand({}));
  expect((await ec2('eu-west-1').send(new DescribeVpcsCommand({}))).Vpcs).toHaveLength(1);
  expect((await ec2('us-west-2').send(new DescribeVpcsCommand({}))).Vpcs ?? []).toEqual([]);
  const put = await ssm('eu-west-1').send(new PutParameterCommand({ Name: '/a', Value: 'x', Type: 'String' }));
  expect(put.Version).toBe(1);
  await expect(ssm('us-west-2').send(new GetParameterCommand({ Name: '/a' }))).rejects.toMatchObject({
    name: 'ParameterNotFound',
  });
  const read = await ssm('eu-west-1').send(new GetParameterCommand({ Name: '/a' }));
  expect(read.Parameter?.ARN).toBe('arn:aws:ssm:eu-west-1:123456789012:parameter/a');
  const zones = await ec2('us-east-1').send(new DescribeAvailabilityZonesCommand({}));
  expect(zones.AvailabilityZones?.map(({ ZoneName }) => ZoneName)).toEqual(
    [...'abcdef'].map((one) => `us-east-1${one}`),
  );
  expect(lab.regions()).toEqual(['us-west-2', 'eu-west-1', 'us-east-1']);
  await lab.close();
});

test('an instance of another region runs too, of the default type, on a simulated machine', async () => {
  const { lab, ec2 } = setUp();
  const client = ec2('ap-northeast-1');
  await client.send(new CreateDefaultVpcCommand({}));
  const image = {
    Name: 'app',
    Architecture: 'x86_64',
    RootDeviceName: '/dev/xvda',
    ImageLocation: '/nowhere',
  } as const;
  const { ImageId } = await client.send(new RegisterImageCommand(image));
  const launched = await client.send(new RunInstancesCommand({ ImageId, MinCount: 1, MaxCount: 1 }));
  expect(launched.Instances?.[0]).toMatchObject({
    InstanceType: 'm1.small',
    Placement: { AvailabilityZone: expect.stringMatching(/^ap-northeast-1[a-f]$/) },
  });
  expect((await ec2('us-west-2').send(new DescribeInstancesCommand({}))).Reservations ?? []).toEqual([]);
  await lab.close();
});

test('IAM is the account’s, in every region', async () => {
  const { lab, iam } = setUp();
  await iam('us-east-1').send(
    new CreateRoleCommand({
      RoleName: 'app',
      AssumeRolePolicyDocument:
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}',
    }),
  );
  expect((await iam('eu-north-1').send(new GetRoleCommand({ RoleName: 'app' }))).Role?.RoleName).toBe('app');
  await lab.close();
});

test('a region that AWS does not have is refused, whatever asks for it', async () => {
  const { lab, ec2, ssm, autoScaling } = setUp();
  const refusal = { message: "Credential should be scoped to a valid region, not 'mars-north-1'." };
  await expect(ec2('mars-north-1').send(new DescribeVpcsCommand({}))).rejects.toMatchObject({
    name: 'AuthFailure',
    ...refusal,
  });
  await expect(ssm('mars-north-1').send(new GetParameterCommand({ Name: 'a' }))).rejects.toMatchObject({
    name: 'InvalidSignatureException',
  });
  await expect(autoScaling('mars-north-1').send(new DescribeAutoScalingGroupsCommand({}))).rejects.toMatchObject({
    name: 'SignatureDoesNotMatch',
  });
  expect(lab.regions()).toEqual(['us-west-2']);
  await lab.close();
});

test('DescribeRegions tells of every region', async () => {
  const { lab, ec2 } = setUp();
  const { Regions = [] } = await ec2('us-west-2').send(new DescribeRegionsCommand({}));
  expect(Regions.length).toBeGreaterThan(30);
  expect(Regions.find(({ RegionName }) => RegionName === 'us-east-1')).toEqual({
    RegionName: 'us-east-1',
    Endpoint: 'ec2.us-east-1.amazonaws.com',
    OptInStatus: 'opt-in-not-required',
  });
  await lab.close();
});
