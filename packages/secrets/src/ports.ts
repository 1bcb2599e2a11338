/** Time and chance, passed in so that a test owns them. */
export interface Ports {
  /** Epoch milliseconds. */
  now(): number;
  /** Rejects with the signal's reason when it aborts. The process lives at least as long as the wait. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** As `sleep`, and the process may end meanwhile: for the wait between two refreshes. */
  sleepInBackground(ms: number, signal: AbortSignal): Promise<void>;
  /** In [0, 1). */
  random(): number;
  /** Where diagnoses are told: standard error, and so the console of the machine. */
  warn(line: string): void;
}
