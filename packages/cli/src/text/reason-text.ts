import type { PhaseReason, Reason } from '@directrix/rollout';
import { tellNeedWithCode } from './need-text.js';
import { count, listIds, percent, seconds } from './quantities.js';

/** Why something is decided. */
export function tellReason(reason: Reason): string {
  switch (reason.code) {
    case 'PIN_BEFORE_CHANGE':
      return `the group follows ${reason.follows}, which would mean the new version the moment it exists`;
    case 'HOLD_THE_GROUP_STILL':
      return 'the group would otherwise move, replace or remove instances while they are compared';
    case 'NEW_RELEASE':
      return `version ${reason.sourceVersion} with image ${reason.imageId} is release ${reason.version}`;
    case 'LAUNCH_THE_RELEASE':
      return `what the group launches from now on is ${reason.version}`;
    case 'ADD_BEFORE_LEAVE':
      return `${count(reason.oldCount, 'old instance')} left; ${reason.added} of ${reason.version} come first, ${reason.wanted} are wanted, MaxSize is ${reason.maxSize}`;
    case 'REPLACED':
      return `verified and healthy of ${reason.version}: ${reason.provenCount}; ${count(reason.leavingCount, 'old instance')} to be kept warm in Standby`;
    case 'SPOT_INTERRUPTED':
      return 'EC2 took these Spot instances back; others are launched in their place';
    case 'ENDED_BY_OTHERS':
      return 'somebody ended it in EC2; the group launches another';
    case 'OLD_INSTANCE_DEAD':
      return 'EC2 says that they do not run any more';
    case 'PROVEN':
      return `every instance in service is of ${reason.version} and verified; these are needed no more`;
    case 'GIVE_BACK_MIN_SIZE':
    case 'GIVE_BACK_MAX_SIZE':
      return 'it was borrowed for the rollout';
    case 'GIVE_BACK_CAPACITY':
      return `${reason.ours} of DesiredCapacity ${reason.desiredCapacity} ${Math.abs(reason.ours) === 1 ? 'is' : 'are'} ours`;
    case 'DEFAULT_FOLLOWS':
      return `the group follows $Default, and ${reason.version} is what it is to mean`;
    case 'RESTORE_PIN':
      return reason.alias === undefined
        ? 'the number of the release that serves'
        : `${reason.alias} means the release that serves`;
    case 'LET_THE_GROUP_MOVE':
      return 'they were suspended for the rollout';
    case 'LET_THE_GROUP_SCALE':
      return 'everything new serves; the group may scale again';
    case 'RESTORE_DEFAULT':
      return `$Default meant version ${reason.launchTemplateVersion} before`;
    case 'LEARN_WHAT_WAS_CREATED':
      return 'its number was never written down, and $Latest may mean it';
    case 'WITHDRAW_VERSION':
      return `this rollout created version ${reason.launchTemplateVersion}, and $Latest would mean it`;
    case 'POINT_BACK':
      return `so that nothing of ${reason.version} is launched again`;
    case 'LAUNCH_NOTHING_BAD':
      return `AWS refuses to point the group back, so it must not launch ${reason.version} again`;
    case 'BORROW_MAX_SIZE': {
      const who = {
        roll: 'new instances come before old ones go',
        wake: 'warm instances come back before new ones go',
        launch: 'old ones are gone',
      };
      return `${who[reason.purpose]}: ${reason.needed} for a while, MaxSize is ${reason.maxSize}`;
    }
    case 'WARM_ROLLBACK':
      return `they ran ${reason.version} and can serve again within one health check`;
    case 'WARM_AGAIN':
      return `they ran ${reason.version}, and stay warm as they were`;
    case 'EARLIER_WARM_OVER':
      return `they ran ${reason.version}, and another release is what would be gone back to now`;
    case 'KEEP_THE_EVIDENCE':
      return reason.evidence.join(', ');
    case 'RELEASE_WITHDRAWN':
      return `${reason.version} is not to serve here`;
    case 'LAUNCH_GIVEN_UP':
      return `${count(reason.count, 'instance')} of ${reason.desiredCapacity} could not be launched and ${reason.count === 1 ? 'is' : 'are'} wanted no more`;
    case 'WARM_INSTANCE_DEAD':
      return 'EC2 says that they do not run any more';
    case 'TRY_OUTSIDE':
      return `${reason.version} is tried outside of the group, where no user can reach it`;
    case 'JOINS_THE_GROUP':
      return `it has shown that ${reason.version} serves`;
    case 'PROOF_OVER':
      return 'it was there for the proof alone';
    case 'CANARY_SHARE':
      return `${percent(reason.share)} of users' requests are to meet ${reason.version}`;
    case 'CANARY_ENDS':
      return reason.isPassed
        ? `${reason.version} has answered its share well`
        : `no user is to meet ${reason.version} any more`;
    case 'OLD_ONES_GONE':
      return `${count(reason.count, 'old instance')} gone and nothing warm is left; ${reason.version} is launched again`;
  }
}

/** Why a phase begins. */
export function tellPhaseReason(reason: PhaseReason): string {
  switch (reason.code) {
    case 'BEGINS':
      return 'the rollout begins';
    case 'PROVED':
      return reason.requests === 0
        ? `${reason.version} stayed healthy outside of the group`
        : `${reason.version} stayed healthy outside of the group, and answered: ${reason.failures} of ${reason.requests} requests failed`;
    case 'CANARY_PASSED':
      return `${reason.version} answered ${percent(reason.share)} of users' requests: ${reason.failures} of ${reason.requests} failed in ${seconds(reason.waitedMs)}`;
    case 'PROOF_BY_HEALTH_ALONE':
      return `the first instance of ${reason.version} is verified alone`;
    case 'ALL_NEW_VERIFIED':
      return `${count(reason.count, 'instance')} in service, each of ${reason.version} and verified`;
    case 'BAKED': {
      const { requests, failures } = reason.requests ?? {};
      const seen = requests === undefined ? '' : `: ${failures} of ${requests} requests failed`;
      return `${reason.version} has served alone for ${seconds(reason.waitedMs)}${seen}`;
    }
    case 'EVIDENCE_FOUND':
      // What was seen is told by the evidence's own event.
      return reason.evidence.code;
    case 'JOINED_LATE':
      return `${listIds(reason.instanceIds)} joined late`;
    case 'POINTED_BACK':
      return `the group launches ${reason.version} (launch template version ${reason.launchTemplateVersion}) from now on`;
    case 'LAUNCH_SUSPENDED':
      return `the group cannot be pointed back yet, and launches nothing of ${reason.version}`;
    case 'ALL_OLD_SERVE':
      return `${count(reason.count, 'instance')} in service, each of the release before and serving`;
    case 'LEFT_TO_THE_GROUP':
      return tellNeedWithCode(reason.need);
  }
}
