import type {
  DescribeSecurityGroupsRequest,
  DescribeSecurityGroupsResult,
  IpPermission,
  SecurityGroup,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { describe } from '../description.js';
import { describedBy, type FilterFields } from '../filters.js';

const ingress = (group: SecurityGroup) => group.IpPermissions ?? [];
const egress = (group: SecurityGroup) => group.IpPermissionsEgress ?? [];

function permissionFields(prefix: string, of: (group: SecurityGroup) => IpPermission[]): FilterFields<SecurityGroup> {
  return {
    [`${prefix}.protocol`]: (g) => of(g).map((one) => one.IpProtocol),
    [`${prefix}.from-port`]: (g) => of(g).map((one) => one.FromPort),
    [`${prefix}.to-port`]: (g) => of(g).map((one) => one.ToPort),
    [`${prefix}.cidr`]: (g) => of(g).flatMap((one) => one.IpRanges?.map((range) => range.CidrIp)),
    [`${prefix}.group-id`]: (g) => of(g).flatMap((one) => one.UserIdGroupPairs?.map((pair) => pair.GroupId)),
    [`${prefix}.prefix-list-id`]: (g) => of(g).flatMap((one) => one.PrefixListIds?.map((list) => list.PrefixListId)),
  };
}

const fields: FilterFields<SecurityGroup> = describedBy('SecurityGroup', {
  'group-id': (g) => g.GroupId,
  'group-name': (g) => g.GroupName,
  description: (g) => g.Description,
  'owner-id': (g) => g.OwnerId,
  'vpc-id': (g) => g.VpcId,
  ...permissionFields('ip-permission', ingress),
  ...permissionFields('egress.ip-permission', egress),
});

export function describeSecurityGroups(
  input: DescribeSecurityGroupsRequest,
  context: OperationContext,
): DescribeSecurityGroupsResult {
  const ids = [...(input.GroupIds ?? []), ...(input.GroupNames ?? []).map((name) => idOfName(name, context))];
  const { found, nextToken } = describe('securityGroup', { ...input, ids }, fields, context);
  return { SecurityGroups: found, NextToken: nextToken };
}

/** Names mean groups of the default VPC, as in AWS. */
function idOfName(name: string, { state }: OperationContext): string {
  const { vpcs, securityGroups } = state.ec2;
  const defaultVpc = [...vpcs.values()].find((vpc) => vpc.IsDefault === true);
  if (defaultVpc === undefined) {
    throw new AwsError(
      'VPCIdNotSpecified',
      'No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC.',
    );
  }
  const group = [...securityGroups.values()].find((one) => one.VpcId === defaultVpc.VpcId && one.GroupName === name);
  if (group?.GroupId !== undefined) return group.GroupId;
  throw new AwsError(
    'InvalidGroup.NotFound',
    `The security group '${name}' does not exist in default VPC '${defaultVpc.VpcId}'`,
  );
}
