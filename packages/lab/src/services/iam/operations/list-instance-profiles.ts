import type { ListInstanceProfilesCommandInput, ListInstanceProfilesResponse } from '@aws-sdk/client-iam';
import type { OperationContext } from '../../../control-plane/types.js';
import { describeInstanceProfile } from '../entities.js';
import { takeMarkedPage } from '../paging.js';

export function listInstanceProfiles(
  input: ListInstanceProfilesCommandInput,
  { state }: OperationContext,
): ListInstanceProfilesResponse {
  const { PathPrefix = '/' } = input;
  const profiles = [...state.iam.instanceProfiles.values()].filter(({ path }) => path.startsWith(PathPrefix));
  const { items, ...rest } = takeMarkedPage(profiles, ({ instanceProfileName }) => instanceProfileName, input);
  return { InstanceProfiles: items.map((profile) => describeInstanceProfile(state, profile)), ...rest };
}
