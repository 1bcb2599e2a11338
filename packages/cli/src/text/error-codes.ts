// error-codes: what each code of a DirectrixError means, and what to do. The tables of docs/errors.md, docs/secrets.md and docs/lab.md are
// made from it: node scripts/docs-tables.mjs.
import type { LabErrorCode } from '@directrix/lab';
import type {
  ActCode,
  ApprovalCode,
  AwsCode,
  CommandLineCode,
  DefectCode,
  ErrorCode,
  FileCode,
  GroupCode,
  ImagesCode,
  LabCommandCode,
  PastCode,
  PostmortemCode,
  PreflightCode,
  ReleaseCode,
  ReleaseSecretsCode,
  SecretsCommandCode,
  SettingsCode,
  StateCode,
  WatchCode,
} from '@directrix/rollout';
import type { CodeRow } from './code-row.js';

/** The command line and its environment. */
export const commandLineCodes = {
  USAGE: {
    meaning: 'an option is missing, unknown, or has a value that cannot be read',
    fix: '`directrix help <command>`',
  },
  CLOCK_INVALID: {
    meaning: '`DIRECTRIX_CLOCK` is not as `directrix lab up` printed it',
    fix: 'export it again, or unset it',
  },
} as const satisfies Record<CommandLineCode, CodeRow>;

/** directrix.yaml. */
export const settingsCodes = {
  CONFIG_INVALID: {
    meaning: '`directrix.yaml` has mistakes; each is listed with its line and column',
    fix: '[configuration.md](configuration.md) lists the settings',
  },
  CONFIG_NOT_FOUND: {
    meaning: 'the file of `--config` is not there, or `--env` is given and there is no file',
    fix: '`directrix init` writes one',
  },
  CONFIG_AMBIGUOUS: {
    meaning: 'there is more than one of `directrix.yaml`, `directrix.yml` and `directrix.json`',
    fix: 'remove one, or name one with `--config`',
  },
  ENVIRONMENT_UNKNOWN: {
    meaning: 'the file has no environment with the name of `--env`',
    fix: 'one of those that the hint lists',
  },
} as const satisfies Record<SettingsCode, CodeRow>;

/** Files that are named. */
export const fileCodes = {
  FILE_UNREADABLE: {
    meaning: 'a file that an option names cannot be read',
    fix: 'look at its path and its permissions',
  },
  FILE_NOT_WRITTEN: {
    meaning: 'a file that an option names cannot be written',
    fix: 'look at its directory and the space on the disk',
  },
  FILE_EXISTS: {
    meaning: 'a file would be written over',
    fix: '`--output` names another, `--force` writes over it',
  },
} as const satisfies Record<FileCode, CodeRow>;

/** `directrix postmortem`. */
export const postmortemCodes = {
  SPAN_MISSING: {
    meaning: 'neither a rollout nor a time is named, or the end is before the beginning',
    fix: 'name a rollout, or `--since` and `--until`',
  },
  ROLLOUT_NOT_FOUND: {
    meaning: 'neither a journal on this machine nor a record knows the rollout',
    fix: 'name its journal with `--journal`',
  },
  REQUESTS_UNREADABLE: {
    meaning: 'a line of `--requests` is not a second of requests',
    fix: 'see [postmortem.md](postmortem.md) for the format',
  },
  FINDINGS_UNREADABLE: {
    meaning: 'the file of `--findings` is not the output of `directrix preflight --json`',
    fix: 'write it again',
  },
  NOT_A_POSTMORTEM: {
    meaning: 'the file of `--output` exists, and this command did not write it; it stays as it is',
    fix: 'name another file',
  },
} as const satisfies Record<PostmortemCode, CodeRow>;

/** `directrix watch` and `directrix dashboard`. */
export const watchCodes = {
  WATCH_FILE_INVALID: {
    meaning: 'the file of `--checks` has mistakes; each is listed with its line and column',
    fix: 'see [watch.md](watch.md) for the file',
  },
  WATCH_RUNNING: {
    meaning: 'another process watches with the same directory',
    fix: 'end it, or name another with `--state`',
  },
  ADDRESS_UNAVAILABLE: {
    meaning: 'the command cannot listen at the address',
    fix: 'name another one',
  },
  DASHBOARD_NOT_BUILT: {
    meaning: 'the script and the style of the page are not there',
    fix: '`npm run build`',
  },
} as const satisfies Record<WatchCode, CodeRow>;

/** `approve` and `reject`. */
export const approvalCodes = {
  NOTHING_TO_APPROVE: {
    meaning: 'the rollout waits for no approval, or does not ask for one before the phase of `--before`',
    fix: '`directrix status` shows what it waits for',
  },
  APPROVAL_ANSWERED: {
    meaning: 'somebody has answered before; the first answer counts',
    fix: '`directrix abort` goes back',
  },
} as const satisfies Record<ApprovalCode, CodeRow>;

/** What a past rollout left. */
export const pastCodes = {
  EVIDENCE_NOT_FOUND: {
    meaning: 'nothing was kept of the rollout or the instance that is named',
    fix: '`directrix evidence` lists all; bundles are on the machine that deployed',
  },
  LOG_GROUP_UNKNOWN: {
    meaning: 'no image of the group has the tag `directrix:logs`, or they name several log groups',
    fix: '`--log-group NAME`, or tag the images when they are built',
  },
} as const satisfies Record<PastCode, CodeRow>;

/** What is asked before a rollout. */
export const preflightCodes = {
  PREFLIGHT_FAILED: {
    meaning:
      "several findings say why the rollout would fail; each is printed with its evidence and its fix. A single one is the error's own code",
    fix: 'fix them, or add `--skip CODE` for each that you know to be harmless',
  },
  TEMPLATE_UNREADABLE: {
    meaning:
      '`--template` is not there, is neither JSON nor YAML, or is neither a template (it has no `Resources`) nor a plan',
    fix: 'a CloudFormation template, such as `cdk synth` writes, or what `terraform show -json` writes of a plan',
  },
  SOURCE_NOT_FOUND: {
    meaning: '`reach --from` names nothing that could be asked about',
    fix: 'the name, or `AWS_REGION`',
  },
  DESTINATION_NOT_FOUND: {
    meaning: '`reach --to` names an instance or an interface that does not exist here',
    fix: 'the id, or `AWS_REGION`',
  },
} as const satisfies Record<PreflightCode, CodeRow>;

/** The way to AWS, and AWS's own refusals. */
export const awsCodes = {
  REGION_MISSING: {
    meaning:
      'no option, no variable of the environment and no profile names a region; the message says where it looked',
    fix: '`--region`, or `export AWS_REGION=…`',
  },
  PROFILE_UNKNOWN: {
    meaning: '`--profile` or `AWS_PROFILE` names a profile that neither `~/.aws/config` nor `~/.aws/credentials` has',
    fix: 'one of those that the hint lists',
  },
  MFA_REQUIRED: {
    meaning: 'the profile asks for the code of an MFA device, and there is no terminal to ask for it',
    fix: 'run it in a terminal, or export the credentials first, as the hint shows',
  },
  CREDENTIALS_MISSING: {
    meaning: "no provider of the SDK's chain has credentials",
    fix: '`aws sso login`, `AWS_PROFILE`, or keys in the environment',
  },
  CREDENTIALS_REJECTED: {
    meaning: 'AWS knows the credentials and refuses them: expired, deleted, or signed with a wrong clock',
    fix: 'renew them; look at the clock of this machine',
  },
  ACCESS_DENIED: {
    meaning: 'the policy lacks the action that the message names',
    fix: 'allow it; `directrix iam-policy` prints them all',
  },
  ENDPOINT_INVALID: { meaning: '`AWS_ENDPOINT_URL` is no `http://…` or `https://…`', fix: 'set it, or unset it' },
  ENDPOINT_UNREACHABLE: {
    meaning: 'no connection to the endpoint: refused, no such name, timed out, TLS',
    fix: 'network, proxy, `AWS_ENDPOINT_URL`; is the lab up?',
  },
  AWS_THROTTLED: {
    meaning: 'AWS limits the rate',
    fix: 'nothing: it is tried again. Before a rollout begins only after five tries of the SDK',
  },
  AWS_BUSY: { meaning: 'Auto Scaling has another change of the group under way', fix: 'nothing: it is tried again' },
  AWS_UNAVAILABLE: { meaning: 'AWS answered 5xx', fix: 'nothing: it is tried again' },
  AWS_REFUSED: { meaning: "AWS's final answer; its own code and text are in the message", fix: 'as AWS says' },
} as const satisfies Record<AwsCode, CodeRow>;

/** Why this group must not be rolled out to now. */
export const groupCodes = {
  GROUP_NOT_FOUND: { meaning: 'no such group in the region; near names are listed', fix: 'the name, or `AWS_REGION`' },
  GROUP_BUSY: {
    meaning: "a living deployer holds the group's lease; the message says who, where and since when",
    fix: 'wait, or stop that one; `directrix status`',
  },
  ROLLOUT_UNFINISHED: {
    meaning: 'an earlier rollout was interrupted, or needs a human, and still has changes in force',
    fix: '`directrix resume`, or `directrix abort`',
  },
  NOTHING_TO_RESUME: { meaning: '`resume` or `abort`, and no rollout is unfinished', fix: '`directrix deploy`' },
  INSTANCE_REFRESH_ACTIVE: {
    meaning: "AWS's own instance refresh is changing the group",
    fix: 'wait for it, or cancel it',
  },
  NO_TARGET_GROUP: {
    meaning: 'the group is attached to no target group: nothing can say whether an instance serves',
    fix: 'attach it',
  },
  TARGET_GROUP_MISSING: {
    meaning: 'the group is attached to a target group that does not exist',
    fix: 'detach it from the group',
  },
  NO_LAUNCH_TEMPLATE: {
    meaning: 'launch configuration, or overrides of a mixed instances policy with launch templates of their own',
    fix: 'give the group, or its policy as a whole, one launch template',
  },
  LAUNCH_TEMPLATE_NOT_FOUND: {
    meaning: 'the group names a launch template that is gone',
    fix: 'give it one that exists',
  },
  GROUP_EMPTY: {
    meaning: 'DesiredCapacity is 0: there is nothing to replace',
    fix: 'change its launch template by hand',
  },
  NO_CAPACITY_HEADROOM: {
    meaning: 'with `--keep-max-size`: DesiredCapacity equals MaxSize, so nothing can be added',
    fix: 'raise MaxSize by one or more; or without `--keep-max-size`',
  },
  PROCESS_SUSPENDED: {
    meaning: 'Launch, Terminate or AddToLoadBalancer is suspended',
    fix: 'find out why, then resume it',
  },
  NO_HEALTHY_BASELINE: {
    meaning: 'no instance is healthy now: a failure of the release could not be told from what was broken before',
    fix: 'fix the group, or use `--accept-broken-baseline` when the release is the fix',
  },
  NO_BASELINE: {
    meaning: 'no instance runs a release to go back to, or no version of the group’s launch template has their image',
    fix: 'the message has the command that makes such a version',
  },
  ROLLBACK_TO_ITSELF: { meaning: 'the release to go back to would be the release itself', fix: 'name another' },
  ALREADY_THIS_RELEASE: {
    meaning: 'not an error: there is nothing to do (`outcome: unchanged`, exit code 0)',
    fix: '',
  },
} as const satisfies Record<GroupCode, CodeRow>;

/** Why this release cannot be rolled out. */
export const releaseCodes = {
  IMAGE_NOT_FOUND: {
    meaning:
      'no such image in this region and account, or none with the tag `Version=…`; the newest versions are listed',
    fix: 'copy or share it, or another version',
  },
  IMAGE_NOT_AVAILABLE: { meaning: 'the image is pending, failed or disabled', fix: '`aws ec2 wait image-available`' },
  IMAGE_AMBIGUOUS: { meaning: 'several available images have that version', fix: '`--image`, or `--latest-image`' },
  IMAGE_ARCHITECTURE: {
    meaning: "the image is for another architecture than the one that runs on the group's instance type",
    fix: 'build it for that one, or change the instance type first',
  },
  RELEASE_VERSION_UNKNOWN: { meaning: 'the image has no tag `Version`', fix: '`--version V`, or tag it' },
  VERSION_ROUTE_UNKNOWN: {
    meaning: "no HTTP or HTTPS listener forwards plain requests to the group's target groups",
    fix: '`--url https://…`, or `--no-version-check`',
  },
  VERSION_NOT_HEARD: {
    meaning: '`--version-check required`, and the instances that serve now do not report their version',
    fix: '`--health-path`, `--url`, or `--version-check auto`',
  },
  VERSION_ROUTE_SILENT: {
    meaning: 'nothing answers there, at the listener or at `--url`',
    fix: '`--url https://…`, or `--no-version-check`',
  },
  CANARY_ROUTE_UNFIT: {
    meaning:
      "no share of users' requests can be led to a canary: no listener leads them to the group, a Network Load Balancer does, or the action that does is no forward to one target group alone",
    fix: 'what the message names; or deploy without a canary',
  },
  ALARM_NOT_FOUND: {
    meaning: 'an alarm that `--alarm` names does not exist in this region',
    fix: 'its name: `aws cloudwatch describe-alarms`',
  },
  NO_GOOD_RELEASE: {
    meaning: '`rollback`, and no other good release is on record',
    fix: '`directrix deploy --version V`',
  },
} as const satisfies Record<ReleaseCode, CodeRow>;

/** The secrets that a release was built against. */
export const releaseSecretsCodes = {
  SECRETS_UNDECLARED: {
    meaning: 'the image has no tag `directrix:secrets`',
    fix: 'tag it with the path, or with `none`; or `--secrets-path`',
  },
  SECRET_MISSING: {
    meaning: 'a name of the tag `directrix:secret-names` is not in the store',
    fix: '`directrix secrets set`',
  },
  SECRETS_LABEL_LIMIT: {
    meaning: 'a version has ten labels that Directrix may not take away',
    fix: 'take one away, or write the value again: a new version has no labels',
  },
  SECRETS_LABELLED_IN_PART: {
    meaning:
      "some secrets got the release's label, then AWS refused or its answer was lost; nothing of the group was changed (exit code 3)",
    fix: 'deploy again with `--label-secrets`',
  },
} as const satisfies Record<ReleaseSecretsCode, CodeRow>;

/** What a rollout keeps in Parameter Store. */
export const stateCodes = {
  LEASE_LOST: {
    meaning: 'another deployer took the lease over, because this one gave no sign of life for two minutes',
    fix: '`directrix status`; the other one goes on',
  },
  SAVE_FAILED: {
    meaning: 'the record could not be written for longer than the progress deadline',
    fix: 'restore the connection to Parameter Store, then resume',
  },
  LEASE_UNREADABLE: {
    meaning: 'a lease of the group cannot be understood; the source names its parameter',
    fix: 'the release of Directrix that wrote it; else delete the parameter when nobody is changing the group',
  },
  HISTORY_UNREADABLE: {
    meaning: 'the list of the good releases cannot be understood; the source names its parameter',
    fix: 'the release of Directrix that wrote it; else delete the parameter: the list begins anew',
  },
  RECORD_UNREADABLE: {
    meaning: 'the record of the group cannot be understood',
    fix: 'the release of Directrix that wrote it; else delete the parameter when no rollout is under way',
  },
  RECORD_TOO_LARGE: {
    meaning: 'the rollout has more instances than the record can hold (about 2,500, old and new together)',
    fix: '',
  },
} as const satisfies Record<StateCode, CodeRow>;

/** An act that is looked at again. */
export const actCodes = {
  APPLY_WITHOUT_RESULT: {
    meaning: 'AWS did not name the launch template version that it made; it is asked again',
    fix: '',
  },
  DESIRED_CAPACITY_CHANGED: {
    meaning: 'the capacity changed between looking and acting; nothing was done, and it is looked at again',
    fix: '',
  },
  FORWARD_CHANGED: {
    meaning: "the listener's action changed between looking and acting; nothing was done, and it is looked at again",
    fix: '',
  },
} as const satisfies Record<ActCode, CodeRow>;

/** `directrix secrets`. */
export const secretsCommandCodes = {
  SECRET_NOT_FOUND: {
    meaning: 'no such parameter, or version',
    fix: '`directrix secrets list` shows the names, `history` the versions',
  },
  PATH_EMPTY: { meaning: 'nothing is below the path', fix: 'path, region, account' },
  PATH_TOO_LARGE: { meaning: 'more than 1,000 pages of parameters are below the path', fix: 'a path further down' },
  SECRET_SIZE: { meaning: 'empty, or too large', fix: '4 KB, or 8 KB with `--advanced`' },
  SECRET_TYPE_CONFLICT: { meaning: 'a parameter keeps its type', fix: 'write it under another name' },
  SECRET_NOT_WRITTEN: { meaning: 'AWS refused; its code is in the message', fix: 'as the hint says' },
  SECRETS_PARTLY_WRITTEN: {
    meaning: '`import` was refused half-way: what is written and what is not is in the message (exit code 3)',
    fix: 'run it again',
  },
  SECRETS_PARTLY_DELETED: {
    meaning: '`unset` was refused after the first ten (exit code 3)',
    fix: 'run it again with the names that it gives',
  },
  SECRET_WRITE_UNKNOWN: {
    meaning: 'the answer to a write was lost and the parameter cannot be looked at (exit code 3)',
    fix: 'run it again',
  },
  SECRET_NAME_INVALID: { meaning: 'a name that no variable can have', fix: 'rename it, or `export --format json`' },
  SECRET_NAME_COLLISION: {
    meaning: 'two parameters would become one variable',
    fix: 'rename one of them, or name a path further down',
  },
  SECRET_UNQUOTABLE: {
    meaning: 'a value that no `.env` file, shell or environment can hold (a NUL)',
    fix: '`--format json`',
  },
  SECRETS_TO_TERMINAL: { meaning: 'values would be shown on the terminal', fix: '`--reveal`, or a pipe' },
  FILE_EMPTY: { meaning: 'the file of `import` has no assignment', fix: 'name the right file' },
  MANIFEST_INVALID: {
    meaning: 'the manifest of `check` or of the image cannot be used',
    fix: 'the message names the member',
  },
  SCHEMA_INVALID: {
    meaning: 'the module of `check` cannot be imported, or exports no schema',
    fix: 'export a Standard Schema (zod, valibot, arktype) by default',
  },
  COMMAND_NOT_RUN: {
    meaning: 'the command of `exec` is not there, or not executable',
    fix: 'its name and its permissions',
  },
  INTERRUPTED: { meaning: 'stopped between two writes (exit code 130)', fix: 'run it again' },
} as const satisfies Record<SecretsCommandCode, CodeRow>;

/** `directrix lab`. */
export const labCommandCodes = {
  LAB_NOT_RUNNING: { meaning: 'no lab is running', fix: '`directrix lab up --detach`' },
  LAB_NOT_FOUND: { meaning: 'no running lab has that id', fix: '`directrix lab status` lists them' },
  LAB_AMBIGUOUS: { meaning: 'several labs are running', fix: 'name one' },
  LAB_STARTING: { meaning: 'the lab does not listen yet', fix: 'try again' },
  LAB_NOT_ANSWERING: { meaning: "the lab's process lives and does not answer", fix: '`directrix lab down` ends it' },
  LAB_NOT_ENDING: { meaning: "the lab's process survives SIGKILL", fix: 'look at the process' },
  LAB_DIED: { meaning: 'a detached lab ended while it started', fix: 'its last lines are in the message' },
  IMAGE_INVALID: {
    meaning: 'the directory has no readable `instance.json`, or one that no instance could boot',
    fix: 'the message names the member',
  },
  IMAGE_REFUSED: { meaning: 'RegisterImage refused', fix: "the message is AWS's" },
  SCENARIO_UNKNOWN: { meaning: 'there is no such scenario', fix: 'the message lists those that there are' },
  SCENARIO_INVALID: { meaning: 'the scenario cannot be loaded', fix: 'the message says why' },
  SCENARIO_FAILED: { meaning: 'the scenario could not be built', fix: 'the message says where' },
} as const satisfies Record<LabCommandCode, CodeRow>;

/** `directrix release`, `directrix bake` and `directrix finalize`. */
export const imagesCodes = {
  KEEP_FILES_MISSING: {
    meaning: 'no file matches a glob of `--keep-if-named-in`: what it should protect would be deleted',
    fix: 'quote it for the shell, and name the directory; `**` matches the directories below',
  },
  GIT_MISSING: { meaning: '`git` is not installed, or not on the PATH', fix: 'install it' },
  GIT_FAILED: { meaning: 'git refused; the message ends with what it said', fix: 'what git says' },
  NOT_A_REPOSITORY: { meaning: 'the directory is not in a working tree of git', fix: 'run it in the project' },
  TREE_NOT_CLEAN: {
    meaning: 'files differ from HEAD, or git neither knows nor ignores them',
    fix: 'commit them, stash them, or let git ignore them: a release is what is committed',
  },
  DETACHED_HEAD: { meaning: 'HEAD is on no branch', fix: '`git switch` to the branch that you release from' },
  NOTHING_TO_RELEASE: { meaning: 'there is no commit since the last release', fix: 'commit something' },
  TAG_EXISTS: {
    meaning: 'the version has a tag already',
    fix: 'release the next one: a tag that others may have is not moved',
  },
  VERSION_INVALID: { meaning: 'no semantic version, nor `patch`, `minor` or `major`', fix: 'for example 1.2.3' },
  VERSION_NOT_HIGHER: { meaning: 'the version is not higher than the present one', fix: 'a higher one' },
  VERSION_FILES_DIFFER: {
    meaning: 'package.json and pyproject.toml name different versions',
    fix: 'make them agree and commit it',
  },
  VERSION_FILE_INVALID: { meaning: 'a file that names the version has a syntax error', fix: 'correct its syntax' },
  VERSION_FILE_WITHOUT: {
    meaning: 'a file does not name the present version',
    fix: 'write it there, or leave out its `--version-file`',
  },
  VERSION_FILE_AMBIGUOUS: {
    meaning: 'a file of `--version-file` names the present version several times',
    fix: 'once, or once in a line with the word version',
  },
  RELEASE_CHECK_FAILED: { meaning: 'a command of `--check` failed; nothing was changed', fix: 'what it printed' },
  RELEASE_UNDONE: {
    meaning: 'a step of the release failed, and all of it was taken back',
    fix: 'the message begins with what failed',
  },
  RELEASE_NOT_UNDONE: {
    meaning: 'a step of the release failed, and not all of it could be taken back (exit code 3)',
    fix: '`git status` and `git log`; `directrix release` undoes what is left before it begins anew',
  },
  RELEASE_PUSH_UNKNOWN: {
    meaning: 'the push failed, and the remote does not say whether it has the release; here it is made (exit code 3)',
    fix: 'the push that the hint has',
  },
  PACKER_MISSING: {
    meaning: '`packer` cannot be run',
    fix: 'install Packer 1.6 or later, or give its path with `--packer`',
  },
  PACKER_TOO_OLD: { meaning: 'Packer is older than 1.6', fix: 'a newer one' },
  BAKE_TEMPLATE_INVALID: {
    meaning: 'it is no template, or `packer validate` refuses it',
    fix: 'the message ends with what Packer said',
  },
  BAKE_VERSION_UNKNOWN: {
    meaning: 'no option and no tag says which version the image would hold',
    fix: '`--version`, or `directrix release` first',
  },
  BAKE_PREFLIGHT_FAILED: {
    meaning:
      'the bake would fail; the reasons are printed first. `BAKE_PLAYBOOK_INVALID` is a playbook or configuration that Ansible cannot read',
    fix: 'fix them; `--no-preflight` bakes all the same',
  },
  BAKE_FAILED: {
    meaning: 'the bake failed, where the message says, and nothing is left of it (exit code 1)',
    fix: "the builder's log, which the source names",
  },
  BAKE_TIMEOUT: {
    meaning: 'the bake took longer than `--timeout` (exit code 1)',
    fix: 'more time, or see in the log what it waited for',
  },
} as const satisfies Record<ImagesCode, CodeRow>;

/** What nobody foresaw. */
export const defectCodes = {
  UNEXPECTED: {
    meaning: 'a defect of Directrix; nothing of its text is shown, because it may quote a value',
    fix: 'please report it with the output of `DIRECTRIX_DEBUG=1`',
  },
} as const satisfies Record<DefectCode, CodeRow>;

/** The lab's own errors. */
export const labCodes = {
  PORT_TAKEN: {
    meaning: "something else listens on the endpoint's port",
    fix: '`--port` with another, or 0 for a free one',
  },
  PORT_REFUSED: { meaning: 'the operating system does not let the lab listen there', fix: '`--port 0`; another host' },
  RUN_DIRECTORY_UNSAFE: {
    meaning: 'the directory of running labs belongs to somebody else, or others may enter it',
    fix: 'remove it, or set `XDG_RUNTIME_DIR`',
  },
  RUN_DIRECTORY_TOO_LONG: {
    meaning: "no Unix socket fits into the directory's path",
    fix: '`XDG_RUNTIME_DIR` with a shorter one',
  },
  FAULT_INVALID: { meaning: '`POST /_lab/faults` was given no fault', fix: 'the message names the member' },
} as const satisfies Record<LabErrorCode, CodeRow>;

/** Every code that a DirectrixError may have; the compiler asks here for a table that is not among those above. */
export const errorCodes = {
  ...commandLineCodes,
  ...settingsCodes,
  ...fileCodes,
  ...postmortemCodes,
  ...approvalCodes,
  ...pastCodes,
  ...watchCodes,
  ...preflightCodes,
  ...awsCodes,
  ...groupCodes,
  ...releaseCodes,
  ...releaseSecretsCodes,
  ...stateCodes,
  ...actCodes,
  ...secretsCommandCodes,
  ...labCommandCodes,
  ...imagesCodes,
  ...defectCodes,
} as const satisfies Record<ErrorCode, CodeRow>;
