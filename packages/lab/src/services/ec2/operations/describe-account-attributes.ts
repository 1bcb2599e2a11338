import type {
  AccountAttribute,
  DescribeAccountAttributesRequest,
  DescribeAccountAttributesResult,
} from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';

export function describeAccountAttributes(
  input: DescribeAccountAttributesRequest,
  context: OperationContext,
): DescribeAccountAttributesResult {
  const defaultVpc = [...context.state.ec2.vpcs.values()].find((vpc) => vpc.IsDefault === true);
  const all = [
    attribute('supported-platforms', 'VPC'),
    attribute('default-vpc', defaultVpc?.VpcId ?? 'none'),
    attribute('max-instances', '1000'),
    attribute('vpc-max-security-groups-per-interface', '5'),
    attribute('max-elastic-ips', '5'),
    attribute('vpc-max-elastic-ips', '5'),
  ];
  const wanted: readonly string[] = input.AttributeNames ?? [];
  return { AccountAttributes: all.filter((one) => wanted.length === 0 || wanted.includes(one.AttributeName ?? '')) };
}

function attribute(AttributeName: string, AttributeValue: string): AccountAttribute {
  return { AttributeName, AttributeValues: [{ AttributeValue }] };
}
