export { askNetwork, type BakePath, type BakePathAnswer } from './bake/ask-network.js';
export { type BakeRecord, forgetBakeRecord, listBakeRecords, saveBakeRecord } from './bake/bake-record.js';
export {
  type BakedImage,
  type BakeFailure,
  type BakeStory,
  emptyStory,
  explainFailure,
  type TemporaryThings,
} from './bake/bake-story.js';
export { findOverdue, type Removed, removeLeftovers, tagTemporary } from './bake/leftovers.js';
export { type PackerEnd, type PackerRun, readPackerVersion, runPacker, signalGroup } from './bake/run-packer.js';
export { type ImageOrigin, tagImages } from './bake/tag-images.js';
export { type PackerTemplate, readTemplate, type TemplateBuilder } from './bake/template.js';
export {
  type CleanUpAccount,
  type ForeignUse,
  type GroupMemory,
  type NamedFile,
  type PlainParameter,
  type ReferenceSource,
  referenceSources,
  type Sharing,
} from './clean-up/account.js';
export {
  defaultGoodReleases,
  defaultRollbackWindowMs,
  defaultWindowMs,
  defaultYoungestMs,
  snapshotUsdPerGibMonth,
} from './clean-up/defaults.js';
export { keepTag } from './clean-up/marks.js';
export { performStep, type StepResult } from './clean-up/perform-step.js';
export {
  type CleanUpPlan,
  type CleanUpRules,
  type KeepReason,
  type Kept,
  planCleanUp,
  type SnapshotSize,
  type Step,
} from './clean-up/plan.js';
export { type ReadAccountOptions, readCleanUpAccount } from './clean-up/read-account.js';
export { type Reference, type ReferenceKind, referenceKinds } from './clean-up/reference.js';
export { type Restored, restoreImage } from './clean-up/restore-image.js';
