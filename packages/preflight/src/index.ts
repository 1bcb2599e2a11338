export type * from './finding.js';
export type * from './snapshot.js';
