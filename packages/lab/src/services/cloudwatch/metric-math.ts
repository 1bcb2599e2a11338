// metric math: the part of it that dashboards and alarms of a web site use. Pure.
//
//   numbers, ids of other queries, + - * / and parentheses, SUM, AVG, MIN and MAX of a list ([m1, m2]), FILL(m1, 0) and
//   FILL(m1, REPEAT). Everything else is refused by name.
//
// Source: CloudWatch user guide, "Using math expressions with CloudWatch metrics".
import { AwsError } from '../../control-plane/aws-error.js';

/** Values by the beginning of their period, epoch milliseconds. */
export type TimeSeries = ReadonlyMap<number, number>;
type Value = number | TimeSeries;

interface MathContext {
  /** The query of this id. Undefined when there is none. */
  readonly read: (id: string) => TimeSeries | undefined;
  /** Every period of the request, oldest first. */
  readonly periods: readonly number[];
}

const TOKEN = /\s*(\d+(?:\.\d+)?|[A-Za-z][A-Za-z0-9_]*|[-+*/()[\],])/y;
const MOST_TOKENS = 1_024;
const MOST_DEPTH = 50;

/** Throws AwsError ValidationError for what cannot be read, names no query, or is not emulated. */
export function evaluateMath(expression: string, context: MathContext): TimeSeries {
  const value = new Parser(expression, context).read();
  if (typeof value !== 'number') return value;
  throw invalid(`Error in expression '${expression}': the result must be a time series, not a number.`);
}

class Parser {
  readonly #expression: string;
  readonly #context: MathContext;
  readonly #tokens: readonly string[];
  #position = 0;
  #depth = 0;

  constructor(expression: string, context: MathContext) {
    this.#expression = expression;
    this.#context = context;
    this.#tokens = tokenize(expression);
  }

  read(): Value {
    const value = this.#sum();
    if (this.#position < this.#tokens.length) throw this.#unexpected();
    return value;
  }

  #sum(): Value {
    let left = this.#product();
    for (;;) {
      if (this.#take('+')) left = combine(left, this.#product(), (a, b) => a + b);
      else if (this.#take('-')) left = combine(left, this.#product(), (a, b) => a - b);
      else return left;
    }
  }

  #product(): Value {
    let left = this.#factor();
    for (;;) {
      if (this.#take('*')) left = combine(left, this.#factor(), (a, b) => a * b);
      else if (this.#take('/')) left = combine(left, this.#factor(), (a, b) => a / b);
      else return left;
    }
  }

  #factor(): Value {
    this.#depth += 1;
    if (this.#depth > MOST_DEPTH) throw this.#unexpected();
    try {
      if (this.#take('-')) return combine(0, this.#factor(), (a, b) => a - b);
      if (this.#take('(')) {
        const value = this.#sum();
        this.#expect(')');
        return value;
      }
      return this.#word();
    } finally {
      this.#depth -= 1;
    }
  }

  #word(): Value {
    const token = this.#tokens[this.#position];
    if (token === undefined) throw this.#unexpected();
    this.#position += 1;
    if (/^\d/.test(token)) return Number(token);
    if (/^[A-Z]/.test(token)) return this.#call(token);
    if (!/^[a-z]/.test(token)) throw this.#unexpected();
    const series = this.#context.read(token);
    if (series === undefined) throw invalid(`Error in expression '${this.#expression}': there is no query ${token}.`);
    return series;
  }

  #call(name: string): Value {
    const fold = FOLDS[name];
    if (fold === undefined && name !== 'FILL')
      throw invalid(`The lab does not emulate ${name} of metric math, in '${this.#expression}'.`);
    this.#expect('(');
    if (fold === undefined) return this.#fill();
    const members: Value[] = [];
    const isList = this.#take('[');
    do members.push(this.#sum());
    while (this.#take(','));
    if (isList) this.#expect(']');
    this.#expect(')');
    return fold(members.filter((member) => typeof member !== 'number'));
  }

  #fill(): Value {
    const series = this.#sum();
    this.#expect(',');
    const isRepeat = this.#take('REPEAT');
    const filler = isRepeat ? undefined : this.#sum();
    this.#expect(')');
    if (typeof series === 'number' || (filler !== undefined && typeof filler !== 'number')) throw this.#unexpected();
    const filled = new Map<number, number>();
    let last = filler;
    for (const at of this.#context.periods) {
      const value = series.get(at) ?? last;
      if (isRepeat) last = value;
      if (value !== undefined) filled.set(at, value);
    }
    return filled;
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#position] !== token) return false;
    this.#position += 1;
    return true;
  }

  #expect(token: string): void {
    if (!this.#take(token)) throw this.#unexpected();
  }

  #unexpected(): AwsError {
    const token = this.#tokens[this.#position] ?? 'its end';
    return invalid(`Error in expression '${this.#expression}': ${token} was not expected.`);
  }
}

function tokenize(expression: string): readonly string[] {
  const tokens: string[] = [];
  const end = expression.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const match = TOKEN.exec(expression);
    if (match === null || tokens.length >= MOST_TOKENS)
      throw invalid(`The lab does not emulate the expression '${expression.slice(0, 200)}'.`);
    tokens.push(match[1]!);
  }
  return tokens;
}

/** Where one of two time series has no value, neither has the result; nor where it is no number (a division by zero). */
function combine(left: Value, right: Value, join: (a: number, b: number) => number): Value {
  if (typeof left === 'number' && typeof right === 'number') return join(left, right);
  const times = typeof left === 'number' ? (right as TimeSeries).keys() : left.keys();
  const joined = new Map<number, number>();
  for (const at of times) {
    const [a, b] = [left, right].map((side) => (typeof side === 'number' ? side : side.get(at)));
    const value = a === undefined || b === undefined ? Number.NaN : join(a, b);
    if (Number.isFinite(value)) joined.set(at, value);
  }
  return joined;
}

const FOLDS: Readonly<Record<string, (members: readonly TimeSeries[]) => TimeSeries>> = {
  SUM: foldWith((values) => values.reduce((sum, value) => sum + value, 0)),
  AVG: foldWith((values) => values.reduce((sum, value) => sum + value, 0) / values.length),
  MIN: foldWith((values) => Math.min(...values)),
  MAX: foldWith((values) => Math.max(...values)),
};

function foldWith(join: (values: readonly number[]) => number): (members: readonly TimeSeries[]) => TimeSeries {
  return (members) => {
    const times = [...new Set(members.flatMap((member) => [...member.keys()]))].sort((left, right) => left - right);
    const valuesAt = (at: number) => members.map((member) => member.get(at)).filter((value) => value !== undefined);
    return new Map(times.map((at) => [at, join(valuesAt(at))]));
  };
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationError', message);
}
