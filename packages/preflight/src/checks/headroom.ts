// Room for the surge: sizes, subnet addresses, and what else grows with them.
import { shell } from '@directrix/rollout';
import type { Check, CheckContext, Draft } from '../check.js';
import { groupName, groupSubject, readValue } from '../check.js';
import { draft } from '../draft.js';
import { findByRule } from '../group-rule.js';

export const checkHeadroom: Check = (context) => [
  ...checkSizes(context),
  ...checkAddresses(context),
  ...checkWarmPool(context),
];

function checkSizes({ snapshot, intent }: CheckContext): readonly Draft[] {
  const { group } = snapshot;
  const { MaxSize = 0, DesiredCapacity = 0, MinSize = 0 } = group;
  const evidence = [
    { id: groupName(group), what: `MinSize ${MinSize}, DesiredCapacity ${DesiredCapacity}, MaxSize ${MaxSize}` },
  ];
  const isLent = intent.isMaxSizeLent === true;
  const full = isLent
    ? []
    : findByRule('NO_CAPACITY_HEADROOM', snapshot, {
        evidence,
        fix: { commands: [raiseMaxSize(group, DesiredCapacity + 1)] },
      });
  const refused = [...findByRule('GROUP_EMPTY', snapshot, { evidence }), ...full];
  if (refused.length > 0) return refused.slice(0, 1);
  if (isLent || MaxSize - DesiredCapacity >= intent.surge) return [];
  return [
    draft('SURGE_LIMITED', {
      subject: groupSubject(snapshot),
      message: `${groupName(group)} has room for ${MaxSize - DesiredCapacity} more instances, and the surge is ${intent.surge}.`,
      evidence,
      fix: { commands: [raiseMaxSize(group, DesiredCapacity + intent.surge)] },
    }),
  ];
}

function raiseMaxSize(group: CheckContext['snapshot']['group'], maxSize: number): string {
  return shell`aws autoscaling update-auto-scaling-group --auto-scaling-group-name ${groupName(group)} --max-size ${maxSize}`;
}

function checkAddresses({ snapshot, intent }: CheckContext): readonly Draft[] {
  const { source } = snapshot.backend;
  const subnets = readValue(snapshot.network)?.subnets;
  if (source.kind !== 'launch' || subnets === undefined) return [];
  const own = source.subnetIds.flatMap((id) => subnets.filter(({ SubnetId }) => SubnetId === id));
  if (own.length === 0 || own.some(({ AvailableIpAddressCount }) => AvailableIpAddressCount === undefined)) return [];
  const free = own.reduce((sum, { AvailableIpAddressCount = 0 }) => sum + AvailableIpAddressCount, 0);
  const dry = own.filter(
    ({ AvailableIpAddressCount = 0 }) => AvailableIpAddressCount < Math.ceil(intent.surge / own.length),
  );
  if (dry.length === 0) return [];
  return [
    draft('SUBNET_ADDRESSES', {
      subject: groupSubject(snapshot),
      severity: free < intent.surge ? 'error' : 'warning',
      message: `The subnets of ${groupName(snapshot.group)} have ${free} free addresses, and ${intent.surge} new instances are added at a time, spread over ${own.length} subnets; ${dry.map(({ SubnetId, AvailableIpAddressCount }) => `${SubnetId} has ${AvailableIpAddressCount}`).join(', ')}.`,
      evidence: own.map(({ SubnetId = '', CidrBlock, AvailableIpAddressCount }) => ({
        id: SubnetId,
        what: `${CidrBlock}, ${AvailableIpAddressCount} free`,
      })),
      fix: { text: 'free addresses, add a subnet to the group, or lower --surge' },
    }),
  ];
}

function checkWarmPool({ snapshot }: CheckContext): readonly Draft[] {
  const pool = readValue(snapshot.warmPool);
  if (pool === undefined || pool.Status === 'PendingDelete') return [];
  const { MaxSize = 0, DesiredCapacity = 0 } = snapshot.group;
  const prepared = pool.MaxGroupPreparedCapacity ?? -1;
  const size = Math.max(pool.MinSize ?? 0, (prepared < 0 ? MaxSize : prepared) - DesiredCapacity);
  return [
    draft('WARM_POOL', {
      subject: groupSubject(snapshot),
      message: `${groupName(snapshot.group)} keeps a warm pool of ${size}, which is of the old release: what it launches from the pool is not the new one.`,
      evidence: [
        {
          id: 'warm pool',
          what: `MinSize ${pool.MinSize ?? 0}, MaxGroupPreparedCapacity ${prepared < 0 ? `none, so MaxSize ${MaxSize}` : prepared}`,
        },
      ],
      fix: {
        commands: [shell`aws autoscaling delete-warm-pool --auto-scaling-group-name ${groupName(snapshot.group)}`],
      },
    }),
  ];
}
