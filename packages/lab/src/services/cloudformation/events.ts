// events: what a stack tells of itself, and the states that its events are about.
import type { ResourceStatus, StackStatus } from '@aws-sdk/client-cloudformation';
import type { ControlPlaneContext } from '../../control-plane/types.js';
import type { ResourceRecord, StackRecord } from './state.js';
import { SECRET_TEXT } from './template/parameters.js';

/** CloudFormation keeps events for 90 days; the lab keeps so many of a stack. */
const MOST_EVENTS = 10_000;

export function setStackStatus(
  stack: StackRecord,
  status: StackStatus,
  context: ControlPlaneContext,
  reason?: string,
): void {
  stack.status = status;
  stack.statusReason = reason;
  addEvent(stack, context, {
    logicalId: stack.stackName,
    physicalId: stack.stackId,
    type: 'AWS::CloudFormation::Stack',
    status: status as ResourceStatus,
    reason,
  });
}

export function setResourceStatus(
  stack: StackRecord,
  resource: ResourceRecord,
  status: ResourceStatus,
  context: ControlPlaneContext,
  reason?: string,
): void {
  resource.status = status;
  resource.statusReason = reason;
  resource.updatedAt = context.now;
  addEvent(stack, context, {
    logicalId: resource.logicalId,
    physicalId: resource.physicalId ?? '',
    type: resource.type,
    status,
    reason,
    properties: resource.properties,
  });
}

interface EventFacts {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: ResourceStatus;
  readonly reason: string | undefined;
  readonly properties?: object;
}

function addEvent(stack: StackRecord, { ids, now }: ControlPlaneContext, facts: EventFacts): void {
  const isStack = facts.physicalId === stack.stackId;
  stack.events.push({
    StackId: stack.stackId,
    StackName: stack.stackName,
    EventId: isStack
      ? ids.uuid()
      : `${facts.logicalId}-${facts.status}-${new Date(now).toISOString()}-${ids.hex('', 4)}`,
    LogicalResourceId: facts.logicalId,
    PhysicalResourceId: facts.physicalId,
    ResourceType: facts.type,
    Timestamp: new Date(now),
    ResourceStatus: facts.status,
    ...(facts.reason !== undefined && { ResourceStatusReason: facts.reason }),
    ...(facts.properties !== undefined && { ResourceProperties: hideSecrets(JSON.stringify(facts.properties), stack) }),
    ...(stack.operation?.token !== undefined && { ClientRequestToken: stack.operation.token }),
  });
  if (stack.events.length > MOST_EVENTS) stack.events.splice(0, stack.events.length - MOST_EVENTS);
}

/** A text about a stack's resources, with the values of its NoEcho parameters replaced. */
export function hideSecrets(
  text: string,
  { definition, operation }: Pick<StackRecord, 'definition' | 'operation'>,
): string {
  const secrets = [definition, operation?.goal, operation?.before]
    .flatMap((one) => one?.parameters ?? [])
    .filter(({ isSecret, text: value }) => isSecret && value !== '')
    .flatMap(({ text: value, resolved }) => (resolved === undefined ? [value] : [value, resolved]));
  return secrets.reduce((hidden, secret) => hidden.replaceAll(JSON.stringify(secret).slice(1, -1), SECRET_TEXT), text);
}
