import type { DeleteVpcRequest } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { dependencyViolation } from '../refusals.js';
import { requireResource } from '../resources.js';
import { removeRules, rulesOfGroup } from '../security-group-rules.js';
import type { Ec2State } from '../state.js';

/** What came with the VPC goes with it; anything else that is in it refuses the deletion. */
export function deleteVpc(input: DeleteVpcRequest, context: OperationContext): Record<string, never> {
  const { ec2 } = context.state;
  const vpcId = requireResource('vpc', input.VpcId, context).VpcId!;
  if (hasDependents(vpcId, ec2)) throw dependencyViolation('vpc', vpcId);
  for (const [id, table] of ec2.routeTables) if (table.VpcId === vpcId) forget(ec2.routeTables, id, ec2);
  for (const [id, acl] of ec2.networkAcls) if (acl.VpcId === vpcId) forget(ec2.networkAcls, id, ec2);
  for (const [id, group] of ec2.securityGroups) {
    if (group.VpcId !== vpcId) continue;
    removeRules(
      rulesOfGroup(group, ec2).map((rule) => rule.SecurityGroupRuleId!),
      group,
      ec2,
    );
    forget(ec2.securityGroups, id, ec2);
  }
  ec2.vpcAttributes.delete(vpcId);
  forget(ec2.vpcs, vpcId, ec2);
  return {};
}

function hasDependents(vpcId: string, ec2: Ec2State): boolean {
  const inVpc = (one: { readonly VpcId?: string | undefined }) => one.VpcId === vpcId;
  return (
    [...ec2.subnets.values()].some(inVpc) ||
    [...ec2.networkInterfaces.values()].some(inVpc) ||
    [...ec2.vpcEndpoints.values()].some(inVpc) ||
    [...ec2.securityGroups.values()].some((group) => inVpc(group) && group.GroupName !== 'default') ||
    [...ec2.networkAcls.values()].some((acl) => inVpc(acl) && acl.IsDefault !== true) ||
    [...ec2.routeTables.values()].some((table) => inVpc(table) && !table.Associations?.some((one) => one.Main)) ||
    [...ec2.internetGateways.values()].some((gateway) => gateway.Attachments?.some(inVpc)) ||
    [...ec2.natGateways.values()].some((gateway) => inVpc(gateway) && gateway.State !== 'deleted') ||
    [...ec2.vpcPeeringConnections.values()].some(
      (peering) =>
        peering.Status?.Code === 'active' &&
        [peering.RequesterVpcInfo?.VpcId, peering.AccepterVpcInfo?.VpcId].includes(vpcId),
    )
  );
}

function forget(books: Map<string, unknown>, id: string, ec2: Ec2State): void {
  books.delete(id);
  ec2.tags.delete(id);
}
