import { PatternReader, readComparison, readConditions } from './condition-reader.js';
import { invalidPattern } from './invalid-pattern.js';
import type { MatchesMessage } from './matches-message.js';

type Step = string | number;

/** `{ ($.level = "error" || $.status >= 500) && $.user IS NULL }`. A message that is not JSON does not match. */
export function parseJsonPattern(text: string): MatchesMessage {
  const reader = new PatternReader(text);
  reader.expect(/\{/, '{');
  const matches = readConditions(reader, readCondition);
  reader.expect(/\}/, '}');
  reader.expectEnd();
  return (message) => {
    const document = readObject(message);
    return document !== undefined && matches(document);
  };
}

function readCondition(reader: PatternReader): (document: unknown) => boolean {
  const selector =
    reader.expect(/\$((?:\.(?:[\w@-]+|"[^"]*")|\[(?:\d+|"[^"]*")\])+)/, 'a selector such as $.level')[1] ?? '';
  const steps = readSteps(selector);
  const word = reader
    .take(/(IS\s+NULL|IS\s+TRUE|IS\s+FALSE|NOT\s+EXISTS)\b/i)?.[0]
    ?.toUpperCase()
    .replace(/\s+/g, ' ');
  if (word !== undefined) return (document) => isAsSaid(word, select(document, steps));
  const comparison = readComparison(reader);
  if (comparison === undefined) throw invalidPattern(`an operator is expected after $${selector}`);
  return (document) => comparison(select(document, steps));
}

function isAsSaid(word: string, value: unknown): boolean {
  if (word === 'NOT EXISTS') return value === undefined;
  if (word === 'IS NULL') return value === null;
  return value === (word === 'IS TRUE');
}

function readSteps(selector: string): readonly Step[] {
  return [...selector.matchAll(/\.(?:"([^"]*)"|([\w@-]+))|\[(?:(\d+)|"([^"]*)")\]/g)].map(
    ([, quoted, word, index, key]) => (index === undefined ? (quoted ?? word ?? key ?? '') : Number(index)),
  );
}

function select(document: unknown, steps: readonly Step[]): unknown {
  let value: unknown = document;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<Step, unknown>)[step];
  }
  return value;
}

function readObject(message: string): unknown {
  try {
    const value: unknown = JSON.parse(message);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
