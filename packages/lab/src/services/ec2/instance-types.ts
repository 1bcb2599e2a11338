import type { _InstanceType, ArchitectureType, InstanceTypeInfo } from '@aws-sdk/client-ec2';
import { invalidParameterValue } from './refusals.js';

interface TypeFacts {
  readonly vcpus: number;
  readonly memoryMib: number;
  readonly interfaces: number;
  readonly addressesPerInterface: number;
}

const sizes: Readonly<Record<string, TypeFacts>> = {
  nano: { vcpus: 2, memoryMib: 512, interfaces: 2, addressesPerInterface: 2 },
  micro: { vcpus: 2, memoryMib: 1024, interfaces: 2, addressesPerInterface: 2 },
  small: { vcpus: 2, memoryMib: 2048, interfaces: 3, addressesPerInterface: 4 },
  medium: { vcpus: 2, memoryMib: 4096, interfaces: 3, addressesPerInterface: 6 },
  large: { vcpus: 2, memoryMib: 8192, interfaces: 3, addressesPerInterface: 10 },
  xlarge: { vcpus: 4, memoryMib: 16384, interfaces: 4, addressesPerInterface: 15 },
  '2xlarge': { vcpus: 8, memoryMib: 32768, interfaces: 4, addressesPerInterface: 15 },
};

const burstable = ['nano', 'micro', 'small', 'medium', 'large', 'xlarge', '2xlarge'];
const steady = ['large', 'xlarge', '2xlarge'];

const families: Readonly<
  Record<string, { readonly architecture: ArchitectureType; readonly sizes: readonly string[] }>
> = {
  t2: { architecture: 'x86_64', sizes: burstable },
  t3: { architecture: 'x86_64', sizes: burstable },
  t3a: { architecture: 'x86_64', sizes: burstable },
  t4g: { architecture: 'arm64', sizes: burstable },
  m5: { architecture: 'x86_64', sizes: steady },
  m6i: { architecture: 'x86_64', sizes: steady },
  m6g: { architecture: 'arm64', sizes: steady },
  m7i: { architecture: 'x86_64', sizes: steady },
  m7g: { architecture: 'arm64', sizes: steady },
  c5: { architecture: 'x86_64', sizes: steady },
  c6i: { architecture: 'x86_64', sizes: steady },
  c6g: { architecture: 'arm64', sizes: steady },
  r5: { architecture: 'x86_64', sizes: steady },
  r6g: { architecture: 'arm64', sizes: steady },
};

/** The instance types that the lab knows. A small table: sizes are those of the t family, memory is not exact for c and r. */
export const instanceTypes: ReadonlyMap<string, InstanceTypeInfo> = new Map(
  Object.entries(families).flatMap(([family, { architecture, sizes: names }]) =>
    names.map((size) => [`${family}.${size}`, infoOf(family, size, architecture)] as const),
  ),
);

function infoOf(family: string, size: string, architecture: ArchitectureType): InstanceTypeInfo {
  const facts = sizes[size]!;
  return {
    InstanceType: `${family}.${size}` as _InstanceType,
    CurrentGeneration: family !== 't2',
    FreeTierEligible: size === 'micro',
    SupportedUsageClasses: ['on-demand', 'spot'],
    SupportedRootDeviceTypes: ['ebs'],
    SupportedVirtualizationTypes: ['hvm'],
    BareMetal: false,
    Hypervisor: family === 't2' ? 'xen' : 'nitro',
    ProcessorInfo: { SupportedArchitectures: [architecture] },
    VCpuInfo: { DefaultVCpus: facts.vcpus },
    MemoryInfo: { SizeInMiB: facts.memoryMib },
    InstanceStorageSupported: false,
    BurstablePerformanceSupported: family.startsWith('t'),
    AutoRecoverySupported: true,
    NetworkInfo: {
      MaximumNetworkInterfaces: facts.interfaces,
      Ipv4AddressesPerInterface: facts.addressesPerInterface,
      EnaSupport: family === 't2' ? 'unsupported' : 'required',
    },
  };
}

/** Throws InvalidParameterValue for a type that the lab does not know. */
export function requireInstanceType(name: string): InstanceTypeInfo {
  const found = instanceTypes.get(name);
  if (found === undefined) throw invalidParameterValue(`Invalid value '${name}' for InstanceType.`);
  return found;
}
