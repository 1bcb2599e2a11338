import type { RouteTable, RouteTableAssociation, Vpc } from '@aws-sdk/client-ec2';
import { AwsError } from '../../control-plane/aws-error.js';
import type { OperationContext } from '../../control-plane/types.js';
import { localRoute } from './routes.js';
import type { Ec2State } from './state.js';

export function newRouteTable(vpc: Vpc, context: OperationContext): RouteTable {
  const table: RouteTable = {
    RouteTableId: context.ids.hex('rtb-', 17),
    VpcId: vpc.VpcId,
    OwnerId: context.state.accountId,
    Associations: [],
    PropagatingVgws: [],
    Routes: (vpc.CidrBlockAssociationSet ?? []).map(({ CidrBlock = '' }) => localRoute(CidrBlock)),
  };
  context.state.ec2.routeTables.set(table.RouteTableId!, table);
  return table;
}

export function newMainRouteTable(vpc: Vpc, context: OperationContext): RouteTable {
  const table = newRouteTable(vpc, context);
  table.Associations = [newAssociation(table, undefined, context)];
  return table;
}

/** With a subnet, or as the main table of the VPC. */
export function newAssociation(
  table: RouteTable,
  subnetId: string | undefined,
  context: OperationContext,
): RouteTableAssociation {
  return {
    RouteTableAssociationId: context.ids.hex('rtbassoc-', 17),
    RouteTableId: table.RouteTableId,
    Main: subnetId === undefined,
    ...(subnetId === undefined ? {} : { SubnetId: subnetId }),
    AssociationState: { State: 'associated' },
  };
}

/** The table and the association with this id. Throws InvalidAssociationID.NotFound. */
export function requireAssociation(
  associationId: string,
  state: Ec2State,
): { readonly table: RouteTable; readonly association: RouteTableAssociation } {
  for (const table of state.routeTables.values()) {
    const association = table.Associations?.find((one) => one.RouteTableAssociationId === associationId);
    if (association !== undefined) return { table, association };
  }
  throw new AwsError('InvalidAssociationID.NotFound', `The association ID '${associationId}' does not exist`);
}

export function dropAssociation(table: RouteTable, association: RouteTableAssociation): void {
  table.Associations = table.Associations?.filter((one) => one !== association);
}

/** A subnet's own association, when it has one. */
export function associationOfSubnet(subnetId: string, state: Ec2State): RouteTableAssociation | undefined {
  for (const table of state.routeTables.values()) {
    const found = table.Associations?.find((association) => association.SubnetId === subnetId);
    if (found !== undefined) return found;
  }
  return undefined;
}
