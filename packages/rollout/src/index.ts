export { reopenRollout, requestRollback } from './abort.js';
export { decide } from './decide.js';
export type * from './decision.js';
export { DirectrixError } from './error.js';
export type * from './event.js';
export type { EvidenceCode } from './evidence.js';
export { foldFailure, foldResult } from './ledger.js';
export type * from './observation.js';
export { deriveOptions, deriveSurge } from './options.js';
export { planRollout, type RolloutPlan } from './plan.js';
export type * from './ports.js';
export type * from './record.js';
export {
  findBaseline,
  type Refusal,
  type RefusalCode,
  type RefusalTerms,
  refuseRollout,
  resolveVersion,
} from './refusal.js';
export { suspendedWhileRolling } from './roll.js';
export { run } from './run.js';
export type { Step } from './step.js';
export { listUnheard } from './track.js';
