import { createAutoScalingState } from '../services/auto-scaling/state.js';
import { createEc2State } from '../services/ec2/state.js';
import { createElbV2State } from '../services/elbv2/state.js';
import { createIamState } from '../services/iam/state.js';
import { createSsmState } from '../services/ssm/state.js';
import type { LabState } from './types.js';

export const DEFAULT_REGION = 'us-west-2';
export const DEFAULT_ACCOUNT_ID = '123456789012';

/** An account with nothing in it. */
export function createLabState({
  region = DEFAULT_REGION,
  accountId = DEFAULT_ACCOUNT_ID,
}: {
  readonly region?: string | undefined;
  readonly accountId?: string | undefined;
} = {}): LabState {
  return {
    accountId,
    region,
    ec2: createEc2State(),
    autoScaling: createAutoScalingState(),
    elbv2: createElbV2State(),
    ssm: createSsmState(),
    iam: createIamState(),
  };
}
