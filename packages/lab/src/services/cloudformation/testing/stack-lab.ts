import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient } from '@aws-sdk/client-iam';
import { SSMClient } from '@aws-sdk/client-ssm';
import { createLab, type LabOptions } from '../../../lab.js';
import { createSimulatedDataPlane } from '../../../machines/simulated/simulated-data-plane.js';
import { createVirtualClock } from '../../../virtual-clock.js';

const START = Date.parse('2018-11-11T08:00:00Z');
const HOUR_MS = 3_600_000;

/** A lab for stacks on a virtual clock, seen through SDK clients. */
export function createStackLab(options: Partial<LabOptions> = {}) {
  const clock = createVirtualClock({ startAt: START });
  const defects: unknown[] = [];
  const lab = createLab({
    clock,
    dataPlane: createSimulatedDataPlane(),
    wallNow: () => START,
    onDefect: (error) => defects.push(error),
    ...options,
  });
  const client = {
    requestHandler: lab.requestHandler,
    region: lab.state.region,
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' },
    maxAttempts: 1,
  };
  const cloudFormation = new CloudFormationClient(client);
  const describe = async (StackName: string): Promise<Stack> => {
    const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
    return Stacks[0]!;
  };
  return {
    lab,
    clock,
    client,
    defects,
    cloudFormation,
    ec2: new EC2Client(client),
    iam: new IAMClient(client),
    ssm: new SSMClient(client),
    describe,
    /** Lets time pass until the stack's operation is over; the stack as it is then. */
    settle: async (stackId: string): Promise<Stack> => {
      await clock.advance(HOUR_MS);
      return describe(stackId);
    },
    /** `LogicalId STATUS`, the oldest first. */
    events: async (StackName: string): Promise<readonly string[]> => {
      const { StackEvents = [] } = await cloudFormation.send(new DescribeStackEventsCommand({ StackName }));
      return StackEvents.toReversed().map(
        ({ LogicalResourceId, ResourceStatus, ResourceStatusReason }) =>
          `${LogicalResourceId} ${ResourceStatus}${ResourceStatusReason === undefined ? '' : `: ${ResourceStatusReason}`}`,
      );
    },
  };
}

export type StackLab = ReturnType<typeof createStackLab>;
