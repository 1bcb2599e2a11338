// apply: decisions to AWS.
//
// One file per kind of decision. What to do is decided elsewhere; here is only how AWS is told.
//
//   A1. Applying a decision again, after a crash at any point, changes nothing more.
//   A2. Nothing is asked for that the decision does not name: an empty list is no call, never "all".
//   A3. A refusal of AWS comes back with AWS's code and text.
import type { Decision, RolloutRecord } from '@directrix/rollout';
import type { Applied, ApplyContext } from './apply-context.js';
import { attach } from './attach.js';
import { createLaunchTemplateVersion } from './create-launch-template-version.js';
import { deleteLaunchTemplateVersion } from './delete-launch-template-version.js';
import { endProof } from './end-proof.js';
import { enterStandby } from './enter-standby.js';
import { exitStandby } from './exit-standby.js';
import { restoreForward, setForward } from './forward.js';
import { launchProof } from './launch-proof.js';
import { pinLaunchTemplate } from './pin-launch-template.js';
import { quarantine } from './quarantine.js';
import { registerProof } from './register-proof.js';
import { resumeProcesses } from './resume-processes.js';
import { setDefaultLaunchTemplateVersion } from './set-default-launch-template-version.js';
import { setSizes } from './set-sizes.js';
import { closeShadow, openShadow } from './shadow.js';
import { suspendProcesses } from './suspend-processes.js';
import { terminate } from './terminate.js';

/** Applies one decision and returns what the record must learn of it. Throws a DirectrixError when AWS refuses. */
export async function applyDecision(
  context: ApplyContext,
  record: RolloutRecord,
  decision: Exclude<Decision, { readonly kind: 'wait' }>,
): Promise<Applied> {
  switch (decision.kind) {
    case 'pinLaunchTemplate':
      return pinLaunchTemplate(context, record, decision);
    case 'createLaunchTemplateVersion':
      return createLaunchTemplateVersion(context, record, decision);
    case 'deleteLaunchTemplateVersion':
      return deleteLaunchTemplateVersion(context, record, decision);
    case 'setDefaultLaunchTemplateVersion':
      return setDefaultLaunchTemplateVersion(context, record, decision);
    case 'suspendProcesses':
      return suspendProcesses(context, record, decision);
    case 'resumeProcesses':
      return resumeProcesses(context, record, decision);
    case 'setSizes':
      return setSizes(context, record, decision);
    case 'enterStandby':
      return enterStandby(context, record, decision);
    case 'exitStandby':
      return exitStandby(context, record, decision);
    case 'quarantine':
      return quarantine(context, record, decision);
    case 'terminate':
      return terminate(context, record, decision);
    case 'openShadow':
      return openShadow(context, record, decision);
    case 'closeShadow':
      return closeShadow(context, record, decision);
    case 'launchProof':
      return launchProof(context, record, decision);
    case 'registerProof':
      return registerProof(context, record, decision);
    case 'attach':
      return attach(context, record, decision);
    case 'endProof':
      return endProof(context, record, decision);
    case 'setForward':
      return setForward(context, record, decision);
    case 'restoreForward':
      return restoreForward(context, record, decision);
  }
}
