import type { CreateNetworkAclRequest, CreateNetworkAclResult } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { madeBefore, rememberMade } from '../client-tokens.js';
import { copyWithTags } from '../description.js';
import { newNetworkAcl } from '../network-acls.js';
import { requireResource } from '../resources.js';
import { putTags, tagsFor } from '../tags.js';

const operation = 'CreateNetworkAcl';

export function createNetworkAcl(input: CreateNetworkAclRequest, context: OperationContext): CreateNetworkAclResult {
  const { ec2 } = context.state;
  const madeEarlier = ec2.networkAcls.get(madeBefore(operation, input, context) ?? '');
  if (madeEarlier !== undefined) return { NetworkAcl: copyWithTags('networkAcl', madeEarlier, ec2) };
  const vpcId = requireResource('vpc', input.VpcId, context).VpcId!;
  const tags = tagsFor('network-acl', input.TagSpecifications);
  const acl = newNetworkAcl(vpcId, { isDefault: false }, context);
  putTags(ec2, acl.NetworkAclId!, tags);
  rememberMade(operation, input, acl.NetworkAclId!, context);
  return { NetworkAcl: copyWithTags('networkAcl', acl, ec2) };
}
