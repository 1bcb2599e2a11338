// The sentences of clean-up: why something stays, and what a step does.
import type { KeepReason, Reference, ReferenceKind, Restored, Step, StepResult } from '@directrix/images';
import { count, listIds, tellTime } from './quantities.js';

const nouns: Record<ReferenceKind, string> = {
  instance: 'instance',
  group: 'group',
  instanceRefresh: 'instance refresh',
  launchTemplate: 'launch template',
  launchConfiguration: 'launch configuration',
  spotRequest: 'Spot request',
  spotFleet: 'Spot Fleet',
  fleet: 'EC2 Fleet',
  parameter: 'parameter',
  awsReference: 'EC2 knows',
  file: 'file',
  rollout: 'an unfinished rollout of',
  goodRelease: 'a good release of',
  rollbackWindow: 'it served lately in',
  image: 'image',
  recycledImage: 'the Recycle Bin, for',
  account: 'account',
};

/** `group web, through lt-0a version 3 ($Latest)`. */
function tellReference({ kind, by, through }: Reference): string {
  return `${nouns[kind]} ${by}${through === undefined ? '' : `, through ${through}`}`;
}

export function tellKeepReason(reason: KeepReason): string {
  switch (reason.code) {
    case 'NAMED':
      return tellReference(reason.reference);
    case 'YOUNG':
      return Number.isNaN(reason.at) ? 'its age is not known' : `made ${tellTime(reason.at)}, which is not long ago`;
    case 'KEEP_TAG':
      return 'tagged directrix:keep';
    case 'NOT_CHOSEN':
      return 'not chosen by --only-tagged';
    case 'PROTECTED':
      return `protected from deregistration (${reason.protection})`;
    case 'STATE':
      return `its state is ${reason.state}`;
    case 'DISABLED_BY_OTHERS':
      return 'disabled by somebody else';
    case 'MANAGED':
      return `managed by ${reason.by}`;
    case 'SHARED_WITHOUT_REPORT':
      return 'shared, and no usage report says whether it is used';
    case 'SHARED_WIDELY':
      return `shared with ${reason.with}, so that nobody can know who uses it`;
    case 'UNREAD':
      return `${reason.source} could not be read`;
    case 'WAITING':
      return `until ${tellTime(reason.until)}`;
  }
}

/** What a step does, in the imperative: `disable ami-1 (web-0.149.1)`. */
export function tellStep(step: Step): string {
  switch (step.kind) {
    case 'terminateInstance':
      return `terminate ${step.instanceId}, kept as evidence until ${tellTime(step.expiredAt)}`;
    case 'terminateWarm':
      return `terminate ${listIds(step.instanceIds)} of ${step.groupName}: ${count(step.instanceIds.length, 'instance')} of ${step.version}, kept warm until ${tellTime(step.expiredAt)}`;
    case 'deleteLaunchTemplateVersion':
      return `delete version ${step.version} of ${step.launchTemplateId}${step.imageId === undefined ? '' : ` (${step.imageId})`}`;
    case 'enableImage':
      return `enable ${step.imageId} (${step.name}) again: ${step.because.map(tellReference).join('; ')}`;
    case 'disableImage':
      return `disable ${step.imageId} (${step.name})${step.sharedWith.length === 0 ? '' : `, shared with ${listIds(step.sharedWith)}`}`;
    case 'deregisterImage':
      return `deregister ${step.imageId} (${step.name}), disabled since ${tellTime(step.disabledAt)}`;
    case 'markSnapshot':
      return `mark ${step.snapshotId} of ${step.imageId}, which is gone`;
    case 'deleteSnapshot':
      return `delete ${step.snapshotId} of ${step.imageId} (${step.size.volumeGib} GiB), whose image is gone since ${tellTime(step.orphanedAt)}`;
  }
}

const whyLeft: Readonly<Record<Extract<StepResult, { readonly kind: 'left' }>['because'], string>> = {
  gone: 'it is gone already',
  changed: 'it has changed meanwhile',
  busy: 'somebody is changing the group now',
};

export function tellResult(result: StepResult): string {
  const step = tellStep(result.step);
  switch (result.kind) {
    case 'done':
      return `done: ${step}`;
    case 'left':
      return `left: ${step}: ${whyLeft[result.because]}`;
    case 'failed':
      return `failed: ${step}: ${result.failure.code}: ${result.failure.text}`;
  }
}

export function tellRestored(restored: Restored): string {
  switch (restored.kind) {
    case 'enabled':
      return `${restored.imageId} is enabled again${restored.sharedWith.length === 0 ? '' : `, and shared with ${listIds(restored.sharedWith)}`}.`;
    case 'recovered':
      return `${restored.imageId} is back from the Recycle Bin${restored.snapshotIds.length === 0 ? '' : ` with ${listIds(restored.snapshotIds)}`}.`;
    case 'unchanged':
      return `${restored.imageId} is available; there was nothing to take back.`;
  }
}
