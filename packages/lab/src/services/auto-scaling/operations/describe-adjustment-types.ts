import type { DescribeAdjustmentTypesAnswer } from '@aws-sdk/client-auto-scaling';

export function describeAdjustmentTypes(): DescribeAdjustmentTypesAnswer {
  const types = ['ChangeInCapacity', 'ExactCapacity', 'PercentChangeInCapacity'];
  return { AdjustmentTypes: types.map((AdjustmentType) => ({ AdjustmentType })) };
}
