import * as schemas from '@aws-sdk/client-cloudwatch';
import type { ServiceDefinition } from '../../control-plane/types.js';
import { cloudWatchMembers } from './members.js';
import { keepMinutes, playCloudWatchEvent } from './minute.js';
import { cloudWatchOperations } from './operations.js';
import { cloudWatchPermissions } from './permissions.js';

/** As today's SDKs speak it. */
export const cloudWatchService: ServiceDefinition = {
  name: 'monitoring',
  protocol: 'awsJson1_1',
  jsonVersion: '1.0',
  apiVersion: '2010-08-01',
  targetPrefix: 'GraniteServiceVersion20100801',
  validationCode: 'ValidationError',
  schemas,
  permissions: cloudWatchPermissions,
  members: cloudWatchMembers,
  onEvent: playCloudWatchEvent,
  reconcile: keepMinutes,
  operations: cloudWatchOperations,
};

/** The same service as older tools speak it: the AWS CLI and boto3 of before 2025. */
export const cloudWatchQueryService: ServiceDefinition = {
  name: 'monitoring',
  protocol: 'awsQuery',
  apiVersion: '2010-08-01',
  xmlNamespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
  schemas,
  permissions: cloudWatchPermissions,
  members: cloudWatchMembers,
  operations: cloudWatchOperations,
};
