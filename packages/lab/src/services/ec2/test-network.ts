import { AwsError } from '../../control-plane/aws-error.js';
import { createTestContext, type TestContext, type TestContextOptions } from '../../control-plane/test-context.js';
import { createSecurityGroup } from './operations/create-security-group.js';
import { createSubnet } from './operations/create-subnet.js';
import { createVpc } from './operations/create-vpc.js';
import { modifyVpcAttribute } from './operations/modify-vpc-attribute.js';
import { registerImage } from './operations/register-image.js';
import { runInstances } from './operations/run-instances.js';
import { ec2Service } from './service.js';

/** A context for tests whose time plays EC2's own events. */
export function createEc2Context(options: TestContextOptions = {}): TestContext & { pass(ms: number): void } {
  const context = createTestContext(options);
  const play = (event: Parameters<NonNullable<typeof ec2Service.onEvent>>[0]) => {
    if (event.service === 'ec2') ec2Service.onEvent?.(event, context);
  };
  return Object.assign(context, { pass: (ms: number) => context.advance(ms, play) });
}

export interface TestNetwork {
  readonly context: ReturnType<typeof createEc2Context>;
  readonly vpcId: string;
  /** 10.0.1.0/24 in zone a. */
  readonly subnetId: string;
  readonly groupId: string;
  readonly imageId: string;
}

/** A VPC 10.0.0.0/16 with one subnet, one security group, and an image to launch. Both DNS attributes are on. */
export function createTestNetwork(options: TestContextOptions = {}): TestNetwork {
  const context = createEc2Context(options);
  const vpcId = createVpc({ CidrBlock: '10.0.0.0/16' }, context).Vpc!.VpcId!;
  modifyVpcAttribute({ VpcId: vpcId, EnableDnsHostnames: { Value: true } }, context);
  return {
    context,
    vpcId,
    subnetId: addSubnet(context, vpcId, '10.0.1.0/24', 'us-west-2a'),
    groupId: addGroup(context, vpcId, 'web'),
    imageId: registerImage({ Name: 'web 1', ImageLocation: '/srv/web' }, context).ImageId!,
  };
}

export function addSubnet(context: TestContext, VpcId: string, CidrBlock: string, AvailabilityZone: string): string {
  return createSubnet({ VpcId, CidrBlock, AvailabilityZone }, context).Subnet!.SubnetId!;
}

export function addGroup(context: TestContext, VpcId: string, GroupName: string): string {
  return createSecurityGroup({ VpcId, GroupName, Description: GroupName }, context).GroupId!;
}

/** Launches one t3.micro in the network's subnet. */
export function launchInstance({ context, subnetId, groupId, imageId }: TestNetwork): string {
  const wanted = {
    ImageId: imageId,
    InstanceType: 't3.micro' as const,
    SubnetId: subnetId,
    SecurityGroupIds: [groupId],
  };
  return runInstances({ ...wanted, MinCount: 1, MaxCount: 1 }, context).Instances![0]!.InstanceId!;
}

/** What AWS refused with. Throws when it did not refuse. */
export function refusal(work: () => unknown): { readonly code: string; readonly message: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof AwsError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('It was not refused.');
}
