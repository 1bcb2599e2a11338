export { reopenRollout, requestRollback } from './abort.js';
export { awsDrainMs } from './bounds.js';
export { holdAtCanary } from './canary.js';
export * from './canary-plan.js';
export { listOutside, plainForwardOf, readForward } from './canary-sight.js';
export { type ActKind, actKinds, isOfProof } from './contract/act-kind.js';
export type * from './contract/checkpoint.js';
export type * from './contract/ending.js';
export type * from './contract/error-code.js';
export { relayCode } from './contract/error-code.js';
export { type Evidence, type EvidenceCode, shownCountMax } from './contract/evidence.js';
export { type Failure, type FailureKind, failureKinds, failureOf } from './contract/failure.js';
export type * from './contract/hold.js';
export type * from './contract/left-behind.js';
export type * from './contract/need.js';
export type * from './contract/notice.js';
export type * from './contract/reason.js';
export type * from './contract/target-state.js';
export type * from './contract/unreadable-part.js';
export { decide } from './decide.js';
export type * from './decision.js';
export * from './defaults.js';
export { DirectrixError, type DirectrixErrorDetails } from './error.js';
export type * from './event.js';
export * from './forecast.js';
export * from './gates/checkpoint.js';
export { type Answerer, isFailedAnswer, type RequestAnswer } from './gates/request-answer.js';
export {
  gateAlpha,
  type RequestExample,
  type RequestGate,
  type RequestNumbers,
  type Tally,
} from './gates/request-gate.js';
export type * from './gates/request-watch.js';
export type { TrafficGate, TrafficNumbers } from './gates/traffic-gate.js';
export type { Verdict } from './gates/verdict.js';
export { type HealthPage, isSameHost, parseHealthPage } from './gates/version-page.js';
export { type GroupFacts, groupRules, isServing, listNeededSuspended, type TargetGroupFacts } from './group-rules.js';
export { findKeptWarm, readKeptWarm } from './keep-warm.js';
export { foldFailure, foldResult } from './ledger.js';
export { leftBehindWindowMs } from './left-behind.js';
export {
  type LoanReturn,
  type Loans,
  loansTag,
  parseLoans,
  planReturns,
  readLoans,
  writeLoans,
} from './loans.js';
export { isHarmHeard, lookAgainAfterMs, mustReadAll } from './looking.js';
export type * from './observation.js';
export { deriveOptions } from './options.js';
export { planRollout, type RolloutPlan } from './plan.js';
export type * from './ports.js';
export type * from './record.js';
export { parseRecord } from './record-schema.js';
export {
  describeNoBaseline,
  findBaseline,
  findBaselineImage,
  type Refusal,
  type RefusalCode,
  type RefusalTerms,
  refuseRollout,
  resolveVersion,
} from './refusal.js';
export { isLeftAlone, judgeReleases, type ReleaseVerdicts } from './release-verdicts.js';
export { suspendedWhileRolling } from './roll.js';
export { run } from './run.js';
export { type Proof, type ProofPath, proofHeader, type Shadow, type ShadowPlace } from './shadow.js';
export { quote, shell } from './shell-command.js';
export { findReplaced } from './sight.js';
export type { Step } from './step.js';
export { listUnheard } from './track.js';
