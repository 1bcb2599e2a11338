/** More pages than this is a loop of ours or of AWS's, not an answer. */
const defaultPagesMax = 200;

export class TooManyPages extends Error {
  constructor(readonly pagesMax: number) {
    super(`AWS gave more than ${pagesMax} pages`);
  }
}

/**
 * All items of a paged call, by the SDK's own paginator: `collectPages(paginateDescribeImages({ client }, input), (page) => page.Images)`.
 * A page may be empty and have a next one. Throws TooManyPages.
 */
export async function collectPages<Page, Item>(
  pages: AsyncIterable<Page>,
  itemsOf: (page: Page) => readonly Item[] | undefined,
  { pagesMax = defaultPagesMax }: { readonly pagesMax?: number } = {},
): Promise<Item[]> {
  const all: Item[] = [];
  let count = 0;
  for await (const page of pages) {
    if (count === pagesMax) throw new TooManyPages(pagesMax);
    count += 1;
    all.push(...(itemsOf(page) ?? []));
  }
  return all;
}

/** `items` in runs of at most `size`: most calls of Auto Scaling take 20 ids at a time. */
export function chunk<Item>(items: readonly Item[], size: number): Item[][] {
  const chunks: Item[][] = [];
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size));
  return chunks;
}
