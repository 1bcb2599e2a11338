// wildcard: `*` stands for any text, the empty one too; `?` for exactly one character.
//
// The one matcher of the house. A pattern is a list of tokens, because a star that a policy variable brought in is a plain star, and
// because a question may itself be a pattern ("some action of ssm").

const ANY = Symbol('any text');
const ONE = Symbol('one character');

/** A literal is one UTF-16 unit. */
type PatternToken = string | typeof ANY | typeof ONE;
export type Pattern = readonly PatternToken[];

/** A pattern in which every `*` and `?` is a wildcard. */
export function parsePattern(text: string): Pattern {
  return Array.from({ length: text.length }, (_, at) => tokenOf(text.charAt(at)));
}

/** A pattern in which a backslash takes the next character as it is: the form of EC2's filters. */
export function parseEscapedPattern(text: string): Pattern {
  const tokens: PatternToken[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const isEscape = text.charAt(at) === '\\' && at + 1 < text.length;
    tokens.push(isEscape ? text.charAt(++at) : tokenOf(text.charAt(at)));
  }
  return tokens;
}

/** A pattern that only this text matches. */
export function literalPattern(text: string): Pattern {
  return Array.from({ length: text.length }, (_, at) => text.charAt(at));
}

function tokenOf(character: string): PatternToken {
  if (character === '*') return ANY;
  return character === '?' ? ONE : character;
}

/** The pattern as it was written, for who takes no wildcards. */
export function plainText(pattern: Pattern): string {
  return pattern.map((token) => (typeof token === 'string' ? token : token === ANY ? '*' : '?')).join('');
}

export function lowerCased(pattern: Pattern): Pattern {
  return pattern.map((token) => (typeof token === 'string' ? token.toLowerCase() : token));
}

/**
 * Whether the text matches the pattern. Takes at most as many steps as the product of both lengths, so that no pattern can hang its
 * caller.
 */
export function matchesWildcard(pattern: string | Pattern, text: string): boolean {
  return covers(typeof pattern === 'string' ? parsePattern(pattern) : pattern, literalPattern(text));
}

/**
 * Whether every text that `asked` stands for matches the pattern. False may also mean that this cannot be shown: `a?*` covers `a*b`,
 * and is not seen to.
 */
export function covers(pattern: Pattern, asked: Pattern): boolean {
  let at = 0;
  let askedAt = 0;
  let afterStar = -1;
  let resumeAt = 0;
  while (askedAt < asked.length) {
    const token = pattern[at];
    const wanted = asked[askedAt];
    if (token === ANY) {
      afterStar = ++at;
      resumeAt = askedAt;
    } else if (at < pattern.length && (token === wanted || (token === ONE && wanted !== ANY))) {
      at += 1;
      askedAt += 1;
    } else if (afterStar >= 0) {
      // Let the last star take one more.
      at = afterStar;
      askedAt = ++resumeAt;
    } else return false;
  }
  return pattern.slice(at).every((token) => token === ANY);
}

/** Whether some text matches both patterns. */
export function overlaps(left: Pattern, right: Pattern): boolean {
  // reached[j]: the part of `left` so far and the first j tokens of `right` have a text in common.
  let reached = startingRow(right);
  for (const token of left) reached = nextRow(token, right, reached);
  return reached[right.length] === true;
}

function startingRow(right: Pattern): readonly boolean[] {
  const row = [true];
  for (const token of right) row.push(token === ANY && row.at(-1) === true);
  return row;
}

function nextRow(token: PatternToken, right: Pattern, above: readonly boolean[]): readonly boolean[] {
  const row = [token === ANY && above[0] === true];
  right.forEach((other, index) => {
    row.push(
      token === ANY || other === ANY
        ? above[index + 1] === true || row[index] === true
        : above[index] === true && (token === other || token === ONE || other === ONE),
    );
  });
  return row;
}
