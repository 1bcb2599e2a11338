// filter pattern: which messages a FilterLogEvents request or a metric filter selects.
//
// Source: CloudWatch Logs user guide, "Filter pattern syntax".
//
//   ERROR Exception        both terms, anywhere, with this case       ?ERROR ?WARN   either
//   "disk full" -debug     a phrase, and a term that must be missing  %4\d\d%        a regular expression
//   { $.level = "error" }  JSON                                       [ip, ..., status=5*]  fields between spaces
import { parseFieldPattern } from './field-pattern.js';
import { invalidPattern } from './invalid-pattern.js';
import { parseJsonPattern } from './json-pattern.js';
import type { MatchesMessage } from './matches-message.js';
import { parseTerms } from './terms.js';

const MOST_CHARACTERS = 1_024;

/** The empty pattern matches everything. Throws InvalidParameterException. */
export function parseFilterPattern(pattern: string): MatchesMessage {
  const text = pattern.trim();
  if (text.length > MOST_CHARACTERS) throw invalidPattern(`it has more than ${MOST_CHARACTERS} characters`);
  if (text === '') return () => true;
  if (text.startsWith('{')) return parseJsonPattern(text);
  if (text.startsWith('[')) return parseFieldPattern(text);
  return parseTerms(text);
}
