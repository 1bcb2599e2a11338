import type { DescribeLifecycleHookTypesAnswer } from '@aws-sdk/client-auto-scaling';

export function describeLifecycleHookTypes(): DescribeLifecycleHookTypesAnswer {
  return { LifecycleHookTypes: ['autoscaling:EC2_INSTANCE_LAUNCHING', 'autoscaling:EC2_INSTANCE_TERMINATING'] };
}
