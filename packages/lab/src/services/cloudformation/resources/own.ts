// own: what CloudFormation and the CDK have of their own.
import type { ResourceType } from './resource-type.js';

/** What the CDK says of itself. It has no effect. */
export const cdkMetadata: ResourceType = {
  acts: '',
  noEffect: 'Analytics',
  updates: 'Analytics',
  create: (request) => request.created(request.generateName(255)),
  update: () => undefined,
  delete: () => undefined,
};

/** An address to which nobody needs to write: a wait condition waits for the signals of its CreationPolicy. */
export const waitConditionHandle: ResourceType = {
  acts: '',
  create: ({ created, state, stackName, logicalId, randomId }) =>
    created(
      `https://cloudformation-waitcondition-${state.region}.s3.${state.region}.amazonaws.com/${stackName}/${logicalId}/${randomId(16)}`,
    ),
  delete: () => undefined,
  attributes: ({ physicalId }) => ({ Id: physicalId }),
};
