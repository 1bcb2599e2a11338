// smoke-check: one `--smoke` argument as data.
//
//   '/'                                        no server error, and no client error where there was none before
//   '/api/status 200 json:/state="ok"'         the status, and a value in JSON
//   'HEAD /old 301 location:/new'              a method, a redirect
//   '/ 200 contains:"Welcome back" within:2s'  a text, a time
//   '/a header:x-cache=HIT matches:^v[0-9]+'   a header, a pattern
import type { Expectations, Json, WatchedPath } from '@directrix/rollout';
import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../option-values.js';

const methods = ['GET', 'HEAD', 'OPTIONS'];

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Throws InvalidArgumentError, which names the word that is wrong. */
export function parseSmokeCheck(text: string): WatchedPath {
  const words = splitWords(text);
  const method = methods.includes(words[0] ?? '') ? words.shift() : undefined;
  const path = words.shift() ?? '';
  if (!path.startsWith('/'))
    throw new InvalidArgumentError(`It begins with a path: write '/status 200 contains:ok', not '${text}'.`);
  const expect: Mutable<Expectations> = {};
  for (const word of words) addExpectation(expect, word);
  return { path, method, expect: words.length === 0 ? undefined : expect };
}

function addExpectation(expect: Mutable<Expectations>, word: string): void {
  if (/^[1-5]\d\d(,[1-5]\d\d)*$/.test(word)) {
    expect.statusCodes = word.split(',').map(Number);
    return;
  }
  const [, name = '', value = ''] = /^([a-z]+):([\s\S]+)$/.exec(word) ?? [];
  switch (name) {
    case 'contains':
      expect.bodyIncludes = value;
      break;
    case 'matches':
      expect.bodyMatches = checkPattern(value);
      break;
    case 'json':
      expect.json = [...(expect.json ?? []), parseJsonValue(value)];
      break;
    case 'header':
      expect.headers = [...(expect.headers ?? []), parseHeader(value)];
      break;
    case 'location':
      expect.location = value;
      break;
    case 'within':
      expect.durationMaxMs = parseDuration(value);
      break;
    default:
      throw new InvalidArgumentError(
        `'${word}' is no expectation: write a status (200), contains:, matches:, json:, header:, location: or within:.`,
      );
  }
}

function checkPattern(pattern: string): string {
  try {
    new RegExp(pattern);
    return pattern;
  } catch (error) {
    throw new InvalidArgumentError(`matches:${pattern} is no regular expression: ${(error as Error).message}.`);
  }
}

/** `/state="ok"`, `/count=3`; what is not JSON is text. */
function parseJsonValue(text: string): { readonly pointer: string; readonly equals: Json } {
  const [, pointer, value] = /^((?:\/[^=]*)?)=([\s\S]*)$/.exec(text) ?? [];
  if (pointer === undefined || value === undefined)
    throw new InvalidArgumentError(`json:${text} has no value: write json:/state=ok.`);
  try {
    return { pointer, equals: JSON.parse(value) as Json };
  } catch {
    return { pointer, equals: value };
  }
}

function parseHeader(text: string): { readonly name: string; readonly includes?: string } {
  const at = text.indexOf('=');
  return at < 0 ? { name: text } : { name: text.slice(0, at), includes: text.slice(at + 1) };
}

/** Words at spaces; what stands in double quotes stays together, and the quotes go. Quotes within JSON are escaped: \". */
function splitWords(text: string): string[] {
  const words = text.match(/(?:[^\s"\\]|\\.|"(?:[^"\\]|\\.)*")+/g) ?? [];
  return words.map((word) => word.replace(/\\(.)|"/g, (_all, escaped: string | undefined) => escaped ?? ''));
}
