import type { Tag } from '@aws-sdk/client-ssm';
import { AwsError } from '../../control-plane/aws-error.js';
import { notEmulated } from '../../control-plane/not-emulated.js';
import type { LabState } from '../../control-plane/types.js';
import { lookUpParameter } from './parameter-reference.js';
import type { ParameterRecord } from './state.js';

const MOST_TAGS = 50;

/** Throws TooManyTagsError, or ValidationException for a key that is used twice. */
export function checkTags(tags: readonly Tag[]): void {
  if (tags.length > MOST_TAGS) {
    throw new AwsError(
      'TooManyTagsError',
      `The Targets parameter includes too many tags: ${tags.length} of at most ${MOST_TAGS}.`,
    );
  }
  if (new Set(tags.map(({ Key }) => Key)).size < tags.length) {
    throw new AwsError('ValidationException', 'Duplicate tag keys are not allowed.');
  }
}

/** The parameter that a tagging operation is about. Throws InvalidResourceType or InvalidResourceId. */
export function findTaggedParameter(
  state: LabState,
  { ResourceType, ResourceId }: { readonly ResourceType: string | undefined; readonly ResourceId: string | undefined },
): ParameterRecord {
  if (ResourceType !== 'Parameter') {
    throw notEmulated(`tags of the resource type ${ResourceType}`);
  }
  const record = lookUpParameter(state, ResourceId ?? '');
  if (record !== undefined) return record;
  throw new AwsError(
    'InvalidResourceId',
    'The resource ID is not valid. Verify that you entered the correct ID and try again.',
  );
}
