// The cycler of 2018, as it was: it looks at InService, and never at the load balancer.
//
// For each instance that was InService at the start: one more, wait until that many are InService, one fewer. The group takes
// away an old one each time, because its termination policy prefers the oldest launch template.
import {
  type AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  SetDesiredCapacityCommand,
} from '@aws-sdk/client-auto-scaling';

interface CyclerPorts {
  readonly autoScaling: AutoScalingClient;
  /** Waits between two polls. Rejects when the wait is cancelled. */
  readonly pause: () => Promise<void>;
  readonly say: (text: string) => void;
}

/** More polls than any launch takes; the script of 2018 had no such bound. */
const maxPolls = 1_000;

/** Replaces every instance of the group, and believes it. Returns how many it cycled. */
export async function cycleGroup(groupName: string, { autoScaling, pause, say }: CyclerPorts): Promise<number> {
  const atStart = countInService(await describeGroup(autoScaling, groupName));
  for (let cycled = 1; cycled <= atStart; cycled++) {
    const { DesiredCapacity } = await describeGroup(autoScaling, groupName);
    const raised = DesiredCapacity! + 1;
    await setDesired(autoScaling, groupName, raised);
    let inService = -1;
    for (let poll = 0; inService !== raised; poll++) {
      if (poll === maxPolls)
        throw new Error(`${inService} of ${raised} instances are InService after ${maxPolls} polls`);
      await pause();
      inService = countInService(await describeGroup(autoScaling, groupName));
    }
    await setDesired(autoScaling, groupName, raised - 1);
    say(`${raised} instances are InService; one old instance may go (${cycled} of ${atStart})`);
  }
  return atStart;
}

async function describeGroup(autoScaling: AutoScalingClient, groupName: string): Promise<AutoScalingGroup> {
  const { AutoScalingGroups } = await autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [groupName] }),
  );
  if (!AutoScalingGroups?.[0]) throw new Error(`There is no group ${groupName}`);
  return AutoScalingGroups[0];
}

function countInService(group: AutoScalingGroup): number {
  return (group.Instances ?? []).filter(({ LifecycleState }) => LifecycleState === 'InService').length;
}

async function setDesired(autoScaling: AutoScalingClient, AutoScalingGroupName: string, DesiredCapacity: number) {
  await autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName, DesiredCapacity }));
}
