import type { DescribeLogGroupsCommandInput, DescribeLogGroupsResponse } from '@aws-sdk/client-cloudwatch-logs';
import type { OperationContext } from '../../../control-plane/types.js';
import { takePage } from '../../page.js';
import { groupNameOf, groupsInOrder, logGroupOf } from '../log-group.js';
import { invalidParameter } from '../refusal.js';

const MOST_GROUPS = 50;

export function describeLogGroups(
  input: DescribeLogGroupsCommandInput,
  { state }: OperationContext,
): DescribeLogGroupsResponse {
  const { logGroupNamePrefix: prefix, logGroupNamePattern: pattern, logGroupIdentifiers, logGroupClass } = input;
  if (prefix !== undefined && pattern !== undefined)
    throw invalidParameter('LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.');
  const names = logGroupIdentifiers?.map(groupNameOf);
  const groups = groupsInOrder(state).filter(
    (group) =>
      (prefix === undefined || group.name.startsWith(prefix)) &&
      (pattern === undefined || group.name.toLowerCase().includes(pattern.toLowerCase())) &&
      (names === undefined || names.includes(group.name)) &&
      (logGroupClass === undefined || group.logGroupClass === logGroupClass),
  );
  const page = takePage(groups, input.nextToken, input.limit ?? MOST_GROUPS, 'InvalidParameterException');
  return { logGroups: page.items.map((group) => logGroupOf(state, group)), nextToken: page.next };
}
