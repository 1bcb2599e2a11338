import type { ServiceDefinition } from '../../control-plane/types.js';
import { associateRouteTable } from './operations/associate-route-table.js';
import { authorizeSecurityGroupEgress } from './operations/authorize-security-group-egress.js';
import { authorizeSecurityGroupIngress } from './operations/authorize-security-group-ingress.js';
import { createLaunchTemplate } from './operations/create-launch-template.js';
import { createLaunchTemplateVersion } from './operations/create-launch-template-version.js';
import { createRoute } from './operations/create-route.js';
import { createRouteTable } from './operations/create-route-table.js';
import { createSecurityGroup } from './operations/create-security-group.js';
import { createSubnet } from './operations/create-subnet.js';
import { createTags } from './operations/create-tags.js';
import { createVpc } from './operations/create-vpc.js';
import { deleteLaunchTemplate } from './operations/delete-launch-template.js';
import { deleteLaunchTemplateVersions } from './operations/delete-launch-template-versions.js';
import { deleteRoute } from './operations/delete-route.js';
import { deleteRouteTable } from './operations/delete-route-table.js';
import { deleteSecurityGroup } from './operations/delete-security-group.js';
import { deleteSubnet } from './operations/delete-subnet.js';
import { deleteTags } from './operations/delete-tags.js';
import { deleteVpc } from './operations/delete-vpc.js';
import { deregisterImage } from './operations/deregister-image.js';
import { describeImageAttribute } from './operations/describe-image-attribute.js';
import { describeImages } from './operations/describe-images.js';
import { describeInstanceStatus } from './operations/describe-instance-status.js';
import { describeInstances } from './operations/describe-instances.js';
import { describeLaunchTemplateVersions } from './operations/describe-launch-template-versions.js';
import { describeLaunchTemplates } from './operations/describe-launch-templates.js';
import { describeRouteTables } from './operations/describe-route-tables.js';
import { describeSecurityGroupRules } from './operations/describe-security-group-rules.js';
import { describeSecurityGroups } from './operations/describe-security-groups.js';
import { describeSubnets } from './operations/describe-subnets.js';
import { describeTags } from './operations/describe-tags.js';
import { describeVpcAttribute } from './operations/describe-vpc-attribute.js';
import { describeVpcs } from './operations/describe-vpcs.js';
import { disassociateRouteTable } from './operations/disassociate-route-table.js';
import { getConsoleOutput } from './operations/get-console-output.js';
import { modifyImageAttribute } from './operations/modify-image-attribute.js';
import { modifyLaunchTemplate } from './operations/modify-launch-template.js';
import { modifySubnetAttribute } from './operations/modify-subnet-attribute.js';
import { modifyVpcAttribute } from './operations/modify-vpc-attribute.js';
import { rebootInstances } from './operations/reboot-instances.js';
import { registerImage } from './operations/register-image.js';
import { replaceRoute } from './operations/replace-route.js';
import { replaceRouteTableAssociation } from './operations/replace-route-table-association.js';
import { revokeSecurityGroupEgress } from './operations/revoke-security-group-egress.js';
import { revokeSecurityGroupIngress } from './operations/revoke-security-group-ingress.js';
import { runInstances } from './operations/run-instances.js';
import { startInstances } from './operations/start-instances.js';
import { stopInstances } from './operations/stop-instances.js';
import { terminateInstances } from './operations/terminate-instances.js';

/** Every EC2 operation that the lab emulates, by AWS's name. What is not here refuses by name at the endpoint. */
export const ec2Operations: ServiceDefinition['operations'] = {
  AssociateRouteTable: associateRouteTable,
  AuthorizeSecurityGroupEgress: authorizeSecurityGroupEgress,
  AuthorizeSecurityGroupIngress: authorizeSecurityGroupIngress,
  CreateLaunchTemplate: createLaunchTemplate,
  CreateLaunchTemplateVersion: createLaunchTemplateVersion,
  CreateRoute: createRoute,
  CreateRouteTable: createRouteTable,
  CreateSecurityGroup: createSecurityGroup,
  CreateSubnet: createSubnet,
  CreateTags: createTags,
  CreateVpc: createVpc,
  DeleteLaunchTemplate: deleteLaunchTemplate,
  DeleteLaunchTemplateVersions: deleteLaunchTemplateVersions,
  DeleteRoute: deleteRoute,
  DeleteRouteTable: deleteRouteTable,
  DeleteSecurityGroup: deleteSecurityGroup,
  DeleteSubnet: deleteSubnet,
  DeleteTags: deleteTags,
  DeleteVpc: deleteVpc,
  DeregisterImage: deregisterImage,
  DescribeImageAttribute: describeImageAttribute,
  DescribeImages: describeImages,
  DescribeInstanceStatus: describeInstanceStatus,
  DescribeInstances: describeInstances,
  DescribeLaunchTemplateVersions: describeLaunchTemplateVersions,
  DescribeLaunchTemplates: describeLaunchTemplates,
  DescribeRouteTables: describeRouteTables,
  DescribeSecurityGroupRules: describeSecurityGroupRules,
  DescribeSecurityGroups: describeSecurityGroups,
  DescribeSubnets: describeSubnets,
  DescribeTags: describeTags,
  DescribeVpcAttribute: describeVpcAttribute,
  DescribeVpcs: describeVpcs,
  DisassociateRouteTable: disassociateRouteTable,
  GetConsoleOutput: getConsoleOutput,
  ModifyImageAttribute: modifyImageAttribute,
  ModifyLaunchTemplate: modifyLaunchTemplate,
  ModifySubnetAttribute: modifySubnetAttribute,
  ModifyVpcAttribute: modifyVpcAttribute,
  RebootInstances: rebootInstances,
  RegisterImage: registerImage,
  ReplaceRoute: replaceRoute,
  ReplaceRouteTableAssociation: replaceRouteTableAssociation,
  RevokeSecurityGroupEgress: revokeSecurityGroupEgress,
  RevokeSecurityGroupIngress: revokeSecurityGroupIngress,
  RunInstances: runInstances,
  StartInstances: startInstances,
  StopInstances: stopInstances,
  TerminateInstances: terminateInstances,
};
