import { describe, expect, test } from 'vitest';
import { createTestIo } from '../io.fixture.js';
import { cleanLine, cutLine, wrapText, writeText } from './lines.js';

describe('a text is wrapped at words, and goes on below its beginning', () => {
  test.each([
    ['short enough', 'short enough'],
    [
      '00:03  new launch template version: as 1, but with ami-1',
      '00:03  new launch template version: as 1,\n       but with ami-1',
    ],
    ['  a sentence that is longer than this line', '  a sentence that is longer than this\n    line'],
    [
      '  kept      i-1, all that is known of it: /s/r1/i-1.json',
      '  kept      i-1, all that is known of it:\n            /s/r1/i-1.json',
    ],
    [
      '            | Error: no route to the host 10.0.0.1',
      '            | Error: no route to the host\n              10.0.0.1',
    ],
    [
      '    $ aws ec2 modify-vpc-endpoint --private-dns-enabled',
      '    $ aws ec2 modify-vpc-endpoint --private-dns-enabled',
    ],
    ['', ''],
  ])('%j', (text, expected) => {
    expect(wrapText(text, 42)).toBe(expected);
  });

  test('on a terminal only', () => {
    const long = 'word '.repeat(30);
    const [terminal, file] = [createTestIo({ isTerminal: true, columns: 50 }), createTestIo()];
    writeText(terminal.stdout, long);
    writeText(file.stdout, long);
    expect(file.written.stdout).toBe(long);
    for (const line of terminal.written.stdout.split('\n')) expect(line.length).toBeLessThan(50);
  });
});

describe('a line that is cut says so', () => {
  test.each([
    ['0123456789', 11, '0123456789'],
    ['0123456789', 10, '01234567…'],
    ['\u001b[31m0123456789\u001b[39m', 10, '\u001b[31m01234567\u001b[39m…'],
    ['日本語日本語', 8, '日本語…'],
  ])('%j in %i columns', (line, columns, expected) => {
    expect(cutLine(line, columns)).toBe(expected);
  });
});

test.each([
  ['\u001b[31mTimeoutError\u001b[0m', 'TimeoutError'],
  ['bell\u0007 and \u001b]0;title\u0007 more', 'bell and  more'],
  ['a\ttab stays', 'a\ttab stays'],
  ['\u001b[2J\u009b2Jgone', 'gone'],
])('nothing of %j moves our terminal', (line, expected) => {
  expect(cleanLine(line)).toBe(expected);
});
