export { CODES, type Code, type CodeEntry } from './codes.js';
export { applyEdit, applyEdits } from './edit.js';
export { buildNetwork, type Network } from './network.js';
export type * from './question.js';
export { applyEditToQuestion, decideReach, reach } from './reach.js';
export { resolve } from './resolve.js';
export type * from './snapshot.js';
