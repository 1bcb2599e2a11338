export { type AwsClientOptions, type AwsClients, createAwsClients } from './clients/aws-clients.js';
export { awsCodeOf, awsTextOf, isPassing } from './clients/aws-failure.js';
export { hasEnded } from './observe/activities.js';
export { describeGroup } from './observe/group.js';
export { refuseInstanceRefresh } from './observe/instance-refresh.js';
export { createObserver, type ObservationRequest, type Observer } from './observe/observe.js';
export type { TargetGroupSettings } from './observe/target-groups.js';
export { launchSourceOf, subnetIdsOf } from './preflight-snapshot/launch-source.js';
export { builderTag } from './preflight-snapshot/read-builders.js';
export { readNetwork } from './preflight-snapshot/read-network.js';
export { type PreflightRequest, readPreflight } from './preflight-snapshot/read-preflight.js';
export { describeImages, versionOf } from './release/images.js';
export { findLaunchTemplateImage } from './release/launch-template-image.js';
export { type ReleaseRequest, resolveRelease } from './release/resolve-release.js';
export type { Fetch, ReportClock } from './reports/hear-reports.js';
export type { ListenerRoute } from './reports/listener.js';
export {
  createReportSource,
  findReportRoute,
  type ReportSettings,
  type ReportSource,
  tryReportRoute,
} from './reports/report-source.js';
export { createRolloutPorts, isLeaseLost, type RolloutPortsOptions } from './rollout-ports.js';
export { type GoodRelease, loadHistory, recordGoodReleases } from './state/history.js';
export { createJournal, type Journal } from './state/journal.js';
export {
  acquireLease,
  type Lease,
  type LeaseHolder,
  type LeasePorts,
  type LeaseState,
  leaseTimeToLiveMs,
  readLease,
} from './state/lease.js';
export { createRecordWriter, loadRecord, tidyRecordParts } from './state/record-store.js';
export { stateDirectoryOf } from './state/state-directory.js';
