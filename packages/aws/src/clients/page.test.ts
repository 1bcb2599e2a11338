import { paginateGetParametersByPath } from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { chunk, collectPages } from './page.js';
import { createScriptedClients } from './scripted-clients.fixture.js';

const numbers = (page: { readonly Parameters?: readonly { readonly Name?: string }[] | undefined }) =>
  page.Parameters?.map(({ Name }) => Number(Name));

function pagesOf(pages: Readonly<Record<string, object>>) {
  const { clients, calls } = createScriptedClients({
    'ssm:GetParametersByPath': ({ NextToken = 'start' }: { NextToken?: string }) => pages[NextToken],
  });
  return { pages: paginateGetParametersByPath({ client: clients.ssm }, { Path: '/a' }), calls };
}

test('every page is read, empty ones in the middle included', async () => {
  const { pages, calls } = pagesOf({
    start: { Parameters: [{ Name: '1' }, { Name: '2' }], NextToken: 'b' },
    b: { NextToken: 'c' },
    c: { Parameters: [{ Name: '3' }], NextToken: '' },
  });
  expect(await collectPages(pages, numbers)).toEqual([1, 2, 3]);
  expect(calls).toHaveLength(3);
});

test('as many pages as are allowed are read, and no more', async () => {
  const last = () => pagesOf({ start: { NextToken: 'b' }, b: { Parameters: [{ Name: '1' }] } }).pages;
  expect(await collectPages(last(), numbers, { pagesMax: 2 })).toEqual([1]);
  await expect(collectPages(last(), numbers, { pagesMax: 1 })).rejects.toThrow('AWS gave more than 1 pages');
});

test('a service that never ends its pages is not asked for ever', async () => {
  const { pages, calls } = pagesOf({ start: { NextToken: 'again' }, again: { NextToken: 'again' } });
  await expect(collectPages(pages, numbers)).rejects.toThrow('AWS gave more than 200 pages');
  expect(calls.length).toBeLessThanOrEqual(201);
});

test('ids are cut into runs of at most twenty', () => {
  const ids = Array.from({ length: 45 }, (_, index) => index);
  expect(chunk(ids, 20).map((run) => run.length)).toEqual([20, 20, 5]);
  expect(chunk(ids, 20).flat()).toEqual(ids);
});
