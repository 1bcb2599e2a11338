import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkAclEntryCommand,
  CreateRouteCommand,
  DeleteRouteCommand,
  type EC2Client,
  ModifyVpcAttributeCommand,
  ModifyVpcEndpointCommand,
  ReplaceRouteCommand,
} from '@aws-sdk/client-ec2';
import type { Edit } from '@directrix/reachability';

/** An edit, made by EC2's API. Throws for a kind that these tests never meet. */
export async function applyEditInAws(ec2: EC2Client, edit: Edit): Promise<void> {
  switch (edit.kind) {
    case 'authorizeSecurityGroup': {
      const { groupId: GroupId, peer } = edit;
      const ports = edit.protocol === '-1' ? {} : { FromPort: edit.fromPort, ToPort: edit.toPort };
      const whom =
        'groupId' in peer
          ? { UserIdGroupPairs: [{ GroupId: peer.groupId }] }
          : 'cidr' in peer
            ? { IpRanges: [{ CidrIp: peer.cidr }] }
            : { PrefixListIds: [{ PrefixListId: peer.prefixListId }] };
      const IpPermissions = [{ IpProtocol: edit.protocol, ...ports, ...whom }];
      if (edit.direction === 'egress')
        await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions }));
      else await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
      return;
    }
    case 'enablePrivateDns':
      await ec2.send(new ModifyVpcEndpointCommand({ VpcEndpointId: edit.vpcEndpointId, PrivateDnsEnabled: true }));
      return;
    case 'setVpcAttribute': {
      const attribute = edit.attribute === 'enableDnsSupport' ? 'EnableDnsSupport' : 'EnableDnsHostnames';
      await ec2.send(new ModifyVpcAttributeCommand({ VpcId: edit.vpcId, [attribute]: { Value: true } }));
      return;
    }
    case 'createNetworkAclEntry':
      await ec2.send(
        new CreateNetworkAclEntryCommand({
          NetworkAclId: edit.networkAclId,
          Egress: edit.egress,
          RuleNumber: edit.ruleNumber,
          RuleAction: 'allow',
          CidrBlock: edit.cidr,
          Protocol: edit.protocol === 'tcp' ? '6' : edit.protocol,
          PortRange: { From: edit.fromPort, To: edit.toPort },
        }),
      );
      return;
    case 'createRoute':
    case 'replaceRoute': {
      const target = 'gatewayId' in edit.target ? { GatewayId: edit.target.gatewayId } : {};
      const route = { RouteTableId: edit.routeTableId, DestinationCidrBlock: edit.destinationCidr, ...target };
      await ec2.send(
        edit.kind === 'createRoute' ? new CreateRouteCommand(route) : (new ReplaceRouteCommand(route) as never),
      );
      return;
    }
    case 'deleteRoute':
      await ec2.send(
        new DeleteRouteCommand({ RouteTableId: edit.routeTableId, DestinationCidrBlock: edit.destinationCidr }),
      );
      return;
    case 'addEndpointSubnet':
      await ec2.send(
        new ModifyVpcEndpointCommand({ VpcEndpointId: edit.vpcEndpointId, AddSubnetIds: [edit.subnetId] }),
      );
      return;
    case 'associatePublicAddress': {
      const { AllocationId } = await ec2.send(new AllocateAddressCommand({}));
      await ec2.send(new AssociateAddressCommand({ AllocationId, NetworkInterfaceId: edit.networkInterfaceId }));
      return;
    }
    default:
      throw new Error(`no such edit was expected: ${JSON.stringify(edit)}`);
  }
}
