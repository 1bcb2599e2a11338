import type { Decision, Release, RolloutEvent } from '@directrix/rollout';
import type { Colors } from '../colors.js';
import { tellEnding } from '../text/ending-text.js';
import { tellEvidence } from '../text/evidence-text.js';
import { tellInstanceStep } from '../text/instance-step-text.js';
import { tellNotice } from '../text/notice-text.js';
import { listIds, percent } from '../text/quantities.js';
import { tellPhaseReason, tellReason } from '../text/reason-text.js';

/** One line (or none) for an event of the journal, without its time. `waiting` is told by what holds, see WaitTeller. */
export function describeEvent(event: RolloutEvent, colors: Colors, groupName = 'the group'): string | undefined {
  switch (event.kind) {
    case 'started':
      return `${event.groupName}: ${nameRelease(event.from)} -> ${nameRelease(event.to)}`;
    case 'phase':
      return `${colors.bold(event.phase)}: ${tellPhaseReason(event.because)}`;
    case 'decided':
      return `${describeDecision(event.decision)} ${colors.dim(`(${tellReason(event.decision.because)})`)}`;
    case 'instance':
      return `${event.instanceId} ${tellInstanceStep(event)}`;
    case 'evidence':
      return `${colors.red(event.evidence.code)} ${tellEvidence(event.evidence)}`;
    case 'notice':
      return `${colors.yellow(event.notice.code)} ${tellNotice(event.notice)}`;
    case 'bundle':
      return `evidence of ${event.instanceId} is kept in ${event.path}`;
    case 'retrying':
      return colors.yellow(`${event.what} is tried again: ${event.failure.code}: ${event.failure.text}`);
    case 'interrupted':
      return `${event.signal}: stopping at a safe point`;
    case 'finished':
      return `${colorOutcome(event.ending.outcome, colors)(event.ending.outcome)}: ${tellEnding(event.ending, groupName)}`;
    default:
      return undefined;
  }
}

export function colorOutcome(outcome: string, colors: Colors): (text: string) => string {
  if (outcome === 'done') return colors.green;
  return outcome === 'rolledBack' ? colors.yellow : colors.red;
}

export function nameRelease({ version, imageId }: Release): string {
  return `${version} (${imageId})`;
}

/** What a decision does, in AWS's words. */
export function describeDecision(decision: Exclude<Decision, { readonly kind: 'wait' }>): string {
  switch (decision.kind) {
    case 'pinLaunchTemplate':
      return `launch template version of the group: ${decision.version}`;
    case 'createLaunchTemplateVersion':
      return `new launch template version: as ${decision.sourceVersion}, but with ${decision.imageId}`;
    case 'deleteLaunchTemplateVersion':
      return `delete launch template version ${decision.version}`;
    case 'setDefaultLaunchTemplateVersion':
      return `default launch template version: ${decision.version}`;
    case 'suspendProcesses':
      return `suspend ${decision.processes.join(', ')}`;
    case 'resumeProcesses':
      return `resume ${decision.processes.join(', ')}`;
    case 'setSizes':
      return describeSizes(decision);
    case 'enterStandby':
      return `into Standby: ${listIds(decision.instanceIds)}`;
    case 'exitStandby':
      return `back from Standby: ${listIds(decision.instanceIds)}`;
    case 'quarantine':
      return `quarantine ${listIds(decision.instanceIds)}`;
    case 'terminate':
      return `terminate ${listIds(decision.instanceIds)}`;
    case 'openShadow':
      return 'a target group and a rule of the listener that no user meets';
    case 'closeShadow':
      return 'delete that rule and its target group';
    case 'launchProof':
      return `an instance of launch template version ${decision.launchTemplateVersion} outside of the group`;
    case 'registerProof':
      return `register ${decision.instanceId} there`;
    case 'attach':
      return `into the group: ${listIds(decision.instanceIds)}`;
    case 'setForward':
      return `${percent(decision.share)} of users' requests to the canary`;
    case 'restoreForward':
      return "users' requests as before the canary";
    case 'endProof':
      return `${decision.isKept ? 'quarantine' : 'end the proof of'} ${decision.instanceId ?? 'what was launched'}`;
  }
}

function describeSizes({ minSize, maxSize, desiredCapacity }: Extract<Decision, { kind: 'setSizes' }>): string {
  const sizes = { MinSize: minSize, MaxSize: maxSize, DesiredCapacity: desiredCapacity };
  return Object.entries(sizes)
    .flatMap(([name, size]) => (size === undefined ? [] : `${name} ${size}`))
    .join(', ');
}
