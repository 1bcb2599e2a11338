import type { DescribeStacksInput, DescribeStacksOutput } from '@aws-sdk/client-cloudformation';
import type { OperationContext } from '../../../control-plane/types.js';
import { takePage } from '../../page.js';
import { describeStack, isLive, requireStack } from '../stacks.js';

const PAGE_SIZE = 100;

/** A deleted stack is found by its id only. */
export function describeStacks(input: DescribeStacksInput, { state }: OperationContext): DescribeStacksOutput {
  if (input.StackName !== undefined && input.StackName !== '')
    return { Stacks: [describeStack(requireStack(state, input.StackName))] };
  const live = [...state.cloudFormation.stacks.values()].filter(isLive).toReversed();
  const page = takePage(live, input.NextToken, PAGE_SIZE, 'ValidationError');
  return { Stacks: page.items.map(describeStack), ...(page.next !== undefined && { NextToken: page.next }) };
}
