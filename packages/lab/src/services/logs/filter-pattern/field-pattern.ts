import { PatternReader, readComparison, readConditions } from './condition-reader.js';
import { invalidPattern } from './invalid-pattern.js';
import type { MatchesMessage } from './matches-message.js';

interface Field {
  /** `...`: any number of fields. */
  readonly isEllipsis: boolean;
  readonly matches: (value: string) => boolean;
}

/** `[ip, user, ..., status=4*, size>1000]`: fields between spaces; what stands in quotes or brackets is one field. */
export function parseFieldPattern(text: string): MatchesMessage {
  const reader = new PatternReader(text);
  reader.expect(/\[/, '[');
  const fields: Field[] = [];
  do fields.push(readField(reader));
  while (reader.take(/,/) !== undefined);
  reader.expect(/\]/, ']');
  reader.expectEnd();
  if (fields.filter(({ isEllipsis }) => isEllipsis).length > 1) throw invalidPattern('... can stand once only');
  return (message) => matchFields(splitFields(message), fields);
}

function readField(reader: PatternReader): Field {
  if (reader.take(/\.\.\./) !== undefined) return { isEllipsis: true, matches: () => true };
  if (reader.take(/(?=[,\]])/) !== undefined) return { isEllipsis: false, matches: () => true };
  return { isEllipsis: false, matches: readConditions(reader, readFieldCondition) };
}

function readFieldCondition(reader: PatternReader): (value: string) => boolean {
  reader.expect(/[A-Za-z_][\w-]*/, "a field's name");
  return readComparison(reader) ?? (() => true);
}

function matchFields(values: readonly string[], fields: readonly Field[]): boolean {
  const gap = fields.findIndex(({ isEllipsis }) => isEllipsis);
  const matchesAll = (some: readonly string[], wanted: readonly Field[]) =>
    wanted.every(({ matches }, index) => matches(some[index] ?? ''));
  if (gap === -1) return values.length === fields.length && matchesAll(values, fields);
  const [before, after] = [fields.slice(0, gap), fields.slice(gap + 1)];
  if (values.length < before.length + after.length) return false;
  return matchesAll(values, before) && matchesAll(values.slice(values.length - after.length), after);
}

/** `127.0.0.1 "GET /" [10/Oct] 200` has four fields. */
function splitFields(message: string): readonly string[] {
  return [...message.matchAll(/"([^"]*)"|\[([^\]]*)\]|(\S+)/g)].map(
    ([, quoted, bracketed, word]) => quoted ?? bracketed ?? word ?? '',
  );
}
