import { AwsError } from '../../control-plane/aws-error.js';

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken?: string;
}

/**
 * The page of `items` (in order of `keyOf`) that follows `token`. A token names the last key that was seen, so that what is added or
 * deleted between two pages neither repeats nor hides anything else. Throws InvalidNextToken.
 */
export function takePage<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  { token, size }: { readonly token: string | undefined; readonly size: number },
): Page<Item> {
  const after = token === undefined ? undefined : readToken(token);
  const rest = after === undefined ? items : items.filter((item) => keyOf(item) > after);
  const page = rest.slice(0, size);
  const last = page.at(-1);
  return rest.length > size && last !== undefined
    ? { items: page, nextToken: writeToken(keyOf(last)) }
    : { items: page };
}

const TOKEN_MARK = 'after:';

/** The token of the page that follows `key`; the empty key is before all. */
export function writeToken(key: string): string {
  return Buffer.from(`${TOKEN_MARK}${key}`).toString('base64url');
}

function readToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (!text.startsWith(TOKEN_MARK)) throw new AwsError('InvalidNextToken', "The specified token isn't valid.");
  return text.slice(TOKEN_MARK.length);
}
