// The constructs depend on no package of the house: what they need of its rules is a generated file.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

// @ts-expect-error: a script, which has no types.
import { drawManifest, manifestFile } from '../scripts/cdk-manifest.mjs';

test('the manifest of the constructs is what the owners say: node scripts/cdk-manifest.mjs writes it', async () => {
  expect(readFileSync(manifestFile as string, 'utf8')).toBe(await drawManifest());
});
