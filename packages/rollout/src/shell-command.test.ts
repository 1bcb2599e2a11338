import { describe, expect, test } from 'vitest';
import { quote, shell } from './shell-command.js';

describe('a value of a printed command is one word of a shell', () => {
  test.each([
    ['web', 'web'],
    ['arn:aws:x/y@1.2', 'arn:aws:x/y@1.2'],
    ['web;touch /x', "'web;touch /x'"],
    ['$(touch /x)', "'$(touch /x)'"],
    ['`touch /x`', "'`touch /x`'"],
    ["it's", "'it'\\''s'"],
    ['two\nlines', "'two\nlines'"],
    ['', "''"],
    ['*', "'*'"],
    ['~root', "'~root'"],
  ])('%j', (word, quoted) => {
    expect(quote(word)).toBe(quoted);
    expect(shell`directrix status --group ${word} --json`).toBe(`directrix status --group ${quoted} --json`);
  });

  test('a list is several words, and a number is itself', () => {
    expect(shell`aws x --ids ${['a', 'b c']} --size ${3}`).toBe("aws x --ids a 'b c' --size 3");
  });
});
