export { reachAll } from './batch.js';
export { type Bystander, findBystanders } from './bystanders.js';
export { CODES, type Code, type CodeEntry } from './codes.js';
export {
  comparePaths,
  describeDestination,
  describeSource,
  everybodysQuestions,
  hostOf,
  type PathChange,
} from './compare.js';
export { type DiffOptions, diffNetworks, type PathDifference } from './diff.js';
export { applyEdit, applyEdits, readNewGroupId } from './edit.js';
export { buildNetwork, type Network } from './network.js';
export { overlayChange } from './overlay.js';
export { partitionOf } from './partition.js';
export { describeEdit } from './picture/edit-text.js';
export { toDot, toMermaid } from './picture/graph.js';
export { describeTrace } from './picture/trace-text.js';
export type * from './question.js';
export { applyEditToQuestion, decideReach, reach } from './reach.js';
export { type CustomResolver, describeResolution, findCustomResolver, resolve } from './resolve.js';
export type * from './snapshot.js';
export { writeOutLoops } from './template/for-each.js';
export {
  evaluate,
  evaluateCondition,
  isUnresolved,
  type Known,
  type Scope,
  type Template,
  type TemplateResource,
} from './template/intrinsics.js';
export { isStackSet, type Stack, type StackSet } from './template/stacks.js';
export {
  resourcesFromTemplate,
  snapshotFromTemplate,
  type TemplateNetwork,
  type TemplateOptions,
  type TemplateResourceFacts,
} from './template/template-network.js';
export { accountOfPlan } from './terraform/plan.js';
export {
  isPlan,
  type PlanOptions,
  resourcesFromPlan,
  snapshotBeforePlan,
  snapshotFromPlan,
} from './terraform/plan-network.js';
