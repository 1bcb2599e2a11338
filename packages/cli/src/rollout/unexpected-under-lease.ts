/**
 * What failed after the lease was taken, when something was changed or may have been: it is no refusal. Its cause is what was thrown.
 */
export class UnexpectedUnderLease extends Error {
  constructor(override readonly cause: unknown) {
    super('failed under the lease');
  }
}
