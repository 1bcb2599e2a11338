export type * from './decision.js';
export { DirectrixError } from './error.js';
export type * from './event.js';
export type * from './observation.js';
export type * from './ports.js';
export type * from './record.js';
