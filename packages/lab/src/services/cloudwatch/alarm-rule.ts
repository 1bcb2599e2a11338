// alarm rule: the expression of a composite alarm. ALARM("a") AND NOT (OK(b) OR INSUFFICIENT_DATA("c")), TRUE, FALSE. Pure.
//
// Source: CloudWatch API reference, PutCompositeAlarm, AlarmRule.
import type { StateValue } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../control-plane/aws-error.js';

export type AlarmRule =
  | { readonly kind: 'state'; readonly state: StateValue; readonly alarm: string }
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'not'; readonly rule: AlarmRule }
  | { readonly kind: 'and' | 'or'; readonly left: AlarmRule; readonly right: AlarmRule };

const TOKEN =
  /\s*(?:(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"((?:[^"\\]|\\.)*)"|([^\s()"]+))\s*\)|(AND|OR|NOT|TRUE|FALSE)\b|([()]))/y;
/** Of parentheses and NOTs. A rule has 10,240 characters at most. */
const MOST_DEPTH = 100;

type Token =
  | { readonly kind: 'state'; readonly state: StateValue; readonly alarm: string }
  | { readonly kind: 'word'; readonly word: string };

/** Throws AwsError ValidationError for what is not a rule. */
export function parseAlarmRule(text: string): AlarmRule {
  const tokens = tokenize(text);
  let position = 0;
  const isNext = (word: string): boolean => {
    const token = tokens[position];
    return token?.kind === 'word' && token.word === word;
  };
  const take = (word: string): boolean => {
    if (!isNext(word)) return false;
    position += 1;
    return true;
  };

  const readOr = (depth: number): AlarmRule => {
    let left = readAnd(depth);
    while (take('OR')) left = { kind: 'or', left, right: readAnd(depth) };
    return left;
  };
  const readAnd = (depth: number): AlarmRule => {
    let left = readNot(depth);
    while (take('AND')) left = { kind: 'and', left, right: readNot(depth) };
    return left;
  };
  const readNot = (depth: number): AlarmRule => {
    if (depth > MOST_DEPTH) throw refuse(text);
    if (take('NOT')) return { kind: 'not', rule: readNot(depth + 1) };
    if (take('TRUE')) return { kind: 'constant', value: true };
    if (take('FALSE')) return { kind: 'constant', value: false };
    if (take('(')) {
      const rule = readOr(depth + 1);
      if (!take(')')) throw refuse(text);
      return rule;
    }
    const token = tokens[position];
    if (token?.kind !== 'state') throw refuse(text);
    position += 1;
    return token;
  };

  const rule = readOr(0);
  if (position < tokens.length) throw refuse(text);
  return rule;
}

function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const match = TOKEN.exec(text);
    if (match === null) throw refuse(text);
    const [, state, quoted, bare, word, bracket] = match;
    if (state === undefined) tokens.push({ kind: 'word', word: word ?? bracket! });
    else
      tokens.push({
        kind: 'state',
        state: state as StateValue,
        alarm: nameOf(quoted?.replace(/\\(.)/g, '$1') ?? bare!),
      });
  }
  return tokens;
}

/** An alarm may be named by its ARN. */
export function nameOf(alarm: string): string {
  return /^arn:[^:]*:cloudwatch:[^:]*:[^:]*:alarm:(.*)$/s.exec(alarm)?.[1] ?? alarm;
}

/** The alarms that a rule names, each once. */
export function alarmsOf(rule: AlarmRule): readonly string[] {
  switch (rule.kind) {
    case 'state':
      return [rule.alarm];
    case 'constant':
      return [];
    case 'not':
      return alarmsOf(rule.rule);
    default:
      return [...new Set([...alarmsOf(rule.left), ...alarmsOf(rule.right)])];
  }
}

export function isRuleTrue(rule: AlarmRule, stateOf: (alarm: string) => StateValue | undefined): boolean {
  switch (rule.kind) {
    case 'state':
      return stateOf(rule.alarm) === rule.state;
    case 'constant':
      return rule.value;
    case 'not':
      return !isRuleTrue(rule.rule, stateOf);
    case 'and':
      return isRuleTrue(rule.left, stateOf) && isRuleTrue(rule.right, stateOf);
    case 'or':
      return isRuleTrue(rule.left, stateOf) || isRuleTrue(rule.right, stateOf);
  }
}

function refuse(text: string): AwsError {
  return new AwsError('ValidationError', `AlarmRule is not a valid expression: ${text.slice(0, 200)}`);
}
