import type { CreateInstanceProfileCommandInput, CreateInstanceProfileResponse } from '@aws-sdk/client-iam';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { checkEntityName, checkPath, describeInstanceProfile } from '../entities.js';
import type { InstanceProfileRecord } from '../state.js';

const LONGEST_PROFILE_NAME = 128;

export function createInstanceProfile(
  input: CreateInstanceProfileCommandInput,
  { state, ids, now }: OperationContext,
): CreateInstanceProfileResponse {
  const instanceProfileName = input.InstanceProfileName!;
  const path = checkPath(input.Path);
  checkEntityName('instanceProfileName', instanceProfileName, LONGEST_PROFILE_NAME);
  if (state.iam.instanceProfiles.has(instanceProfileName)) {
    throw new AwsError('EntityAlreadyExists', `Instance Profile ${instanceProfileName} already exists.`, 409);
  }
  const profile: InstanceProfileRecord = {
    instanceProfileName,
    arn: `arn:aws:iam::${state.accountId}:instance-profile${path}${instanceProfileName}`,
    instanceProfileId: ids.hex('AIPA', 17).toUpperCase(),
    path,
    createdAt: now,
    roleNames: [],
  };
  state.iam.instanceProfiles.set(instanceProfileName, profile);
  return { InstanceProfile: describeInstanceProfile(state, profile) };
}
