import type { LabState } from '../../control-plane/types.js';
import { groupNameOf } from './log-group.js';
import { groupNotFound, invalidParameter } from './refusal.js';
import type { LogGroupRecord } from './state.js';

const MOST_TAGS = 50;

/** The group of a tagged resource's ARN. Throws ResourceNotFoundException. */
export function findTagged(state: LabState, resourceArn = ''): LogGroupRecord {
  if (!resourceArn.startsWith('arn:')) throw invalidParameter(`The ARN '${resourceArn}' is invalid.`);
  const group = state.logs.groups.get(groupNameOf(resourceArn));
  if (group === undefined) throw groupNotFound();
  return group;
}

/** Throws TooManyTagsException, and then sets none. */
export function setTags({ tags }: LogGroupRecord, given: Readonly<Record<string, string>> = {}): void {
  const names = new Set([...tags.keys(), ...Object.keys(given)]);
  if (names.size > MOST_TAGS) throw invalidParameter(`A log group has at most ${MOST_TAGS} tags.`);
  for (const [name, value] of Object.entries(given)) tags.set(name, value);
}
