// Transit gateways of a template: attachments, and the route tables that associations, propagations and routes fill.
import type { TransitGatewayRoute, TransitGatewayVpcAttachment, Vpc } from '@aws-sdk/client-ec2';
import type { NetworkSnapshot, TransitRouteTable } from '../snapshot.js';
import { isUnresolved } from './intrinsics.js';
import { type Resource, textOf, textsOf } from './properties.js';

const ofType = (resources: readonly Resource[], type: string) => resources.filter((one) => one.type === type);
const isOn = (value: unknown) => value !== 'disable' && value !== false;

/** Nothing when a gateway is not made here: its tables are elsewhere. */
export function readTransitGateways(
  resources: readonly Resource[],
  vpcs: readonly Vpc[],
): Pick<NetworkSnapshot, 'transitGatewayAttachments' | 'transitGatewayRouteTables'> {
  const gateways = ofType(resources, 'AWS::EC2::TransitGateway');
  const attachments = resources.filter((one) => /^AWS::EC2::TransitGateway(Vpc)?Attachment$/.test(one.type));
  const isOwn = attachments.every((one) => gateways.some(({ id }) => id === one.properties.TransitGatewayId));
  if (attachments.length === 0 || !isOwn) return {};
  return {
    transitGatewayAttachments: attachments.map((one) => readAttachment(one, gateways)),
    transitGatewayRouteTables: readTables(resources, gateways, attachments, vpcs),
  };
}

function readAttachment({ id, properties }: Resource, gateways: readonly Resource[]): TransitGatewayVpcAttachment {
  const gateway = gateways.find((one) => one.id === properties.TransitGatewayId);
  const groups = gateway?.properties.SecurityGroupReferencingSupport;
  return {
    TransitGatewayAttachmentId: id,
    TransitGatewayId: textOf(properties.TransitGatewayId),
    VpcId: textOf(properties.VpcId),
    State: 'available',
    SubnetIds: [...textsOf(properties.SubnetIds)],
    // Switched off for a gateway unless it is asked for.
    ...(groups !== 'enable' && { Options: { SecurityGroupReferencingSupport: 'disable' } }),
  };
}

function readTables(
  resources: readonly Resource[],
  gateways: readonly Resource[],
  attachments: readonly Resource[],
  vpcs: readonly Vpc[],
): readonly TransitRouteTable[] {
  const links = (type: string, tableId: string) =>
    ofType(resources, type)
      .filter((one) => one.properties.TransitGatewayRouteTableId === tableId)
      .map((one) => textOf(one.properties.TransitGatewayAttachmentId) ?? '');
  const own = ofType(resources, 'AWS::EC2::TransitGatewayRouteTable').map((table): TransitRouteTable => {
    const propagated = links('AWS::EC2::TransitGatewayRouteTablePropagation', table.id);
    return {
      table: { TransitGatewayRouteTableId: table.id, TransitGatewayId: textOf(table.properties.TransitGatewayId) },
      attachmentIds: links('AWS::EC2::TransitGatewayRouteTableAssociation', table.id),
      routes: [...staticRoutes(resources, table.id, attachments), ...propagatedRoutes(propagated, attachments, vpcs)],
    };
  });
  const elsewhere = new Set(own.flatMap((table) => table.attachmentIds));
  const defaults = gateways.map((gateway): TransitRouteTable => {
    const id = `${gateway.id}.DefaultRouteTable`;
    const ofGateway = attachments.filter((one) => one.properties.TransitGatewayId === gateway.id);
    const ids = (isMember: (one: Resource) => boolean) => ofGateway.filter(isMember).map((one) => one.id);
    const isAssociated = isOn(gateway.properties.DefaultRouteTableAssociation);
    const isPropagated = isOn(gateway.properties.DefaultRouteTablePropagation);
    return {
      table: { TransitGatewayRouteTableId: id, TransitGatewayId: gateway.id },
      attachmentIds: ids((one) => isAssociated && isOn(one.properties.IsAssociated) && !elsewhere.has(one.id)),
      routes: propagatedRoutes(
        ids((one) => isPropagated && isOn(one.properties.IsPropagated)),
        attachments,
        vpcs,
      ),
    };
  });
  return [...own, ...defaults];
}

function staticRoutes(
  resources: readonly Resource[],
  tableId: string,
  attachments: readonly Resource[],
): readonly TransitGatewayRoute[] {
  return ofType(resources, 'AWS::EC2::TransitGatewayRoute')
    .filter(
      (one) =>
        one.properties.TransitGatewayRouteTableId === tableId ||
        isUnresolved(one.properties.TransitGatewayRouteTableId),
    )
    .map(({ properties }) => {
      const id = textOf(properties.TransitGatewayAttachmentId);
      const known = isUnresolved(properties.TransitGatewayRouteTableId)
        ? undefined
        : textOf(properties.DestinationCidrBlock);
      return {
        ...(known !== undefined && { DestinationCidrBlock: known }),
        Type: 'static',
        State: properties.Blackhole === true || properties.Blackhole === 'true' ? 'blackhole' : 'active',
        TransitGatewayAttachments: id === undefined ? [] : [targetOf(id, attachments)],
      };
    });
}

function targetOf(id: string, attachments: readonly Resource[]) {
  const own = attachments.find((one) => one.id === id);
  const vpcId = textOf(own?.properties.VpcId);
  return {
    TransitGatewayAttachmentId: id,
    ResourceType: own === undefined ? ('connect' as const) : ('vpc' as const),
    ResourceId: vpcId ?? id,
  };
}

/** A VPC's attachment propagates the ranges of the VPC. */
function propagatedRoutes(
  attachmentIds: readonly string[],
  attachments: readonly Resource[],
  vpcs: readonly Vpc[],
): readonly TransitGatewayRoute[] {
  return attachmentIds.flatMap((id) => {
    const target = targetOf(id, attachments);
    const vpc = vpcs.find((one) => one.VpcId === target.ResourceId);
    const cidrs = [vpc?.CidrBlock, ...(vpc?.CidrBlockAssociationSet ?? []).map(({ CidrBlock }) => CidrBlock)];
    return cidrs.map((DestinationCidrBlock) => ({
      ...(DestinationCidrBlock !== undefined && { DestinationCidrBlock }),
      Type: 'propagated' as const,
      State: 'active' as const,
      TransitGatewayAttachments: [target],
    }));
  });
}
