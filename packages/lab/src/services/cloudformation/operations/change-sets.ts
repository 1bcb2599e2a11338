// Change sets: told, listed, executed, deleted.
import type {
  Change,
  ChangeSetSummary,
  DeleteChangeSetInput,
  DescribeChangeSetInput,
  DescribeChangeSetOutput,
  ExecuteChangeSetInput,
  ListChangeSetsInput,
  ListChangeSetsOutput,
} from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { ControlPlaneContext, OperationContext } from '../../../control-plane/types.js';
import { takePage } from '../../page.js';
import { compareStack } from '../change-sets.js';
import { beginOperation } from '../deployment/stack-operation.js';
import { hideSecrets } from '../events.js';
import { validationError } from '../refusals.js';
import { describeParameters, requireChangeSet, requireStack } from '../stacks.js';
import type { ChangeSetRecord, StackDefinition, StackRecord } from '../state.js';
import { beginUpdate, checkUpdatable, isSameApartFromResources } from './update-stack.js';

const PAGE_SIZE = 100;

/** Works out a change set that was asked for. */
export function finishChangeSet(changeSetId: string, context: ControlPlaneContext): void {
  const { changeSets, stacks } = context.state.cloudFormation;
  const changeSet = changeSets.get(changeSetId);
  const stack = changeSet && stacks.get(changeSet.stackId);
  if (changeSet === undefined || stack === undefined || changeSet.status !== 'CREATE_PENDING') return;
  try {
    const changes = compareStack(stack, changeSet.definition, context);
    changeSet.changes = changes.map((change) => hideContexts(change, stack, changeSet.definition));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    changeSet.status = 'FAILED';
    changeSet.statusReason = error.message;
    return;
  }
  const { kind, changes, definition } = changeSet;
  if (kind === 'UPDATE' && changes.length === 0 && isSameApartFromResources(stack, definition)) {
    changeSet.status = 'FAILED';
    changeSet.statusReason =
      "The submitted information didn't contain changes. Submit different information to create a change set.";
    return;
  }
  changeSet.status = 'CREATE_COMPLETE';
  changeSet.executionStatus = 'AVAILABLE';
}

/** What a change set shows of properties, without the secrets of the stack as it is, and as it is to be. */
function hideContexts({ Type, ResourceChange = {} }: Change, stack: StackRecord, definition: StackDefinition): Change {
  const { BeforeContext, AfterContext, ...rest } = ResourceChange;
  const hide = (text: string) => hideSecrets(hideSecrets(text, stack), { definition, operation: undefined });
  return {
    Type,
    ResourceChange: {
      ...rest,
      ...(BeforeContext !== undefined && { BeforeContext: hide(BeforeContext) }),
      ...(AfterContext !== undefined && { AfterContext: hide(AfterContext) }),
    },
  };
}

export function describeChangeSet(input: DescribeChangeSetInput, { state }: OperationContext): DescribeChangeSetOutput {
  const changeSet = requireChangeSet(state, input.ChangeSetName ?? '', input.StackName);
  const stack = requireStack(state, changeSet.stackId);
  const { definition } = changeSet;
  const page = takePage(changeSet.changes, input.NextToken, PAGE_SIZE, 'ValidationError');
  return {
    ...summaryOf(changeSet, stack),
    Parameters: describeParameters(definition.parameters),
    NotificationARNs: [...changeSet.notificationArns],
    RollbackConfiguration: {},
    Capabilities: [...changeSet.capabilities],
    Tags: [...definition.tags],
    Changes: page.items.map(({ Type, ResourceChange = {} }) => {
      const { BeforeContext: _before, AfterContext: _after, ...rest } = ResourceChange;
      return { Type, ResourceChange: input.IncludePropertyValues === true ? ResourceChange : rest };
    }),
    ...(changeSet.onStackFailure !== undefined && { OnStackFailure: changeSet.onStackFailure }),
    ...(page.next !== undefined && { NextToken: page.next }),
  };
}

function summaryOf(changeSet: ChangeSetRecord, { stackName }: StackRecord): ChangeSetSummary {
  return {
    ChangeSetName: changeSet.changeSetName,
    ChangeSetId: changeSet.changeSetId,
    StackId: changeSet.stackId,
    StackName: stackName,
    ...(changeSet.description !== undefined && { Description: changeSet.description }),
    CreationTime: new Date(changeSet.createdAt),
    ExecutionStatus: changeSet.executionStatus,
    Status: changeSet.status,
    ...(changeSet.statusReason !== undefined && { StatusReason: changeSet.statusReason }),
    IncludeNestedStacks: false,
  };
}

export function listChangeSets(
  { StackName, NextToken }: ListChangeSetsInput,
  { state }: OperationContext,
): ListChangeSetsOutput {
  const stack = requireStack(state, StackName);
  const own = [...state.cloudFormation.changeSets.values()].filter(({ stackId }) => stackId === stack.stackId);
  const page = takePage(own, NextToken, PAGE_SIZE, 'ValidationError');
  return {
    Summaries: page.items.map((one) => summaryOf(one, stack)),
    ...(page.next !== undefined && { NextToken: page.next }),
  };
}

export function executeChangeSet(input: ExecuteChangeSetInput, context: OperationContext): object {
  const changeSet = requireChangeSet(context.state, input.ChangeSetName ?? '', input.StackName);
  const stack = requireStack(context.state, changeSet.stackId);
  if (input.ClientRequestToken !== undefined && stack.lastToken === input.ClientRequestToken) return {};
  if (changeSet.executionStatus !== 'AVAILABLE')
    throw new AwsError(
      'InvalidChangeSetStatusException',
      `ChangeSet [${changeSet.changeSetId}] cannot be executed in its current execution status of [${changeSet.executionStatus}]`,
      400,
    );
  const isKept = input.DisableRollback === true || changeSet.onStackFailure === 'DO_NOTHING';
  if (input.DisableRollback === true && changeSet.onStackFailure !== undefined)
    throw validationError('You can specify either DisableRollback or OnStackFailure, but not both.');
  if (changeSet.kind === 'UPDATE') checkUpdatable(stack);
  stack.changeSetId = changeSet.changeSetId;
  stack.capabilities = changeSet.capabilities;
  stack.notificationArns = changeSet.notificationArns;
  stack.roleArn = changeSet.roleArn ?? stack.roleArn;
  stack.caller = changeSet.caller ?? stack.caller;
  if (changeSet.kind === 'UPDATE')
    beginUpdate(stack, changeSet.definition, { isKept, token: input.ClientRequestToken }, context);
  else beginCreation(stack, changeSet, isKept, input.ClientRequestToken, context);
  const { changeSets } = context.state.cloudFormation;
  // The stack's other change sets compare with what is no longer there: they go. The executed one stays and can be described.
  for (const other of [...changeSets.values()])
    if (other.stackId === stack.stackId) changeSets.delete(other.changeSetId);
  changeSets.set(changeSet.changeSetId, changeSet);
  changeSet.executionStatus = 'EXECUTE_COMPLETE';
  return {};
}

function beginCreation(
  stack: StackRecord,
  changeSet: ChangeSetRecord,
  isKept: boolean,
  token: string | undefined,
  context: OperationContext,
): void {
  const goal = changeSet.definition;
  stack.definition = goal;
  stack.disableRollback = isKept;
  stack.lastToken = token;
  const onFailure = isKept ? 'DO_NOTHING' : (changeSet.onStackFailure ?? 'ROLLBACK');
  beginOperation(stack, { kind: 'create', goal, onFailure, token }, context);
}

export function deleteChangeSet(input: DeleteChangeSetInput, { state }: OperationContext): object {
  const { changeSets } = state.cloudFormation;
  const name = input.ChangeSetName ?? '';
  // Deleted twice is deleted.
  if (name.startsWith('arn:') && !changeSets.has(name)) return {};
  if (!name.startsWith('arn:')) {
    const stack = requireStack(state, input.StackName);
    if (![...changeSets.values()].some((one) => one.stackId === stack.stackId && one.changeSetName === name)) return {};
  }
  changeSets.delete(requireChangeSet(state, name, input.StackName).changeSetId);
  return {};
}
