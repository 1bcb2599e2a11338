import type { NoticeCode } from '@directrix/rollout';
import type { CodeRow } from './code-row.js';

/** What a person should know although the rollout goes on. docs/errors.md is made from it. */
export const noticeCodes = {
  RESUMED: { meaning: 'an interrupted rollout goes on', fix: '' },
  LEFT_BEHIND: {
    meaning:
      'processes were suspended when the rollout began (a tool that died may have left them, and DesiredCapacity raised); they stay so, and the end says it again',
    fix: 'find out who left them; `aws autoscaling resume-processes`, and DesiredCapacity as it was',
  },
  CLOCK_SKEWED: {
    meaning: "the deployer's clock is not AWS's; AWS's time is used for everything that is timed",
    fix: 'set the clock of the machine (NTP): far off, AWS refuses its signatures',
  },
  ENVIRONMENT_ALREADY_BROKEN: {
    meaning: 'no old instance in service is healthy any more: the release is judged by its own instances only',
    fix: '',
  },
  FOREIGN_SIZE_CHANGE: { meaning: 'somebody else changed the desired capacity; it stays theirs', fix: '' },
  VERSION_UNHEARD: { meaning: 'a request for the version gave no report, and why', fix: '' },
  VERSION_NOT_HEARD: {
    meaning:
      'no instance of the present release reports its version, which `--skip` overrode; the new ones must report theirs',
    fix: '',
  },
  VERSION_CHECK_OFF: {
    meaning:
      'the present instances name no version, so new ones are not asked for theirs (`--version-check required` insists)',
    fix: '',
  },
  REQUESTS_NOT_WATCHED: {
    meaning: "nothing answers at the load balancer, so users' requests are not judged",
    fix: '`--url https://…`, where this machine can reach it',
  },
  REQUESTS_WATCHED: {
    meaning: "after `REQUESTS_NOT_WATCHED`: the site was found, and users' requests are judged from now on",
    fix: '',
  },
  REQUESTS_ALREADY_FAILING: {
    meaning: 'requests fail whichever release answers them: reported, and not held against the new one',
    fix: 'look at what both releases need',
  },
  REQUESTS_UNREACHED: {
    meaning: 'requests did not reach the load balancer, so they say nothing about the release',
    fix: 'the network of this machine; DNS',
  },
  ALARM_ALREADY_RAISED: {
    meaning: 'an alarm was in ALARM before the release served: it is not counted until it is OK again',
    fix: '',
  },
  ALARM_WITHOUT_DATA: {
    meaning: 'an alarm has no data, or does not exist: it says nothing about the release',
    fix: '',
  },
  APPROVAL_NEEDED: { meaning: 'a phase waits for `directrix approve` or `directrix reject`', fix: '' },
  APPROVED: { meaning: 'somebody approved a phase', fix: '' },
  APPROVAL_TAKEN: { meaning: 'nobody answered in time, and `--if-unanswered` is `go-on`', fix: '' },
  HOOK_PASSED: { meaning: 'a hook ended well', fix: '' },
  HOOK_NOT_PASSED: {
    meaning: 'a hook that nothing waits for (on the way back, or after the end) failed, or took too long',
    fix: '',
  },
  NOTIFICATION_FAILED: {
    meaning:
      'a receiver of notifications did not accept one; this is reported once for each receiver, and the rollout goes on',
    fix: '',
  },
  PROOF_BY_HEALTH_ALONE: {
    meaning:
      'no instance can be tried outside of the group (no rule can be made, or no instance launched): the first one is verified alone',
    fix: 'the permissions that the message names; `--no-prove` does without',
  },
  PROOF_NOT_ASKED: {
    meaning:
      'the instance that is tried outside of the group stayed healthy, and could not be asked through the load balancer',
    fix: '`--url`, where this machine reaches the listener',
  },
  LOANS_NOT_TAGGED: {
    meaning:
      'what the rollout changes of the group for a while is in its record alone, for the tag of the group could not be written',
    fix: '`autoscaling:CreateOrUpdateTags` and `autoscaling:DeleteTags`: without the tag, `directrix repair` needs the record',
  },
  BUNDLE_NOT_WRITTEN: { meaning: "the evidence of an instance could not be written to this machine's disk", fix: '' },
  PREFLIGHT_SKIPPED: { meaning: 'a finding that `--skip` overrode', fix: '' },
} as const satisfies Record<NoticeCode, CodeRow>;
