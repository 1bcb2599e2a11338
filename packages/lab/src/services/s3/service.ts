import { createRequire } from 'node:module';
import type { ServiceDefinition } from '../../control-plane/types.js';
import { s3Members } from './members.js';
import { s3Operations } from './operations.js';

const require = createRequire(import.meta.url);

interface ObjectInput {
  readonly Bucket?: string;
  readonly Key?: string;
  readonly Delete?: { readonly Objects?: readonly { readonly Key?: string }[] };
}

/** As IAM calls the operations: by what they do to an object or a bucket. */
const ACTIONS: Readonly<Record<string, string>> = {
  AbortMultipartUpload: 's3:AbortMultipartUpload',
  CompleteMultipartUpload: 's3:PutObject',
  CreateMultipartUpload: 's3:PutObject',
  DeleteBucketEncryption: 's3:PutEncryptionConfiguration',
  DeleteBucketLifecycle: 's3:PutLifecycleConfiguration',
  DeleteBucketTagging: 's3:PutBucketTagging',
  DeleteObjects: 's3:DeleteObject',
  DeletePublicAccessBlock: 's3:PutBucketPublicAccessBlock',
  GetBucketEncryption: 's3:GetEncryptionConfiguration',
  GetBucketLifecycleConfiguration: 's3:GetLifecycleConfiguration',
  GetPublicAccessBlock: 's3:GetBucketPublicAccessBlock',
  HeadBucket: 's3:ListBucket',
  HeadObject: 's3:GetObject',
  ListBuckets: 's3:ListAllMyBuckets',
  ListObjectsV2: 's3:ListBucket',
  PutBucketEncryption: 's3:PutEncryptionConfiguration',
  PutBucketLifecycleConfiguration: 's3:PutLifecycleConfiguration',
  PutPublicAccessBlock: 's3:PutBucketPublicAccessBlock',
  UploadPart: 's3:PutObject',
};

export const s3Service: ServiceDefinition = {
  name: 's3',
  protocol: 'restXml',
  apiVersion: '2006-03-01',
  // Most labs keep no objects: the client is loaded when the first request asks for one.
  get schemas() {
    return require('@aws-sdk/client-s3') as Readonly<Record<string, unknown>>;
  },
  permissions: (operationName, input) => {
    const { Bucket, Key, Delete } = input as ObjectInput;
    const action = ACTIONS[operationName] ?? `s3:${operationName}`;
    if (Bucket === undefined) return [{ action, resource: '*' }];
    const keys = Delete?.Objects?.map((one) => one.Key) ?? [Key];
    return keys.map((key) => ({ action, resource: `arn:aws:s3:::${Bucket}${key === undefined ? '' : `/${key}`}` }));
  },
  members: s3Members,
  operations: s3Operations,
};
