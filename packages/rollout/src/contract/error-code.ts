// ErrorCode: every code that a DirectrixError may have. What each means and what to do is in packages/cli/src/text/error-codes.ts,
// from which the tables of the pages are made; the compiler asks for a row there.

/** The command line and its environment. */
export type CommandLineCode = 'USAGE' | 'CLOCK_INVALID';

/** directrix.yaml. */
export type SettingsCode = 'CONFIG_INVALID' | 'CONFIG_NOT_FOUND' | 'CONFIG_AMBIGUOUS' | 'ENVIRONMENT_UNKNOWN';

/** Files that are named. */
export type FileCode = 'FILE_UNREADABLE' | 'FILE_NOT_WRITTEN' | 'FILE_EXISTS';

export type PostmortemCode =
  | 'SPAN_MISSING'
  | 'ROLLOUT_NOT_FOUND'
  | 'REQUESTS_UNREADABLE'
  | 'FINDINGS_UNREADABLE'
  | 'NOT_A_POSTMORTEM';

/** `directrix watch` and `directrix dashboard`. */
export type WatchCode = 'WATCH_FILE_INVALID' | 'WATCH_RUNNING' | 'ADDRESS_UNAVAILABLE' | 'DASHBOARD_NOT_BUILT';

/** `approve` and `reject`. */
export type ApprovalCode = 'NOTHING_TO_APPROVE' | 'APPROVAL_ANSWERED';

/** What a past rollout left. */
export type PastCode = 'EVIDENCE_NOT_FOUND' | 'LOG_GROUP_UNKNOWN';

/** What is asked before a rollout. */
export type PreflightCode = 'PREFLIGHT_FAILED' | 'TEMPLATE_UNREADABLE' | 'SOURCE_NOT_FOUND' | 'DESTINATION_NOT_FOUND';

/** The way to AWS, and AWS's own refusals. */
export type AwsCode =
  | 'REGION_MISSING'
  | 'PROFILE_UNKNOWN'
  | 'MFA_REQUIRED'
  | 'CREDENTIALS_MISSING'
  | 'CREDENTIALS_REJECTED'
  | 'ACCESS_DENIED'
  | 'ENDPOINT_INVALID'
  | 'ENDPOINT_UNREACHABLE'
  | 'AWS_THROTTLED'
  | 'AWS_BUSY'
  | 'AWS_UNAVAILABLE'
  | 'AWS_REFUSED';

/** Why this group must not be rolled out to now. Those that the group's own state decides are group-rules. */
export type GroupCode =
  | 'GROUP_NOT_FOUND'
  | 'GROUP_BUSY'
  | 'ROLLOUT_UNFINISHED'
  | 'NOTHING_TO_RESUME'
  | 'INSTANCE_REFRESH_ACTIVE'
  | 'NO_TARGET_GROUP'
  | 'TARGET_GROUP_MISSING'
  | 'NO_LAUNCH_TEMPLATE'
  | 'LAUNCH_TEMPLATE_NOT_FOUND'
  | 'GROUP_EMPTY'
  | 'NO_CAPACITY_HEADROOM'
  | 'PROCESS_SUSPENDED'
  | 'NO_HEALTHY_BASELINE'
  | 'NO_BASELINE'
  | 'ROLLBACK_TO_ITSELF'
  | 'ALREADY_THIS_RELEASE';

/** Why this release cannot be rolled out. */
export type ReleaseCode =
  | 'IMAGE_NOT_FOUND'
  | 'IMAGE_NOT_AVAILABLE'
  | 'IMAGE_AMBIGUOUS'
  | 'IMAGE_ARCHITECTURE'
  | 'RELEASE_VERSION_UNKNOWN'
  | 'VERSION_ROUTE_UNKNOWN'
  | 'VERSION_ROUTE_SILENT'
  | 'VERSION_NOT_HEARD'
  | 'CANARY_ROUTE_UNFIT'
  | 'ALARM_NOT_FOUND'
  | 'NO_GOOD_RELEASE';

/** The secrets that a release was built against. */
export type ReleaseSecretsCode =
  | 'SECRETS_UNDECLARED'
  | 'SECRET_MISSING'
  | 'SECRETS_LABEL_LIMIT'
  | 'SECRETS_LABELLED_IN_PART';

/** What a rollout keeps in Parameter Store. */
export type StateCode =
  | 'LEASE_LOST'
  | 'LEASE_UNREADABLE'
  | 'SAVE_FAILED'
  | 'RECORD_UNREADABLE'
  | 'RECORD_TOO_LARGE'
  | 'HISTORY_UNREADABLE';

/** An act that is looked at again. */
export type ActCode = 'APPLY_WITHOUT_RESULT' | 'DESIRED_CAPACITY_CHANGED' | 'FORWARD_CHANGED';

/** `directrix secrets`. */
export type SecretsCommandCode =
  | 'SECRET_NOT_FOUND'
  | 'PATH_EMPTY'
  | 'PATH_TOO_LARGE'
  | 'SECRET_SIZE'
  | 'SECRET_TYPE_CONFLICT'
  | 'SECRET_NOT_WRITTEN'
  | 'SECRETS_PARTLY_WRITTEN'
  | 'SECRETS_PARTLY_DELETED'
  | 'SECRET_WRITE_UNKNOWN'
  | 'SECRET_NAME_INVALID'
  | 'SECRET_NAME_COLLISION'
  | 'SECRET_UNQUOTABLE'
  | 'SECRETS_TO_TERMINAL'
  | 'FILE_EMPTY'
  | 'MANIFEST_INVALID'
  | 'SCHEMA_INVALID'
  | 'COMMAND_NOT_RUN'
  | 'INTERRUPTED';

/** `directrix lab`. The lab's own errors have codes of their own (LabError). */
export type LabCommandCode =
  | 'LAB_NOT_RUNNING'
  | 'LAB_NOT_FOUND'
  | 'LAB_AMBIGUOUS'
  | 'LAB_STARTING'
  | 'LAB_NOT_ANSWERING'
  | 'LAB_NOT_ENDING'
  | 'LAB_DIED'
  | 'IMAGE_INVALID'
  | 'IMAGE_REFUSED'
  | 'SCENARIO_UNKNOWN'
  | 'SCENARIO_INVALID'
  | 'SCENARIO_FAILED';

/** `directrix release`, `bake` and `finalize`. */
export type ImagesCode =
  | 'KEEP_FILES_MISSING'
  | 'GIT_MISSING'
  | 'GIT_FAILED'
  | 'NOT_A_REPOSITORY'
  | 'TREE_NOT_CLEAN'
  | 'DETACHED_HEAD'
  | 'NOTHING_TO_RELEASE'
  | 'TAG_EXISTS'
  | 'VERSION_INVALID'
  | 'VERSION_NOT_HIGHER'
  | 'VERSION_FILES_DIFFER'
  | 'VERSION_FILE_INVALID'
  | 'VERSION_FILE_WITHOUT'
  | 'VERSION_FILE_AMBIGUOUS'
  | 'RELEASE_CHECK_FAILED'
  | 'RELEASE_UNDONE'
  | 'RELEASE_NOT_UNDONE'
  | 'RELEASE_PUSH_UNKNOWN'
  | 'PACKER_MISSING'
  | 'PACKER_TOO_OLD'
  | 'BAKE_TEMPLATE_INVALID'
  | 'BAKE_VERSION_UNKNOWN'
  | 'BAKE_PREFLIGHT_FAILED'
  | 'BAKE_FAILED'
  | 'BAKE_TIMEOUT';

/** What nobody foresaw. */
export type DefectCode = 'UNEXPECTED';

export type ErrorCode =
  | CommandLineCode
  | SettingsCode
  | FileCode
  | PostmortemCode
  | ApprovalCode
  | PastCode
  | WatchCode
  | PreflightCode
  | AwsCode
  | GroupCode
  | ReleaseCode
  | ReleaseSecretsCode
  | StateCode
  | ActCode
  | SecretsCommandCode
  | LabCommandCode
  | ImagesCode
  | DefectCode;

declare const relayed: unique symbol;

/** A code of another catalogue that an error passes on: a finding's, the lab's, one that another release wrote into a record. */
export type RelayedCode = string & { readonly [relayed]: true };

/** Passes a code on that is not ours to know. A code of our own goes into ErrorCode instead. */
export function relayCode(code: string): RelayedCode {
  return code as RelayedCode;
}
