import { expect, test } from 'vitest';
import { findStatus } from './console-status.js';

const told =
  'secrets: DNS_PRIVATE_DISABLED (name): ssm.us-west-2.amazonaws.com resolves to a public address (52.94.1.2)';

test.each([
  ['nothing that has a code', 'booting\nsecrets: all is well\n', undefined],
  ['a line with what stands before it', `[   12.3] app[7]: ${told}\r\nsecrets: switch it on\n`, told],
  ['the newest', `secrets: PATH_EMPTY (path): x\n${told}\n`, told],
  ['one that is still trying', `${told}; still trying\n`, told],
  ['one with colours in it, without them', `${told}\u001b[31m\n`, `${told}[31m`],
])('of a console it takes %s', (_, console, expected) => {
  expect(findStatus(console)).toBe(expected);
});
