import type { DescribeAutoScalingNotificationTypesAnswer } from '@aws-sdk/client-auto-scaling';

export function describeAutoScalingNotificationTypes(): DescribeAutoScalingNotificationTypesAnswer {
  return {
    AutoScalingNotificationTypes: [
      'autoscaling:EC2_INSTANCE_LAUNCH',
      'autoscaling:EC2_INSTANCE_LAUNCH_ERROR',
      'autoscaling:EC2_INSTANCE_TERMINATE',
      'autoscaling:EC2_INSTANCE_TERMINATE_ERROR',
      'autoscaling:TEST_NOTIFICATION',
    ],
  };
}
