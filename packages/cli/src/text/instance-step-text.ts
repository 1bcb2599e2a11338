import type { InstanceStep, LossReason } from '@directrix/rollout';
import { seconds } from './quantities.js';
import { tellTargets } from './target-text.js';

/** What an instance has come to, without its id. */
export function tellInstanceStep(step: InstanceStep): string {
  switch (step.what) {
    case 'launched':
      return `was launched in ${step.availabilityZone}`;
    case 'inService':
      return 'is InService';
    case 'healthy':
      return 'is healthy in every target group';
    case 'dipped':
      return `was healthy and now ${tellTargets(step.targets)}`;
    case 'reported':
      return step.by === 'console' ? `says on its console: ${step.status}` : `reports ${step.version}: ${step.status}`;
    case 'verified': {
      const reports = step.version === undefined ? '' : ` and reports ${step.version}`;
      return `has been healthy for ${seconds(step.healthyMs)}${reports}`;
    }
    case 'warm':
      return 'is warm, in Standby';
    case 'lost':
    case 'terminated':
      return tellLoss(step.because);
    case 'found':
      return 'is in the group after all: several observations in a row show it';
  }
}

function tellLoss(because: LossReason): string {
  switch (because.code) {
    case 'LEAVING': {
      const state = because.instanceState === undefined ? '' : `, ${because.instanceState}`;
      return `is ${because.lifecycleState}${state}${tellReason(because.stateReason)}, and not by our doing`;
    }
    case 'GONE_FROM_EC2':
      return `is gone: EC2 says ${because.instanceState}${tellReason(because.stateReason)}`;
    case 'NOT_SEEN':
      return `is gone: ${because.observationCount} observations do not show it`;
  }
}

/** EC2's code, as it is. */
function tellReason(stateReason: string | undefined): string {
  return stateReason === undefined || stateReason === '' ? '' : ` (${stateReason})`;
}
