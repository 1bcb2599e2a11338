import type { DescribeTerminationPolicyTypesAnswer } from '@aws-sdk/client-auto-scaling';
import { TERMINATION_POLICIES } from '../scale-in.js';

export function describeTerminationPolicyTypes(): DescribeTerminationPolicyTypesAnswer {
  return { TerminationPolicyTypes: [...TERMINATION_POLICIES] };
}
