// Configurations of a bucket: kept as they are put, answered when asked for, and without effect on its objects.
import { AwsError } from '../../../control-plane/aws-error.js';
import type { Operation } from '../../../control-plane/types.js';
import { requireBucket } from '../lookup.js';

interface BucketInput {
  readonly Bucket?: string;
  readonly ExpectedBucketOwner?: string;
}

interface Configuration {
  /** As the operations call it: `Get…`, `Put…`, `Delete…`. */
  readonly operation: string;
  /** The members of the answer, and of what is put: `[answer, put]` where they differ. */
  readonly member: string;
  readonly put?: string;
  /** What S3 says when there is none; undefined where it answers with nothing. */
  readonly missing?: readonly [code: string, message: string];
}

const CONFIGURATIONS: readonly Configuration[] = [
  {
    operation: 'BucketEncryption',
    member: 'ServerSideEncryptionConfiguration',
    missing: [
      'ServerSideEncryptionConfigurationNotFoundError',
      'The server side encryption configuration was not found',
    ],
  },
  { operation: 'BucketVersioning', member: '', put: 'VersioningConfiguration' },
  {
    operation: 'PublicAccessBlock',
    member: 'PublicAccessBlockConfiguration',
    missing: ['NoSuchPublicAccessBlockConfiguration', 'The public access block configuration was not found'],
  },
  { operation: 'BucketPolicy', member: 'Policy', missing: ['NoSuchBucketPolicy', 'The bucket policy does not exist'] },
  { operation: 'BucketTagging', member: '', put: 'Tagging', missing: ['NoSuchTagSet', 'The TagSet does not exist'] },
  {
    operation: 'BucketLifecycleConfiguration',
    member: '',
    put: 'LifecycleConfiguration',
    missing: ['NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist'],
  },
];

/** Those that AWS has no `Delete…` of. */
const NEVER_DELETED = ['BucketVersioning'];

function nameOf({ operation }: Configuration): string {
  return operation.replace(/^Bucket/, '').replace(/Configuration$/, '');
}

function read(configuration: Configuration): Operation<BucketInput, object> {
  return ({ Bucket, ExpectedBucketOwner }, { state }) => {
    const found = requireBucket(state, Bucket, ExpectedBucketOwner).configurations.get(nameOf(configuration));
    if (found !== undefined) return found;
    if (configuration.missing === undefined) return {};
    const [code, message] = configuration.missing;
    throw new AwsError(code, message, 404);
  };
}

function write({ member, put = member, ...rest }: Configuration): Operation<BucketInput, object> {
  return (input, { state }) => {
    const value = (input as Readonly<Record<string, unknown>>)[put];
    const { configurations } = requireBucket(state, input.Bucket, input.ExpectedBucketOwner);
    configurations.set(nameOf({ member, ...rest }), member === '' ? (value as object) : { [member]: value });
    return {};
  };
}

function remove(configuration: Configuration): Operation<BucketInput, object> {
  return ({ Bucket, ExpectedBucketOwner }, { state }) => {
    requireBucket(state, Bucket, ExpectedBucketOwner).configurations.delete(nameOf(configuration));
    return {};
  };
}

export const configurationOperations: Readonly<Record<string, Operation<BucketInput, object>>> = Object.fromEntries(
  CONFIGURATIONS.flatMap((one) => [
    [`Get${one.operation}`, read(one)],
    [`Put${one.operation}`, write(one)],
    // The rules of a lifecycle are deleted by an operation of a shorter name.
    ...(NEVER_DELETED.includes(one.operation)
      ? []
      : [
          [
            `Delete${one.operation === 'BucketLifecycleConfiguration' ? 'BucketLifecycle' : one.operation}`,
            remove(one),
          ] as const,
        ]),
  ]),
);
