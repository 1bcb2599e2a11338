// What a reader of .env files changes or passes over without a word: dotenv's rules, and where they differ from what the author may
// have meant. Names, kinds and line numbers; no value.

/** Why a value may not be what its author meant. */
export type Cut =
  /** What follows a # is not read: in a value without quotes, or right behind the closing one. */
  | { readonly kind: 'comment'; readonly line: number }
  /** A quote that does not end, or text on both sides of one: the quotes are then part of the value. */
  | { readonly kind: 'quote'; readonly line: number }
  /** A value of several lines that holds a line such as NAME=value: a quote that should have ended before it. */
  | { readonly kind: 'swallowed'; readonly line: number; readonly swallowedLine: number }
  /** Bytes that are not UTF-8: they were read as U+FFFD. */
  | { readonly kind: 'encoding'; readonly line: number }
  | { readonly kind: 'empty'; readonly line: number }
  /** The name stands there more than once: the last counts. */
  | { readonly kind: 'repeated'; readonly lines: readonly number[] };

/** Read as it stands, and worth a word. */
export type Notice =
  /** `${NAME}` or `$(command)`: another reader would put something in its place. */
  | { readonly kind: 'reference'; readonly line: number }
  /** A backslash within double quotes: `\n` and `\r` are line ends, every other one stays. */
  | { readonly kind: 'backslash'; readonly line: number };

interface Assignment {
  readonly name: string;
  /** From 1. */
  readonly line: number;
  readonly lastLine: number;
  readonly cuts: readonly Cut[];
  readonly notices: readonly Notice[];
}

// dotenv 17's own pattern (lib/main.js): a test holds that it finds what dotenv finds.
const assignment =
  /^\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?$/gm;
const looksLikeAssignment = /^\s*(?:export\s+)?[A-Za-z_][\w.-]*\s*=\s*[^=\s]/;

/** Every assignment that dotenv finds, in order. Line ends must be `\n`. */
export function findAssignments(text: string): Assignment[] {
  return [...text.matchAll(assignment)].map((match) => {
    const [whole, name = '', raw = ''] = match;
    const start = match.index + whole.search(/\S/);
    const end = endOfValue(text, match, raw);
    const line = 1 + countNewlines(text.slice(0, start));
    const value = raw.trim();
    const cuts = value === '' ? findEmpty(lineFrom(text, start), line) : findCuts(value, lineFrom(text, end), line);
    const lastLine = line + countNewlines(text.slice(start, end));
    return { name, line, lastLine, cuts, notices: findNotices(value, line) };
  });
}

function endOfValue(text: string, match: RegExpExecArray, raw: string): number {
  if (raw.trim() === '') return match.index + match[0].search(/\S/);
  return text.indexOf(raw, match.index) + raw.trimEnd().length;
}

/** What follows a place on its line. */
function lineFrom(text: string, start: number): string {
  const end = text.indexOf('\n', start);
  return text.slice(start, end < 0 ? undefined : end);
}

function findEmpty(rest: string, line: number): Cut[] {
  return rest.includes('#')
    ? [
        { kind: 'comment', line },
        { kind: 'empty', line },
      ]
    : [{ kind: 'empty', line }];
}

/** `rest` is what follows the value on its line, and is not read. */
function findCuts(value: string, rest: string, line: number): Cut[] {
  const quote = /^['"`]/.exec(value)?.[0];
  if (quote === undefined) return rest.includes('#') ? [{ kind: 'comment', line }] : [];
  const inside = value.slice(1, -1);
  const isClosed = value.length > 1 && value.endsWith(quote) && !hasBareQuote(inside, quote);
  if (!isClosed) return [{ kind: 'quote', line }];
  // A comment stands apart; what touches the quote may be the rest of the value.
  if (rest.startsWith('#')) return [{ kind: 'comment', line }];
  if (inside === '') return [{ kind: 'empty', line }];
  const swallowed = inside.split('\n').findIndex((part, index) => index > 0 && looksLikeAssignment.test(part));
  return swallowed < 0 ? [] : [{ kind: 'swallowed', line, swallowedLine: line + swallowed }];
}

/** A quote that no backslash stands before. */
function hasBareQuote(inside: string, quote: string): boolean {
  return new RegExp(`(^|[^\\\\])${quote}`).test(inside);
}

function findNotices(value: string, line: number): Notice[] {
  const isLiteral = value.startsWith("'");
  const notices: Notice[] = [];
  if (!isLiteral && /\$\{[^}]*\}|\$\([^)]*\)/.test(value)) notices.push({ kind: 'reference', line });
  if (value.startsWith('"') && value.includes('\\')) notices.push({ kind: 'backslash', line });
  return notices;
}

/** Lines that are neither blank, nor a comment, nor part of an assignment. From 1. */
export function findUnreadLines(text: string, assignments: readonly Assignment[]): number[] {
  const isRead = (line: number) => assignments.some((one) => one.line <= line && line <= one.lastLine);
  return text
    .split('\n')
    .flatMap((content, index) => (/^\s*(#|$)/.test(content) || isRead(index + 1) ? [] : [index + 1]));
}

function countNewlines(text: string): number {
  return text.split('\n').length - 1;
}
