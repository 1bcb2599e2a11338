import type {
  DescribeVpcClassicLinkDnsSupportRequest,
  DescribeVpcClassicLinkDnsSupportResult,
} from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { pageOf } from '../paging.js';
import { requireResource } from '../resources.js';

/** EC2-Classic is gone: no VPC has it. */
export function describeVpcClassicLinkDnsSupport(
  input: DescribeVpcClassicLinkDnsSupportRequest,
  context: OperationContext,
): DescribeVpcClassicLinkDnsSupportResult {
  const ids = input.VpcIds?.length ? input.VpcIds : [...context.state.ec2.vpcs.keys()];
  for (const id of ids) requireResource('vpc', id, context);
  const page = pageOf(ids, input, { least: 5, most: 255 });
  return {
    Vpcs: page.items.map((VpcId) => ({ VpcId, ClassicLinkDnsSupported: false })),
    NextToken: page.nextToken,
  };
}
