// Whether the group's target groups are used, and its zones enabled.
import type { Rule, TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import { isUnresolved } from '@directrix/reachability';
import { shell } from '@directrix/rollout';
import type { Check, CheckContext, Draft } from '../check.js';
import { groupName, readValue } from '../check.js';
import { draft } from '../draft.js';
import { findByRule } from '../group-rule.js';
import { draftUndecided } from '../network/path-findings.js';

export const checkTargetGroup: Check = (context) => {
  const { snapshot } = context;
  const missing = (snapshot.missingTargetGroupArns ?? []).map((arn) => findMissing(snapshot, arn));
  const refused = missing.length > 0 ? [] : findByRule('NO_TARGET_GROUP', snapshot);
  if (refused.length > 0) return refused;
  return [...missing, ...checkUse(context), ...checkZones(context)];
};

function findMissing({ group }: CheckContext['snapshot'], arn: string): Draft {
  const name = groupName(group);
  return draft('TARGET_GROUP_MISSING', {
    subject: `target group ${arn.split('/')[1] ?? arn}`,
    message: `${name} is attached to ${arn}, which does not exist any more: no instance can be healthy in it.`,
    evidence: [{ id: arn, what: 'no such target group' }],
    fix: {
      commands: [
        shell`aws autoscaling detach-load-balancer-target-groups --auto-scaling-group-name ${name} --target-group-arns ${arn}`,
      ],
    },
  });
}

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
  const open = [...used].find(isUnresolved);
  return (readValue(snapshot.targetGroups) ?? [])
    .map(({ targetGroup }) => targetGroup)
    .filter(({ TargetGroupArn = '' }) => !used.has(TargetGroupArn))
    .map((one) => (open === undefined ? describeUnused(one) : describeOpen(one, open)));
}

/** An action that names a target group which nobody can tell yet may mean this one. */
function describeOpen({ TargetGroupName }: TargetGroup, open: string): Draft {
  return draftUndecided(`the load balancer to ${TargetGroupName}`, [`a listener forwards to ${open}`]);
}

function describeUnused({ TargetGroupArn = '', TargetGroupName, LoadBalancerArns }: TargetGroup): Draft {
  return draft('TARGET_GROUP_UNUSED', {
    subject: `target group ${TargetGroupName}`,
    message: `No rule of any listener forwards to ${TargetGroupName}: its targets stay unused (Target.NotInUse).`,
    evidence: [{ id: TargetGroupArn, what: `load balancers: ${LoadBalancerArns?.join(', ') || 'none'}` }],
  });
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
    const { AvailabilityZones } = loadBalancer;
    // A template may leave a zone open: it may be any.
    if (AvailabilityZones === undefined || !AvailabilityZones.every(({ ZoneName }) => isZoneName(ZoneName))) return [];
    const enabled = new Set(AvailabilityZones.map(({ ZoneName }) => ZoneName));
    const strays = source.subnetIds.flatMap((id) =>
      subnets.filter(
        ({ SubnetId, AvailabilityZone }) =>
          SubnetId === id && isZoneName(AvailabilityZone) && !enabled.has(AvailabilityZone),
      ),
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

function isZoneName(zone: string | undefined): boolean {
  return /^[a-z]{2}-/.test(zone ?? '');
}
