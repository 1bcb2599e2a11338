// marks: the tags by which clean-up remembers what it has done, on the thing itself, so that any machine can go on or undo it.
import type { Tag } from '@aws-sdk/client-ec2';

/** When Directrix disabled the image: ISO 8601. A disabled image without it was disabled by somebody else. */
export const disabledAtTag = 'directrix:disabled-at';
/** Accounts that the image was shared with before it was disabled, which forgets them. Separated by spaces. */
export const sharedWithTag = 'directrix:shared-with';
/** On a snapshot: when its image was deregistered, or was found to be gone. ISO 8601. */
export const orphanedAtTag = 'directrix:orphaned-at';
/** On a snapshot: the image that it was of. */
export const imageTag = 'directrix:image';
/** Whatever has it stays. */
export const keepTag = 'directrix:keep';
/** On an instance: until when it is kept as evidence. ISO 8601. Written by a rollout that halts. */
export const quarantineExpiresTag = 'directrix:quarantine-expires';

/** The longest value that a tag of EC2 may have. */
export const longestTagValue = 256;

export function tagOf(tags: readonly Tag[] | undefined, key: string): string | undefined {
  return tags?.find(({ Key }) => Key === key)?.Value;
}

/** Epoch milliseconds of a tag that holds a time; undefined without it, and for what is no time. */
export function timeOf(tags: readonly Tag[] | undefined, key: string): number | undefined {
  const at = Date.parse(tagOf(tags, key) ?? '');
  return Number.isNaN(at) ? undefined : at;
}

/** The accounts that `directrix:shared-with` names. */
export function accountsIn(tags: readonly Tag[] | undefined): string[] {
  return (tagOf(tags, sharedWithTag) ?? '').split(' ').filter((one) => one !== '');
}
