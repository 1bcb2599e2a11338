export { builderName, builderTag } from './builders.js';
export * from './canary-place.js';
export { drainSeconds } from './checks/deregistration.js';
export { leastBootSeconds } from './checks/health-check.js';
export { type FindingCode, type FindingCodeEntry, findingCodes } from './codes.js';
export {
  deployerPermissions,
  freeActions,
  type PermissionScope,
  type PermissionSet,
  type PermissionUse,
} from './deployer-permissions.js';
export type * from './finding.js';
export { deriveIntent, type PreflightIntent } from './intent.js';
export { launchTemplateOf } from './launch-template-of.js';
export { logGroupOf, logsTag } from './logs-tag.js';
export { commandsOf } from './network/edit-command.js';
export { serviceHost } from './network/secrets-question.js';
export { readValue } from './read-value.js';
export { checks, runPreflight } from './run-preflight.js';
export {
  expectedNamesOf,
  findSecretsNeed,
  pathArn,
  type SecretsNeed,
  type SecretsWitnesses,
  secretNamesTag,
  secretsTag,
} from './secrets-need.js';
export type * from './snapshot.js';
export {
  listTemplateGroups,
  preflightSnapshotFromTemplate,
  type TemplateRequest,
} from './template/template-snapshot.js';
export { type ListenerRouteVerdict, type RoutedListener, type RouteObstacle, routeThrough } from './version-route.js';
