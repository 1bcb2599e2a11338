import type { DeleteStackInput } from '@aws-sdk/client-cloudformation';
import type { OperationContext } from '../../../control-plane/types.js';
import { beginOperation, isUnderWay } from '../deployment/stack-operation.js';
import { setStackStatus } from '../events.js';
import { validationError } from '../refusals.js';
import { findStack, isLive, keepsFailed, stackCaller } from '../stacks.js';

/** A stack that does not exist is deleted already, as on AWS. */
export function deleteStack(input: DeleteStackInput, context: OperationContext): object {
  const stack = findStack(context.state, input.StackName);
  if (stack === undefined || !isLive(stack)) return {};
  keepsFailed(input.DeploymentConfig);
  if (stack.isProtected)
    throw validationError(`Stack [${stack.stackName}] cannot be deleted while TerminationProtection is enabled`);
  if (stack.status === 'DELETE_IN_PROGRESS') return {};
  if (isUnderWay(stack) && stack.status !== 'CREATE_IN_PROGRESS')
    throw validationError(`Stack:${stack.stackId} is in ${stack.status} state and can not be deleted.`);
  const retained = input.RetainResources ?? [];
  if (retained.length > 0 && stack.status !== 'DELETE_FAILED')
    throw validationError(
      `Invalid operation on stack [${stack.stackId}]. When you delete a stack, specify which resources to retain only when the stack is in the DELETE_FAILED state.`,
    );
  const strange = retained.filter((id) => !stack.resources.has(id));
  if (strange.length > 0)
    throw validationError(`The following resources do not exist in the stack: [${strange.join(', ')}]`);
  const caller = stackCaller(input.RoleARN ?? stack.roleArn, context);
  stack.caller = caller;
  for (const changeSet of [...context.state.cloudFormation.changeSets.values()])
    if (changeSet.stackId === stack.stackId) context.state.cloudFormation.changeSets.delete(changeSet.changeSetId);
  const { definition } = stack;
  if (definition === undefined) {
    stack.deletedAt = context.now;
    setStackStatus(stack, 'DELETE_COMPLETE', context);
    return {};
  }
  stack.lastToken = input.ClientRequestToken;
  beginOperation(stack, { kind: 'delete', goal: definition, retained, token: input.ClientRequestToken }, context);
  return {};
}
