import type { ServiceDefinition } from '../../control-plane/types.js';
import { acceptVpcPeeringConnection } from './operations/accept-vpc-peering-connection.js';
import { allocateAddress } from './operations/allocate-address.js';
import { associateAddress } from './operations/associate-address.js';
import { associateDhcpOptions } from './operations/associate-dhcp-options.js';
import { associateRouteTable } from './operations/associate-route-table.js';
import { associateVpcCidrBlock } from './operations/associate-vpc-cidr-block.js';
import { attachInternetGateway } from './operations/attach-internet-gateway.js';
import { attachNetworkInterface } from './operations/attach-network-interface.js';
import { authorizeSecurityGroupEgress } from './operations/authorize-security-group-egress.js';
import { authorizeSecurityGroupIngress } from './operations/authorize-security-group-ingress.js';
import { copyImage } from './operations/copy-image.js';
import { createDefaultVpc } from './operations/create-default-vpc.js';
import { createDhcpOptions } from './operations/create-dhcp-options.js';
import { createImage } from './operations/create-image.js';
import { createImageUsageReport } from './operations/create-image-usage-report.js';
import { createInternetGateway } from './operations/create-internet-gateway.js';
import { createKeyPair } from './operations/create-key-pair.js';
import { createLaunchTemplate } from './operations/create-launch-template.js';
import { createLaunchTemplateVersion } from './operations/create-launch-template-version.js';
import { createManagedPrefixList } from './operations/create-managed-prefix-list.js';
import { createNatGateway } from './operations/create-nat-gateway.js';
import { createNetworkAcl } from './operations/create-network-acl.js';
import { createNetworkAclEntry } from './operations/create-network-acl-entry.js';
import { createNetworkInterface } from './operations/create-network-interface.js';
import { createRoute } from './operations/create-route.js';
import { createRouteTable } from './operations/create-route-table.js';
import { createSecurityGroup } from './operations/create-security-group.js';
import { createSnapshot } from './operations/create-snapshot.js';
import { createSubnet } from './operations/create-subnet.js';
import { createTags } from './operations/create-tags.js';
import { createVolume } from './operations/create-volume.js';
import { createVpc } from './operations/create-vpc.js';
import { createVpcEndpoint } from './operations/create-vpc-endpoint.js';
import { createVpcPeeringConnection } from './operations/create-vpc-peering-connection.js';
import { deleteDhcpOptions } from './operations/delete-dhcp-options.js';
import { deleteImageUsageReport } from './operations/delete-image-usage-report.js';
import { deleteInternetGateway } from './operations/delete-internet-gateway.js';
import { deleteKeyPair } from './operations/delete-key-pair.js';
import { deleteLaunchTemplate } from './operations/delete-launch-template.js';
import { deleteLaunchTemplateVersions } from './operations/delete-launch-template-versions.js';
import { deleteManagedPrefixList } from './operations/delete-managed-prefix-list.js';
import { deleteNatGateway } from './operations/delete-nat-gateway.js';
import { deleteNetworkAcl } from './operations/delete-network-acl.js';
import { deleteNetworkAclEntry } from './operations/delete-network-acl-entry.js';
import { deleteNetworkInterface } from './operations/delete-network-interface.js';
import { deleteRoute } from './operations/delete-route.js';
import { deleteRouteTable } from './operations/delete-route-table.js';
import { deleteSecurityGroup } from './operations/delete-security-group.js';
import { deleteSnapshot } from './operations/delete-snapshot.js';
import { deleteSubnet } from './operations/delete-subnet.js';
import { deleteTags } from './operations/delete-tags.js';
import { deleteVolume } from './operations/delete-volume.js';
import { deleteVpc } from './operations/delete-vpc.js';
import { deleteVpcEndpoints } from './operations/delete-vpc-endpoints.js';
import { deleteVpcPeeringConnection } from './operations/delete-vpc-peering-connection.js';
import { deregisterImage } from './operations/deregister-image.js';
import { describeAccountAttributes } from './operations/describe-account-attributes.js';
import { describeAddresses } from './operations/describe-addresses.js';
import { describeAvailabilityZones } from './operations/describe-availability-zones.js';
import { describeDhcpOptions } from './operations/describe-dhcp-options.js';
import { describeFleets } from './operations/describe-fleets.js';
import { describeImageAttribute } from './operations/describe-image-attribute.js';
import { describeImageReferences } from './operations/describe-image-references.js';
import { describeImageUsageReportEntries } from './operations/describe-image-usage-report-entries.js';
import { describeImageUsageReports } from './operations/describe-image-usage-reports.js';
import { describeImages } from './operations/describe-images.js';
import { describeInstanceAttribute } from './operations/describe-instance-attribute.js';
import { describeInstanceStatus } from './operations/describe-instance-status.js';
import { describeInstanceTypeOfferings } from './operations/describe-instance-type-offerings.js';
import { describeInstanceTypes } from './operations/describe-instance-types.js';
import { describeInstances } from './operations/describe-instances.js';
import { describeInternetGateways } from './operations/describe-internet-gateways.js';
import { describeKeyPairs } from './operations/describe-key-pairs.js';
import { describeLaunchTemplateVersions } from './operations/describe-launch-template-versions.js';
import { describeLaunchTemplates } from './operations/describe-launch-templates.js';
import { describeManagedPrefixLists } from './operations/describe-managed-prefix-lists.js';
import { describeNatGateways } from './operations/describe-nat-gateways.js';
import { describeNetworkAcls } from './operations/describe-network-acls.js';
import { describeNetworkInterfaces } from './operations/describe-network-interfaces.js';
import { describePrefixLists } from './operations/describe-prefix-lists.js';
import { describeRegions } from './operations/describe-regions.js';
import { describeRouteTables } from './operations/describe-route-tables.js';
import { describeSecurityGroupRules } from './operations/describe-security-group-rules.js';
import { describeSecurityGroups } from './operations/describe-security-groups.js';
import { describeSnapshotAttribute } from './operations/describe-snapshot-attribute.js';
import { describeSnapshots } from './operations/describe-snapshots.js';
import { describeSpotFleetRequests } from './operations/describe-spot-fleet-requests.js';
import { describeSpotInstanceRequests } from './operations/describe-spot-instance-requests.js';
import { describeSubnets } from './operations/describe-subnets.js';
import { describeTags } from './operations/describe-tags.js';
import { describeVolumes } from './operations/describe-volumes.js';
import { describeVpcAttribute } from './operations/describe-vpc-attribute.js';
import { describeVpcClassicLink } from './operations/describe-vpc-classic-link.js';
import { describeVpcClassicLinkDnsSupport } from './operations/describe-vpc-classic-link-dns-support.js';
import { describeVpcEndpointServices } from './operations/describe-vpc-endpoint-services.js';
import { describeVpcEndpoints } from './operations/describe-vpc-endpoints.js';
import { describeVpcPeeringConnections } from './operations/describe-vpc-peering-connections.js';
import { describeVpcs } from './operations/describe-vpcs.js';
import { detachInternetGateway } from './operations/detach-internet-gateway.js';
import { disableImage } from './operations/disable-image.js';
import { disableImageDeprecation } from './operations/disable-image-deprecation.js';
import { disableImageDeregistrationProtection } from './operations/disable-image-deregistration-protection.js';
import { disassociateAddress } from './operations/disassociate-address.js';
import { disassociateRouteTable } from './operations/disassociate-route-table.js';
import { disassociateVpcCidrBlock } from './operations/disassociate-vpc-cidr-block.js';
import { enableImage } from './operations/enable-image.js';
import { enableImageDeprecation } from './operations/enable-image-deprecation.js';
import { enableImageDeregistrationProtection } from './operations/enable-image-deregistration-protection.js';
import { getConsoleOutput } from './operations/get-console-output.js';
import { getLaunchTemplateData } from './operations/get-launch-template-data.js';
import { getManagedPrefixListEntries } from './operations/get-managed-prefix-list-entries.js';
import { importKeyPair } from './operations/import-key-pair.js';
import { listImagesInRecycleBin } from './operations/list-images-in-recycle-bin.js';
import { listSnapshotsInRecycleBin } from './operations/list-snapshots-in-recycle-bin.js';
import { modifyImageAttribute } from './operations/modify-image-attribute.js';
import { modifyInstanceAttribute } from './operations/modify-instance-attribute.js';
import { modifyInstanceMetadataOptions } from './operations/modify-instance-metadata-options.js';
import { modifyLaunchTemplate } from './operations/modify-launch-template.js';
import { modifyManagedPrefixList } from './operations/modify-managed-prefix-list.js';
import { modifyNetworkInterfaceAttribute } from './operations/modify-network-interface-attribute.js';
import { modifySecurityGroupRules } from './operations/modify-security-group-rules.js';
import { modifySnapshotAttribute } from './operations/modify-snapshot-attribute.js';
import { modifySubnetAttribute } from './operations/modify-subnet-attribute.js';
import { modifyVpcAttribute } from './operations/modify-vpc-attribute.js';
import { modifyVpcEndpoint } from './operations/modify-vpc-endpoint.js';
import { rebootInstances } from './operations/reboot-instances.js';
import { registerImage } from './operations/register-image.js';
import { releaseAddress } from './operations/release-address.js';
import { replaceNetworkAclAssociation } from './operations/replace-network-acl-association.js';
import { replaceNetworkAclEntry } from './operations/replace-network-acl-entry.js';
import { replaceRoute } from './operations/replace-route.js';
import { replaceRouteTableAssociation } from './operations/replace-route-table-association.js';
import { restoreImageFromRecycleBin } from './operations/restore-image-from-recycle-bin.js';
import { restoreSnapshotFromRecycleBin } from './operations/restore-snapshot-from-recycle-bin.js';
import { revokeSecurityGroupEgress } from './operations/revoke-security-group-egress.js';
import { revokeSecurityGroupIngress } from './operations/revoke-security-group-ingress.js';
import { runInstances } from './operations/run-instances.js';
import { startInstances } from './operations/start-instances.js';
import { stopInstances } from './operations/stop-instances.js';
import { terminateInstances } from './operations/terminate-instances.js';
import { updateSecurityGroupRuleDescriptionsEgress } from './operations/update-security-group-rule-descriptions-egress.js';
import { updateSecurityGroupRuleDescriptionsIngress } from './operations/update-security-group-rule-descriptions-ingress.js';

/** Every EC2 operation that the lab emulates, by AWS's name. What is not here refuses by name at the endpoint. */
export const ec2Operations: ServiceDefinition['operations'] = {
  DescribeVpcClassicLinkDnsSupport: describeVpcClassicLinkDnsSupport,
  DescribeVpcClassicLink: describeVpcClassicLink,
  GetLaunchTemplateData: getLaunchTemplateData,
  ModifyManagedPrefixList: modifyManagedPrefixList,
  DisassociateVpcCidrBlock: disassociateVpcCidrBlock,
  AssociateVpcCidrBlock: associateVpcCidrBlock,
  AcceptVpcPeeringConnection: acceptVpcPeeringConnection,
  AllocateAddress: allocateAddress,
  AssociateAddress: associateAddress,
  AssociateDhcpOptions: associateDhcpOptions,
  AssociateRouteTable: associateRouteTable,
  AttachInternetGateway: attachInternetGateway,
  AttachNetworkInterface: attachNetworkInterface,
  AuthorizeSecurityGroupEgress: authorizeSecurityGroupEgress,
  AuthorizeSecurityGroupIngress: authorizeSecurityGroupIngress,
  CopyImage: copyImage,
  CreateDefaultVpc: createDefaultVpc,
  CreateDhcpOptions: createDhcpOptions,
  CreateImage: createImage,
  CreateImageUsageReport: createImageUsageReport,
  CreateInternetGateway: createInternetGateway,
  CreateKeyPair: createKeyPair,
  CreateLaunchTemplate: createLaunchTemplate,
  CreateLaunchTemplateVersion: createLaunchTemplateVersion,
  CreateManagedPrefixList: createManagedPrefixList,
  CreateNatGateway: createNatGateway,
  CreateNetworkAcl: createNetworkAcl,
  CreateNetworkAclEntry: createNetworkAclEntry,
  CreateNetworkInterface: createNetworkInterface,
  CreateRoute: createRoute,
  CreateRouteTable: createRouteTable,
  CreateSecurityGroup: createSecurityGroup,
  CreateSnapshot: createSnapshot,
  CreateSubnet: createSubnet,
  CreateTags: createTags,
  CreateVolume: createVolume,
  CreateVpc: createVpc,
  CreateVpcEndpoint: createVpcEndpoint,
  CreateVpcPeeringConnection: createVpcPeeringConnection,
  DeleteDhcpOptions: deleteDhcpOptions,
  DeleteImageUsageReport: deleteImageUsageReport,
  DeleteInternetGateway: deleteInternetGateway,
  DeleteKeyPair: deleteKeyPair,
  DeleteLaunchTemplate: deleteLaunchTemplate,
  DeleteLaunchTemplateVersions: deleteLaunchTemplateVersions,
  DeleteManagedPrefixList: deleteManagedPrefixList,
  DeleteNatGateway: deleteNatGateway,
  DeleteNetworkAcl: deleteNetworkAcl,
  DeleteNetworkAclEntry: deleteNetworkAclEntry,
  DeleteNetworkInterface: deleteNetworkInterface,
  DeleteRoute: deleteRoute,
  DeleteRouteTable: deleteRouteTable,
  DeleteSecurityGroup: deleteSecurityGroup,
  DeleteSnapshot: deleteSnapshot,
  DeleteSubnet: deleteSubnet,
  DeleteTags: deleteTags,
  DeleteVolume: deleteVolume,
  DeleteVpc: deleteVpc,
  DeleteVpcEndpoints: deleteVpcEndpoints,
  DeleteVpcPeeringConnection: deleteVpcPeeringConnection,
  DeregisterImage: deregisterImage,
  DescribeAccountAttributes: describeAccountAttributes,
  DescribeAddresses: describeAddresses,
  DescribeAvailabilityZones: describeAvailabilityZones,
  DescribeDhcpOptions: describeDhcpOptions,
  DescribeFleets: describeFleets,
  DescribeImageAttribute: describeImageAttribute,
  DescribeImageReferences: describeImageReferences,
  DescribeImageUsageReportEntries: describeImageUsageReportEntries,
  DescribeImageUsageReports: describeImageUsageReports,
  DescribeImages: describeImages,
  DescribeInstanceAttribute: describeInstanceAttribute,
  DescribeInstanceStatus: describeInstanceStatus,
  DescribeInstanceTypeOfferings: describeInstanceTypeOfferings,
  DescribeInstanceTypes: describeInstanceTypes,
  DescribeInstances: describeInstances,
  DescribeInternetGateways: describeInternetGateways,
  DescribeKeyPairs: describeKeyPairs,
  DescribeLaunchTemplateVersions: describeLaunchTemplateVersions,
  DescribeLaunchTemplates: describeLaunchTemplates,
  DescribeManagedPrefixLists: describeManagedPrefixLists,
  DescribeNatGateways: describeNatGateways,
  DescribeNetworkAcls: describeNetworkAcls,
  DescribeNetworkInterfaces: describeNetworkInterfaces,
  DescribePrefixLists: describePrefixLists,
  DescribeRegions: describeRegions,
  DescribeRouteTables: describeRouteTables,
  DescribeSecurityGroupRules: describeSecurityGroupRules,
  DescribeSecurityGroups: describeSecurityGroups,
  DescribeSnapshotAttribute: describeSnapshotAttribute,
  DescribeSnapshots: describeSnapshots,
  DescribeSpotFleetRequests: describeSpotFleetRequests,
  DescribeSpotInstanceRequests: describeSpotInstanceRequests,
  DescribeSubnets: describeSubnets,
  DescribeTags: describeTags,
  DescribeVolumes: describeVolumes,
  DescribeVpcAttribute: describeVpcAttribute,
  DescribeVpcEndpointServices: describeVpcEndpointServices,
  DescribeVpcEndpoints: describeVpcEndpoints,
  DescribeVpcPeeringConnections: describeVpcPeeringConnections,
  DescribeVpcs: describeVpcs,
  DetachInternetGateway: detachInternetGateway,
  DisableImage: disableImage,
  DisableImageDeprecation: disableImageDeprecation,
  DisableImageDeregistrationProtection: disableImageDeregistrationProtection,
  DisassociateAddress: disassociateAddress,
  DisassociateRouteTable: disassociateRouteTable,
  EnableImage: enableImage,
  EnableImageDeprecation: enableImageDeprecation,
  EnableImageDeregistrationProtection: enableImageDeregistrationProtection,
  GetConsoleOutput: getConsoleOutput,
  GetManagedPrefixListEntries: getManagedPrefixListEntries,
  ImportKeyPair: importKeyPair,
  ListImagesInRecycleBin: listImagesInRecycleBin,
  ListSnapshotsInRecycleBin: listSnapshotsInRecycleBin,
  ModifyImageAttribute: modifyImageAttribute,
  ModifyInstanceAttribute: modifyInstanceAttribute,
  ModifyInstanceMetadataOptions: modifyInstanceMetadataOptions,
  ModifyLaunchTemplate: modifyLaunchTemplate,
  ModifyNetworkInterfaceAttribute: modifyNetworkInterfaceAttribute,
  ModifySecurityGroupRules: modifySecurityGroupRules,
  ModifySnapshotAttribute: modifySnapshotAttribute,
  ModifySubnetAttribute: modifySubnetAttribute,
  ModifyVpcAttribute: modifyVpcAttribute,
  ModifyVpcEndpoint: modifyVpcEndpoint,
  RebootInstances: rebootInstances,
  RegisterImage: registerImage,
  ReleaseAddress: releaseAddress,
  ReplaceNetworkAclAssociation: replaceNetworkAclAssociation,
  ReplaceNetworkAclEntry: replaceNetworkAclEntry,
  ReplaceRoute: replaceRoute,
  ReplaceRouteTableAssociation: replaceRouteTableAssociation,
  RestoreImageFromRecycleBin: restoreImageFromRecycleBin,
  RestoreSnapshotFromRecycleBin: restoreSnapshotFromRecycleBin,
  RevokeSecurityGroupEgress: revokeSecurityGroupEgress,
  RevokeSecurityGroupIngress: revokeSecurityGroupIngress,
  RunInstances: runInstances,
  StartInstances: startInstances,
  StopInstances: stopInstances,
  TerminateInstances: terminateInstances,
  UpdateSecurityGroupRuleDescriptionsEgress: updateSecurityGroupRuleDescriptionsEgress,
  UpdateSecurityGroupRuleDescriptionsIngress: updateSecurityGroupRuleDescriptionsIngress,
};
