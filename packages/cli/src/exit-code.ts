/** What the process says when it ends. 0 done, 1 failed and rolled back or halted, 2 refused, 3 needs a human, 130 interrupted. */
export const exitCode = { done: 0, failed: 1, refused: 2, needsHuman: 3, interrupted: 130 } as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
