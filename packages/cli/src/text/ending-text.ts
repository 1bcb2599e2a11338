import { type Ending, type LeftBehind, type PinLeft, shell } from '@directrix/rollout';
import { tellNeedWithCode } from './need-text.js';
import { count, tellTime } from './quantities.js';

/** How a rollout ended, in a sentence. Its evidence is named by its code: it was told before. */
export function tellEnding(ending: Ending, groupName: string): string {
  switch (ending.outcome) {
    case 'done':
      return `${groupName} is ${ending.version} on ${count(ending.instanceCount, 'instance')}${tellPinLeft(ending.pinLeft)}.${tellWarm(ending.warm)}${tellLeftBehind(ending.leftBehind, groupName)}`;
    case 'rolledBack': {
      const { evidence, withdrawnVersion, version, pinLeft, leftBehind } = ending;
      const why = evidence === undefined ? '' : ` (${evidence.code})`;
      return `${withdrawnVersion} was withdrawn${why}; ${groupName} is ${version} as before${tellPinLeft(pinLeft)}.${tellLeftBehind(leftBehind, groupName)}`;
    }
    case 'needsHuman':
      return tellNeedWithCode(ending.need);
  }
}

function tellWarm(warm: Extract<Ending, { readonly outcome: 'done' }>['warm']): string {
  if (warm === undefined) return '';
  const { instanceIds, version, untilAt } = warm;
  const stay = instanceIds.length === 1 ? 'stays' : 'stay';
  return ` ${count(instanceIds.length, 'instance')} of ${version} ${stay} warm until ${tellTime(untilAt)}.`;
}

function tellLeftBehind(left: LeftBehind | undefined, groupName: string): string {
  if (left === undefined) return '';
  const { processes, raisedFrom } = left;
  const raised = raisedFrom === undefined ? '' : ` DesiredCapacity was ${raisedFrom} before somebody raised it.`;
  const resume = shell`aws autoscaling resume-processes --auto-scaling-group-name ${groupName} --scaling-processes ${processes}`;
  return ` As before the rollout, ${processes.join(', ')} stay${processes.length === 1 ? 's' : ''} suspended (${resume}).${raised}`;
}

function tellPinLeft(pin: PinLeft | undefined): string {
  if (pin === undefined) return '';
  const { launchTemplateVersion, alias, means } = pin;
  return `; it stays pinned to launch template version ${launchTemplateVersion}, because ${alias} means ${means}`;
}
