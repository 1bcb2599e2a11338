import type { CreateStackInput, CreateStackOutput } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { beginOperation } from '../deployment/stack-operation.js';
import { validationError } from '../refusals.js';
import { checkStackName, findStack, keepsFailed, newStack, newStackId, stackCaller } from '../stacks.js';
import { readDefinition } from '../template/definition.js';

/** Answers at once; the resources are made in time. */
export function createStack(input: CreateStackInput, context: OperationContext): CreateStackOutput {
  const { state } = context;
  const stackName = input.StackName ?? '';
  checkStackName(stackName);
  if (input.OnFailure !== undefined && input.DisableRollback !== undefined)
    throw validationError('You can specify either DisableRollback or OnFailure, but not both.');
  const existing = findStack(state, stackName);
  if (existing !== undefined) {
    if (input.ClientRequestToken !== undefined && existing.lastToken === input.ClientRequestToken)
      return { StackId: existing.stackId };
    throw new AwsError('AlreadyExistsException', `Stack [${stackName}] already exists`);
  }
  const stackId = newStackId(context, stackName);
  const notificationArns = input.NotificationARNs ?? [];
  const caller = stackCaller(input.RoleARN, context);
  const goal = readDefinition(input, { state, stackId, stackName, notificationArns }, undefined, context);
  const isKept = keepsFailed(input.DeploymentConfig, input.DisableRollback);
  const onFailure = input.OnFailure ?? (isKept ? 'DO_NOTHING' : 'ROLLBACK');
  const stack = newStack({ stackId, stackName, status: 'CREATE_IN_PROGRESS', definition: goal }, context);
  stack.capabilities = input.Capabilities ?? [];
  stack.notificationArns = notificationArns;
  stack.roleArn = input.RoleARN;
  stack.caller = caller;
  stack.disableRollback = onFailure === 'DO_NOTHING';
  stack.timeoutMinutes = input.TimeoutInMinutes;
  stack.isProtected = input.EnableTerminationProtection ?? false;
  stack.lastToken = input.ClientRequestToken;
  state.cloudFormation.stacks.set(stackId, stack);
  beginOperation(
    stack,
    { kind: 'create', goal, onFailure, timeoutMinutes: input.TimeoutInMinutes, token: input.ClientRequestToken },
    context,
  );
  return { StackId: stackId };
}
