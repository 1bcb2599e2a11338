import { expect, test } from 'vitest';
import { findInstanceType, instanceTypeNames, requireInstanceType } from './instance-types.js';
import { describeInstanceTypeOfferings } from './operations/describe-instance-type-offerings.js';
import { describeInstanceTypes } from './operations/describe-instance-types.js';
import { createEc2Context, refusal } from './test-network.js';

test.each([
  ['m1.small', ['i386', 'x86_64'], 1, 1_740, 2, 4, false],
  ['t2.micro', ['i386', 'x86_64'], 1, 1_024, 2, 2, true],
  ['t3.micro', ['x86_64'], 2, 1_024, 2, 2, true],
  ['m5.large', ['x86_64'], 2, 8_192, 3, 10, false],
  ['c5.xlarge', ['x86_64'], 4, 8_192, 4, 15, false],
  ['r5.2xlarge', ['x86_64'], 8, 65_536, 4, 15, false],
  ['m7g.large', ['arm64'], 2, 8_192, 3, 10, true],
])('%s is what AWS says it is', (name, architectures, vcpus, memoryMib, interfaces, addresses, isCurrent) => {
  expect(requireInstanceType(name)).toMatchObject({
    InstanceType: name,
    CurrentGeneration: isCurrent,
    ProcessorInfo: { SupportedArchitectures: architectures },
    VCpuInfo: { DefaultVCpus: vcpus },
    MemoryInfo: { SizeInMiB: memoryMib },
    NetworkInfo: { MaximumNetworkInterfaces: interfaces, Ipv4AddressesPerInterface: addresses },
  });
});

test('the table has every type once, each whole', () => {
  const names = instanceTypeNames();
  expect(names.length).toBeGreaterThan(1_000);
  for (const name of names) {
    const type = findInstanceType(name);
    expect(type?.MemoryInfo?.SizeInMiB, name).toBeGreaterThan(0);
    expect(type?.VCpuInfo?.DefaultVCpus, name).toBeGreaterThan(0);
    expect(type?.ProcessorInfo?.SupportedArchitectures?.length, name).toBeGreaterThan(0);
  }
});

test('a type that AWS does not have is refused by each operation with its own text', () => {
  const context = createEc2Context();
  expect(refusal(() => requireInstanceType('t9.tiny'))).toEqual({
    code: 'InvalidParameterValue',
    message: "Invalid value 't9.tiny' for InstanceType.",
  });
  expect(refusal(() => describeInstanceTypes({ InstanceTypes: ['t9.tiny' as 't3.micro'] }, context))).toEqual({
    code: 'InvalidInstanceType',
    message: 'The following supplied instance types do not exist: [t9.tiny]',
  });
});

test('DescribeInstanceTypes and its offerings page and filter', () => {
  const context = createEc2Context();
  const filters = [
    { Name: 'processor-info.supported-architecture', Values: ['arm64'] },
    { Name: 'current-generation', Values: ['true'] },
  ];
  const first = describeInstanceTypes({ Filters: filters, MaxResults: 5 }, context);
  expect(first.InstanceTypes).toHaveLength(5);
  expect(first.NextToken).toBeDefined();
  const offered = describeInstanceTypeOfferings(
    { LocationType: 'availability-zone', Filters: [{ Name: 'instance-type', Values: ['t3.micro'] }] },
    context,
  );
  expect(offered.InstanceTypeOfferings?.map(({ Location }) => Location)).toEqual(
    [...'abcdef'].map((one) => `us-west-2${one}`),
  );
});
