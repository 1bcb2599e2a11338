import type { NeedCode } from '@directrix/rollout';
import type { CodeRow } from './code-row.js';

/** What only a person can decide or mend. docs/errors.md is made from it. */
export const needCodes = {
  OBSERVE_FAILED: {
    meaning: 'the group could not be read for longer than the progress deadline',
    fix: 'restore the connection to AWS, then resume',
  },
  LAUNCH_TEMPLATE_CHANGED: {
    meaning: 'somebody pointed the group at another launch template version during the rollout',
    fix: 'decide which one is right: resume points it back at the release, abort goes back',
  },
  FOREIGN_INSTANCES: {
    meaning: 'something keeps adding instances of another release',
    fix: 'find what scales the group with an older version',
  },
  GATE_NO_DATA: {
    meaning:
      'a gate saw too little to pass the release for as long as a rollout may stand still; everything old is still warm',
    fix: 'see why nothing was heard (`--url`, `--probe`), then resume to go on watching, or abort to go back',
  },
  FINISH_DEADLINE: {
    meaning: 'the end of the rollout made no progress; the message names what is left',
    fix: 'fix what it names, then resume',
  },
  ROLLBACK_DEADLINE: {
    meaning: 'the way back made no progress; the message says where it stands',
    fix: 'fix what it names, then resume or abort',
  },
  OLD_NOT_SERVING: {
    meaning: 'everything is as it was, but the old instances do not all serve',
    fix: 'the environment is broken: look at what both releases need',
  },
  APPLY_FAILED: {
    meaning: 'on the way back or at the end, AWS refused the same step five times',
    fix: "AWS's text, in the message",
  },
  GROUP_REPLACED: {
    meaning: 'the group of the rollout was deleted, and another one was made under its name; nothing of it was touched',
    fix: 'the rollout is void, and its record blocks nothing: `directrix deploy` starts a new one',
  },
  LAUNCH_TEMPLATE_REPLACED: {
    meaning:
      'somebody gave the group another launch template during the rollout; it keeps it, and gets back what was lent to it (processes, sizes)',
    fix: 'give it the one of the rollout again (the message has the command), then resume or abort',
  },
  SIZES_CHANGED: {
    meaning: 'somebody raised MinSize or lowered MaxSize so that nothing can be added and nothing may leave',
    fix: 'put them back or make room, then resume or abort',
  },
  PROCESS_SUSPENDED: {
    meaning:
      'somebody suspended Launch, Terminate or AddToLoadBalancer during the rollout, and nothing can go on without it; the release is not at fault',
    fix: 'resume the process (the message has the command), then resume or abort',
  },
  TARGETS_NOT_REGISTERED: {
    meaning:
      'instances that are InService are not registered in a target group, or somebody deregistered them; the release is not at fault',
    fix: 'register them (the message has the command), then resume or abort',
  },
  TARGET_GROUP_NOT_IN_USE: {
    meaning: 'somebody changed the listeners so that no rule leads to a target group; the release is not at fault',
    fix: 'let a rule forward to it again, then resume or abort',
  },
  HEALTH_CHECK_CHANGED: {
    meaning:
      'somebody changed the health check of a target group during the rollout, and no instance of the release before meets it; the release is not at fault',
    fix: 'change it back (the message has the command), then resume or abort',
  },
  LAUNCH_SOURCE_GONE: {
    meaning:
      'the launch template version of the release, or what it names (the image, a security group), was deleted during the rollout; the release itself is not at fault',
    fix: 'abort; or restore what is gone, then resume',
  },
  APPLY_DELAYED: {
    meaning:
      'for the progress deadline AWS was too busy for a change, or could not be reached; the release is not at fault',
    fix: 'look at what AWS says, then resume or abort',
  },
  POINT_BACK_REFUSED: {
    meaning:
      'the instances of before serve again, but AWS refuses to point the group at their launch template version (its image is gone, for example); Launch stays suspended',
    fix: 'make a launch template version with an image of that release that works and point the group at it (the message has the commands), then resume: it gives Launch back and leaves the group there',
  },
  GIVE_BACK_REFUSED: {
    meaning: 'the rollout is over, and AWS refuses to undo temporary changes; the message names them',
    fix: 'allow them, then resume',
  },
  PART_UNREADABLE: {
    meaning:
      'a part of the group could not be read for the progress deadline (a target group that is gone, for example)',
    fix: 'fix what the message names, then resume; or abort: going back does not need it',
  },
  NEW_NOT_SERVING: {
    meaning:
      'the last old instance is gone, and not every new one is verified; the group has its processes back to replace it',
    fix: 'look at what the message names, then resume; or roll back',
  },
  AUDIT_FAILED: {
    meaning:
      'every old instance is gone, and the last look found instances that are not of the release (launch template version, image, or what they say of themselves)',
    fix: 'end those that the message names, or find what changed them; then resume',
  },
  APPROVAL_UNANSWERED: {
    meaning:
      'nobody approved a phase within `--approval-time`, and `--if-unanswered` is `stop`; the group stays as it is',
    fix: '`directrix resume` asks again; `directrix abort` goes back',
  },
  RECORDED_EARLIER: {
    meaning: 'a need of a rollout that an earlier release of Directrix began; its own code is named',
    fix: 'that code, in this table',
  },
} as const satisfies Record<NeedCode, CodeRow>;
