import { gunzipSync } from 'node:zlib';
import { AwsError } from '../control-plane/aws-error.js';
import type { LabHttpRequest } from '../data-plane.js';

/** More than any request that AWS accepts from the services here: 1 MB of log messages that JSON writes with six bytes for one. */
export const LARGEST_BODY_BYTES = 8 * 1_048_576;

/** The body as it was before compression. Throws AwsError when it is too large, or encoded in a way that AWS does not take. */
export function readBody(request: LabHttpRequest): Uint8Array {
  if (request.body.byteLength > LARGEST_BODY_BYTES) throw tooLarge();
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || encoding === '') return request.body;
  if (encoding !== 'gzip') {
    throw new AwsError('UnsupportedMediaType', `The content encoding ${encoding} is not supported.`, 415);
  }
  try {
    return gunzipSync(request.body, { maxOutputLength: LARGEST_BODY_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new AwsError('SerializationException', 'The request body is not valid gzip.');
  }
}

export function tooLarge(): AwsError {
  return new AwsError('RequestEntityTooLarge', `The request body exceeds ${LARGEST_BODY_BYTES} bytes.`, 413);
}
