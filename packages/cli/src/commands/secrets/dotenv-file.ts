// .env files: read by the dotenv library, written so that it reads back exactly what was written.
import { DirectrixError } from '@directrix/rollout';
import { parse } from 'dotenv';

export interface DotenvFile {
  readonly values: ReadonlyMap<string, string>;
  /** Names that stand there more than once: dotenv takes the last. */
  readonly repeated: readonly string[];
  /** Lines that dotenv passes over in silence. They are counted and not shown: one may be half of a secret. */
  readonly unreadLines: number;
}

const quoted = /=\s*("(?:\\"|[^"])*"|'(?:\\'|[^'])*'|`(?:\\`|[^`])*`)/g;
const assignment = /^\s*(?:export\s+)?([\w.-]+)(?:\s*=|:\s)/;

export function readDotenv(text: string): DotenvFile {
  const values = new Map(Object.entries(parse(text)));
  const seen = new Map<string, number>();
  let unreadLines = 0;
  // Values of several lines are made one.
  for (const line of text.replace(/\r\n?/g, '\n').replace(quoted, '=x').split('\n')) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [, name] = assignment.exec(line) ?? [];
    if (name === undefined) unreadLines += 1;
    else seen.set(name, (seen.get(name) ?? 0) + 1);
  }
  return { values, repeated: [...seen].filter(([, count]) => count > 1).map(([name]) => name), unreadLines };
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

/** For `eval` and `source` of any POSIX shell. */
export function writeShell(values: ReadonlyMap<string, string>): string {
  return [...values].map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`).join('');
}
