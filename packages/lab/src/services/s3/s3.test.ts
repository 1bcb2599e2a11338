import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetBucketEncryptionCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createStackLab, type StackLab } from '../cloudformation/testing/stack-lab.js';

const Bucket = 'assets';
let lab: StackLab;
let s3: S3Client;

beforeEach(async () => {
  lab = createStackLab();
  s3 = new S3Client({ ...lab.client, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'us-west-2' } }));
});

afterEach(async () => {
  expect(lab.defects).toEqual([]);
  await lab.lab.close();
});

const read = async (Key: string) => (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString();

test('an object is read as it was put, with what was said of it', async () => {
  const Key = 'a/b c+d.json';
  const { ETag } = await s3.send(
    new PutObjectCommand({ Bucket, Key, Body: 'hello', ContentType: 'text/plain', Metadata: { by: 'me' } }),
  );
  expect(await read(Key)).toBe('hello');
  expect(await s3.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({
    ETag,
    ContentLength: 5,
    ContentType: 'text/plain',
    Metadata: { by: 'me' },
  });
});

test('objects are listed in the order of their keys, a page at a time, and by what they share', async () => {
  for (const Key of ['b/2', 'a', 'b/1']) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
  const first = await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 2 }));
  expect(first.Contents?.map(({ Key }) => Key)).toEqual(['a', 'b/1']);
  const rest = await s3.send(new ListObjectsV2Command({ Bucket, ContinuationToken: first.NextContinuationToken }));
  expect(rest.Contents?.map(({ Key }) => Key)).toEqual(['b/2']);
  const folders = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: '/' }));
  expect(folders).toMatchObject({ Contents: [{ Key: 'a' }], CommonPrefixes: [{ Prefix: 'b/' }] });
});

test('an object that comes in parts is one when they are complete', async () => {
  const Key = 'large';
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const put = (PartNumber: number, Body: string) =>
    s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
  const [two, one] = [await put(2, 'lo'), await put(1, 'hel')];
  const Parts = [
    { PartNumber: 1, ETag: one.ETag },
    { PartNumber: 2, ETag: two.ETag },
  ];
  await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
  expect(await read(Key)).toBe('hello');
});

test('an upload is of one object, and of nobody else’s bucket', async () => {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'large' }));
  const put = (more: object) =>
    s3.send(new UploadPartCommand({ Bucket, Key: 'large', UploadId, PartNumber: 1, Body: 'x', ...more }));
  await expect(put({ Key: 'other' })).rejects.toMatchObject({ name: 'NoSuchUpload' });
  await expect(put({ ExpectedBucketOwner: '999999999999' })).rejects.toMatchObject({ name: 'AccessDenied' });
  await put({});
});

test('what is not there is refused by its name', async () => {
  await expect(read('nothing')).rejects.toMatchObject({ name: 'NoSuchKey' });
  await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'nothing' }))).rejects.toMatchObject({ name: 'NotFound' });
  await expect(s3.send(new HeadBucketCommand({ Bucket: 'nowhere' }))).rejects.toMatchObject({ name: 'NotFound' });
  await expect(s3.send(new GetBucketPolicyCommand({ Bucket }))).rejects.toMatchObject({ name: 'NoSuchBucketPolicy' });
});

test('a bucket says where it is, keeps its settings, and goes only when it is empty', async () => {
  expect(await s3.send(new GetBucketLocationCommand({ Bucket }))).toMatchObject({ LocationConstraint: 'us-west-2' });
  const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
  expect(ServerSideEncryptionConfiguration?.Rules).toMatchObject([
    { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
  ]);
  const Policy = '{"Version":"2012-10-17","Statement":[]}';
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  expect((await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe(Policy);
  await s3.send(new PutObjectCommand({ Bucket, Key: 'x', Body: '1' }));
  await expect(s3.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({ name: 'BucketNotEmpty' });
  await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'x' }] } }));
  await s3.send(new DeleteBucketCommand({ Bucket }));
  expect((await s3.send(new ListBucketsCommand({}))).Buckets).toEqual([]);
});

function putStreamed(chunked: string) {
  const authorization =
    'AWS4-HMAC-SHA256 Credential=AKID/20181111/us-west-2/s3/aws4_request, SignedHeaders=host, Signature=0';
  const headers = {
    authorization,
    'content-encoding': 'aws-chunked',
    'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  };
  const request = {
    method: 'PUT',
    path: '/assets/streamed',
    query: 'x-id=PutObject',
    headers,
    body: Buffer.from(chunked),
  };
  return lab.lab.handle(request, { kind: 'endpoint' });
}

test('a body that is streamed in chunks is put together', async () => {
  const chunked = '3\r\nhel\r\n2\r\nlo\r\n0\r\nx-amz-checksum-crc32:AAAA\r\n\r\n';
  expect(await putStreamed(chunked)).toMatchObject({ statusCode: 200 });
  expect(await read('streamed')).toBe('hello');
});

test.each(['  -6\r\n', '-1\r\nx\r\n', 'x\r\n', '9\r\nshort'])(
  'a body of chunks that is none (%j) is refused',
  async (body) => {
    expect(await putStreamed(body)).toMatchObject({ statusCode: 400 });
  },
);
