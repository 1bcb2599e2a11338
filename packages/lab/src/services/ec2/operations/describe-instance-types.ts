import type { DescribeInstanceTypesRequest, DescribeInstanceTypesResult, InstanceTypeInfo } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { checkFilters, describedBy, type FilterFields, passesFilters } from '../filters.js';
import { findInstanceType, instanceTypeNames } from '../instance-types.js';
import { pageOf } from '../paging.js';

const fields: FilterFields<InstanceTypeInfo> = describedBy('InstanceTypeInfo', {
  'bare-metal': (t) => t.BareMetal,
  'burstable-performance-supported': (t) => t.BurstablePerformanceSupported,
  'current-generation': (t) => t.CurrentGeneration,
  'free-tier-eligible': (t) => t.FreeTierEligible,
  hypervisor: (t) => t.Hypervisor,
  'instance-type': (t) => t.InstanceType,
  'memory-info.size-in-mib': (t) => t.MemoryInfo?.SizeInMiB,
  'processor-info.supported-architecture': (t) => t.ProcessorInfo?.SupportedArchitectures,
  'supported-usage-class': (t) => t.SupportedUsageClasses,
  'vcpu-info.default-vcpus': (t) => t.VCpuInfo?.DefaultVCpus,
});

export function describeInstanceTypes(
  input: DescribeInstanceTypesRequest,
  _context: OperationContext,
): DescribeInstanceTypesResult {
  checkFilters(input.Filters, fields);
  const wanted: readonly string[] = input.InstanceTypes ?? [];
  const unknown = wanted.filter((name) => findInstanceType(name) === undefined);
  if (unknown.length > 0) {
    throw new AwsError(
      'InvalidInstanceType',
      `The following supplied instance types do not exist: [${unknown.join(', ')}]`,
    );
  }
  const found = (wanted.length === 0 ? instanceTypeNames() : [...new Set(wanted)])
    .flatMap((name) => findInstanceType(name) ?? [])
    .filter((type) => passesFilters(type, [], input.Filters, fields));
  const page = pageOf(found, input, { least: 5, most: 100 });
  return { InstanceTypes: [...page.items], NextToken: page.nextToken };
}
