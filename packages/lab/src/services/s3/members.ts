import type { MemberTable } from '../../protocols/check-members.js';

const CHECKSUMS =
  'ChecksumAlgorithm ChecksumCRC32 ChecksumCRC32C ChecksumCRC64NVME ChecksumSHA1 ChecksumSHA256 ChecksumMode ChecksumType ContentMD5 ContentLength RequestPayer';
const FACTS = 'Bucket Key ContentType ContentEncoding CacheControl ContentDisposition Metadata ExpectedBucketOwner';
/** Everything is encrypted and private, and there is one class of storage. */
const STORAGE = 'ServerSideEncryption SSEKMSKeyId BucketKeyEnabled ACL StorageClass';

function configuration(operation: string, put: string): MemberTable {
  return {
    [`Get${operation}`]: { acts: 'Bucket ExpectedBucketOwner' },
    [`Put${operation}`]: { acts: `Bucket ExpectedBucketOwner ${put}`, noEffect: 'ChecksumAlgorithm ContentMD5' },
    [`Delete${operation}`]: { acts: 'Bucket ExpectedBucketOwner' },
  };
}

const { DeleteBucketVersioning: _noSuch, ...versioning } = configuration('BucketVersioning', 'VersioningConfiguration');
const { DeleteBucketLifecycleConfiguration, ...lifecycle } = configuration(
  'BucketLifecycleConfiguration',
  'LifecycleConfiguration',
);

/** What each operation of S3 acts on. A member that is not here is refused by name. */
export const s3Members: MemberTable = {
  ...configuration('BucketEncryption', 'ServerSideEncryptionConfiguration'),
  ...configuration('PublicAccessBlock', 'PublicAccessBlockConfiguration'),
  ...configuration('BucketPolicy', 'Policy'),
  ...configuration('BucketTagging', 'Tagging'),
  ...versioning,
  ...lifecycle,
  PutBucketLifecycleConfiguration: {
    acts: 'Bucket ExpectedBucketOwner LifecycleConfiguration',
    noEffect: 'ChecksumAlgorithm TransitionDefaultMinimumObjectSize',
  },
  DeleteBucketLifecycle: DeleteBucketLifecycleConfiguration!,
  AbortMultipartUpload: { acts: 'Bucket Key UploadId ExpectedBucketOwner' },
  CompleteMultipartUpload: {
    acts: 'Bucket Key UploadId MultipartUpload ExpectedBucketOwner',
    noEffect:
      'ChecksumCRC32 ChecksumCRC32C ChecksumCRC64NVME ChecksumSHA1 ChecksumSHA256 ChecksumType MpuObjectSize RequestPayer',
  },
  CreateBucket: { acts: 'Bucket CreateBucketConfiguration', noEffect: 'ACL ObjectOwnership' },
  CreateMultipartUpload: {
    acts: FACTS,
    noEffect: `${STORAGE} ${CHECKSUMS.replace(/ ContentMD5| ContentLength| Checksum(CRC|SHA)\w+| ChecksumMode/g, '')}`,
  },
  DeleteBucket: { acts: 'Bucket ExpectedBucketOwner' },
  DeleteObject: { acts: 'Bucket Key ExpectedBucketOwner' },
  DeleteObjects: { acts: 'Bucket Delete ExpectedBucketOwner', noEffect: 'ChecksumAlgorithm' },
  GetBucketLocation: { acts: 'Bucket ExpectedBucketOwner' },
  GetObject: { acts: 'Bucket Key ExpectedBucketOwner', noEffect: 'ChecksumMode' },
  HeadBucket: { acts: 'Bucket ExpectedBucketOwner' },
  HeadObject: { acts: 'Bucket Key ExpectedBucketOwner', noEffect: 'ChecksumMode' },
  ListBuckets: { acts: '' },
  ListObjectsV2: {
    acts: 'Bucket Delimiter MaxKeys Prefix ContinuationToken StartAfter ExpectedBucketOwner',
    noEffect: 'FetchOwner EncodingType',
  },
  PutObject: { acts: `${FACTS} Body`, noEffect: `${STORAGE} ${CHECKSUMS.replace(/ ChecksumMode| ChecksumType/g, '')}` },
  UploadPart: {
    acts: 'Bucket Key UploadId PartNumber Body ExpectedBucketOwner',
    noEffect: CHECKSUMS.replace(/ ChecksumMode| ChecksumType/g, ''),
  },
};
