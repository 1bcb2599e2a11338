import * as schemas from '@aws-sdk/client-cloudwatch-logs';
import type { ServiceDefinition } from '../../control-plane/types.js';
import { logsMembers } from './members.js';
import { logsOperations } from './operations.js';
import { logsPermissions } from './permissions.js';

export const logsService: ServiceDefinition = {
  name: 'logs',
  protocol: 'awsJson1_1',
  apiVersion: '2014-03-28',
  targetPrefix: 'Logs_20140328',
  validationCode: 'InvalidParameterException',
  schemas,
  permissions: logsPermissions,
  members: logsMembers,
  operations: logsOperations,
};
