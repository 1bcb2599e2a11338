import type { UpdateStackInput, UpdateStackOutput } from '@aws-sdk/client-cloudformation';
import type { OperationContext } from '../../../control-plane/types.js';
import { compareStack } from '../change-sets.js';
import { stackFacts } from '../deployment/stack-evaluation.js';
import { beginOperation } from '../deployment/stack-operation.js';
import { validationError } from '../refusals.js';
import { keepsFailed, requireLiveStack, stackCaller } from '../stacks.js';
import type { StackDefinition, StackRecord } from '../state.js';
import { readDefinition } from '../template/definition.js';

const UPDATABLE = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'CREATE_FAILED', 'UPDATE_FAILED'];

export function updateStack(input: UpdateStackInput, context: OperationContext): UpdateStackOutput {
  const stack = requireLiveStack(context.state, input.StackName);
  if (input.ClientRequestToken !== undefined && stack.lastToken === input.ClientRequestToken)
    return { StackId: stack.stackId };
  checkUpdatable(stack);
  const isKept = keepsFailed(input.DeploymentConfig, input.DisableRollback);
  const caller = stackCaller(input.RoleARN ?? stack.roleArn, context);
  const goal = readDefinition(input, stackFacts(stack, context), stack.definition, context);
  if (isSameApartFromResources(stack, goal) && compareStack(stack, goal, context).length === 0)
    throw validationError('No updates are to be performed.');
  beginUpdate(stack, goal, { isKept, token: input.ClientRequestToken }, context);
  stack.roleArn = input.RoleARN ?? stack.roleArn;
  stack.caller = caller;
  stack.capabilities = input.Capabilities ?? [];
  stack.notificationArns = input.NotificationARNs ?? stack.notificationArns;
  return { StackId: stack.stackId };
}

/** Throws ValidationError. */
export function checkUpdatable({ stackId, status }: StackRecord): void {
  if (UPDATABLE.includes(status)) return;
  throw validationError(`Stack:${stackId} is in ${status} state and can not be updated.`);
}

/** Whether everything but the resources stays as it is: outputs, parameters and tags. Never so after a failure. */
export function isSameApartFromResources(stack: StackRecord, goal: StackDefinition): boolean {
  const outputs = ({ template, parameters, tags }: StackDefinition) =>
    JSON.stringify([template.Outputs ?? {}, parameters.map(({ value }) => value), tags]);
  const { definition } = stack;
  if (stack.status === 'CREATE_FAILED' || stack.status === 'UPDATE_FAILED') return false;
  return definition !== undefined && outputs(definition) === outputs(goal);
}

export function beginUpdate(
  stack: StackRecord,
  goal: StackDefinition,
  { isKept, token }: { readonly isKept: boolean; readonly token: string | undefined },
  context: OperationContext,
): void {
  stack.updatedAt = context.now;
  stack.lastToken = token;
  stack.disableRollback = isKept;
  beginOperation(
    stack,
    { kind: 'update', goal, before: stack.definition, onFailure: isKept ? 'DO_NOTHING' : 'ROLLBACK', token },
    context,
  );
}
