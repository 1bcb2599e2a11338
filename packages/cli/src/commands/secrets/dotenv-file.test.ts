import { execFileSync } from 'node:child_process';
import { parse } from 'dotenv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDotenv, writeDotenv, writeShell } from './dotenv-file.js';

const awkward = fc.string({
  unit: fc.constantFrom('a', 'B', ' ', '=', '#', '$', '"', "'", '`', '\\', 'n', '\n', '\t', '{', '!', 'é', '%'),
  minLength: 1,
});
const names = fc.constantFrom('KEY', 'OTHER', 'db_password');
const variables = fc.dictionary(names, awkward, { minKeys: 1 }).map((object) => new Map(Object.entries(object)));

describe('what is written', () => {
  it('as dotenv is read back as it was, or refused', () => {
    let refused = 0;
    fc.assert(
      fc.property(variables, (values) => {
        let text: string;
        try {
          text = writeDotenv(values);
        } catch (error) {
          expect(error).toMatchObject({ code: 'SECRET_UNQUOTABLE' });
          refused += 1;
          return;
        }
        expect(parse(text)).toEqual(Object.fromEntries(values));
      }),
      { numRuns: 500 },
    );
    expect(refused).toBeLessThan(250);
  });

  it('for a shell is evaluated to what it was', () => {
    fc.assert(
      fc.property(awkward, (value) => {
        const script = `${writeShell(new Map([['VALUE', value]]))}printf %s "$VALUE"`;
        expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(value);
      }),
      { numRuns: 20 },
    );
  });

  it('refuses a value without showing it', () => {
    const value = `"'\`${crypto.randomUUID()}`;
    expect(() => writeDotenv(new Map([['KEY', value]]))).toThrow(
      /^No \.env file can hold the value of KEY as it is\.$/,
    );
  });
});

describe('what is read', () => {
  it.each([
    ['a plain line', 'KEY=a=b\n', { KEY: 'a=b' }],
    ['export, quotes, comments', `export KEY='a # b' # c\n# KEY2=x\n`, { KEY: 'a # b' }],
    ['several lines', 'KEY="a\nb"\nOTHER=c\n', { KEY: 'a\nb', OTHER: 'c' }],
    ['Windows', 'KEY=a\r\nOTHER=b\r\n', { KEY: 'a', OTHER: 'b' }],
  ])('%s', (_, text, expected) => {
    const read = readDotenv(text);
    expect(Object.fromEntries(read.values)).toEqual(expected);
    expect(read).toMatchObject({ repeated: [], unreadLines: 0 });
  });

  it('tells what stands there twice, and counts what is passed over', () => {
    expect(readDotenv('KEY=a\nKEY=b\nnot a line of any kind\n')).toMatchObject({ repeated: ['KEY'], unreadLines: 1 });
  });
});
