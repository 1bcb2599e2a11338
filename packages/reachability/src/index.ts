export { reachAll } from './batch.js';
export { CODES, type Code, type CodeEntry } from './codes.js';
export {
  comparePaths,
  describeDestination,
  describeSource,
  everybodysQuestions,
  hostOf,
  type PathChange,
} from './compare.js';
export { applyEdit, applyEdits } from './edit.js';
export { buildNetwork, type Network } from './network.js';
export { describeEdit } from './picture/edit-text.js';
export { toDot, toMermaid } from './picture/graph.js';
export { describeTrace } from './picture/trace-text.js';
export type * from './question.js';
export { applyEditToQuestion, decideReach, reach } from './reach.js';
export { describeResolution, resolve } from './resolve.js';
export type * from './snapshot.js';
export {
  resourcesFromTemplate,
  snapshotFromTemplate,
  type TemplateNetwork,
  type TemplateOptions,
  type TemplateResourceFacts,
} from './template/template-network.js';
