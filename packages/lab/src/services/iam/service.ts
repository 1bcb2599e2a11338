import * as iam from '@aws-sdk/client-iam';
import type { ServiceDefinition } from '../../control-plane/types.js';
import { iamMembers } from './members.js';
import { iamOperations } from './operations.js';

export const iamService: ServiceDefinition = {
  name: 'iam',
  protocol: 'awsQuery',
  apiVersion: '2010-05-08',
  xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
  schemas: iam,
  members: iamMembers,
  operations: iamOperations,
};
