import type { Io } from './io.js';
import type { World } from './world.js';

/** What main.ts hands to every `register<Command>(program, context)`. */
export interface CommandContext {
  readonly io: Io;
  /** The process ends with this code once everything is written. The last call wins. */
  setExitCode(code: number): void;
  /** In place of the real AWS and the real clock. */
  readonly world?: World;
}
