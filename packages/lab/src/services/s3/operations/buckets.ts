// Buckets: made, found, listed, deleted.
import type {
  CreateBucketOutput,
  CreateBucketRequest,
  DeleteBucketRequest,
  GetBucketLocationOutput,
  GetBucketLocationRequest,
  HeadBucketOutput,
  HeadBucketRequest,
  ListBucketsOutput,
} from '@aws-sdk/client-s3';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireBucket } from '../lookup.js';

const DEFAULT_ENCRYPTION = {
  ServerSideEncryptionConfiguration: {
    Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false }],
  },
};
const BLOCKED = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };

export function createBucket(input: CreateBucketRequest, { state, now }: OperationContext): CreateBucketOutput {
  const name = input.Bucket ?? '';
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name))
    throw new AwsError('InvalidBucketName', 'The specified bucket is not valid.');
  const place = input.CreateBucketConfiguration?.LocationConstraint ?? 'us-east-1';
  if (place !== state.region)
    throw new AwsError(
      'IllegalLocationConstraintException',
      `The ${place === 'us-east-1' ? 'unspecified' : place} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    );
  if (state.s3.buckets.has(name))
    throw new AwsError(
      'BucketAlreadyOwnedByYou',
      'Your previous request to create the named bucket succeeded and you already own it.',
      409,
    );
  state.s3.buckets.set(name, {
    name,
    createdAt: now,
    configurations: new Map<string, object>([
      ['Encryption', DEFAULT_ENCRYPTION],
      ['PublicAccessBlock', { PublicAccessBlockConfiguration: BLOCKED }],
    ]),
    objects: new Map(),
  });
  return { Location: `/${name}` };
}

export function headBucket(
  { Bucket, ExpectedBucketOwner }: HeadBucketRequest,
  { state }: OperationContext,
): HeadBucketOutput {
  requireBucket(state, Bucket, ExpectedBucketOwner);
  return { BucketRegion: state.region };
}

export function getBucketLocation(
  { Bucket, ExpectedBucketOwner }: GetBucketLocationRequest,
  { state }: OperationContext,
): GetBucketLocationOutput {
  requireBucket(state, Bucket, ExpectedBucketOwner);
  return state.region === 'us-east-1'
    ? {}
    : { LocationConstraint: state.region as NonNullable<GetBucketLocationOutput['LocationConstraint']> };
}

export function listBuckets(_input: object, { state }: OperationContext): ListBucketsOutput {
  return {
    Owner: { ID: state.accountId, DisplayName: 'lab' },
    Buckets: [...state.s3.buckets.values()]
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, createdAt }) => ({ Name: name, CreationDate: new Date(createdAt) })),
  };
}

export function deleteBucket(
  { Bucket, ExpectedBucketOwner }: DeleteBucketRequest,
  { state }: OperationContext,
): object {
  const bucket = requireBucket(state, Bucket, ExpectedBucketOwner);
  if (bucket.objects.size > 0) throw new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409);
  state.s3.buckets.delete(bucket.name);
  return {};
}
