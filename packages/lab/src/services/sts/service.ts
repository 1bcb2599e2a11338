import * as sts from '@aws-sdk/client-sts';
import type { ServiceDefinition } from '../../control-plane/types.js';
import { getCallerIdentity } from './operations/get-caller-identity.js';

export const stsService: ServiceDefinition = {
  name: 'sts',
  protocol: 'awsQuery',
  apiVersion: '2011-06-15',
  xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
  schemas: sts,
  // Whoever has credentials may ask who they are.
  permissions: () => [],
  operations: { GetCallerIdentity: getCallerIdentity },
};
