import type { ListStacksInput, ListStacksOutput } from '@aws-sdk/client-cloudformation';
import type { OperationContext } from '../../../control-plane/types.js';
import { takePage } from '../../page.js';
import { descriptionOf } from '../stacks.js';

const PAGE_SIZE = 100;

/** Deleted ones too: AWS forgets them after 90 days, the lab does not. */
export function listStacks(
  { StackStatusFilter = [], NextToken }: ListStacksInput,
  { state }: OperationContext,
): ListStacksOutput {
  const wanted = [...state.cloudFormation.stacks.values()]
    .filter(({ status }) => StackStatusFilter.length === 0 || StackStatusFilter.includes(status))
    .toReversed();
  const page = takePage(wanted, NextToken, PAGE_SIZE, 'ValidationError');
  return {
    StackSummaries: page.items.map((stack) => ({
      StackId: stack.stackId,
      StackName: stack.stackName,
      ...(stack.definition !== undefined && { TemplateDescription: descriptionOf(stack.definition) }),
      CreationTime: new Date(stack.createdAt),
      ...(stack.updatedAt !== undefined && { LastUpdatedTime: new Date(stack.updatedAt) }),
      ...(stack.deletedAt !== undefined && { DeletionTime: new Date(stack.deletedAt) }),
      StackStatus: stack.status,
      ...(stack.statusReason !== undefined && { StackStatusReason: stack.statusReason }),
      DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
    })),
    ...(page.next !== undefined && { NextToken: page.next }),
  };
}
