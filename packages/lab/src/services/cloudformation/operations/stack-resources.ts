// What a stack is made of, in the four ways in which CloudFormation tells it.
import type {
  DescribeStackResourceInput,
  DescribeStackResourceOutput,
  DescribeStackResourcesInput,
  DescribeStackResourcesOutput,
  ListStackResourcesInput,
  ListStackResourcesOutput,
} from '@aws-sdk/client-cloudformation';
import type { OperationContext } from '../../../control-plane/types.js';
import { takePage } from '../../page.js';
import { validationError } from '../refusals.js';
import { isLive, requireStack } from '../stacks.js';
import type { ResourceRecord, StackRecord } from '../state.js';

const PAGE_SIZE = 100;
const NOT_CHECKED = { StackResourceDriftStatus: 'NOT_CHECKED' } as const;

function facts(record: ResourceRecord) {
  return {
    LogicalResourceId: record.logicalId,
    ...(record.physicalId !== undefined && { PhysicalResourceId: record.physicalId }),
    ResourceType: record.type,
    ResourceStatus: record.status,
    ...(record.statusReason !== undefined && { ResourceStatusReason: record.statusReason }),
    DriftInformation: NOT_CHECKED,
  };
}

/** Those that are gone are told of a deleted stack only. */
function shown(stack: StackRecord): readonly ResourceRecord[] {
  const records = [...stack.resources.values()];
  return isLive(stack) ? records.filter(({ status }) => status !== 'DELETE_COMPLETE') : records;
}

export function listStackResources(
  input: ListStackResourcesInput,
  { state }: OperationContext,
): ListStackResourcesOutput {
  const stack = requireStack(state, input.StackName);
  const page = takePage(shown(stack), input.NextToken, PAGE_SIZE, 'ValidationError');
  return {
    StackResourceSummaries: page.items.map((record) => ({
      ...facts(record),
      LastUpdatedTimestamp: new Date(record.updatedAt),
    })),
    ...(page.next !== undefined && { NextToken: page.next }),
  };
}

/** By stack, or by the physical id of any stack's resource. */
export function describeStackResources(
  input: DescribeStackResourcesInput,
  { state }: OperationContext,
): DescribeStackResourcesOutput {
  const { StackName, PhysicalResourceId, LogicalResourceId } = input;
  if (StackName === undefined && PhysicalResourceId === undefined)
    throw validationError('You must specify either the stack name or the physical resource id.');
  if (StackName !== undefined && PhysicalResourceId !== undefined)
    throw validationError('You cannot specify both StackName and PhysicalResourceId.');
  const stack =
    StackName === undefined
      ? ownerOf(PhysicalResourceId!, state.cloudFormation.stacks.values())
      : requireStack(state, StackName);
  return {
    StackResources: shown(stack)
      .filter(({ logicalId }) => LogicalResourceId === undefined || logicalId === LogicalResourceId)
      .map((record) => ({
        StackName: stack.stackName,
        StackId: stack.stackId,
        ...facts(record),
        Timestamp: new Date(record.updatedAt),
      })),
  };
}

function ownerOf(physicalId: string, stacks: Iterable<StackRecord>): StackRecord {
  for (const stack of stacks) {
    if (isLive(stack) && [...stack.resources.values()].some((record) => record.physicalId === physicalId)) return stack;
  }
  throw validationError(`Stack for ${physicalId} does not exist`);
}

export function describeStackResource(
  input: DescribeStackResourceInput,
  { state }: OperationContext,
): DescribeStackResourceOutput {
  const stack = requireStack(state, input.StackName);
  const record = stack.resources.get(input.LogicalResourceId ?? '');
  if (record === undefined)
    throw validationError(`Resource ${input.LogicalResourceId ?? ''} does not exist for stack ${stack.stackName}`);
  return {
    StackResourceDetail: {
      StackName: stack.stackName,
      StackId: stack.stackId,
      ...facts(record),
      LastUpdatedTimestamp: new Date(record.updatedAt),
      Metadata: JSON.stringify(record.metadata ?? {}),
    },
  };
}
