import type { CreateDefaultVpcRequest, CreateDefaultVpcResult } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { copyWithTags } from '../description.js';
import { mainRouteTable } from '../routes.js';
import { zonesOf } from '../zones.js';
import { attachInternetGateway } from './attach-internet-gateway.js';
import { createInternetGateway } from './create-internet-gateway.js';
import { createRoute } from './create-route.js';
import { createSubnet } from './create-subnet.js';
import { createVpc } from './create-vpc.js';

/** A lab has no default VPC until it is asked for: 172.31.0.0/16, a public subnet in each zone, and an internet gateway. */
export function createDefaultVpc(_: CreateDefaultVpcRequest, context: OperationContext): CreateDefaultVpcResult {
  const { ec2, region } = context.state;
  if ([...ec2.vpcs.values()].some((vpc) => vpc.IsDefault === true)) {
    throw new AwsError('DefaultVpcAlreadyExists', 'A Default VPC already exists for this account in this region.');
  }
  const vpcId = createVpc({ CidrBlock: '172.31.0.0/16' }, context).Vpc?.VpcId ?? '';
  const vpc = ec2.vpcs.get(vpcId)!;
  vpc.IsDefault = true;
  ec2.vpcAttributes.get(vpcId)!.enableDnsHostnames = true;
  zonesOf(region).forEach(({ ZoneName }, index) => {
    const asked = { VpcId: vpcId, CidrBlock: `172.31.${index * 16}.0/20`, AvailabilityZone: ZoneName };
    const subnet = ec2.subnets.get(createSubnet(asked, context).Subnet?.SubnetId ?? '')!;
    subnet.DefaultForAz = true;
    subnet.MapPublicIpOnLaunch = true;
  });
  const InternetGatewayId = createInternetGateway({}, context).InternetGateway?.InternetGatewayId ?? '';
  attachInternetGateway({ VpcId: vpcId, InternetGatewayId }, context);
  const RouteTableId = mainRouteTable(ec2, vpcId)?.RouteTableId;
  createRoute({ RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId: InternetGatewayId }, context);
  return { Vpc: copyWithTags('vpc', vpc, ec2) };
}
