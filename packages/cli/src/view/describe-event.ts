import type { Decision, Release, RolloutEvent } from '@directrix/rollout';
import type { Colors } from '../colors.js';

/** One line (or none) for an event of the journal, without its time. `waiting` is told by what holds, see WaitTeller. */
export function describeEvent(event: RolloutEvent, colors: Colors): string | undefined {
  switch (event.kind) {
    case 'started':
      return `${event.groupName}: ${nameRelease(event.from)} -> ${nameRelease(event.to)}`;
    case 'phase':
      return `${colors.bold(event.phase)}: ${event.because}`;
    case 'decided':
      return `${describeDecision(event.decision)} ${colors.dim(`(${event.decision.because.text})`)}`;
    case 'instance':
      return event.text;
    case 'evidence':
      return `${colors.red(event.evidence.code)} ${event.evidence.message}`;
    case 'notice':
      return `${colors.yellow(event.code)} ${event.text}`;
    case 'bundle':
      return `evidence of ${event.instanceId} is kept in ${event.path}`;
    case 'retrying':
      return colors.yellow(`${event.what} is tried again: ${event.error}`);
    case 'interrupted':
      return `${event.signal}: stopping at a safe point`;
    case 'finished':
      return `${colorOutcome(event.outcome, colors)(event.outcome)}: ${event.text}`;
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
  }
}

function describeSizes({ minSize, maxSize, desiredCapacity }: Extract<Decision, { kind: 'setSizes' }>): string {
  const sizes = { MinSize: minSize, MaxSize: maxSize, DesiredCapacity: desiredCapacity };
  return Object.entries(sizes)
    .flatMap(([name, size]) => (size === undefined ? [] : `${name} ${size}`))
    .join(', ');
}

const namedIds = 5;

function listIds(ids: readonly string[]): string {
  return ids.length <= namedIds
    ? ids.join(', ')
    : `${ids.slice(0, namedIds).join(', ')} and ${ids.length - namedIds} more`;
}
