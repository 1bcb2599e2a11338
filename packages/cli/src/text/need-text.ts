import { type Need, shell, type UnreadablePart } from '@directrix/rollout';
import { count, listIds, ordinal, seconds } from './quantities.js';
import { restoreHealthCheck, tellExpectation, tellState } from './target-text.js';

/** `OBSERVE_FAILED: the group could not be read …`. */
export function tellNeedWithCode(need: Need): string {
  const code = need.code === 'RECORDED_EARLIER' ? need.recordedCode : need.code;
  return `${code}: ${tellNeed(need)}`;
}

/** What a person must do or know, without its code. */
export function tellNeed(need: Need): string {
  switch (need.code) {
    case 'APPLY_FAILED':
      return `AWS refused ${need.count} times: ${need.act}: ${need.failure.code}: ${need.failure.text}`;
    case 'OBSERVE_FAILED':
      return `the group could not be read for ${seconds(need.waitedMs)}: ${need.failure.code}: ${need.failure.text}; nothing more is changed`;
    case 'LAUNCH_TEMPLATE_CHANGED':
      return `somebody pointed the group at launch template version ${need.seenVersion} while this rollout had it at ${need.ourVersion}; it is left so. Resume to go on with ${need.toVersion}, abort to go back to ${need.fromVersion}`;
    case 'FOREIGN_INSTANCES': {
      const verb = need.instanceIds.length === 1 ? 'is' : 'are';
      return `${listIds(need.instanceIds)} ${verb} in the group and not of ${need.version}, for the ${ordinal(need.roundCount)} time: something else keeps adding instances of another release`;
    }
    case 'GATE_NO_DATA':
      return `after ${seconds(need.waitedMs)} ${need.gates.join(' and ')} said too little to pass ${need.toVersion}; it serves, and the instances of ${need.fromVersion} are still warm. Resume to look on, abort to go back`;
    case 'FINISH_DEADLINE':
      return `after ${seconds(need.waitedMs)} ${count(need.warmCount, 'warm instance')} and some temporary changes are left (launch template version ${need.launchTemplateVersion}, suspended ${need.suspendedProcesses.join(', ') || 'nothing'})`;
    case 'ROLLBACK_DEADLINE': {
      const { waitedMs, oldServingCount, wanted, servingCount, newCount, version, warmCount, pinnedVersion } = need;
      const launches = pinnedVersion === undefined ? 'what it did' : `version ${pinnedVersion}`;
      return `after ${seconds(waitedMs)} without progress ${oldServingCount} of ${wanted} old instances serve, ${servingCount} in all, ${newCount} of ${version} are left, ${warmCount} are warm; nothing more is changed, the group launches ${launches}`;
    }
    case 'OLD_NOT_SERVING': {
      const shown = need.shown.map((state) => `${state.instanceId} ${tellState(state)}`).join('; ');
      return `everything is as it was, but only ${need.servingCount} of ${need.wanted} instances of ${need.version} serve: ${shown}`;
    }
    case 'GROUP_REPLACED':
      return `the group of this rollout is gone, and another one has its name (${need.seenArn} in place of ${need.recordedArn}); nothing of it was touched`;
    case 'LAUNCH_TEMPLATE_REPLACED':
      return `somebody gave the group ${need.seenId === undefined ? 'no launch template of its own' : `launch template ${need.seenId}`} in place of ${need.recordedId}; it is left so, and gets back what was lent to it`;
    case 'SIZES_CHANGED':
      return `somebody changed the sizes: MinSize is ${need.minSize} (was ${need.originalMinSize}), MaxSize is ${need.maxSize} (was ${need.originalMaxSize}); with ${need.wanted} wanted and ${count(need.oldCount, 'old instance')} left, nothing can be added and nothing may leave`;
    case 'PROCESS_SUSPENDED':
      return `somebody suspended ${need.processes.join(', ')} while the rollout was under way, and without ${need.processes.length === 1 ? 'it' : 'them'} nothing can go on; the release is not at fault`;
    case 'TARGETS_NOT_REGISTERED': {
      const out = need.targetGroups.map(({ name, instanceIds }) => `${listIds(instanceIds)} in ${name}`).join('; ');
      return `these are not registered, or somebody deregistered them, so that no check can find them healthy: ${out}; the release is not at fault`;
    }
    case 'TARGET_GROUP_NOT_IN_USE': {
      const names = need.targetGroups.map(({ name }) => name).join(', ');
      return `no rule of any listener leads to ${names} any more, so that the load balancer checks and sends nobody there (Target.NotInUse); the release is not at fault`;
    }
    case 'HEALTH_CHECK_CHANGED': {
      const changes = need.changes.map(
        ({ before, now }) => `now ${tellExpectation(now)} (before: ${tellExpectation(before)})`,
      );
      return `somebody changed a health check: ${changes.join('; ')}; no instance of the release before is healthy by it, and the release is not at fault`;
    }
    case 'LAUNCH_SOURCE_GONE': {
      const why = need.awsText ?? 'its newest version is an older one';
      return `what the release is launched from is gone (launch template ${need.launchTemplateId} version ${need.launchTemplateVersion}, ${need.imageId}): ${why}; the release itself is not at fault`;
    }
    case 'APPLY_DELAYED':
      return `AWS has not taken ${need.act} for ${seconds(need.waitedMs)}: ${need.failure.code}: ${need.failure.text}; the release is not at fault`;
    case 'POINT_BACK_REFUSED': {
      const launch = need.isLaunchSuspended
        ? 'The process Launch stays suspended, so that nothing bad is launched'
        : 'The group launches what it names';
      return `the instances of before serve, but AWS refuses to point the group at launch template version ${need.launchTemplateVersion} again: ${need.failure.text}. It names version ${need.seenVersion}. ${launch}`;
    }
    case 'GIVE_BACK_REFUSED': {
      const left = need.left.map(({ act, failure }) => `${act}: ${failure.code}: ${failure.text}`).join('; ');
      return `the rollout is over, but AWS refuses to take these temporary changes back: ${left}`;
    }
    case 'PART_UNREADABLE':
      return `for ${seconds(need.waitedMs)} this could not be read: ${tellParts(need.parts)}; nothing more is changed`;
    case 'NEW_NOT_SERVING': {
      const shown = need.shown.map((state) => `${state.instanceId} ${tellState(state)}`).join('; ');
      return `the last old instance is gone, and ${need.provenCount} of ${need.wanted} of ${need.version} are verified now (${seconds(need.waitedMs)})${shown === '' ? '' : `: ${shown}`}`;
    }
    case 'AUDIT_FAILED': {
      const shown = need.shown.map(
        ({ instanceId, what, expected, found }) =>
          `${instanceId}: ${auditNouns[what]} ${found ?? 'unknown'}, where ${expected} is expected`,
      );
      return `${count(need.instanceIds.length, 'instance')} in service not of ${need.version}: ${shown.join('; ')}`;
    }
    case 'APPROVAL_UNANSWERED':
      return `nobody approved ${need.phase} within ${seconds(need.waitedMs)}; the group stays as it is. Resume to ask again for ${need.toVersion}, abort to go back to ${need.fromVersion}`;
    case 'RECORDED_EARLIER':
      return need.text;
  }
}

const auditNouns = {
  launchTemplateVersion: 'launch template version',
  image: 'image',
  report: 'reports version',
} as const;

/** What to do about it: commands that can be copied. */
export function adviseNeed(need: Need | undefined, groupName: string): string {
  const resume = shell`directrix resume --group ${groupName}`;
  const abort = shell`directrix abort --group ${groupName}`;
  switch (need?.code) {
    case 'GROUP_REPLACED':
      return `${shell`directrix deploy --group ${groupName} --version V`} begins anew: the record of the group that is gone counts no more`;
    case 'LAUNCH_TEMPLATE_REPLACED': {
      const reference = `LaunchTemplateId=${need.recordedId},Version=${need.goodVersion ?? '$Default'}`;
      return `${shell`aws autoscaling update-auto-scaling-group --auto-scaling-group-name ${groupName} --launch-template ${reference}`}, then ${resume}, or ${abort}`;
    }
    case 'POINT_BACK_REFUSED': {
      const { launchTemplateId, launchTemplateVersion, goodVersion } = need;
      if (launchTemplateId === undefined) return `fix it, then ${resume}, or ${abort}`;
      const data = JSON.stringify({ ImageId: 'AMI' });
      const make = shell`aws ec2 create-launch-template-version --launch-template-id ${launchTemplateId} --source-version ${launchTemplateVersion} --launch-template-data ${data}`;
      const reference = `LaunchTemplateId=${launchTemplateId},Version=$Latest`;
      const point = shell`aws autoscaling update-auto-scaling-group --auto-scaling-group-name ${groupName} --launch-template ${reference}`;
      return `${make} with an image of ${goodVersion} in place of AMI, then ${point}, then ${resume}: it leaves the group pointed there and gives Launch back`;
    }
    case 'PROCESS_SUSPENDED': {
      const processes = shell`aws autoscaling resume-processes --auto-scaling-group-name ${groupName} --scaling-processes`;
      return `${[processes, ...need.processes].join(' ')}, then ${resume}, or ${abort}`;
    }
    case 'TARGETS_NOT_REGISTERED': {
      const commands = need.targetGroups.map(({ targetGroupArn, instanceIds }) => {
        const targets = instanceIds.map((id) => shell`Id=${id}`).join(' ');
        return `${shell`aws elbv2 register-targets --target-group-arn ${targetGroupArn} --targets`} ${targets}`;
      });
      return `${commands.join('; ')}, then ${resume}, or ${abort}`;
    }
    case 'TARGET_GROUP_NOT_IN_USE':
      return `let a rule of a listener forward to ${need.targetGroups.map(({ name }) => name).join(', ')} again, then ${resume}, or ${abort}`;
    case 'HEALTH_CHECK_CHANGED':
      return `${need.changes.map(({ targetGroupArn, ...change }) => restoreHealthCheck(targetGroupArn, change)).join('; ')}, then ${resume}, or ${abort}`;
    case 'LAUNCH_SOURCE_GONE':
      return `${abort} takes the group back; where what is gone can be restored (an image from the recycle bin), ${resume}`;
    case 'OLD_NOT_SERVING':
    case 'NEW_NOT_SERVING':
      return `${shell`directrix deploy --group ${groupName} --version V --accept-broken-baseline`} when a release is the fix; else fix what it names, then ${resume}, or ${abort}`;
    default:
      return `fix it, then ${resume}, or ${abort}`;
  }
}

/** `targetHealth of web: AWS_REFUSED: One or more target groups not found`. */
export function tellParts(parts: readonly UnreadablePart[]): string {
  return parts
    .map(({ part, subject, failure }) => `${part}${subject === undefined ? '' : ` of ${subject}`}: ${failure.text}`)
    .join('; ');
}
