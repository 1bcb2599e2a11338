import type { ControlPlaneContext } from '../../../control-plane/types.js';
import { resourceTypeOf } from '../resources/index.js';
import type { ResourceRecord, StackDefinition, StackRecord } from '../state.js';
import { Evaluation, type StackFacts } from '../template/evaluation.js';
import { openRequest } from './resource-request.js';

export function stackFacts(
  stack: Pick<StackRecord, 'stackId' | 'stackName' | 'notificationArns'>,
  context: ControlPlaneContext,
): StackFacts {
  const { stackId, stackName, notificationArns } = stack;
  return { state: context.state, stackId, stackName, notificationArns };
}

/** A definition worked out with what the stack's resources are now. `isThere` says which of them may be named already. */
export function evaluateStack(
  stack: StackRecord,
  definition: Pick<StackDefinition, 'template' | 'parameters'>,
  context: ControlPlaneContext,
  isThere: (logicalId: string) => boolean = () => true,
): Evaluation {
  const find = (logicalId: string): ResourceRecord | undefined => {
    const record = stack.resources.get(logicalId);
    return record?.physicalId !== undefined && isThere(logicalId) ? record : undefined;
  };
  return new Evaluation(definition, stackFacts(stack, context), {
    ref: (logicalId) => {
      const record = find(logicalId);
      return record && refOf(stack, record, context);
    },
    attribute: (logicalId, attribute) => find(logicalId)?.attributes[attribute],
  });
}

export function refOf(stack: StackRecord, record: ResourceRecord, context: ControlPlaneContext): unknown {
  const type = resourceTypeOf(record.type);
  return type?.ref?.(openRequest(stack, record, context)) ?? record.physicalId;
}
