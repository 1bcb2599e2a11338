import type { DescribeAccountLimitsOutput } from '@aws-sdk/client-elastic-load-balancing-v2';

/** AWS's default quotas. The lab enforces rules per load balancer and target groups per action. */
export function describeAccountLimits(): DescribeAccountLimitsOutput {
  const limits = {
    'application-load-balancers': 50,
    'target-groups': 3000,
    'targets-per-application-load-balancer': 1000,
    'listeners-per-application-load-balancer': 50,
    'rules-per-application-load-balancer': 100,
    'target-groups-per-action-on-application-load-balancer': 5,
    'targets-per-availability-zone-per-network-load-balancer': 500,
  };
  return { Limits: Object.entries(limits).map(([Name, max]) => ({ Name, Max: String(max) })) };
}
