export { createDeployerClock, type DeployerClock } from './clock.js';
export type { CommandContext } from './command-context.js';
export { type ExitCode, exitCode } from './exit-code.js';
export type { Io, Output } from './io.js';
export { runProgram } from './program.js';
export type { RolloutDocument, RolloutOutcome } from './view/rollout-document.js';
export type { World } from './world.js';
