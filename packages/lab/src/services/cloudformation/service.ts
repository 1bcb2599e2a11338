import { createRequire } from 'node:module';
import type { ControlPlaneContext, LabEvent, ServiceDefinition } from '../../control-plane/types.js';
import { playStackStep } from './deployment/stack-operation.js';
import { cloudFormationMembers } from './members.js';
import { finishChangeSet } from './operations/change-sets.js';
import { cloudFormationOperations } from './operations.js';

const require = createRequire(import.meta.url);

function onEvent(event: LabEvent, context: ControlPlaneContext): void {
  if (event.type !== 'timer') return;
  if (event.name === 'stackStep') playStackStep(event.id, event.data, context);
  if (event.name === 'changeSetPending') finishChangeSet(event.id, context);
}

export const cloudFormationService: ServiceDefinition = {
  name: 'cloudformation',
  protocol: 'awsQuery',
  apiVersion: '2010-05-15',
  xmlNamespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
  // Most labs never see a stack: the client is loaded when the first request asks for one.
  get schemas() {
    return require('@aws-sdk/client-cloudformation') as Readonly<Record<string, unknown>>;
  },
  members: cloudFormationMembers,
  operations: cloudFormationOperations,
  onEvent,
};
