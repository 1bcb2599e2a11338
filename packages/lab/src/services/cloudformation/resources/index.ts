import {
  autoScalingGroup,
  launchConfiguration,
  lifecycleHook,
  scalingPolicy,
  scheduledAction,
} from './auto-scaling.js';
import { instance, keyPair, launchTemplate, networkInterface, volume, vpcEndpoint } from './compute.js';
import { instanceProfile, policy, role } from './iam.js';
import { listener, listenerRule, loadBalancer, targetGroup } from './load-balancing.js';
import {
  networkAcl,
  networkAclEntry,
  securityGroup,
  securityGroupEgress,
  securityGroupIngress,
  subnetNetworkAclAssociation,
} from './network-access.js';
import { cdkMetadata, waitConditionHandle } from './own.js';
import { alarm, compositeAlarm, logGroup, logStream, parameter } from './records.js';
import type { ResourceType } from './resource-type.js';
import { bucket, bucketPolicy, repository } from './storage.js';
import {
  dhcpOptions,
  eip,
  eipAssociation,
  internetGateway,
  natGateway,
  prefixList,
  route,
  routeTable,
  subnet,
  subnetRouteTableAssociation,
  vpc,
  vpcCidrBlock,
  vpcDhcpOptionsAssociation,
  vpcGatewayAttachment,
  vpcPeeringConnection,
} from './vpc.js';

/** Every type that the lab emulates. A stack with another one fails, and the reason names it. */
const RESOURCE_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::AutoScaling::AutoScalingGroup': autoScalingGroup,
  'AWS::AutoScaling::LaunchConfiguration': launchConfiguration,
  'AWS::AutoScaling::LifecycleHook': lifecycleHook,
  'AWS::AutoScaling::ScalingPolicy': scalingPolicy,
  'AWS::AutoScaling::ScheduledAction': scheduledAction,
  'AWS::CDK::Metadata': cdkMetadata,
  'AWS::CloudFormation::WaitConditionHandle': waitConditionHandle,
  'AWS::CloudWatch::Alarm': alarm,
  'AWS::CloudWatch::CompositeAlarm': compositeAlarm,
  'AWS::EC2::DHCPOptions': dhcpOptions,
  'AWS::EC2::EIP': eip,
  'AWS::EC2::EIPAssociation': eipAssociation,
  'AWS::EC2::Instance': instance,
  'AWS::EC2::InternetGateway': internetGateway,
  'AWS::EC2::KeyPair': keyPair,
  'AWS::EC2::LaunchTemplate': launchTemplate,
  'AWS::EC2::NatGateway': natGateway,
  'AWS::EC2::NetworkAcl': networkAcl,
  'AWS::EC2::NetworkAclEntry': networkAclEntry,
  'AWS::EC2::NetworkInterface': networkInterface,
  'AWS::EC2::PrefixList': prefixList,
  'AWS::EC2::Route': route,
  'AWS::EC2::RouteTable': routeTable,
  'AWS::EC2::SecurityGroup': securityGroup,
  'AWS::EC2::SecurityGroupEgress': securityGroupEgress,
  'AWS::EC2::SecurityGroupIngress': securityGroupIngress,
  'AWS::EC2::Subnet': subnet,
  'AWS::EC2::SubnetNetworkAclAssociation': subnetNetworkAclAssociation,
  'AWS::EC2::SubnetRouteTableAssociation': subnetRouteTableAssociation,
  'AWS::EC2::VPC': vpc,
  'AWS::EC2::VPCCidrBlock': vpcCidrBlock,
  'AWS::EC2::VPCDHCPOptionsAssociation': vpcDhcpOptionsAssociation,
  'AWS::EC2::VPCEndpoint': vpcEndpoint,
  'AWS::EC2::VPCGatewayAttachment': vpcGatewayAttachment,
  'AWS::EC2::VPCPeeringConnection': vpcPeeringConnection,
  'AWS::EC2::Volume': volume,
  'AWS::ECR::Repository': repository,
  'AWS::ElasticLoadBalancingV2::Listener': listener,
  'AWS::ElasticLoadBalancingV2::ListenerRule': listenerRule,
  'AWS::ElasticLoadBalancingV2::LoadBalancer': loadBalancer,
  'AWS::ElasticLoadBalancingV2::TargetGroup': targetGroup,
  'AWS::IAM::InstanceProfile': instanceProfile,
  'AWS::IAM::Policy': policy,
  'AWS::IAM::Role': role,
  'AWS::Logs::LogGroup': logGroup,
  'AWS::Logs::LogStream': logStream,
  'AWS::S3::Bucket': bucket,
  'AWS::S3::BucketPolicy': bucketPolicy,
  'AWS::SSM::Parameter': parameter,
};

export function resourceTypeOf(type: string): ResourceType | undefined {
  return Object.hasOwn(RESOURCE_TYPES, type) ? RESOURCE_TYPES[type] : undefined;
}
