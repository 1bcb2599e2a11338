import type { CreateChangeSetInput, CreateChangeSetOutput } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../../control-plane/aws-error.js';
import { notEmulated } from '../../../control-plane/not-emulated.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { stackFacts } from '../deployment/stack-evaluation.js';
import { setStackStatus } from '../events.js';
import { validationError } from '../refusals.js';
import {
  checkStackName,
  findStack,
  isLive,
  keepsFailed,
  newStack,
  newStackId,
  requireLiveStack,
  stackCaller,
} from '../stacks.js';
import type { ChangeSetRecord, StackRecord } from '../state.js';
import { readDefinition } from '../template/definition.js';
import { checkUpdatable } from './update-stack.js';

const MOST_CHANGE_SETS = 1_000;

/** Answers at once; what would change is worked out in time. An import is refused by name. */
export function createChangeSet(input: CreateChangeSetInput, context: OperationContext): CreateChangeSetOutput {
  const { state, ids } = context;
  const kind = input.ChangeSetType ?? 'UPDATE';
  if (kind === 'IMPORT' || (input.ResourcesToImport ?? []).length > 0) throw notEmulated('the change set type IMPORT');
  const isKept = keepsFailed(input.DeploymentConfig);
  const caller = stackCaller(input.RoleARN, context);
  const changeSetName = input.ChangeSetName ?? '';
  const stack = kind === 'CREATE' ? stackToCreate(input, context) : requireLiveStack(state, input.StackName);
  if (kind !== 'CREATE') checkUpdatable(stack);
  const same = [...state.cloudFormation.changeSets.values()].find(
    (one) => one.stackId === stack.stackId && one.changeSetName === changeSetName,
  );
  if (same !== undefined) {
    if (input.ClientToken !== undefined && same.clientToken === input.ClientToken)
      return { Id: same.changeSetId, StackId: stack.stackId };
    throw new AwsError(
      'AlreadyExistsException',
      `ChangeSet ${changeSetName} cannot be created due to a mismatch with existing attribute ClientToken`,
    );
  }
  const ofStack = [...state.cloudFormation.changeSets.values()].filter(({ stackId }) => stackId === stack.stackId);
  if (ofStack.length >= MOST_CHANGE_SETS)
    throw new AwsError('LimitExceededException', `ChangeSet limit exceeded for stack ${stack.stackName}`);
  const definition = readDefinition(input, stackFacts(stack, context), stack.definition, context);
  const changeSetId = `arn:aws:cloudformation:${state.region}:${state.accountId}:changeSet/${changeSetName}/${ids.uuid()}`;
  const record: ChangeSetRecord = {
    changeSetId,
    changeSetName,
    stackId: stack.stackId,
    kind: kind === 'CREATE' ? 'CREATE' : 'UPDATE',
    description: input.Description,
    definition,
    capabilities: input.Capabilities ?? [],
    notificationArns: input.NotificationARNs ?? [],
    roleArn: input.RoleARN,
    caller,
    onStackFailure: input.OnStackFailure ?? (isKept ? 'DO_NOTHING' : undefined),
    createdAt: context.now,
    clientToken: input.ClientToken,
    status: 'CREATE_PENDING',
    statusReason: undefined,
    executionStatus: 'UNAVAILABLE',
    changes: [],
  };
  if (!state.cloudFormation.stacks.has(stack.stackId)) {
    state.cloudFormation.stacks.set(stack.stackId, stack);
    setStackStatus(stack, 'REVIEW_IN_PROGRESS', context, 'User Initiated');
  }
  state.cloudFormation.changeSets.set(changeSetId, record);
  context.schedule(context.now + context.timing.stackStepMs, {
    service: 'cloudformation',
    type: 'timer',
    name: 'changeSetPending',
    id: changeSetId,
  });
  return { Id: changeSetId, StackId: stack.stackId };
}

function stackToCreate(input: CreateChangeSetInput, context: OperationContext): StackRecord {
  const stackName = input.StackName ?? '';
  checkStackName(stackName);
  const existing = findStack(context.state, stackName);
  if (existing !== undefined && isLive(existing)) {
    if (existing.status === 'REVIEW_IN_PROGRESS') return existing;
    throw validationError(
      `Stack [${stackName}] already exists and cannot be created again with the changeSet [${input.ChangeSetName ?? ''}].`,
    );
  }
  return newStack({ stackId: newStackId(context, stackName), stackName, status: 'REVIEW_IN_PROGRESS' }, context);
}
