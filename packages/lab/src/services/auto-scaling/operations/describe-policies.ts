import type { DescribePoliciesType, PoliciesType } from '@aws-sdk/client-auto-scaling';
import type { OperationContext } from '../../../control-plane/types.js';
import { takePage } from '../../page.js';
import { alarmsOfPolicy } from '../scaling-policy.js';

export function describePolicies(input: DescribePoliciesType, context: OperationContext): PoliciesType {
  const { PolicyNames: names = [], PolicyTypes: types = [] } = input;
  const found = [...context.state.autoScaling.groups.values()]
    .filter(({ group }) => [undefined, group.AutoScalingGroupName].includes(input.AutoScalingGroupName))
    .flatMap((record) => [...record.policies.values()])
    .filter((policy) => names.length === 0 || names.includes(policy.PolicyName!) || names.includes(policy.PolicyARN!))
    .filter((policy) => types.length === 0 || types.includes(policy.PolicyType!));
  const page = takePage(found, input.NextToken, input.MaxRecords ?? 50, 'InvalidNextToken');
  return {
    ScalingPolicies: page.items.map((policy) => ({ ...policy, Alarms: alarmsOfPolicy(context, policy) })),
    NextToken: page.next,
  };
}
