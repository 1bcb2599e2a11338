/**
 * An error that AWS itself would answer: its code, its text and its HTTP status. The codecs write it to the wire.
 * `code` is AWS's wire code (`ValidationError`, `InvalidGroup.NotFound`, `ParameterNotFound`).
 */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  constructor(
    readonly code: string,
    message: string,
    readonly statusCode: number = 400,
  ) {
    super(message);
  }
}
