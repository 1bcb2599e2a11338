import { AwsError } from '../../../control-plane/aws-error.js';

/** Reads a query from the left, over spaces and `# comments`. */
export class QueryReader {
  at = 0;
  /** Behind what was read last, without what follows it: spaces and comments. */
  #end = 0;
  readonly text: string;

  constructor(text: string) {
    this.text = text;
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
