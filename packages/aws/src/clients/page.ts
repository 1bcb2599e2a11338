/** More pages than this is a loop of ours or of AWS's, not an answer. */
const maximumPages = 200;

/** All items of a paged call. `fetchPage` gets the token of the page, undefined for the first. */
export async function collectPages<Item>(
  fetchPage: (token: string | undefined) => Promise<{ readonly items: readonly Item[]; readonly next?: string }>,
): Promise<Item[]> {
  const all: Item[] = [];
  let token: string | undefined;
  for (let page = 0; page < maximumPages; page++) {
    const { items, next } = await fetchPage(token);
    all.push(...items);
    if (next === undefined || next === '') return all;
    token = next;
  }
  throw new Error(`AWS gave more than ${maximumPages} pages; the last token was ${token}`);
}

/** `items` in runs of at most `size`: most calls of Auto Scaling take 20 ids at a time. */
export function chunk<Item>(items: readonly Item[], size: number): Item[][] {
  const chunks: Item[][] = [];
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size));
  return chunks;
}
