export type * from './question.js';
export type * from './snapshot.js';
