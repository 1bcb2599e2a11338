import type { DescribeVpcClassicLinkRequest, DescribeVpcClassicLinkResult } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { describe } from '../description.js';
import type { FilterFields } from '../filters.js';

const fields: FilterFields<object> = { 'is-classic-link-enabled': () => false };

/** EC2-Classic is gone: no VPC has it. */
export function describeVpcClassicLink(
  input: DescribeVpcClassicLinkRequest,
  context: OperationContext,
): DescribeVpcClassicLinkResult {
  const { found } = describe('vpc', { ...input, ids: input.VpcIds }, fields, context);
  return {
    Vpcs: found.map(({ VpcId, Tags }) => ({
      VpcId,
      ClassicLinkEnabled: false,
      ...(Tags === undefined ? {} : { Tags }),
    })),
  };
}
