import { expect, test } from 'vitest';
import { chunk, collectPages } from './page.js';

test('every page is read, empty ones in the middle included', async () => {
  const pages: Record<string, { items: number[]; next?: string }> = {
    start: { items: [1, 2], next: 'b' },
    b: { items: [], next: 'c' },
    c: { items: [3] },
  };
  expect(await collectPages(async (token) => pages[token ?? 'start']!)).toEqual([1, 2, 3]);
});

test('a service that never ends its pages is not asked for ever', async () => {
  await expect(collectPages(async () => ({ items: [], next: 'again' }))).rejects.toThrow('more than 200 pages');
});

test('ids are cut into runs of at most twenty', () => {
  const ids = Array.from({ length: 45 }, (_, index) => index);
  expect(chunk(ids, 20).map((run) => run.length)).toEqual([20, 20, 5]);
  expect(chunk(ids, 20).flat()).toEqual(ids);
});
