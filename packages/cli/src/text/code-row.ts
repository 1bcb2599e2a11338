/** What docs/errors.md says of a code. */
export interface CodeRow {
  readonly meaning: string;
  /** What to do, or where to look; empty where there is nothing to do. */
  readonly fix: string;
}
