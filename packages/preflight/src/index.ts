export { deployerActions } from './checks/deployer.js';
export { type FindingCode, type FindingCodeEntry, findingCodes } from './codes.js';
export type * from './finding.js';
export { evaluatePolicies, listAllowedResources, type PolicyText, type PolicyVerdict } from './iam/policy.js';
export { deriveIntent, type PreflightIntent } from './intent.js';
export { commandsOf } from './network/edit-command.js';
export { serviceHost } from './network/secrets-question.js';
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
