/** What somebody who is gone left in a group before us. It is theirs, and stays. */
export interface LeftBehind {
  /** Suspended processes. Never empty. */
  readonly processes: readonly string[];
  /** What DesiredCapacity was before somebody raised it to what it is, by hand or by a tool. Undefined: nothing says that. */
  readonly raisedFrom?: number;
}
