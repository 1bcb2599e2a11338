export { AgentError, type AgentErrorCode } from './agent-error.js';
export { eventIdOf } from './event.js';
export { type MainIo, main } from './main.js';
export type { AgentHealth } from './progress.js';
export * from './stream.js';
