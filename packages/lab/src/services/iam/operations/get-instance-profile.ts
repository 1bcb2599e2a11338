import type { GetInstanceProfileCommandInput, GetInstanceProfileResponse } from '@aws-sdk/client-iam';
import type { OperationContext } from '../../../control-plane/types.js';
import { describeInstanceProfile, findInstanceProfile } from '../entities.js';

export function getInstanceProfile(
  input: GetInstanceProfileCommandInput,
  { state }: OperationContext,
): GetInstanceProfileResponse {
  const profile = findInstanceProfile(state, input.InstanceProfileName!);
  return { InstanceProfile: describeInstanceProfile(state, profile) };
}
