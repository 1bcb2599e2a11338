/** An object as it was last put. */
export interface ObjectRecord {
  readonly key: string;
  readonly body: Uint8Array;
  /** With its quotation marks. */
  readonly etag: string;
  readonly modifiedAt: number;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly cacheControl: string | undefined;
  readonly contentDisposition: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface UploadRecord {
  readonly uploadId: string;
  readonly bucketName: string;
  readonly key: string;
  readonly facts: Pick<
    ObjectRecord,
    'contentType' | 'contentEncoding' | 'cacheControl' | 'contentDisposition' | 'metadata'
  >;
  readonly parts: Map<number, { readonly etag: string; readonly body: Uint8Array }>;
}

export interface BucketRecord {
  readonly name: string;
  readonly createdAt: number;
  /** By name of the configuration, as it was put: what S3 answers when it is asked for it. */
  readonly configurations: Map<string, object>;
  /** In the order of their keys when they are listed. */
  readonly objects: Map<string, ObjectRecord>;
}

export interface S3State {
  readonly buckets: Map<string, BucketRecord>;
  readonly uploads: Map<string, UploadRecord>;
}

export function createS3State(): S3State {
  return { buckets: new Map(), uploads: new Map() };
}
