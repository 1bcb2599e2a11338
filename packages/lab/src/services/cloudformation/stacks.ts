// stacks: finding them, making them, and saying what they are.
import type { DeploymentConfig, Parameter, Stack } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../control-plane/aws-error.js';
import { notEmulated } from '../../control-plane/not-emulated.js';
import type { LabState, OperationContext } from '../../control-plane/types.js';
import { validationError } from './refusals.js';
import type { ChangeSetRecord, ParameterValue, StackCaller, StackDefinition, StackRecord } from './state.js';
import { SECRET_TEXT } from './template/parameters.js';

/** By name (of a stack that is not deleted) or by id. */
export function findStack({ cloudFormation }: LabState, nameOrId = ''): StackRecord | undefined {
  if (nameOrId.startsWith('arn:')) return cloudFormation.stacks.get(nameOrId);
  return [...cloudFormation.stacks.values()].find((stack) => stack.stackName === nameOrId && isLive(stack));
}

export function isLive({ status }: Pick<StackRecord, 'status'>): boolean {
  return status !== 'DELETE_COMPLETE';
}

/** Throws ValidationError. */
export function requireStack(state: LabState, nameOrId = ''): StackRecord {
  const found = findStack(state, nameOrId);
  if (found === undefined) throw validationError(`Stack with id ${nameOrId} does not exist`);
  return found;
}

/** Of operations that change a stack: AWS words the refusal otherwise. */
export function requireLiveStack(state: LabState, nameOrId = ''): StackRecord {
  const found = findStack(state, nameOrId);
  if (found === undefined || !isLive(found)) throw validationError(`Stack [${nameOrId}] does not exist`);
  return found;
}

export function newStackId({ state, ids }: OperationContext, stackName: string): string {
  return `arn:aws:cloudformation:${state.region}:${state.accountId}:stack/${stackName}/${ids.uuid()}`;
}

/** Throws ValidationError for a name that AWS does not take. */
export function checkStackName(name: string): void {
  if (/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(name)) return;
  throw validationError(
    `1 validation error detected: Value '${name}' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
  );
}

interface NewStack {
  readonly stackId: string;
  readonly stackName: string;
  readonly status: StackRecord['status'];
  readonly definition?: StackDefinition | undefined;
}

export function newStack({ stackId, stackName, status, definition }: NewStack, context: OperationContext): StackRecord {
  return {
    stackId,
    stackName,
    definition,
    capabilities: [],
    notificationArns: [],
    roleArn: undefined,
    caller: undefined,
    disableRollback: false,
    timeoutMinutes: undefined,
    isProtected: false,
    createdAt: context.now,
    updatedAt: undefined,
    deletedAt: undefined,
    status,
    statusReason: undefined,
    changeSetId: undefined,
    outputs: [],
    resources: new Map(),
    events: [],
    operation: undefined,
    lastToken: undefined,
  };
}

/**
 * In whose name the stack acts: the role that is passed, else the caller. Throws ValidationError for a role that CloudFormation cannot
 * assume.
 */
export function stackCaller(roleArn: string | undefined, { state, caller }: OperationContext): StackCaller | undefined {
  if (roleArn === undefined)
    return caller.kind === 'instanceRole' ? { roleName: caller.roleName, sessionName: caller.instanceId } : undefined;
  const role = [...state.iam.roles.values()].find(({ arn }) => arn === roleArn);
  if (role === undefined || !role.assumeRolePolicyDocument.includes('cloudformation.amazonaws.com'))
    throw validationError(`Role ${roleArn} is invalid or cannot be assumed`);
  return { roleName: role.roleName, sessionName: 'AWSCloudFormation' };
}

export function descriptionOf({ template }: StackDefinition): string | undefined {
  return template.Description === undefined ? undefined : String(template.Description);
}

export function describeParameters(parameters: readonly ParameterValue[]): Parameter[] {
  return parameters.map(({ name, text, resolved, isSecret }) => ({
    ParameterKey: name,
    ParameterValue: isSecret ? SECRET_TEXT : text,
    ...(resolved !== undefined && { ResolvedValue: isSecret ? SECRET_TEXT : resolved }),
  }));
}

export function describeStack(stack: StackRecord): Stack {
  const { definition } = stack;
  const description = definition && descriptionOf(definition);
  return {
    StackId: stack.stackId,
    StackName: stack.stackName,
    ...(stack.changeSetId !== undefined && { ChangeSetId: stack.changeSetId }),
    ...(description !== undefined && { Description: description }),
    ...(definition !== undefined &&
      definition.parameters.length > 0 && { Parameters: describeParameters(definition.parameters) }),
    CreationTime: new Date(stack.createdAt),
    ...(stack.deletedAt !== undefined && { DeletionTime: new Date(stack.deletedAt) }),
    ...(stack.updatedAt !== undefined && { LastUpdatedTime: new Date(stack.updatedAt) }),
    RollbackConfiguration: {},
    StackStatus: stack.status,
    ...(stack.statusReason !== undefined && { StackStatusReason: stack.statusReason }),
    DisableRollback: stack.disableRollback,
    NotificationARNs: [...stack.notificationArns],
    ...(stack.timeoutMinutes !== undefined && { TimeoutInMinutes: stack.timeoutMinutes }),
    Capabilities: [...stack.capabilities],
    Outputs: [...stack.outputs],
    ...(stack.roleArn !== undefined && { RoleARN: stack.roleArn }),
    Tags: [...(definition?.tags ?? [])],
    EnableTerminationProtection: stack.isProtected,
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
  };
}

/** By name within a stack, or by ARN. Throws ChangeSetNotFound. */
export function requireChangeSet(
  state: LabState,
  nameOrId: string,
  stackNameOrId: string | undefined,
): ChangeSetRecord {
  const { changeSets } = state.cloudFormation;
  if (nameOrId.startsWith('arn:')) {
    const found = changeSets.get(nameOrId);
    if (found !== undefined) return found;
  } else {
    if (stackNameOrId === undefined)
      throw validationError('StackName must be specified if ChangeSetName is not specified as an ARN.');
    const stack = findStack(state, stackNameOrId);
    if (stack === undefined) throw validationError(`Stack [${stackNameOrId}] does not exist`);
    for (const found of changeSets.values())
      if (found.stackId === stack.stackId && found.changeSetName === nameOrId) return found;
  }
  throw new AwsError('ChangeSetNotFoundException', `ChangeSet [${nameOrId}] does not exist`, 404);
}

/**
 * Whether the stack keeps what a failed operation has made. Throws NotEmulatedError for the deployment mode EXPRESS, which waits for
 * nothing.
 */
export function keepsFailed(config: DeploymentConfig | undefined, disableRollback = false): boolean {
  if (config?.Mode !== undefined && config.Mode !== 'STANDARD') throw notEmulated(`the deployment mode ${config.Mode}`);
  return disableRollback || config?.DisableRollback === true;
}
