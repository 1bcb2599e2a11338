import type { Evidence } from '@directrix/rollout';
import { tellHookResult, tellSaid } from './checkpoint-text.js';
import { listAlarms, tellRequests, tellTraffic } from './gate-text.js';
import { tellObstacle } from './obstacle-text.js';
import { count, ordinal, percent, seconds } from './quantities.js';
import { tellHealthCheck, tellState, tellTargets } from './target-text.js';

/** One sentence: what was seen of which instances. */
export function tellEvidence(evidence: Evidence): string {
  return `${listEvidence(evidence).join('; ')}.`;
}

/** What was seen, one line for each thing that instances show; those that show the same share a line. */
export function listEvidence(evidence: Evidence): readonly string[] {
  switch (evidence.code) {
    case 'WRONG_VERSION':
      return tellShown(evidence, ({ version }) => `reports version ${version} where ${evidence.expected} was expected`);
    case 'WRONG_IMAGE':
      return tellShown(
        evidence,
        ({ imageId, launchTemplateVersion }) =>
          `runs image ${imageId} where ${evidence.expected} was expected of launch template version ${launchTemplateVersion}`,
      );
    case 'INSTANCE_LOST':
      return tellShown(evidence, ({ aliveMs, cause }) => {
        const why = cause === undefined ? 'no scaling activity says why' : `the group says: ${cause}`;
        return `was lost ${seconds(aliveMs)} after it was first seen (${why})`;
      });
    case 'UNHEALTHY_AGAIN':
      return tellShown(evidence, ({ targets, unhealthyMs, dipCount, status }) => {
        const often = dipCount > 1 ? `, for the ${ordinal(dipCount)} time` : '';
        return `was healthy and ${tellTargets(targets)} for ${seconds(unhealthyMs)} now${often}${tellStatus(status)}`;
      });
    case 'START_TIMEOUT':
      return [
        ...tellShown(
          evidence,
          ({ waitedMs, status, ...state }) =>
            `${tellState(state)} ${seconds(waitedMs)} after its launch, where ${seconds(evidence.allowedMs)} were allowed${tellStatus(status)}`,
        ),
        ...(evidence.healthChecks ?? []).map(tellHealthCheck),
      ];
    case 'VERSION_NOT_REPORTED':
      return tellShown(evidence, ({ healthyMs, version, status }) => {
        const said =
          version === undefined ? `never reported its version${tellStatus(status)}` : `reports ${version}: ${status}`;
        return `has been healthy for ${seconds(healthyMs)} and ${said} (expected ${evidence.expected}: OK)`;
      });
    default:
      return [tellOfGroup(evidence)];
  }
}

type OfGroup = Exclude<Evidence, { readonly shown: unknown }>;

function tellOfGroup(evidence: OfGroup): string {
  switch (evidence.code) {
    case 'LAUNCH_FAILED':
      return `the group could not launch an instance of launch template version ${evidence.launchTemplateVersion}: ${evidence.awsText}`;
    case 'PROGRESS_DEADLINE': {
      const { waitedMs, provenCount, desiredCapacity, version, launchFailure } = evidence;
      const failed = launchFailure === undefined ? '' : `; the last launch failed: ${launchFailure}`;
      return `no instance was verified for ${seconds(waitedMs)}: ${provenCount} of ${desiredCapacity} are of ${version} and verified${failed}`;
    }
    case 'APPLY_FAILED': {
      const { count: times, durationMs, act, failure } = evidence;
      return `AWS refused ${times} times in ${seconds(durationMs)} what the group needs: ${act}: ${failure.code}: ${failure.text}`;
    }
    case 'REQUESTS_FAILING':
    case 'REQUESTS_SLOW':
      return tellRequests(evidence);
    case 'PROOF_FAILED':
      return tellProof(evidence);
    case 'CANARY_FAILING':
    case 'CANARY_SLOW':
      return tellTraffic(evidence);
    case 'CANARY_NO_DATA':
      return `too little is known of ${evidence.version} after ${seconds(evidence.waitedMs)} with ${percent(evidence.share)} of users' requests (${evidence.gates.join(', ')}): CloudWatch counted ${count(evidence.requests, 'request')} of it`;
    case 'CANARY_IMPOSSIBLE':
      return `${tellObstacle(evidence.because)}; so no share of users' requests can go to the release first`;
    case 'LISTENER_CHANGED':
      return `somebody changed how ${evidence.place.ruleArn ?? evidence.place.listenerArn} leads users' requests on; it stays as they made it`;
    case 'ALARM_RAISED':
      return listAlarms(evidence.alarms);
    case 'HOOK_FAILED':
      return `the hook ${evidence.name} ${evidence.when} ${evidence.phase} ${tellHookResult(evidence.result)}`;
    case 'APPROVAL_REJECTED':
      return `${evidence.by} rejected ${evidence.phase}${tellSaid(evidence.reason)}`;
    case 'APPROVAL_UNANSWERED':
      return `nobody approved ${evidence.phase} within ${seconds(evidence.waitedMs)}`;
    case 'ABORTED':
      return evidence.reason;
    case 'RECORDED_EARLIER':
      return `${evidence.recordedCode}: ${evidence.text}`;
  }
}

/** `i-1 (and likewise i-2, i-3) is target unhealthy …`. */
function tellShown<Shown extends { readonly instanceId: string }>(
  { shown, instanceIds }: { readonly shown: readonly Shown[]; readonly instanceIds: readonly string[] },
  tell: (one: Shown) => string,
): readonly string[] {
  const idsByText = new Map<string, string[]>();
  for (const one of shown) {
    const text = tell(one);
    idsByText.set(text, [...(idsByText.get(text) ?? []), one.instanceId]);
  }
  const told = [...idsByText].map(([text, [first, ...others]]) =>
    others.length === 0 ? `${first} ${text}` : `${first} (and likewise ${others.join(', ')}) ${text}`,
  );
  const rest = instanceIds.length - shown.length;
  return rest > 0 ? [...told, `and ${rest} more`] : told;
}

function tellStatus(status: string | undefined): string {
  return status === undefined || status === 'OK' ? '' : `; it says: ${status}`;
}

function tellProof({
  instanceIds,
  version,
  paths,
  examples,
}: Extract<Evidence, { readonly code: 'PROOF_FAILED' }>): string {
  const told = paths.map(({ path, what, requests, failures }) =>
    what === 'slow' ? `${path} is slow` : `${path} fails: ${failures} of ${requests} requests`,
  );
  const last = examples.at(-1);
  const answer = last?.statusCode === undefined ? last?.trouble : String(last.statusCode);
  const why = answer === undefined ? '' : ` (the last: ${last?.path} ${answer})`;
  return `${instanceIds[0]} of ${version}, tried outside of the group, does not answer as it should: ${told.join(', ')}${why}`;
}
