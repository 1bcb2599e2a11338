// The pages explain every code: their tables are made from the tables of codes, which the compiler holds against the types of the codes.
import { expect, test } from 'vitest';

// @ts-expect-error: a script, which has no types.
import { drawPages } from '../scripts/docs-tables.mjs';

interface Page {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

const pages = (await drawPages()) as readonly Page[];

test.each(pages.map((page) => [page.name, page] as const))(
  'the tables of docs/%s are those of the codes: node scripts/docs-tables.mjs writes them',
  (_, { before, after }) => {
    expect(before).toBe(after);
  },
);
