import type { EvidenceCode } from '@directrix/rollout';
import type { CodeRow } from './code-row.js';

/** What made a rollout halt. docs/errors.md is made from it. */
export const evidenceCodes = {
  START_TIMEOUT: {
    meaning: 'an instance was not healthy in every target group within `--start-timeout` of its launch',
    fix: "its console; security groups; the health check's path, port and codes; a timeout that is too short",
  },
  UNHEALTHY_AGAIN: {
    meaning: 'an instance was healthy, and then unhealthy for longer than `--min-healthy-time`, or three times',
    fix: 'its console; memory; a dependency that fails under traffic',
  },
  WRONG_VERSION: {
    meaning: "an instance reports another version than the release's",
    fix: 'the tag `Version` of the image; what the build baked into it',
  },
  WRONG_IMAGE: {
    meaning: 'an instance runs another image than its launch template version names',
    fix: 'an SSM alias in the launch template',
  },
  VERSION_NOT_REPORTED: {
    meaning: 'an instance was healthy for as long as a start may take and never reported the version with `OK`',
    fix: '`--health-path`, `--url`; what its health page says',
  },
  INSTANCE_LOST: {
    meaning: 'an instance of the release was terminated, by the group or by somebody',
    fix: "the activities' causes; spot; somebody's clean-up",
  },
  LAUNCH_FAILED: {
    meaning: 'the group could not launch an instance, and not for lack of capacity',
    fix: "the activity's text: image, key, security group, permissions, KMS",
  },
  PROGRESS_DEADLINE: {
    meaning: 'no further instance was verified within `--progress-deadline` (for lack of capacity, for example)',
    fix: 'what held it: the last `waiting` lines of the journal',
  },
  APPLY_FAILED: { meaning: 'AWS refused the same step five times in a row', fix: "AWS's text, in the message" },
  REQUESTS_FAILING: {
    meaning:
      "users' requests fail more often than with the release before, beside it or since it serves; health checks may say otherwise",
    fix: 'the pages and statuses in the message; its console; `--probe`, `--smoke`',
  },
  REQUESTS_SLOW: {
    meaning: "users' requests are slow more often: more than twice the 95th percentile of before, and 250 ms above it",
    fix: 'what it waits for: a dependency, a cold cache, too small an instance',
  },
  PROOF_FAILED: {
    meaning:
      'the instance that was tried outside of the group was healthy, and pages of it failed or were slow: no user has met it, but for the share of a canary',
    fix: 'the pages in the message; its console; `--probe`, `--smoke`',
  },
  CANARY_FAILING: {
    meaning: "CloudWatch counts more failures of the canary's target group than of the one that serves beside it",
    fix: 'its console; what only users ask for: `--probe`, `--smoke`',
  },
  CANARY_SLOW: {
    meaning: "more of the canary's answers are slow than of what serves beside it, as CloudWatch counts them",
    fix: 'what it waits for under traffic: a dependency, a cold cache, too few instances (`--canary`)',
  },
  CANARY_NO_DATA: {
    meaning:
      'too little was seen of the canary to pass it, for as long as a rollout may stand still; nothing speaks against the release',
    fix: "more traffic, a larger share, a longer `--progress-deadline`, or `--probe`; whether CloudWatch has the load balancer's metrics",
  },
  CANARY_IMPOSSIBLE: {
    meaning:
      "no share of users' requests could be led to the release, and without that it does not go on; nothing speaks against the release",
    fix: "AWS's text, in the message; `directrix iam-policy --canary`; or deploy without a canary",
  },
  LISTENER_CHANGED: {
    meaning:
      "somebody changed the listener's action while a share of users' requests went to the canary, or before; it stays as they made it",
    fix: 'whoever changes the listener; then deploy again',
  },
  ALARM_RAISED: {
    meaning: 'a CloudWatch alarm that `--alarm` named went into ALARM after the release began to serve',
    fix: "AWS's reason, in the message",
  },
  HOOK_FAILED: {
    meaning: 'a hook before or after a phase failed, or took longer than its deadline',
    fix: 'its output, in the file that the message names; its deadline',
  },
  APPROVAL_REJECTED: { meaning: 'somebody ran `directrix reject`', fix: 'what they said, in the message' },
  APPROVAL_UNANSWERED: {
    meaning: 'nobody approved a phase within `--approval-time`, and `--if-unanswered` is `go-back`',
    fix: '`directrix approve` in time; a longer `--approval-time`',
  },
  ABORTED: { meaning: 'somebody ran `abort` or `rollback`', fix: '' },
  RECORDED_EARLIER: {
    meaning: 'evidence of a rollout that an earlier release of Directrix began; its own code is named',
    fix: 'that code, in this table',
  },
} as const satisfies Record<EvidenceCode, CodeRow>;
