export { findMadeVersion } from './apply/create-launch-template-version.js';
export { type Account, type AccountChoice, chooseAccount } from './clients/account.js';
export { type AwsClientOptions, type AwsClients, createAwsClients } from './clients/aws-clients.js';
export { type AwsClock, createAwsClock } from './clients/aws-clock.js';
export { awsCodeOf, awsTextOf, isPassing } from './clients/aws-failure.js';
export { chunk, collectPages } from './clients/page.js';
export { type Notification, publishNotification } from './clients/publish-notification.js';
export { type KeptBundle, readBundle } from './evidence/bundle.js';
export { listQuarantined, type QuarantinedInstance } from './evidence/quarantined.js';
export { type LogQuestion, readLogEvents, type StoredLogEvent } from './logs/read-logs.js';
export { createActivityReader, hasEnded } from './observe/activities.js';
export { type AlarmChange, readAlarmHistory } from './observe/alarm-history.js';
export { refuseMissingAlarms } from './observe/alarms.js';
export { describeGroup, describeGroups } from './observe/group.js';
export { refuseInstanceRefresh } from './observe/instance-refresh.js';
export { nearestNames } from './observe/nearest-names.js';
export { createObserver, type ObservationRequest, type Observer } from './observe/observe.js';
export {
  describeLaunchTemplateData,
  vpcOfInstance,
  vpcOfNetworkInterface,
  vpcOfSecurityGroup,
  vpcOfSubnet,
  vpcsOfAddress,
} from './observe/places.js';
export type { TargetGroupSettings } from './observe/target-groups.js';
export { readTraffic, type TrafficQuestion } from './observe/traffic.js';
export { findWarmIn } from './observe/warm.js';
export {
  type ParameterLabel,
  putParameterLabel,
  readParameterLabels,
  takeParameterLabel,
} from './parameters/labels.js';
export {
  describeParameters,
  readParameterHistory,
  readParameters,
  readParametersBelow,
  type StoredParameter,
} from './parameters/read-parameters.js';
export { deleteSecrets, type NewValue, writeSecret } from './parameters/secret-store.js';
export { launchSourceOf, subnetIdsOf } from './preflight-snapshot/launch-source.js';
export { readNetwork } from './preflight-snapshot/read-network.js';
export { isUnknownOperation, readPart } from './preflight-snapshot/read-part.js';
export { type PreflightRequest, readPreflight } from './preflight-snapshot/read-preflight.js';
export {
  commitOf,
  commitTag,
  describeImages,
  findImagesOfVersion,
  listReleaseImages,
  versionOf,
} from './release/images.js';
export { findLaunchTemplateImage, findVersionOfImage } from './release/launch-template-image.js';
export { registerImage } from './release/register-image.js';
export { type ReleaseRequest, resolveRelease } from './release/resolve-release.js';
export { findLeftovers, type Leftover, undoLeftover } from './repair/leftovers.js';
export { isVersionFree, returnLoan } from './repair/return-loans.js';
export type { Fetch, ReportClock } from './reports/hear-reports.js';
export { findShadowPlace, type ListenerRoute } from './reports/listener.js';
export {
  createReportSource,
  createRouteFinder,
  type FoundRoute,
  findReportRoute,
  type ReportSettings,
  type ReportSource,
  type RouteFinder,
  tryReportRoute,
} from './reports/report-source.js';
export { createRolloutPorts, isLeaseLost, type RolloutPortsOptions } from './rollout-ports.js';
export { type Approval, readApproval, tidyApprovals, writeApproval } from './state/approvals.js';
export {
  addRollout,
  type GoodRelease,
  loadHistory,
  rememberRollout,
  withdrawRelease,
} from './state/history.js';
export { createJournal, type Journal } from './state/journal.js';
export {
  acquireLease,
  isSameHolder,
  type Lease,
  type LeaseHolder,
  type LeasePorts,
  type LeaseState,
  leaseTimeToLiveMs,
  type ProcessIdentity,
  readLease,
} from './state/lease.js';
export { forgetLoans, loansOf } from './state/loan-tag.js';
export { groupPath, plainCharacters } from './state/parameter-names.js';
export { createRecordWriter, loadRecord, tidyRecordParts } from './state/record-store.js';
export { bakesDirectoryOf, stateDirectoryOf } from './state/state-directory.js';
