import { AwsError } from '../control-plane/aws-error.js';

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Where the next page begins; undefined on the last. */
  readonly next?: string;
}

/**
 * One page of `items`. The token is the position of the next item, so a list that shrinks between two pages skips some,
 * as it may on AWS. Throws AwsError with `invalidCode` for a token that no page gave out.
 */
export function takePage<Item>(
  items: readonly Item[],
  token: string | undefined,
  size: number,
  invalidCode: string,
): Page<Item> {
  if (token !== undefined && !/^page-\d+$/.test(token)) {
    throw new AwsError(invalidCode, `The token '${token}' is invalid.`);
  }
  const start = token === undefined ? 0 : Number(token.slice('page-'.length));
  const end = start + size;
  return end < items.length
    ? { items: items.slice(start, end), next: `page-${end}` }
    : { items: items.slice(start, end) };
}
