import fc from 'fast-check';
import { expect, it } from 'vitest';
import { releaseLabel } from './release-label.js';

it('is the version where a label can hold it', () => {
  expect(releaseLabel('0.149.2')).toBe('release-0.149.2');
});

it('is always a label, and never two releases’', () => {
  expect(releaseLabel('1.0+a')).not.toBe(releaseLabel('1.0-a'));
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), fc.string({ maxLength: 200 }), (a, b) => {
      // API_LabelParameterVersion: letters, digits, . - _, at most 100, not beginning with a digit, aws or ssm.
      expect(releaseLabel(a)).toMatch(/^release-[\w.-]{0,92}$/);
      expect(releaseLabel(a) === releaseLabel(b)).toBe(a === b);
    }),
  );
});
