import type { Io } from './io.js';
import type { AccountChoice, World } from './world.js';

/** What main.ts hands to every `register<Command>(program, context)`. */
export interface CommandContext {
  readonly io: Io;
  /** What was typed after `directrix`. */
  readonly argv: readonly string[];
  /** The process ends with this code once everything is written. The last call wins. */
  setExitCode(code: number): void;
  /** Another command of ours, as a user would run it, in the world of this one. Returns its exit code. */
  run?(argv: readonly string[], world: World): Promise<number>;
  /** Of the AWS account: `--profile` and `--region`. */
  readonly account?: AccountChoice;
  /** In place of the real AWS and the real clock. */
  readonly world?: World;
}
