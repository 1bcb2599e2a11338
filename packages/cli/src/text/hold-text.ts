import type { ChangeOnItsWay, GroupHold, Hold, InstanceHold } from '@directrix/rollout';
import { tellParts } from './need-text.js';
import { count, percent, progress, seconds } from './quantities.js';
import { tellState, tellTargets } from './target-text.js';

/** `i-0ab is EnteringStandby, draining: 112 of 300 s`. */
export function tellHold(hold: Hold): string {
  return hold.instanceId === undefined ? tellGroupHold(hold) : `${hold.instanceId} ${tellInstanceHold(hold)}`;
}

/** What holds one instance, without its id. */
function tellInstanceHold(hold: InstanceHold): string {
  const waited = tellWaited(hold);
  return waited === undefined ? tellHeld(hold) : `${tellHeld(hold)}: ${waited}`;
}

/** `12 of 90 s`, where the time that it may take is known. */
export function tellWaited(hold: InstanceHold): string | undefined {
  return 'allowedMs' in hold ? progress(hold.waitedMs, hold.allowedMs) : undefined;
}

/** What holds one instance, without its id and its time. */
export function tellHeld(hold: InstanceHold): string {
  switch (hold.code) {
    case 'DIPPED':
      return `was healthy and ${tellTargets(hold.targets)}`;
    case 'STARTING':
      return `is ${hold.lifecycleState}`;
    case 'NOT_HEALTHY_YET':
      return tellTargets(hold.targets);
    case 'PROVING':
      return 'is healthy and must stay so';
    case 'VERSION_AWAITED': {
      const said = hold.status === undefined ? '' : `; it says: ${hold.status}`;
      return `is healthy but has not reported ${hold.version}: OK through the load balancer${said}`;
    }
    case 'DRAINING':
      return `is ${hold.lifecycleState}, draining`;
    case 'LATE_JOINER':
      return `of launch template version ${hold.launchTemplateVersion} is ${hold.lifecycleState}; it is moved out once it is InService`;
    case 'QUARANTINE_AWAITS_IN_SERVICE':
      return `is ${hold.lifecycleState} and cannot be detached before it is InService`;
    case 'OLD_NOT_SERVING_YET':
      return tellState(hold);
    case 'PROOF_ANSWERING':
      return hold.paths.length === 0
        ? 'is healthy, and has not been asked through the load balancer yet'
        : `is healthy, and not every page of it is answered as it should be: ${hold.paths
            .map(({ path, requests, failures }) => `${path} (${failures} of ${requests} requests failed)`)
            .join(', ')}`;
    case 'WARM_NOT_SEEN':
      return 'is warm, but this look does not show it; looking again before it is called gone';
  }
}

function tellGroupHold(hold: GroupHold): string {
  switch (hold.code) {
    case 'PROCESS_SUSPENDED':
      return `somebody suspended ${hold.processes.join(', ')}: the group cannot launch what is wanted`;
    case 'LAUNCHING':
      return `the group has still to launch ${hold.missing} of ${hold.desiredCapacity} instances`;
    case 'NO_CAPACITY':
      return `the group has still to launch ${hold.missing} of ${hold.desiredCapacity} instances; its last try failed: ${hold.awsText}`;
    case 'FOREIGN_CHANGE_SEEN': {
      const name = hold.what === 'desiredCapacity' ? 'DesiredCapacity' : "the group's launch template version";
      return `${name} is ${hold.value}, and not by our doing; looking again before believing it`;
    }
    case 'APPROVAL_AWAITED':
      return `${hold.phase} waits for directrix approve or reject: ${progress(hold.waitedMs, hold.allowedMs)}`;
    case 'HOOK_RUNNING':
      return `the hook ${hold.name} ${hold.when} ${hold.phase} runs: ${progress(hold.waitedMs, hold.allowedMs)}`;
    case 'CHANGE_ON_ITS_WAY':
      return `${tellChange(hold.change)} was ordered and has not appeared yet`;
    case 'OLD_ONES_FIRST':
      return `${count(hold.newServingCount, 'instance')} of ${hold.version} still serve: ${hold.wanted} are wanted, ${hold.servingCount} serve, and old ones come first`;
    case 'NO_HEADROOM':
      return `MaxSize is ${hold.maxSize} and ${hold.wanted} are wanted without us: nothing can be added (${seconds(hold.waitedMs)})`;
    case 'OLD_NEWS':
      return `${hold.alias} is still read as version ${hold.launchTemplateVersion}, which was deleted`;
    case 'BAKING':
      return `${hold.version} serves alone, ${count(hold.warmCount, 'old instance')} warm: ${progress(hold.waitedMs, hold.allowedMs)}${tellFailures(hold.requests)}`;
    case 'CANARY_SOAKING':
      return `${percent(hold.share)} of users' requests go to ${hold.version} (step ${hold.step} of ${hold.stepCount}): ${progress(hold.waitedMs, hold.allowedMs)}, ${hold.failures} of ${hold.requests} failed`;
    case 'CANARY_DRAINING':
      return `requests to the canary may be under way: ${progress(hold.waitedMs, hold.allowedMs)}`;
    case 'GATE_UNDECIDED':
      return tellUndecided(hold);
    case 'OUTAGE_SHARED':
      return `requests fail for the old release and the new one alike (${hold.failures} of ${hold.requests}); nothing is moved until that is over`;
    case 'PART_UNREADABLE':
      return `this could not be read, and is looked at again: ${tellParts(hold.parts)}`;
    case 'GROUP_NOT_AT_REST':
      return hold.unevenZones
        ? 'the group is spread unevenly over its zones and may move instances now; it is watched until it rests'
        : 'the group has its processes back; one more look at every instance';
    case 'PHASES_CHANGING':
      return 'looking again';
    case 'LOOKING_AGAIN':
      return 'the next observation is awaited';
    case 'AND_MORE':
      return `and ${count(hold.count, 'more instance')}`;
  }
}

function tellFailures(requests: { readonly requests: number; readonly failures: number } | undefined): string {
  return requests === undefined ? '' : `, ${requests.failures} of ${requests.requests} requests failed`;
}

function tellUndecided(hold: Extract<GroupHold, { readonly code: 'GATE_UNDECIDED' }>): string {
  if (hold.gate === 'alarms') return 'an alarm has no data any more, so it cannot pass the release';
  const { requests = 0, failures = 0 } = hold;
  if (hold.gate === 'traffic' && !hold.isDoubtful)
    return 'CloudWatch has not counted enough requests to pass the canary';
  const seen = `${failures} of ${requests} requests failed`;
  return hold.isDoubtful
    ? `something speaks against the release (${seen}), not enough to withdraw it; looking on`
    : `too few requests to pass the release (${seen})`;
}

function tellChange(change: ChangeOnItsWay): string {
  if (change.kind === 'setDesired') return `DesiredCapacity ${change.to}`;
  const { kind, instanceIds } = change;
  return `${kind} of ${instanceIds.slice(0, 3).join(', ')}${instanceIds.length > 3 ? ', …' : ''}`;
}
