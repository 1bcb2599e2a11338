import { PatternReader, readComparison, readConditions } from './condition-reader.js';
import { invalidPattern } from './invalid-pattern.js';
import type { MatchesMessage } from './matches-message.js';

interface Field {
  /** `...`: any number of fields. */
  readonly isEllipsis: boolean;
  readonly matches: (value: string) => boolean;
}

/**
 * `[ip, user, ..., status=4*, size>1000]`: fields between spaces; what stands in quotes or brackets is one field. The last field of a
 * pattern without `...` takes the rest of the line: `[w1=ERROR, w2]` finds lines of any length.
 */
export function parseFieldPattern(text: string): MatchesMessage {
  const reader = new PatternReader(text);
  reader.expect(/\[/, '[');
  const fields: Field[] = [];
  do fields.push(readField(reader));
  while (reader.take(/,/) !== undefined);
  reader.expect(/\]/, ']');
  reader.expectEnd();
  if (fields.filter(({ isEllipsis }) => isEllipsis).length > 1) throw invalidPattern('... can stand once only');
  return (message) => matchFields(fieldsOf(message), fields);
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

function matchFields(found: readonly LineField[], fields: readonly Field[]): boolean {
  const values = found.map(({ value }) => value);
  const gap = fields.findIndex(({ isEllipsis }) => isEllipsis);
  const matchesAll = (some: readonly string[], wanted: readonly Field[]) =>
    wanted.every(({ matches }, index) => matches(some[index] ?? ''));
  if (gap === -1) {
    if (values.length < fields.length) return false;
    const last = found[fields.length - 1];
    const rest = values.length === fields.length ? last?.value : last?.rest;
    return matchesAll([...values.slice(0, fields.length - 1), rest ?? ''], fields);
  }
  const [before, after] = [fields.slice(0, gap), fields.slice(gap + 1)];
  if (values.length < before.length + after.length) return false;
  return matchesAll(values, before) && matchesAll(values.slice(values.length - after.length), after);
}

interface LineField {
  readonly value: string;
  /** The line from this field to its end. */
  readonly rest: string;
}

/** `127.0.0.1 "GET /" [10/Oct] 200` has four fields. */
function fieldsOf(message: string): readonly LineField[] {
  return [...message.matchAll(/"([^"]*)"|\[([^\]]*)\]|(\S+)/g)].map(({ index, 1: quoted, 2: bracketed, 3: word }) => ({
    value: quoted ?? bracketed ?? word ?? '',
    rest: message.slice(index).trimEnd(),
  }));
}
