// .env files: read by the dotenv library, written so that it reads back exactly what was written.
import { DirectrixError } from '@directrix/rollout';
import { parse } from 'dotenv';
import { type Cut, findAssignments, findUnreadLines, type Notice } from './dotenv-cuts.js';

export interface DotenvFile {
  readonly values: ReadonlyMap<string, string>;
  /** Names whose value may not be what the file's author meant, each with every reason. */
  readonly cuts: ReadonlyMap<string, readonly Cut[]>;
  readonly notices: ReadonlyMap<string, readonly Notice[]>;
  /** Lines that dotenv passes over in silence, from 1. They are not shown: one may be half of a secret. */
  readonly unreadLines: readonly number[];
}

/** The values as dotenv reads them, and all that it does not say about them. Undefined for UTF-16, of which nothing can be read. */
export function readDotenv(bytes: Uint8Array): DotenvFile | undefined {
  if (isUtf16(bytes)) return undefined;
  const text = new TextDecoder().decode(bytes).replace(/\r\n?/g, '\n');
  const values = new Map(Object.entries(parse(text)));
  const assignments = findAssignments(text);
  const broken = isUtf8(bytes) ? [] : [...values].filter(([, value]) => value.includes('\uFFFD')).map(([name]) => name);
  const cuts = new Map<string, readonly Cut[]>();
  const notices = new Map<string, readonly Notice[]>();
  for (const name of values.keys()) {
    const own = assignments.filter((one) => one.name === name);
    // The last counts; what is wrong with the others is gone with them.
    const last = own.at(-1);
    const found: Cut[] = [...(last?.cuts ?? [])];
    if (own.length > 1) found.push({ kind: 'repeated', lines: own.map(({ line }) => line) });
    if (broken.includes(name)) found.push({ kind: 'encoding', line: last?.line ?? 0 });
    if (found.length > 0) cuts.set(name, found);
    if (last && last.notices.length > 0) notices.set(name, last.notices);
  }
  return { values, cuts, notices, unreadLines: findUnreadLines(text, assignments) };
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function isUtf16(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

/** Throws SECRET_UNQUOTABLE for a value that no .env file can hold. */
export function writeDotenv(values: ReadonlyMap<string, string>): string {
  return [...values].map(([name, value]) => `${name}=${quote(name, value)}\n`).join('');
}

function quote(name: string, value: string): string {
  // As it stands: nothing in it means anything to dotenv.
  if (/^[^\s#'"`][^#\r\n'"`]*$/.test(value) && value === value.trim()) return value;
  // dotenv knows no escapes within single quotes and backticks; within double quotes \n and \r mean what they say. A backslash before
  // a quote would take the quote for part of the value.
  const quote = ["'", '`', '"'].find(
    (candidate) => !value.includes(candidate) && !value.endsWith('\\') && (candidate !== '"' || !value.includes('\\')),
  );
  // dotenv takes CR for LF.
  if (quote === undefined || value.includes('\r')) {
    throw new DirectrixError('SECRET_UNQUOTABLE', `No .env file can hold the value of ${name} as it is.`, {
      source: 'directrix secrets export',
      hint: 'use --format json or --format shell',
    });
  }
  return `${quote}${value}${quote}`;
}

/** For `eval` and `source` of any POSIX shell. Throws SECRET_UNQUOTABLE for a value with a NUL, which no shell can hold. */
export function writeShell(values: ReadonlyMap<string, string>): string {
  for (const [name, value] of values) {
    if (!value.includes('\0')) continue;
    throw new DirectrixError('SECRET_UNQUOTABLE', `No shell can hold the value of ${name}: it has a NUL character.`, {
      source: 'directrix secrets export',
      hint: 'use --format json',
    });
  }
  return [...values].map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`).join('');
}
