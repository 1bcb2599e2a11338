/** Entries that may be missing: the one that was shipped last is not in the journal any more. */
export interface Gap {
  readonly reason: 'cursorGone' | 'cursorUnreadable';
  /** Epoch milliseconds of the last entry that was shipped; undefined when that is not known. */
  readonly from?: number;
  /** Epoch milliseconds of the entry with which reading goes on. */
  readonly until: number;
}

/** Events of an acknowledged batch that the service left out. */
export interface Rejection {
  readonly reason: 'tooOld' | 'expired' | 'tooNew';
  readonly count: number;
  /** Epoch milliseconds of the first and the last of them. */
  readonly from: number;
  readonly until: number;
}
