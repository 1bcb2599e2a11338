import { createHash } from 'node:crypto';
import { AwsError } from '../../control-plane/aws-error.js';
import type { LabState } from '../../control-plane/types.js';
import type { BucketRecord, ObjectRecord } from './state.js';

/** All objects and parts of a lab's region together. */
const MOST_BYTES = 512 * 1_048_576;

/** Throws NoSuchBucket, and AccessDenied when the bucket is not of the account that is expected. */
export function requireBucket({ s3, accountId }: LabState, name = '', expectedOwner?: string): BucketRecord {
  const found = s3.buckets.get(name);
  if (found === undefined) throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
  if (expectedOwner !== undefined && expectedOwner !== accountId)
    throw new AwsError('AccessDenied', 'Access Denied', 403);
  return found;
}

/** Throws NoSuchKey. */
export function requireObject(bucket: BucketRecord, key = ''): ObjectRecord {
  const found = bucket.objects.get(key);
  if (found === undefined) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
  return found;
}

export function etagOf(body: Uint8Array): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}

/** Throws SlowDown when the lab holds as much as it may. */
export function checkRoom({ s3 }: LabState, more: number): void {
  let bytes = more;
  for (const { objects } of s3.buckets.values()) for (const { body } of objects.values()) bytes += body.byteLength;
  for (const { parts } of s3.uploads.values()) for (const { body } of parts.values()) bytes += body.byteLength;
  if (bytes > MOST_BYTES) throw new AwsError('SlowDown', `The lab holds at most ${MOST_BYTES} bytes of objects.`, 503);
}
