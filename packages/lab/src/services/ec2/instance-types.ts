import { readFileSync } from 'node:fs';
import type { _InstanceType, ArchitectureType, InstanceTypeInfo } from '@aws-sdk/client-ec2';
import { invalidParameterValue } from './refusals.js';

/** What EC2 launches when a request names no type. */
export const DEFAULT_INSTANCE_TYPE = 'm1.small';

/** A type of `packages/lab/model/ec2-instance-types.json`, by column. Several values are one text, separated by spaces. */
interface TypeRow {
  readonly type: string;
  readonly architectures: string;
  readonly manufacturer: string;
  readonly clockGhz: number;
  readonly vcpus: number;
  readonly cores: number;
  readonly threadsPerCore: number;
  readonly memoryMib: number;
  readonly interfaces: number;
  readonly ipv4PerInterface: number;
  readonly ipv6PerInterface: number;
  readonly networkPerformance: string;
  readonly ena: string;
  readonly hypervisor: string;
  readonly virtualization: string;
  readonly rootDevices: string;
  readonly usageClasses: string;
  readonly bootModes: string;
  readonly placementStrategies: string;
  readonly instanceStorageGb: number;
  readonly ebsOptimized: string;
  readonly nvme: string;
  readonly flags: string;
}

type Cells = readonly (string | number)[];

interface TypeTable {
  readonly kindColumns: readonly (keyof TypeRow)[];
  /** What many types have in common. */
  readonly kinds: readonly Cells[];
  /** The last is `kind`, an index of `kinds`. */
  readonly columns: readonly (keyof TypeRow | 'kind')[];
  readonly rows: readonly Cells[];
}

let table: ReadonlyMap<string, TypeRow> | undefined;

/** Read when the first type is asked for, never at start-up. */
function rows(): ReadonlyMap<string, TypeRow> {
  if (table === undefined) {
    const file = new URL('../../../model/ec2-instance-types.json', import.meta.url);
    const { kindColumns, kinds, columns, rows: cells } = JSON.parse(readFileSync(file, 'utf8')) as TypeTable;
    const named = (names: readonly string[], row: Cells) => names.map((name, index) => [name, row[index]] as const);
    table = new Map(
      cells.map((row) => {
        const kind = kinds[row.at(-1) as number] ?? [];
        const all = Object.fromEntries([...named(columns, row), ...named(kindColumns, kind)]) as unknown as TypeRow;
        return [all.type, all];
      }),
    );
  }
  return table;
}

/** Every instance type of AWS, current and older ones, by name and in its order. */
export function instanceTypeNames(): readonly string[] {
  return [...rows().keys()];
}

/** As DescribeInstanceTypes tells it; undefined for a type that AWS does not have. */
export function findInstanceType(name: string): InstanceTypeInfo | undefined {
  const row = rows().get(name);
  return row && infoOf(row);
}

/** Throws InvalidParameterValue for a type that AWS does not have. */
export function requireInstanceType(name: string): InstanceTypeInfo {
  const found = findInstanceType(name);
  if (found === undefined) throw invalidParameterValue(`Invalid value '${name}' for InstanceType.`);
  return found;
}

function infoOf(row: TypeRow): InstanceTypeInfo {
  const list = <T extends string>(text: string): T[] => (text === '' ? [] : (text.split(' ') as T[]));
  const has = (flag: string) => list(row.flags).includes(flag);
  return {
    InstanceType: row.type as _InstanceType,
    CurrentGeneration: has('current'),
    FreeTierEligible: has('freeTier'),
    SupportedUsageClasses: list(row.usageClasses),
    SupportedRootDeviceTypes: list(row.rootDevices),
    SupportedVirtualizationTypes: list(row.virtualization),
    BareMetal: has('bareMetal'),
    ...(row.hypervisor === '' ? {} : { Hypervisor: row.hypervisor as InstanceTypeInfo['Hypervisor'] }),
    ProcessorInfo: {
      SupportedArchitectures: list<ArchitectureType>(row.architectures),
      ...(row.clockGhz === 0 ? {} : { SustainedClockSpeedInGhz: row.clockGhz }),
      ...(row.manufacturer === '' ? {} : { Manufacturer: row.manufacturer }),
    },
    VCpuInfo: {
      DefaultVCpus: row.vcpus,
      ...(row.cores === 0 ? {} : { DefaultCores: row.cores, DefaultThreadsPerCore: row.threadsPerCore }),
    },
    MemoryInfo: { SizeInMiB: row.memoryMib },
    InstanceStorageSupported: row.instanceStorageGb > 0,
    ...(row.instanceStorageGb > 0 ? { InstanceStorageInfo: { TotalSizeInGB: row.instanceStorageGb } } : {}),
    EbsInfo: {
      EbsOptimizedSupport: row.ebsOptimized as 'default',
      EncryptionSupport: 'supported',
      NvmeSupport: row.nvme as 'required',
    },
    NetworkInfo: {
      NetworkPerformance: row.networkPerformance,
      MaximumNetworkInterfaces: row.interfaces,
      Ipv4AddressesPerInterface: row.ipv4PerInterface,
      Ipv6AddressesPerInterface: row.ipv6PerInterface,
      Ipv6Supported: row.ipv6PerInterface > 0,
      EnaSupport: row.ena as 'required',
    },
    PlacementGroupInfo: { SupportedStrategies: list(row.placementStrategies) },
    HibernationSupported: has('hibernation'),
    BurstablePerformanceSupported: has('burstable'),
    DedicatedHostsSupported: has('dedicatedHosts'),
    AutoRecoverySupported: has('autoRecovery'),
    SupportedBootModes: list(row.bootModes),
  };
}
