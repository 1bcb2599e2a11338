import * as sts from '@aws-sdk/client-sts';
import type { ServiceDefinition } from '../../control-plane/types.js';
import { stsMembers } from './members.js';
import { stsOperations } from './operations.js';

export const stsService: ServiceDefinition = {
  name: 'sts',
  protocol: 'awsQuery',
  apiVersion: '2011-06-15',
  xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
  schemas: sts,
  // Whoever has credentials may ask who they are; whom a role trusts, its own policy says.
  permissions: (operationName, input) =>
    operationName === 'AssumeRole'
      ? [{ action: 'sts:AssumeRole', resource: (input as { readonly RoleArn?: string }).RoleArn ?? '*' }]
      : [],
  members: stsMembers,
  operations: stsOperations,
};
