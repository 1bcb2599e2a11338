// Whether the group's target groups are used, and its zones enabled.
import type { Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Check, CheckContext, Draft } from '../check.js';
import { groupName, groupSubject, readValue } from '../check.js';
import { draft } from '../draft.js';

export const checkTargetGroup: Check = (context) => {
  const { snapshot } = context;
  const targetGroups = readValue(snapshot.targetGroups);
  if (targetGroups === undefined) return [];
  if (targetGroups.length === 0)
    return [
      draft('NO_TARGET_GROUP', {
        subject: groupSubject(snapshot),
        message: `${groupName(snapshot.group)} is attached to no target group, so nothing can say whether an instance serves.`,
      }),
    ];
  return [...checkUse(context), ...checkZones(context)];
};

function checkUse({ snapshot }: CheckContext): readonly Draft[] {
  const loadBalancers = readValue(snapshot.loadBalancers);
  if (loadBalancers === undefined) return [];
  const used = new Set(
    loadBalancers.flatMap(({ listeners }) =>
      listeners.flatMap(({ listener, rules }) => [
        ...forwardedTo(listener.DefaultActions),
        ...rules.flatMap(({ Actions }) => forwardedTo(Actions)),
      ]),
    ),
  );
  return (readValue(snapshot.targetGroups) ?? [])
    .filter(({ targetGroup }) => !used.has(targetGroup.TargetGroupArn ?? ''))
    .map(({ targetGroup }) =>
      draft('TARGET_GROUP_UNUSED', {
        subject: `target group ${targetGroup.TargetGroupName}`,
        message: `No rule of any listener forwards to ${targetGroup.TargetGroupName}: its targets stay unused (Target.NotInUse).`,
        evidence: [
          {
            id: targetGroup.TargetGroupArn ?? '',
            what: `load balancers: ${targetGroup.LoadBalancerArns?.join(', ') || 'none'}`,
          },
        ],
      }),
    );
}

function forwardedTo(actions: Rule['Actions'] = []): readonly string[] {
  return actions.flatMap(({ TargetGroupArn, ForwardConfig }) => [
    ...(TargetGroupArn === undefined ? [] : [TargetGroupArn]),
    ...(ForwardConfig?.TargetGroups ?? []).flatMap((one) => one.TargetGroupArn ?? []),
  ]);
}

function checkZones({ snapshot }: CheckContext): readonly Draft[] {
  const { source } = snapshot.backend;
  const subnets = readValue(snapshot.network)?.subnets;
  if (source.kind !== 'launch' || subnets === undefined) return [];
  return (readValue(snapshot.loadBalancers) ?? []).flatMap(({ loadBalancer }) => {
    const enabled = new Set((loadBalancer.AvailabilityZones ?? []).map(({ ZoneName }) => ZoneName));
    const strays = source.subnetIds.flatMap((id) =>
      subnets.filter(({ SubnetId, AvailabilityZone }) => SubnetId === id && !enabled.has(AvailabilityZone)),
    );
    return strays.map(({ SubnetId = '', AvailabilityZone }) =>
      draft('ZONE_NOT_ENABLED', {
        subject: `load balancer ${loadBalancer.LoadBalancerName}`,
        message: `${groupName(snapshot.group)} launches in ${SubnetId} (${AvailabilityZone}), a zone that ${loadBalancer.LoadBalancerName} is not enabled for: its instances there stay unused.`,
        evidence: [
          { id: SubnetId, what: `${AvailabilityZone}` },
          { id: loadBalancer.LoadBalancerArn ?? '', what: `enabled for ${[...enabled].join(', ')}` },
        ],
      }),
    );
  });
}
