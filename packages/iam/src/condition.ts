// condition: one operator with one key and its values, compared with what the request has.
//
//   C1. A key that the request does not have matches nothing; a negated operator is then met, one with IfExists too.
//   C2. A key whose value is not known, a value of the wrong type and an operator that IAM does not have leave it open.
import type { Condition } from './document.js';
import { allOf, anyOf, negate, type Truth } from './doubt.js';
import { isWithin, parseRange } from './ip-range.js';
import type { KeyLookup } from './request.js';
import { fillPattern } from './variable.js';
import { covers, literalPattern, matchesWildcard, type Pattern, plainText } from './wildcard.js';

interface ConditionScope {
  readonly statement: string;
  readonly hasVariables: boolean;
  readonly lookUp: KeyLookup;
}

type OperatorCode = { readonly quantifier?: 'all' | 'any'; readonly base: string; readonly isIfExists: boolean };

/** Whether the request has what the condition asks for. */
export function meetsCondition(condition: Condition, scope: ConditionScope): Truth {
  const { quantifier, base, isIfExists } = readOperator(condition.operator);
  const found = scope.lookUp(condition.key);
  if (base === 'null') return meetsNull(condition, found, scope);
  const operator = OPERATORS[base];
  if (operator === undefined) return [{ statement: scope.statement, code: 'operator', operator: condition.operator }];
  if (found === undefined) return [{ statement: scope.statement, code: 'conditionKey', key: condition.key }];
  if (found.length === 0) return isIfExists || quantifier === 'all' || (operator.isNegated && quantifier !== 'any');
  const perValue = found.map((value) => meetsOperator(operator, value, condition, scope));
  // Of several values without a quantifier: one that matches is enough, and one is enough to break a negated operator.
  const isForAll = quantifier === 'all' || (quantifier === undefined && operator.isNegated);
  return isForAll ? allOf(perValue) : anyOf(perValue);
}

function readOperator(text: string): OperatorCode {
  const [, quantifier, base = '', suffix] = /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/i.exec(text) ?? [];
  return {
    ...(quantifier !== undefined && { quantifier: quantifier.toLowerCase() === 'forallvalues' ? 'all' : 'any' }),
    base: base.toLowerCase(),
    isIfExists: suffix !== undefined,
  };
}

function meetsNull(condition: Condition, found: readonly string[] | undefined, scope: ConditionScope): Truth {
  if (found === undefined) return [{ statement: scope.statement, code: 'conditionKey', key: condition.key }];
  return anyOf(
    condition.values.map((value): Truth => {
      const isAbsentWanted = readBoolean(value);
      if (isAbsentWanted !== undefined) return (found.length === 0) === isAbsentWanted;
      return [{ statement: scope.statement, code: 'conditionValue', operator: condition.operator, value }];
    }),
  );
}

function meetsOperator(operator: Operator, value: string, condition: Condition, scope: ConditionScope): Truth {
  const matches = anyOf(condition.values.map((expected) => operator.test(value, expected, condition, scope)));
  return operator.isNegated ? negate(matches) : matches;
}

interface Operator {
  readonly isNegated: boolean;
  test(value: string, expected: string, condition: Condition, scope: ConditionScope): Truth;
}

type PatternTest = (value: string, pattern: Pattern) => boolean;
type TypedTest = (value: string, expected: string) => boolean | undefined;

// Text operators may hold variables.
function byPattern(test: PatternTest, isNegated = false): Operator {
  return {
    isNegated,
    test: (value, expected, _condition, scope) => {
      const filled = fillPattern(expected, scope.lookUp, scope.hasVariables);
      if (filled.kind === 'pattern') return test(value, filled.pattern);
      if (filled.kind === 'unknown')
        return [{ statement: scope.statement, code: 'variable', variable: filled.variable }];
      return false;
    },
  };
}

// Undefined: one of the two is not of the type.
function byType(test: TypedTest, isNegated = false): Operator {
  return {
    isNegated,
    test: (value, expected, { operator }, scope) =>
      test(value, expected) ?? [{ statement: scope.statement, code: 'conditionValue', operator, value: expected }],
  };
}

function byNumber(read: (text: string) => number | undefined, name: string): Readonly<Record<string, Operator>> {
  const compare = (test: (value: number, expected: number) => boolean, isNegated = false) =>
    byType((value, expected) => {
      const [left, right] = [read(value), read(expected)];
      return left === undefined || right === undefined ? undefined : test(left, right);
    }, isNegated);
  return {
    [`${name}equals`]: compare((value, expected) => value === expected),
    [`${name}notequals`]: compare((value, expected) => value === expected, true),
    [`${name}lessthan`]: compare((value, expected) => value < expected),
    [`${name}lessthanequals`]: compare((value, expected) => value <= expected),
    [`${name}greaterthan`]: compare((value, expected) => value > expected),
    [`${name}greaterthanequals`]: compare((value, expected) => value >= expected),
  };
}

const isSame: PatternTest = (value, pattern) => value === plainText(pattern);
const isSameIgnoringCase: PatternTest = (value, pattern) => value.toLowerCase() === plainText(pattern).toLowerCase();
const isLike: PatternTest = (value, pattern) => matchesWildcard(pattern, value);

const isInRange: TypedTest = (value, expected) => {
  const [address, range] = [parseRange(value), parseRange(expected)];
  return address === undefined || range === undefined ? undefined : isWithin(address, range);
};

const isSameBoolean: TypedTest = (value, expected) => {
  const wanted = readBoolean(expected);
  return wanted === undefined ? undefined : readBoolean(value) === wanted;
};

const isSameBinary: TypedTest = (value, expected) => value === expected;

// Each of the six parts of an ARN is compared for itself; only the last one may hold colons.
const isLikeArn: PatternTest = (value, pattern) => {
  const [parts, patterns] = [splitArn(literalPattern(value)), splitArn(pattern)];
  return parts.length === patterns.length && parts.every((part, index) => covers(patterns[index] ?? [], part));
};

function splitArn(pattern: Pattern): readonly Pattern[] {
  const parts: Pattern[] = [];
  let rest = pattern;
  while (parts.length < 5) {
    const colon = rest.indexOf(':');
    if (colon < 0) break;
    parts.push(rest.slice(0, colon));
    rest = rest.slice(colon + 1);
  }
  return [...parts, rest];
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  stringequals: byPattern(isSame),
  stringnotequals: byPattern(isSame, true),
  stringequalsignorecase: byPattern(isSameIgnoringCase),
  stringnotequalsignorecase: byPattern(isSameIgnoringCase, true),
  stringlike: byPattern(isLike),
  stringnotlike: byPattern(isLike, true),
  arnequals: byPattern(isLikeArn),
  arnlike: byPattern(isLikeArn),
  arnnotequals: byPattern(isLikeArn, true),
  arnnotlike: byPattern(isLikeArn, true),
  ipaddress: byType(isInRange),
  notipaddress: byType(isInRange, true),
  bool: byType(isSameBoolean),
  binaryequals: byType(isSameBinary),
  ...byNumber(readNumber, 'numeric'),
  ...byNumber(readDate, 'date'),
};

function readNumber(text: string): number | undefined {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

// ISO 8601, or seconds since 1970.
function readDate(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const at = /^\d{4}(-\d\d){0,2}(T[\d:.]+(Z|[+-]\d\d:?\d\d)?)?$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

function readBoolean(text: string): boolean | undefined {
  const lower = text.toLowerCase();
  return lower === 'true' || lower === 'false' ? lower === 'true' : undefined;
}
