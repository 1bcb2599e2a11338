import { type AutoScalingGroup, DescribeLifecycleHooksCommand } from '@aws-sdk/client-auto-scaling';
import type { AwsClients } from '../clients/aws-clients.js';
import { isPassing } from '../clients/aws-failure.js';

const launching = 'autoscaling:EC2_INSTANCE_LAUNCHING';

/** AWS's default heartbeat. */
const defaultHeartbeatSeconds = 3_600;

interface HookReader {
  /** How long the launch hooks of the group may hold an instance, all together; undefined when they cannot be read. */
  read(group: AutoScalingGroup): Promise<number | undefined>;
}

/** Reads the hooks once: a hook that somebody adds later is not foreseen. Only a passing failure is asked again. */
export function createHookReader(clients: AwsClients): HookReader {
  let known: number | undefined;
  let isAsked = false;
  return {
    async read({ AutoScalingGroupName }) {
      if (isAsked) return known;
      isAsked = true;
      try {
        const answer = await clients.autoScaling.send(new DescribeLifecycleHooksCommand({ AutoScalingGroupName }));
        known = (answer.LifecycleHooks ?? [])
          .filter(({ LifecycleTransition }) => LifecycleTransition === launching)
          .reduce((sum, hook) => sum + (hook.HeartbeatTimeout ?? defaultHeartbeatSeconds) * 1000, 0);
      } catch (error) {
        // Without the permission the rollout goes on with the core's allowance.
        isAsked = !isPassing(error);
      }
      return known;
    },
  };
}
