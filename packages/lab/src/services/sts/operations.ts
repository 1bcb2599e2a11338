import type { ServiceDefinition } from '../../control-plane/types.js';
import { assumeRole } from './operations/assume-role.js';
import { getCallerIdentity } from './operations/get-caller-identity.js';

export const stsOperations: ServiceDefinition['operations'] = {
  AssumeRole: assumeRole,
  GetCallerIdentity: getCallerIdentity,
};
