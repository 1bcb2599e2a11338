import type { ProofObstacle } from '@directrix/rollout';

/** Why no instance can be tried before users reach it. */
export function tellObstacle(because: ProofObstacle): string {
  switch (because.code) {
    case 'NO_LISTENER':
      return 'no HTTP or HTTPS listener leads plain requests to the group';
    case 'NETWORK_LOAD_BALANCER':
      return 'a Network Load Balancer has no rules that could keep users away from an instance';
    case 'REFUSED':
      return `no instance can be tried outside of the group (${because.act}: ${because.failure.code}: ${because.failure.text})`;
    case 'SHADOW_GONE':
      return 'somebody deleted the target group in which an instance was tried, or the rule that led to it';
    case 'INSTANCE_ENDED':
      return `somebody ended ${because.instanceId ?? 'the instance'} that was tried outside of the group (${because.stateReason ?? 'in EC2'})`;
  }
}
