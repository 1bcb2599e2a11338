// The catalogue of preflight's own codes. A fault of the network has its code from @directrix/reachability instead (CODES there).

/** `error` refuses a deploy; `warning` is told; `note` is for the record. */
export type Severity = 'error' | 'warning' | 'note';

export interface FindingCodeEntry {
  readonly severity: Severity;
  readonly cause: string;
  readonly fix: string;
}

const error = (cause: string, fix: string): FindingCodeEntry => ({ severity: 'error', cause, fix });
const warning = (cause: string, fix: string): FindingCodeEntry => ({ severity: 'warning', cause, fix });
const note = (cause: string, fix: string): FindingCodeEntry => ({ severity: 'note', cause, fix });

export const findingCodes = {
  PREFLIGHT_NOT_READ: note(
    'a part of the account could not be read (permissions, or an operation that is not there), so what depends on it was not checked',
    'allow the call that is named, or look at that part yourself',
  ),
  TEMPLATE_NOT_RESOLVED: note(
    'the template leaves values open that only a deployment knows: parameters without a value, imports, lookups',
    'give parameters with --parameter KEY=VALUE',
  ),
  NETWORK_NOT_DECIDED: warning(
    'whether a path works depends on something that no describe call tells (a resolver of your own, a zone that was not read)',
    'look at what is named, from an instance in that subnet',
  ),

  INSTANCE_PROFILE_MISSING: error(
    'the launch template has no instance profile, so instances have no credentials to read their secrets with',
    'give the launch template an instance profile whose role may read the path',
  ),
  POLICY_IAM_PATH: error(
    "the role may not do ssm:GetParametersByPath on the path's own ARN; a grant on `path/*` alone does not cover it",
    'allow ssm:GetParametersByPath on the path and on everything below it',
  ),
  POLICY_IAM_CONDITIONAL: warning(
    'whether the role may read the path depends on something that is not known here: a condition, a variable, a document that cannot be read',
    'check that what is named allows the requests of the instances',
  ),
  KMS_CMK_DECRYPT: error(
    'a SecureString is encrypted with a customer key, and the role may not kms:Decrypt with it',
    'allow kms:Decrypt on the key in the role, and the role in the key policy',
  ),
  KMS_KEY_UNKNOWN: note(
    'which key encrypts the SecureStrings could not be read, and the role has no kms:Decrypt; with the managed key aws/ssm none is needed',
    'when they have a customer key, allow kms:Decrypt on it',
  ),
  PATH_EMPTY: error(
    'no parameter is below the path; reading it is answered with an empty list and no error',
    'put the parameters there, or correct the path in the tag directrix:secrets',
  ),
  SECRET_MISSING: error(
    'a name that the release expects is not below the path',
    'put the parameter before the release',
  ),
  IMDS_DISABLED: error(
    'the launch template switches the metadata service off, from which instances have their credentials',
    'set MetadataOptions.HttpEndpoint to enabled',
  ),
  SECRETS_UNDECLARED: note(
    'nothing says whether the release reads secrets, so the way to them was not checked',
    'tag the image directrix:secrets=/path/ (or =none), or say --secrets-path',
  ),

  NO_TARGET_GROUP: error(
    'the group is attached to no target group: nothing can say whether an instance serves',
    'attach it',
  ),
  TARGET_GROUP_UNUSED: error(
    'no rule of a listener forwards to the target group: its targets are never checked and never healthy',
    'forward a rule of the load balancer to it, or detach it from the group',
  ),
  TARGET_GROUP_MISSING: error(
    'the group is attached to a target group that does not exist any more: nothing can be healthy in it',
    'detach it from the group, or attach the one that replaced it',
  ),
  VERSION_ROUTE_UNKNOWN: error(
    'no listener takes a plain request for the health page to the target group, so no instance can be asked for its version',
    'say where they answer with --url https://…, or take --version-check auto (then it is a note)',
  ),
  CANARY_ROUTE_UNFIT: error(
    "no share of users' requests can be led to a canary: no listener leads them to the group, a Network Load Balancer does, or the action that does is no forward to one target group alone",
    'let a rule that only forwards to one target group lead to the group, or deploy without a canary',
  ),
  VERSION_NOT_HEARD: error(
    '--version-check required, and the instances that serve now do not report their version: those of the release could not be verified either',
    'say where they answer with --health-path or --url, or take --version-check auto',
  ),
  ZONE_NOT_ENABLED: error(
    "instances would be launched in a zone that the load balancer is not enabled for: they stay 'unused' there",
    'enable the zone for the load balancer, or take the subnet from the group',
  ),
  HEALTH_CHECK_DISABLED: error(
    'the target group makes no health checks, so nothing can say whether an instance serves',
    'switch health checks on',
  ),
  HEALTH_CHECK_TIMEOUT: error(
    'the time that an instance may take to its first healthy check is shorter than one check takes',
    'raise --start-timeout, or shorten the interval',
  ),
  HEALTH_CHECK_GRACE: warning(
    'the group checks the health by its load balancer and gives instances no or hardly any grace to boot: it replaces them before they serve',
    'raise HealthCheckGracePeriod above boot time and one health check',
  ),
  HEALTH_CHECK_ACCEPTS_ERRORS: warning(
    'the matcher takes answers of 400 and more for healthy, so a broken release can look well',
    'narrow the matcher to 200',
  ),
  HEALTH_CHECK_TYPE: note(
    "the group looks at EC2's status only: after the rollout it would keep an instance that its load balancer calls unhealthy",
    'set HealthCheckType to ELB',
  ),

  NO_CAPACITY_HEADROOM: error(
    'MaxSize is to be kept and DesiredCapacity equals it: nothing can be added before something leaves',
    'raise MaxSize by one or more',
  ),
  SURGE_LIMITED: warning(
    'MaxSize is to be kept and leaves less room than the surge that was asked for',
    'raise MaxSize, or lower --surge',
  ),
  SUBNET_ADDRESSES: error(
    "the group's subnets have fewer free addresses than the surge needs",
    'free addresses, add a subnet to the group, or lower --surge',
  ),
  WARM_POOL: error(
    'the group has a warm pool: what it launches from it is of the old release, and it grows when MaxSize is raised',
    'delete it before the rollout, and make it again after it, of the new release',
  ),
  GROUP_EMPTY: error('DesiredCapacity is 0: there is nothing to replace', 'change its launch template by hand'),

  NO_LAUNCH_TEMPLATE: error(
    'launch configuration, or overrides of a mixed instances policy with launch templates of their own',
    'give the group, or its policy as a whole, one launch template',
  ),
  LAUNCH_TEMPLATE_MISSING: error(
    'the launch template, or the version of it that the group names, does not exist',
    'point the group at one that exists',
  ),
  LAUNCH_TEMPLATE_FLOATING: note(
    'the group follows $Latest or $Default; the rollout pins it to a number and gives the alias back at the end',
    '',
  ),
  LAUNCH_TEMPLATE_AHEAD: warning(
    'the alias that the group follows means a version that none of its instances has: any scale-out launches it unverified',
    'find out whose version that is before the rollout pins the group to it',
  ),
  SPOT_CAPACITY: warning(
    'the launch template asks for spot capacity: instances can be lost in the middle of the rollout, and there may be none',
    'use on-demand capacity for the group, or have room for a second try',
  ),

  IMAGE_NOT_FOUND: error(
    'no such image in this region and account, or none with the tag `Version=…`',
    'copy or share it, or another version',
  ),
  IMAGE_NOT_AVAILABLE: error('the image is pending, failed or disabled', 'wait for it, or build it anew'),
  IMAGE_AMBIGUOUS: error('several available images have that version', '--image, or --latest-image'),
  IMAGE_ARCHITECTURE: error(
    'the image is for another architecture than the instance type',
    'build it for that one, or change the instance type first',
  ),
  IMAGE_FOREIGN: note(
    'the image belongs to another account, which can withdraw it at any time; its snapshots may be encrypted with a key of that account',
    'copy it into this account',
  ),
  IMAGE_DEPRECATED: note('the image is deprecated', 'build a new one'),
  INSTANCE_TYPE_UNKNOWN: error('there is no such instance type in the region', 'correct it in the launch template'),
  RELEASE_VERSION_UNKNOWN: error('the image has no tag `Version`', '`--version V`, or tag it'),

  PROCESS_SUSPENDED: error('Launch, Terminate or AddToLoadBalancer is suspended', 'find out why, then resume it'),
  HEALTH_CHECK_SUSPENDED: note(
    'HealthCheck or ReplaceUnhealthy is suspended by somebody, and stays so after the rollout',
    'find out why, then resume it',
  ),
  INSTANCE_REFRESH_ACTIVE: error("AWS's own instance refresh is changing the group", 'wait for it, or cancel it'),
  GROUP_BUSY: error('another deployer holds the group', 'wait; `directrix status` shows how far it is'),
  ROLLOUT_UNFINISHED: error(
    'an earlier rollout was interrupted or needs a human',
    '`directrix resume` or `directrix abort`',
  ),
  SCHEDULED_ACTION: warning(
    'a scheduled action falls into the time that the rollout may take; the rollout holds it back, and AWS does not make it up',
    'deploy at another time, or set the sizes by hand afterwards',
  ),
  LIFECYCLE_HOOK_TIMEOUT: error(
    'a launch hook may hold an instance for longer than the rollout waits for its first healthy check',
    'raise --start-timeout above the hook’s heartbeat timeout, or lower that',
  ),
  LIFECYCLE_HOOK: note('a lifecycle hook runs for each instance; something must complete it', ''),
  DEREGISTRATION_DELAY_LONG: note(
    'each batch of old instances drains for the whole deregistration delay',
    'lower it to what your longest request takes',
  ),
  DEREGISTRATION_DELAY_ZERO: warning(
    'the deregistration delay is 0: requests in flight are cut when an old instance leaves',
    'raise it to what your longest request takes',
  ),
  NO_HEALTHY_BASELINE: error(
    'no instance is healthy now: a failure of the release could not be told from what was broken before',
    'fix the group, or use `--accept-broken-baseline` when the release is the fix',
  ),
  NO_BASELINE: error(
    'the instances are of another launch template than the group has now, and no version of this one has their image: there would be no way back to it',
    'create a version with their image; it is enough that there is one',
  ),
  BASELINE_IMAGE_MISSING: error(
    'the image of the release that serves now is deregistered or not available: the group could not be pointed back to it',
    'bake or copy it anew and point the group at it, or make the release of another image the present one first',
  ),
  BASELINE_DEGRADED: warning(
    'some of the instances in service are not healthy now',
    'fix them first: a rollback would come back to what is broken already',
  ),
  FAIL_OPEN: warning(
    'the group wants a single instance: should it fail while the new one is not healthy, the load balancer routes to every target, the bad one too (fail-open)',
    'run two or more instances',
  ),
  LOGS_UNREACHABLE: warning(
    'the image says that its instances ship their journal, or the role may write to CloudWatch Logs, and new instances have no way to it: nothing of a failing start will be seen there',
    'open the way to it',
  ),
  LOGS_NOT_ALLOWED: warning(
    'the image says that its instances ship their journal, and their role may not do what the agent needs',
    'allow it in the role’s policy',
  ),
  DEPLOYER_NOT_ALLOWED: error(
    "the deployer's own credentials may not do what the rollout needs",
    'allow it in the deployer’s policy',
  ),
  CREDENTIALS_EXPIRE: error(
    'the deployer’s credentials are static, or need an MFA code to be renewed, and expire before the rollout can be expected to end; then nothing can go forward or back',
    'log in again, for longer than the forecast says',
  ),
  FORECAST: note('what the rollout is expected to take and to cost', ''),
} as const satisfies Record<string, FindingCodeEntry>;

export type FindingCode = keyof typeof findingCodes;
