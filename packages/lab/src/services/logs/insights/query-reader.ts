import { AwsError } from '../../../control-plane/aws-error.js';
import type { Row, Value } from './row.js';

/** What an expression within `stats` may use beside functions: statistics, and columns that are there already. */
export interface StatisticsContext {
  readonly known: ReadonlySet<string>;
  /** Reads the arguments of a statistic, behind its parenthesis. Undefined for what is none. */
  read(name: string): ((row: Row) => Value) | undefined;
}

/** Reads a query from the left, over spaces and `# comments`. */
export class QueryReader {
  /** Set while the columns of a `stats` are read. */
  statistics: StatisticsContext | undefined;
  at = 0;
  /** Behind what was read last, without what follows it: spaces and comments. */
  #end = 0;
  readonly text: string;
  /** Epoch milliseconds of the query's start. */
  readonly now: number;
  /** What the commands so far have named: `exceptionCount`, `count(*)`. */
  readonly columns = new Set<string>();

  constructor(text: string, now: number) {
    this.text = text;
    this.now = now;
  }

  take(pattern: RegExp): RegExpExecArray | undefined {
    this.skip();
    const sticky = new RegExp(pattern.source, 'iy');
    sticky.lastIndex = this.at;
    const match = sticky.exec(this.text);
    if (match === null) return undefined;
    this.at = sticky.lastIndex;
    this.#end = this.at;
    return match;
  }

  takeWord(word: string): boolean {
    return this.take(new RegExp(`${word}(?![\\w.@])`)) !== undefined;
  }

  expect(pattern: RegExp, what: string): RegExpExecArray {
    const match = this.take(pattern);
    if (match === undefined) throw this.refusal(`${what} is expected`);
    return match;
  }

  isAtEnd(): boolean {
    this.skip();
    return this.at >= this.text.length;
  }

  /** The text since `start`, in one line: the name of a column that has no alias. */
  textSince(start: number): string {
    return this.text.slice(start, this.#end).trim().replace(/\s+/g, ' ');
  }

  refusal(reason: string): AwsError {
    const near = this.text.slice(this.at, this.at + 20);
    return new AwsError(
      'MalformedQueryException',
      `${reason} at character ${this.at + 1}${near === '' ? '' : `, near '${near}'`}`,
    );
  }

  skip(): void {
    const space = /(?:\s+|#[^\n]*)*/y;
    space.lastIndex = this.at;
    space.exec(this.text);
    this.at = space.lastIndex;
  }
}
