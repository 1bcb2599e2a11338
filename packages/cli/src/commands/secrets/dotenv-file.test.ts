import { execFileSync } from 'node:child_process';
import { parse } from 'dotenv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findAssignments } from './dotenv-cuts.js';
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

  it('refuses for a shell what no shell can hold', () => {
    expect(() => writeShell(new Map([['KEY', 'a\0b']]))).toThrow(
      /^No shell can hold the value of KEY: it has a NUL character\.$/,
    );
  });

  it('refuses a value without showing it', () => {
    const value = `"'\`${crypto.randomUUID()}`;
    expect(() => writeDotenv(new Map([['KEY', value]]))).toThrow(
      /^No \.env file can hold the value of KEY as it is\.$/,
    );
  });
});

function read(text: string | Uint8Array) {
  const file = readDotenv(typeof text === 'string' ? Buffer.from(text) : text);
  if (file === undefined) throw new Error('it is not read');
  return file;
}

/** Kinds by name. */
function cutsOf(text: string | Uint8Array): Record<string, string[]> {
  return Object.fromEntries([...read(text).cuts].map(([name, cuts]) => [name, cuts.map(({ kind }) => kind)]));
}

describe('what is read', () => {
  it.each([
    ['a plain line', 'KEY=a=b\n', { KEY: 'a=b' }],
    ['export, quotes, comments', `export KEY='a # b' # c\n# KEY2=x\n`, { KEY: 'a # b' }],
    ['several lines', 'KEY="a\nb"\nOTHER=c\n', { KEY: 'a\nb', OTHER: 'c' }],
    [
      'a certificate',
      'KEY="-----BEGIN\nMIIEowIB=\nAbC1==\n-----END"\n',
      { KEY: '-----BEGIN\nMIIEowIB=\nAbC1==\n-----END' },
    ],
    ['Windows', 'KEY=a\r\nOTHER=b\r\n', { KEY: 'a', OTHER: 'b' }],
    ['a byte order mark', '\uFEFFKEY=a\n', { KEY: 'a' }],
    ['blank lines and comments after a value', 'KEY=a\n\n  # one\n\nOTHER=b\n# end', { KEY: 'a', OTHER: 'b' }],
    ['a quote in the middle', `KEY=it's\nOTHER=a"b"\n`, { KEY: "it's", OTHER: 'a"b"' }],
    ['the other quotes inside', `KEY='a "b"'\n`, { KEY: 'a "b"' }],
    ['a backslash at the end', `KEY='C:\\dir\\'\n`, { KEY: 'C:\\dir\\' }],
  ])('%s', (_, text, expected) => {
    const { values, cuts, unreadLines } = read(text);
    expect(Object.fromEntries(values)).toEqual(expected);
    expect({ cuts: [...cuts], unreadLines }).toEqual({ cuts: [], unreadLines: [] });
  });

  it.each([
    ['a # in a value without quotes', 'KEY=ab#cd\n', { KEY: ['comment'] }],
    ['a comment after a value without quotes', 'KEY=ab # cd\n', { KEY: ['comment'] }],
    ['a # right behind the quotes', `KEY='ab'#cd\n`, { KEY: ['comment'] }],
    ['nothing but a comment', 'KEY=#ab\n', { KEY: ['comment', 'empty'] }],
    ['a quote that does not end', 'KEY="ab\nOTHER=c\n', { KEY: ['quote'] }],
    ['a quote that ends on another line than it should', 'KEY="ab\nOTHER="c"\nTHIRD=d\n', { KEY: ['quote'] }],
    ['a quote that takes the next assignments with it', `KEY='ab\nOTHER=c\nTHIRD=d'\n`, { KEY: ['swallowed'] }],
    ['text after the quotes', `KEY='ab'cd\n`, { KEY: ['quote'] }],
    ['quotes one after the other', `KEY='it''s'\n`, { KEY: ['quote'] }],
    ['an empty value', 'KEY=\nOTHER=""\nTHIRD=c\n', { KEY: ['empty'], OTHER: ['empty'] }],
    ['a name that stands there twice', 'KEY=a\nOTHER=b\nKEY=c\n', { KEY: ['repeated'] }],
    ['bytes that are not UTF-8', Buffer.from([...Buffer.from('OTHER=b\nKEY=a'), 0xe9, 0x0a]), { KEY: ['encoding'] }],
  ])('%s is told by name', (_, text, expected) => {
    expect(cutsOf(text)).toEqual(expected);
  });

  it('a value of U+FFFD in good UTF-8 is what it is', () => {
    expect(cutsOf('KEY=a\uFFFDb\n')).toEqual({});
  });

  it.each([[[0xff, 0xfe]], [[0xfe, 0xff]]])('UTF-16 (%j) is not read at all', (mark) => {
    expect(readDotenv(Buffer.from([...mark, 0x4b, 0x00]))).toBeUndefined();
  });

  it('lines that are no assignment are told by number, from 1', () => {
    expect(read('KEY=a\nnot a line of any kind\n\nMY KEY=b\n# c\nA/B=c\n').unreadLines).toEqual([2, 4, 6]);
    expect(read('KEY="-----BEGIN\nMIIE\n').unreadLines).toEqual([2]);
  });

  it.each([
    [`KEY=\${HOME}/x\n`, ['reference']],
    ['KEY="$(hostname)"\n', ['reference']],
    [`KEY='\${HOME}'\n`, undefined],
    ['KEY=pa$word\n', undefined],
    ['KEY="C:\\new"\n', ['backslash']],
    [`KEY='C:\\new'\n`, undefined],
  ])('%j is worth a word: %j', (text, expected) => {
    expect(
      read(text)
        .notices.get('KEY')
        ?.map(({ kind }) => kind),
    ).toEqual(expected);
    expect(cutsOf(text)).toEqual({});
  });

  const raw = fc.string({
    unit: fc.constantFrom('a', 'B', ' ', '=', '#', '$', '"', "'", '`', '\\', 'n', '\n', '\t', 'é', ':', 'K'),
  });

  it('finds the assignments that dotenv finds, in any text', () => {
    fc.assert(
      fc.property(raw, fc.constantFrom('KEY=', 'K: ', 'export KEY ='), (text, before) => {
        const file = `${before}${text}\nOTHER=1\n`;
        const found = new Set(findAssignments(file).map(({ name }) => name));
        expect([...found].sort()).toEqual(Object.keys(parse(file)).sort());
      }),
      { numRuns: 2_000 },
    );
  });

  it('what is not told is read whole', () => {
    fc.assert(
      fc.property(raw, (text) => {
        const line = text.replaceAll('\n', '');
        const { values, cuts, notices } = read(`KEY=${line}\n`);
        if (cuts.has('KEY') || notices.has('KEY')) return;
        // Apart from a comment behind the quotes.
        const meant = line.trim().replace(/(['"`])\s+#.*$/, '$1');
        // Or the whole of it is between quotes, and what looks like a comment is not one.
        expect([meant, meant.slice(1, -1), line.trim().slice(1, -1)]).toContain(values.get('KEY'));
      }),
      { numRuns: 2_000 },
    );
  });
});
