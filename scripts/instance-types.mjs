// Generates packages/lab/model/ec2-instance-types.json: what EC2's DescribeInstanceTypes says of every type, current and older.
//
//   node scripts/instance-types.mjs FILE VERSION
//
// FILE is `moto/ec2/resources/instance_types.json` of moto (Apache-2.0, https://github.com/getmoto/moto), which records AWS's own answers; VERSION is
// moto's version or commit. One row for each type, in the order of `columns`, whose last is
// the row of `kinds` that it shares with others: a new version is a readable difference.
import { readFileSync, writeFileSync } from 'node:fs';

/** What many types have in common. */
const KIND_COLUMNS = {
  architectures: (one) => one.ProcessorInfo.SupportedArchitectures.join(' '),
  manufacturer: (one) => one.ProcessorInfo.Manufacturer ?? '',
  clockGhz: (one) => one.ProcessorInfo.SustainedClockSpeedInGhz ?? 0,
  threadsPerCore: (one) => one.VCpuInfo.DefaultThreadsPerCore ?? 0,
  ena: (one) => one.NetworkInfo.EnaSupport,
  hypervisor: (one) => one.Hypervisor ?? '',
  virtualization: (one) => one.SupportedVirtualizationTypes.join(' '),
  rootDevices: (one) => one.SupportedRootDeviceTypes.join(' '),
  usageClasses: (one) => one.SupportedUsageClasses.join(' '),
  bootModes: (one) => (one.SupportedBootModes ?? []).join(' '),
  placementStrategies: (one) => (one.PlacementGroupInfo?.SupportedStrategies ?? []).join(' '),
  ebsOptimized: (one) => one.EbsInfo.EbsOptimizedSupport,
  nvme: (one) => one.EbsInfo.NvmeSupport,
  flags: (one) =>
    [
      one.CurrentGeneration && 'current',
      one.FreeTierEligible && 'freeTier',
      one.BareMetal && 'bareMetal',
      one.BurstablePerformanceSupported && 'burstable',
      one.AutoRecoverySupported && 'autoRecovery',
      one.HibernationSupported && 'hibernation',
      one.DedicatedHostsSupported && 'dedicatedHosts',
    ]
      .filter(Boolean)
      .join(' '),
};

const COLUMNS = {
  type: (one) => one.InstanceType,
  vcpus: (one) => one.VCpuInfo.DefaultVCpus,
  cores: (one) => one.VCpuInfo.DefaultCores ?? 0,
  memoryMib: (one) => one.MemoryInfo.SizeInMiB,
  interfaces: (one) => one.NetworkInfo.MaximumNetworkInterfaces,
  ipv4PerInterface: (one) => one.NetworkInfo.Ipv4AddressesPerInterface,
  ipv6PerInterface: (one) => one.NetworkInfo.Ipv6AddressesPerInterface,
  networkPerformance: (one) => one.NetworkInfo.NetworkPerformance,
  instanceStorageGb: (one) => one.InstanceStorageInfo?.TotalSizeInGB ?? 0,
};

const [file, version] = process.argv.slice(2);
if (file === undefined || version === undefined) {
  process.stderr.write('Usage: node scripts/instance-types.mjs FILE VERSION\n');
  process.exit(2);
}
const types = Object.values(JSON.parse(readFileSync(file, 'utf8')));
const source = {
  package: 'moto',
  version,
  file: 'moto/ec2/resources/instance_types.json',
  licence: 'Apache-2.0',
  generator: 'scripts/instance-types.mjs',
};
const cells = (columns, one) => Object.values(columns).map((read) => read(one));
const lines = (list) => list.join(',\n    ');
const kinds = [...new Set(types.map((one) => JSON.stringify(cells(KIND_COLUMNS, one))))].sort();
const rows = types
  .map((one) => JSON.stringify([...cells(COLUMNS, one), kinds.indexOf(JSON.stringify(cells(KIND_COLUMNS, one)))]))
  .sort();
writeFileSync(
  new URL('../packages/lab/model/ec2-instance-types.json', import.meta.url),
  `{\n  "source": ${JSON.stringify(source)},\n  "kindColumns": ${JSON.stringify(Object.keys(KIND_COLUMNS))},\n  "kinds": [\n    ${lines(kinds)}\n  ],\n  "columns": ${JSON.stringify([...Object.keys(COLUMNS), 'kind'])},\n  "rows": [\n    ${lines(rows)}\n  ]\n}\n`,
);
