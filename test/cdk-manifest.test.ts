// The constructs depend on no package of the house: what they need of its rules is a generated file.
import { readFileSync } from 'node:fs';
import { groupPath } from '@directrix/aws';
import fc from 'fast-check';
import { expect, test } from 'vitest';

// @ts-expect-error: a script, which has no types.
import { drawManifest, manifestFile } from '../scripts/cdk-manifest.mjs';

test('the manifest of the constructs is what the owners say: node scripts/cdk-manifest.mjs writes it', async () => {
  expect(readFileSync(manifestFile as string, 'utf8')).toBe(await drawManifest());
});

test('a group whose name the constructs take has its state where they allow it', async () => {
  const { manifest } = await import('../packages/cdk/dist/manifest.js');
  const plain = new RegExp(`^[${manifest.statePlainCharacters}]+$`);
  fc.assert(
    fc.property(fc.stringMatching(/^[\w .*?/-]{1,40}$/), (name) => {
      expect(groupPath(name) === `${manifest.statePath}${name}`).toBe(plain.test(name));
    }),
  );
});
