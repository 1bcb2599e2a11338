import type { Notice } from '@directrix/rollout';
import { tellHookResult, tellSaid, tellUnanswered } from './checkpoint-text.js';
import { listAlarms } from './gate-text.js';
import { tellObstacle } from './obstacle-text.js';
import { seconds } from './quantities.js';

/** What a person should know although the rollout goes on, without its code. */
export function tellNotice(notice: Notice): string {
  switch (notice.code) {
    case 'RESUMED':
      return `resumed in phase ${notice.phase}, ${seconds(notice.sinceStartMs)} after the start`;
    case 'LEFT_BEHIND': {
      const raised =
        notice.raisedFrom === undefined
          ? ''
          : `, and DesiredCapacity is ${notice.desiredCapacity}, raised from ${notice.raisedFrom}`;
      return `somebody has suspended ${notice.processes.join(', ')}${raised}: perhaps a tool that died; it is left as it is`;
    }
    case 'CLOCK_SKEWED':
      return `the clock of this machine is ${seconds(Math.abs(notice.offsetMs))} ${notice.offsetMs < 0 ? 'ahead of' : 'behind'} AWS's; AWS's time is used`;
    case 'ENVIRONMENT_ALREADY_BROKEN':
      return 'verdict already-broken: no old instance in service is healthy any more; the release goes on, and is judged by its own instances';
    case 'FOREIGN_SIZE_CHANGE':
      return `somebody else changed what the group wants from ${notice.from} to ${notice.to} instances; it is kept, ours come on top`;
    case 'VERSION_UNHEARD':
      return notice.trouble;
    case 'VERSION_NOT_HEARD':
      return `the instances of now cannot be told apart: ${notice.trouble}; if those of ${notice.version} cannot either, it is withdrawn (--no-version-check does without)`;
    case 'REQUESTS_NOT_WATCHED':
      return `nothing answers at the load balancer: ${notice.trouble}; users' requests are not judged, only health checks are`;
    case 'REQUESTS_WATCHED':
      return "the site is found at the load balancer again; users' requests are judged from now on";
    case 'REQUESTS_ALREADY_FAILING': {
      const { baseline } = notice.numbers;
      return `verdict already-broken: requests fail whichever release answers them (${baseline.failures} of ${baseline.requests} failed before the new one served); that is not held against it`;
    }
    case 'REQUESTS_UNREACHED':
      return `${notice.requests} requests did not reach the load balancer; they say nothing of the release${notice.trouble === undefined ? '' : ` (last: ${notice.trouble})`}`;
    case 'ALARM_ALREADY_RAISED':
      return `verdict already-broken: ${listAlarms(notice.alarms)} before the release served; it is not counted until it is OK again`;
    case 'ALARM_WITHOUT_DATA':
      return notice.alarms.map(({ name, state }) => `${name} is ${state} and says nothing of the release`).join('; ');
    case 'VERSION_CHECK_OFF':
      return `the instances of now name no version (${notice.trouble}), so new ones are not asked for theirs: that each runs the right image is checked, that the application in it is the right one is not`;
    case 'APPROVAL_NEEDED':
      return `${notice.phase} waits for directrix approve or directrix reject until ${new Date(notice.untilAt).toISOString()}; then it ${tellUnanswered(notice.ifUnanswered)}`;
    case 'APPROVED':
      return `${notice.by} approved ${notice.phase}${tellSaid(notice.reason)}`;
    case 'APPROVAL_TAKEN':
      return `nobody answered within ${seconds(notice.waitedMs)}: ${notice.phase} begins all the same, as was said before`;
    case 'HOOK_PASSED':
      return `the hook ${notice.name} ${notice.when} ${notice.phase} ended well`;
    case 'HOOK_NOT_PASSED':
      return `the hook ${notice.name} ${notice.when} ${notice.phase} ${tellHookResult(notice.result)}; it holds nothing`;
    case 'NOTIFICATION_FAILED':
      return `${notice.receiver} did not take a notification: ${notice.trouble}; the rollout goes on without it`;
    case 'PROOF_BY_HEALTH_ALONE':
      return `${tellObstacle(notice.because)}; so the first instance is verified alone in the group, by its health`;
    case 'PROOF_NOT_ASKED':
      return notice.strangers > 0
        ? 'requests for the instance that is tried are answered by others, so it is judged by its health alone'
        : 'nobody could ask the instance that is tried through the load balancer, so it is judged by its health alone';
    case 'LOANS_NOT_TAGGED':
      return `what is changed of the group for a while is in the record alone, for its tag cannot be written: ${notice.failure.code}: ${notice.failure.text}`;
    case 'BUNDLE_NOT_WRITTEN':
      return `The evidence of ${notice.instanceId} was not written: ${notice.failure.text}`;
    case 'PREFLIGHT_SKIPPED':
      return `${notice.findingCode} (${notice.subject}) was skipped: ${notice.finding}`;
  }
}
