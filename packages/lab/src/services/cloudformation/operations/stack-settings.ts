// What is done to a stack besides making, changing and deleting it.
import type {
  CancelUpdateStackInput,
  ContinueUpdateRollbackInput,
  RollbackStackInput,
  RollbackStackOutput,
  SignalResourceInput,
  UpdateTerminationProtectionInput,
  UpdateTerminationProtectionOutput,
} from '@aws-sdk/client-cloudformation';
import type { OperationContext } from '../../../control-plane/types.js';
import { continueRollback, rollBackNow } from '../deployment/stack-operation.js';
import { validationError } from '../refusals.js';
import { keepsFailed, requireLiveStack } from '../stacks.js';

export function updateTerminationProtection(
  input: UpdateTerminationProtectionInput,
  { state }: OperationContext,
): UpdateTerminationProtectionOutput {
  const stack = requireLiveStack(state, input.StackName);
  stack.isProtected = input.EnableTerminationProtection === true;
  return { StackId: stack.stackId };
}

/** What is under way is let go; the stack goes back. */
export function cancelUpdateStack(input: CancelUpdateStackInput, { state }: OperationContext): object {
  const stack = requireLiveStack(state, input.StackName);
  if (stack.status !== 'UPDATE_IN_PROGRESS' || stack.operation === undefined)
    throw validationError('CancelUpdateStack cannot be called from current stack status');
  stack.operation.isCancelled = true;
  return {};
}

export function continueUpdateRollback(input: ContinueUpdateRollbackInput, context: OperationContext): object {
  const stack = requireLiveStack(context.state, input.StackName);
  if (stack.status !== 'UPDATE_ROLLBACK_FAILED' || stack.operation === undefined)
    throw validationError(`Stack:${stack.stackId} is in ${stack.status} state and can not continue update rollback.`);
  const skipped = input.ResourcesToSkip ?? [];
  const failed = stack.operation.failedIds;
  const strange = skipped.filter((id) => !failed.includes(id));
  if (strange.length > 0)
    throw validationError(
      `Resources [${strange.join(', ')}] cannot be skipped: they are not in the UPDATE_FAILED state.`,
    );
  continueRollback(stack, skipped, input.ClientRequestToken, context);
  return {};
}

/** Of a stack that failed and kept what it had made. */
export function rollbackStack(input: RollbackStackInput, context: OperationContext): RollbackStackOutput {
  keepsFailed(input.DeploymentConfig);
  const stack = requireLiveStack(context.state, input.StackName);
  if (stack.operation === undefined || !['CREATE_FAILED', 'UPDATE_FAILED'].includes(stack.status))
    throw validationError(`Stack:${stack.stackId} is in ${stack.status} state and can not be rolled back.`);
  rollBackNow(stack, input.ClientRequestToken, context);
  return { StackId: stack.stackId };
}

/** Of a resource whose creation waits for signals. */
export function signalResource(input: SignalResourceInput, { state }: OperationContext): object {
  const stack = requireLiveStack(state, input.StackName);
  const record = stack.resources.get(input.LogicalResourceId ?? '');
  if (record === undefined)
    throw validationError(`Resource ${input.LogicalResourceId ?? ''} does not exist for stack ${stack.stackName}`);
  if (!record.status.endsWith('_IN_PROGRESS'))
    throw validationError(`Resource ${record.logicalId} is in ${record.status} state and cannot be signaled`);
  record.signals = new Map([
    ...record.signals,
    [input.UniqueId ?? '', input.Status === 'FAILURE' ? 'FAILURE' : 'SUCCESS'],
  ]);
  return {};
}
