import * as schemas from '@aws-sdk/client-auto-scaling';
import type { ServiceDefinition } from '../../control-plane/types.js';
import { autoScalingMembers } from './members.js';
import { autoScalingOperations } from './operations.js';
import { autoScalingPermissions } from './permissions.js';
import { playTimer, reconcileGroups } from './reconcile.js';

export const autoScalingService: ServiceDefinition = {
  name: 'autoscaling',
  protocol: 'awsQuery',
  apiVersion: '2011-01-01',
  xmlNamespace: 'http://autoscaling.amazonaws.com/doc/2011-01-01/',
  schemas,
  permissions: autoScalingPermissions,
  members: autoScalingMembers,
  operations: autoScalingOperations,
  onEvent: playTimer,
  reconcile: reconcileGroups,
};
