import { createAutoScalingState } from '../services/auto-scaling/state.js';
import { createCloudFormationState } from '../services/cloudformation/state.js';
import { createCloudWatchState } from '../services/cloudwatch/state.js';
import { createEc2State } from '../services/ec2/state.js';
import { createElbV2State } from '../services/elbv2/state.js';
import { createIamState, type IamState } from '../services/iam/state.js';
import { createLogsState } from '../services/logs/state.js';
import { createS3State } from '../services/s3/state.js';
import { createSsmState } from '../services/ssm/state.js';
import type { LabState } from './types.js';

export const DEFAULT_REGION = 'us-west-2';
export const DEFAULT_ACCOUNT_ID = '123456789012';
/** More than a group of a thousand needs while it is replaced. */
const DEFAULT_INSTANCE_LIMIT = 2_500;

/** An account with nothing in it. */
export function createLabState({
  region = DEFAULT_REGION,
  accountId = DEFAULT_ACCOUNT_ID,
  instanceLimit = DEFAULT_INSTANCE_LIMIT,
  iam = createIamState(),
}: {
  readonly region?: string | undefined;
  readonly accountId?: string | undefined;
  readonly instanceLimit?: number | undefined;
  /** The account's, which every region shares. Default: nothing. */
  readonly iam?: IamState | undefined;
} = {}): LabState {
  return {
    accountId,
    region,
    instanceLimit,
    ec2: createEc2State(),
    autoScaling: createAutoScalingState(),
    elbv2: createElbV2State(),
    ssm: createSsmState(),
    iam,
    logs: createLogsState(),
    cloudWatch: createCloudWatchState(),
    cloudFormation: createCloudFormationState(),
    s3: createS3State(),
  };
}
