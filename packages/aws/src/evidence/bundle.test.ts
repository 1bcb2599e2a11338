import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type EvidenceBundle, readBundle, writeBundle } from './bundle.js';

function createDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'directrix-bundle-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

const bundle: EvidenceBundle = {
  schema: 1,
  rolloutId: '20181111-080400-1f9c',
  groupName: 'web',
  instanceId: 'i-1',
  collectedAt: '2018-11-11T08:04:00.000Z',
  because: { code: 'KEEP_THE_EVIDENCE', evidence: ['START_TIMEOUT'] },
  instance: { instanceType: 't3.micro', imageId: 'ami-1', state: 'running' },
  targetHealth: [{ at: 1, targetGroup: 'arn:1', state: 'unhealthy', reason: 'Target.FailedHealthChecks' }],
  activities: [],
  reports: [],
  console: 'Booting.',
  missing: [],
};

test('a bundle is read as it was written', async () => {
  const path = await writeBundle(createDirectory(), bundle);
  expect(await readBundle(path)).toEqual(bundle);
});

test.each([
  ['is no JSON', '{"rolloutId":'],
  ['is something else', '[]'],
  ['names no instance', JSON.stringify({ ...bundle, instanceId: undefined })],
  ['has evidence of another shape', JSON.stringify({ ...bundle, because: { code: 'X', evidence: [{}] } })],
])('one that %s is not read at all', async (_, text) => {
  const path = join(createDirectory(), 'i-1.json');
  writeFileSync(path, text);
  expect(await readBundle(path)).toBeUndefined();
});

test('one that is gone is not read', async () => {
  expect(await readBundle(join(createDirectory(), 'i-2.json'))).toBeUndefined();
});
