import type { DescribeRulesInput, DescribeRulesOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { takePage } from '../../page.js';
import { requireListener, requireRule } from '../lookup.js';

export function describeRules(input: DescribeRulesInput, context: OperationContext): DescribeRulesOutput {
  const { elbv2 } = context.state;
  const { RuleArns: arns = [], ListenerArn: listenerArn } = input;
  if (arns.length === 0 && listenerArn === undefined) {
    throw new AwsError('ValidationError', 'You must specify either listener rule ARNs or a listener ARN');
  }
  const found =
    arns.length > 0
      ? arns.map((arn) => requireRule(elbv2, arn).rule)
      : [...requireListener(elbv2, listenerArn).rules.values()];
  const page = takePage(found, input.Marker, input.PageSize ?? 400, 'ValidationError');
  return { Rules: page.items.map((rule) => ({ ...rule })), NextMarker: page.next };
}
