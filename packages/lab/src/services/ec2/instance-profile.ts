import type { IamInstanceProfile, IamInstanceProfileSpecification } from '@aws-sdk/client-ec2';
import type { ControlPlaneContext } from '../../control-plane/types.js';
import { invalidParameterCombination, invalidParameterValue } from './refusals.js';

/** The profile that a launch names by ARN or by name, as an instance shows it. Throws what AWS answers for a wrong one. */
export function requireInstanceProfile(
  wanted: IamInstanceProfileSpecification,
  context: ControlPlaneContext,
): IamInstanceProfile {
  const { Arn: arn, Name: name } = wanted;
  if (arn !== undefined && name !== undefined) {
    throw invalidParameterCombination(
      "The parameter 'iamInstanceProfile.name' may not be used in combination with 'iamInstanceProfile.arn'",
    );
  }
  for (const profile of context.state.iam.instanceProfiles.values()) {
    if (profile.arn === arn || profile.instanceProfileName === name) {
      return { Arn: profile.arn, Id: profile.instanceProfileId };
    }
  }
  throw arn === undefined
    ? invalidParameterValue(
        `Value (${name}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name`,
      )
    : invalidParameterValue(
        `Value (${arn}) for parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN`,
      );
}
