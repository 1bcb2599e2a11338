// Objects: put, read, listed, deleted, and put in parts.
import type {
  AbortMultipartUploadRequest,
  CompleteMultipartUploadOutput,
  CompleteMultipartUploadRequest,
  CreateMultipartUploadOutput,
  CreateMultipartUploadRequest,
  DeleteObjectRequest,
  DeleteObjectsOutput,
  DeleteObjectsRequest,
  GetObjectRequest,
  HeadObjectOutput,
  HeadObjectRequest,
  ListObjectsV2Output,
  ListObjectsV2Request,
  PutObjectOutput,
  PutObjectRequest,
  UploadPartOutput,
  UploadPartRequest,
} from '@aws-sdk/client-s3';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { takePage } from '../../page.js';
import { checkRoom, etagOf, requireBucket, requireObject } from '../lookup.js';
import type { ObjectRecord, UploadRecord } from '../state.js';

const PAGE_SIZE = 1_000;

function bytesOf(body: unknown): Uint8Array {
  return body instanceof Uint8Array ? body : new Uint8Array();
}

function factsOf(input: PutObjectRequest | CreateMultipartUploadRequest): UploadRecord['facts'] {
  const encodings = input.ContentEncoding?.split(',').filter((one) => one.trim() !== 'aws-chunked');
  return {
    contentType: input.ContentType,
    contentEncoding: encodings?.length ? encodings.join(',') : undefined,
    cacheControl: input.CacheControl,
    contentDisposition: input.ContentDisposition,
    metadata: input.Metadata ?? {},
  };
}

export function putObject(
  input: PutObjectRequest & { readonly Body?: unknown },
  { state, now }: OperationContext,
): PutObjectOutput {
  const bucket = requireBucket(state, input.Bucket, input.ExpectedBucketOwner);
  const body = bytesOf(input.Body);
  checkRoom(state, body.byteLength);
  const key = input.Key ?? '';
  const record: ObjectRecord = { key, body, etag: etagOf(body), modifiedAt: now, ...factsOf(input) };
  bucket.objects.set(key, record);
  return { ETag: record.etag, ServerSideEncryption: 'AES256' };
}

function describeObject(record: ObjectRecord): HeadObjectOutput {
  return {
    ETag: record.etag,
    LastModified: new Date(record.modifiedAt),
    ContentLength: record.body.byteLength,
    AcceptRanges: 'bytes',
    ContentType: record.contentType ?? 'binary/octet-stream',
    ContentEncoding: record.contentEncoding,
    CacheControl: record.cacheControl,
    ContentDisposition: record.contentDisposition,
    ServerSideEncryption: 'AES256',
    Metadata: { ...record.metadata },
  };
}

export function headObject(input: HeadObjectRequest, { state }: OperationContext): HeadObjectOutput {
  return describeObject(requireObject(requireBucket(state, input.Bucket, input.ExpectedBucketOwner), input.Key));
}

export function getObject(input: GetObjectRequest, { state }: OperationContext): object {
  const record = requireObject(requireBucket(state, input.Bucket, input.ExpectedBucketOwner), input.Key);
  return { ...describeObject(record), Body: record.body };
}

export function deleteObject(input: DeleteObjectRequest, { state }: OperationContext): object {
  requireBucket(state, input.Bucket, input.ExpectedBucketOwner).objects.delete(input.Key ?? '');
  return {};
}

export function deleteObjects(input: DeleteObjectsRequest, { state }: OperationContext): DeleteObjectsOutput {
  const { objects } = requireBucket(state, input.Bucket, input.ExpectedBucketOwner);
  const keys = (input.Delete?.Objects ?? []).map(({ Key = '' }) => Key);
  for (const key of keys) objects.delete(key);
  return input.Delete?.Quiet === true ? {} : { Deleted: keys.map((Key) => ({ Key })) };
}

export function listObjectsV2(input: ListObjectsV2Request, { state }: OperationContext): ListObjectsV2Output {
  const { Prefix = '', Delimiter = '', StartAfter = '', MaxKeys = PAGE_SIZE } = input;
  const { objects, name } = requireBucket(state, input.Bucket, input.ExpectedBucketOwner);
  const keys = [...objects.keys()].filter((key) => key.startsWith(Prefix) && key > StartAfter).sort();
  // What shares a prefix up to the delimiter is one entry.
  const entryOf = (key: string) => {
    const end = Delimiter === '' ? -1 : key.indexOf(Delimiter, Prefix.length);
    return end === -1 ? key : key.slice(0, end + Delimiter.length);
  };
  const entries = [...new Set(keys.map(entryOf))];
  const page = takePage(entries, input.ContinuationToken, Math.min(Math.max(MaxKeys, 1), PAGE_SIZE), 'InvalidArgument');
  const contents = page.items.flatMap((entry) => objects.get(entry) ?? []);
  return {
    Name: name,
    Prefix,
    ...(Delimiter !== '' && { Delimiter }),
    MaxKeys,
    KeyCount: page.items.length,
    IsTruncated: page.next !== undefined,
    ...(page.next !== undefined && { NextContinuationToken: page.next }),
    Contents: contents.map(({ key, etag, modifiedAt, body }) => ({
      Key: key,
      ETag: etag,
      LastModified: new Date(modifiedAt),
      Size: body.byteLength,
      StorageClass: 'STANDARD',
    })),
    CommonPrefixes: page.items.filter((entry) => !objects.has(entry)).map((entry) => ({ Prefix: entry })),
  };
}

export function createMultipartUpload(
  input: CreateMultipartUploadRequest,
  { state, ids }: OperationContext,
): CreateMultipartUploadOutput {
  const bucket = requireBucket(state, input.Bucket, input.ExpectedBucketOwner);
  const uploadId = ids.hex('', 32);
  const key = input.Key ?? '';
  state.s3.uploads.set(uploadId, { uploadId, bucketName: bucket.name, key, facts: factsOf(input), parts: new Map() });
  return { Bucket: bucket.name, Key: key, UploadId: uploadId };
}

function requireUpload(
  { state }: OperationContext,
  { Bucket, Key, UploadId = '', ExpectedBucketOwner }: AbortMultipartUploadRequest,
): UploadRecord {
  requireBucket(state, Bucket, ExpectedBucketOwner);
  const found = state.s3.uploads.get(UploadId);
  if (found === undefined || found.bucketName !== Bucket || found.key !== Key)
    throw new AwsError(
      'NoSuchUpload',
      'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
      404,
    );
  return found;
}

export function uploadPart(
  input: UploadPartRequest & { readonly Body?: unknown },
  context: OperationContext,
): UploadPartOutput {
  const upload = requireUpload(context, input);
  const body = bytesOf(input.Body);
  checkRoom(context.state, body.byteLength);
  const etag = etagOf(body);
  upload.parts.set(input.PartNumber ?? 0, { etag, body });
  return { ETag: etag };
}

export function completeMultipartUpload(
  input: CompleteMultipartUploadRequest,
  context: OperationContext,
): CompleteMultipartUploadOutput {
  const { state, now } = context;
  const upload = requireUpload(context, input);
  const bucket = requireBucket(state, upload.bucketName);
  const parts = (input.MultipartUpload?.Parts ?? []).map(({ PartNumber = 0, ETag = '' }) => {
    const part = upload.parts.get(PartNumber);
    if (part === undefined || part.etag !== (ETag.startsWith('"') ? ETag : `"${ETag}"`))
      throw new AwsError('InvalidPart', 'One or more of the specified parts could not be found.');
    return part.body;
  });
  const body = new Uint8Array(Buffer.concat(parts));
  const etag = `${etagOf(body).slice(0, -1)}-${parts.length}"`;
  bucket.objects.set(upload.key, { key: upload.key, body, etag, modifiedAt: now, ...upload.facts });
  state.s3.uploads.delete(upload.uploadId);
  return { Bucket: bucket.name, Key: upload.key, ETag: etag, Location: `/${bucket.name}/${upload.key}` };
}

export function abortMultipartUpload(input: AbortMultipartUploadRequest, context: OperationContext): object {
  context.state.s3.uploads.delete(requireUpload(context, input).uploadId);
  return {};
}
