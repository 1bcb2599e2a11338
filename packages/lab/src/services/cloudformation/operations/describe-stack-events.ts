import type { DescribeStackEventsInput, DescribeStackEventsOutput } from '@aws-sdk/client-cloudformation';
import type { OperationContext } from '../../../control-plane/types.js';
import { takePage } from '../../page.js';
import { validationError } from '../refusals.js';
import { findStack } from '../stacks.js';

const PAGE_SIZE = 100;

/** The newest first. */
export function describeStackEvents(
  input: DescribeStackEventsInput,
  { state }: OperationContext,
): DescribeStackEventsOutput {
  const stack = findStack(state, input.StackName);
  if (stack === undefined) throw validationError(`Stack [${input.StackName ?? ''}] does not exist`);
  const page = takePage(stack.events.toReversed(), input.NextToken, PAGE_SIZE, 'ValidationError');
  return { StackEvents: [...page.items], ...(page.next !== undefined && { NextToken: page.next }) };
}
