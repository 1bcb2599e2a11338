import type { ServiceDefinition } from '../../control-plane/types.js';
import { createBucket, deleteBucket, getBucketLocation, headBucket, listBuckets } from './operations/buckets.js';
import { configurationOperations } from './operations/configurations.js';
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  deleteObject,
  deleteObjects,
  getObject,
  headObject,
  listObjectsV2,
  putObject,
  uploadPart,
} from './operations/objects.js';

export const s3Operations: ServiceDefinition['operations'] = {
  ...configurationOperations,
  AbortMultipartUpload: abortMultipartUpload,
  CompleteMultipartUpload: completeMultipartUpload,
  CreateBucket: createBucket,
  CreateMultipartUpload: createMultipartUpload,
  DeleteBucket: deleteBucket,
  DeleteObject: deleteObject,
  DeleteObjects: deleteObjects,
  GetBucketLocation: getBucketLocation,
  GetObject: getObject,
  HeadBucket: headBucket,
  HeadObject: headObject,
  ListBuckets: listBuckets,
  ListObjectsV2: listObjectsV2,
  PutObject: putObject,
  UploadPart: uploadPart,
};
