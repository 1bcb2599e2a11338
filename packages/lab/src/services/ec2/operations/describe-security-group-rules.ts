import type {
  DescribeSecurityGroupRulesRequest,
  DescribeSecurityGroupRulesResult,
  SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { describe } from '../description.js';
import { describedBy, type FilterFields } from '../filters.js';

const fields: FilterFields<SecurityGroupRule> = describedBy('SecurityGroupRule', {
  'group-id': (r) => r.GroupId,
  'security-group-rule-id': (r) => r.SecurityGroupRuleId,
});

export function describeSecurityGroupRules(
  input: DescribeSecurityGroupRulesRequest,
  context: OperationContext,
): DescribeSecurityGroupRulesResult {
  const request = { ...input, ids: input.SecurityGroupRuleIds };
  const { found, nextToken } = describe('securityGroupRule', request, fields, context);
  return { SecurityGroupRules: found, NextToken: nextToken };
}
