import * as ssm from '@aws-sdk/client-ssm';
import type { ServiceDefinition } from '../../control-plane/types.js';
import { ssmMembers } from './members.js';
import { ssmOperations } from './operations.js';
import { ssmPermissions } from './permissions.js';

export const ssmService: ServiceDefinition = {
  name: 'ssm',
  protocol: 'awsJson1_1',
  apiVersion: '2014-11-06',
  targetPrefix: 'AmazonSSM',
  schemas: ssm,
  permissions: ssmPermissions,
  members: ssmMembers,
  operations: ssmOperations,
};
