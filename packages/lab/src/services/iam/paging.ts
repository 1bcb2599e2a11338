import { AwsError } from '../../control-plane/aws-error.js';

const DEFAULT_PAGE = 100;

interface MarkedPage<Item> {
  readonly items: readonly Item[];
  readonly IsTruncated: boolean;
  readonly Marker?: string;
}

/** The page of `items` that follows `Marker`, in order of `keyOf`. Throws ValidationError for a marker that IAM did not give. */
export function takeMarkedPage<Item>(
  items: Iterable<Item>,
  keyOf: (item: Item) => string,
  { Marker, MaxItems = DEFAULT_PAGE }: { readonly Marker?: string | undefined; readonly MaxItems?: number | undefined },
): MarkedPage<Item> {
  const after = Marker === undefined ? undefined : readMarker(Marker);
  const rest = [...items]
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    .filter((item) => after === undefined || keyOf(item) > after);
  const page = rest.slice(0, MaxItems);
  const last = page.at(-1);
  if (rest.length === page.length || last === undefined) return { items: page, IsTruncated: false };
  return { items: page, IsTruncated: true, Marker: Buffer.from(`after:${keyOf(last)}`).toString('base64') };
}

function readMarker(marker: string): string {
  const text = Buffer.from(marker, 'base64').toString('utf8');
  if (!text.startsWith('after:')) throw new AwsError('ValidationError', 'Invalid Marker.');
  return text.slice('after:'.length);
}
