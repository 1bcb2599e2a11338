// From the load balancers' interfaces to a new instance, on the traffic port and on the health check port of each target group.
import type { NetworkInterface } from '@aws-sdk/client-ec2';
import { buildNetwork, isUnresolved, type Network, type NetworkSnapshot, type Source } from '@directrix/reachability';
import type { Check, CheckContext, Draft } from '../check.js';
import { readValue } from '../check.js';
import { draftUndecided, findPathFaults, type PathQuestion } from '../network/path-findings.js';
import type { LoadBalancerSnapshot, PreflightSnapshot, TargetGroupSnapshot } from '../snapshot.js';

export const checkLoadBalancerPath: Check = (context) => [...checkKnownPaths(context), ...findOpenEnds(context)];

function checkKnownPaths(context: CheckContext): readonly Draft[] {
  const { snapshot, network } = context;
  const loadBalancers = applicationLoadBalancers(snapshot).filter(({ loadBalancer }) => hasKnownSubnets(loadBalancer));
  const launch = knownLaunchOf(snapshot);
  if (network?.snapshot.networkInterfaces === undefined || launch === undefined) return [];
  const stage = setStage(network.snapshot, launch, loadBalancers);
  const paths = (readValue(snapshot.targetGroups) ?? []).flatMap((targetGroup) =>
    questionsOf(targetGroup, stage, loadBalancers, snapshot.backend.name),
  );
  return findPathFaults({ ...context, network: stage.network }, paths);
}

// What a network load balancer forwards comes from its clients, whom nobody knows.
function applicationLoadBalancers({ loadBalancers }: PreflightSnapshot): readonly LoadBalancerSnapshot[] {
  return (readValue(loadBalancers) ?? []).filter(
    ({ loadBalancer }) => (loadBalancer.Type ?? 'application') === 'application',
  );
}

function hasKnownSubnets({ AvailabilityZones }: LoadBalancerSnapshot['loadBalancer']): boolean {
  return AvailabilityZones?.every(({ SubnetId }) => !isUnresolved(SubnetId)) === true;
}

function knownLaunchOf({ backend }: PreflightSnapshot): (Source & { readonly kind: 'launch' }) | undefined {
  const { source } = backend;
  return source.kind === 'launch' && source.subnetIds.length > 0 && !source.subnetIds.some(isUnresolved)
    ? source
    : undefined;
}

/** What cannot even be asked, so that silence is never taken for a path that works. */
function findOpenEnds({ snapshot, network }: CheckContext): readonly Draft[] {
  const group = snapshot.backend.name;
  const targetGroups = readValue(snapshot.targetGroups) ?? [];
  const ofGroup = [
    ...(network?.snapshot.networkInterfaces === undefined ? ['the network was not read'] : []),
    ...(knownLaunchOf(snapshot) === undefined ? [`the subnets that ${group} launches in are not known`] : []),
    ...(snapshot.targetGroups.kind === 'unread' ? ['the target groups were not read'] : []),
    ...(snapshot.loadBalancers.kind === 'unread' ? ['the load balancers were not read'] : []),
  ];
  const isAttached = snapshot.targetGroups.kind === 'unread' || targetGroups.length > 0;
  const open = applicationLoadBalancers(snapshot)
    .map(({ loadBalancer }) => loadBalancer)
    .filter((one) => !hasKnownSubnets(one) && isUsed(one, targetGroups));
  return [
    ...(isAttached && ofGroup.length > 0
      ? [draftUndecided(`the load balancer to new instances of ${group}`, ofGroup)]
      : []),
    ...(snapshot.openTargetGroups ?? []).map((id) =>
      draftUndecided(`the load balancer to new instances of ${group}`, [`target group ${id} is not in what was read`]),
    ),
    ...open.map(({ LoadBalancerName }) =>
      draftUndecided(`load balancer ${LoadBalancerName} to new instances of ${group}`, [
        `the subnets of ${LoadBalancerName} are not known`,
      ]),
    ),
  ];
}

function isUsed(
  { LoadBalancerArn = '' }: LoadBalancerSnapshot['loadBalancer'],
  targetGroups: readonly TargetGroupSnapshot[],
): boolean {
  return targetGroups.some(({ targetGroup }) => targetGroup.LoadBalancerArns?.includes(LoadBalancerArn));
}

interface Stage {
  readonly network: Network;
  /** Interfaces of each load balancer, by its ARN. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
  /** One for each subnet that the group launches in. */
  readonly newInterfaces: readonly { readonly id: string; readonly zone: string | undefined }[];
}

// A new instance has no interface yet, and a template's load balancer none either: the network is asked as if they were there.
function setStage(
  network: NetworkSnapshot,
  launch: Source & { readonly kind: 'launch' },
  loadBalancers: readonly LoadBalancerSnapshot[],
): Stage {
  const added: NetworkInterface[] = [];
  const sources = new Map<string, readonly string[]>();
  for (const { loadBalancer } of loadBalancers) {
    const known = interfacesOf(network, loadBalancer.LoadBalancerArn ?? '');
    const made = known.length > 0 ? [] : madeUpInterfaces(network, loadBalancer);
    added.push(...made);
    sources.set(
      loadBalancer.LoadBalancerArn ?? '',
      [...known, ...made].map(({ NetworkInterfaceId }) => NetworkInterfaceId ?? ''),
    );
  }
  const newInterfaces = launch.subnetIds.map((SubnetId) => {
    const subnet = network.subnets?.find((one) => one.SubnetId === SubnetId);
    const item = {
      NetworkInterfaceId: `a new instance in ${SubnetId}`,
      SubnetId,
      VpcId: subnet?.VpcId,
      Groups: launch.securityGroupIds.map((GroupId) => ({ GroupId })),
    };
    added.push(item);
    return { id: item.NetworkInterfaceId, zone: subnet?.AvailabilityZone };
  });
  // A load balancer's own ports are 1024 to 65535, where an instance's are those of its kernel.
  const isBalancer = (id: string | undefined) => [...sources.values()].some((ids) => ids.includes(id ?? ''));
  const known = (network.networkInterfaces ?? []).map((one) =>
    isBalancer(one.NetworkInterfaceId) ? { ...one, InterfaceType: 'load_balancer' as never } : one,
  );
  const snapshot = { ...network, networkInterfaces: [...known, ...added] };
  return { network: buildNetwork(snapshot), sources, newInterfaces };
}

function interfacesOf(
  { networkInterfaces = [] }: NetworkSnapshot,
  loadBalancerArn: string,
): readonly NetworkInterface[] {
  // `ELB app/web/50dc6c495c0c9188`: how AWS describes the interfaces that a load balancer made.
  const description = `ELB ${loadBalancerArn.split(':loadbalancer/')[1] ?? loadBalancerArn}`;
  return networkInterfaces.filter(({ Description }) => Description === description);
}

function madeUpInterfaces(
  { subnets = [] }: NetworkSnapshot,
  loadBalancer: LoadBalancerSnapshot['loadBalancer'],
): NetworkInterface[] {
  return (loadBalancer.AvailabilityZones ?? []).map(({ SubnetId }) => ({
    NetworkInterfaceId: `${loadBalancer.LoadBalancerName} in ${SubnetId}`,
    SubnetId,
    VpcId: subnets.find((one) => one.SubnetId === SubnetId)?.VpcId,
    Groups: (loadBalancer.SecurityGroups ?? []).map((GroupId) => ({ GroupId })),
    InterfaceType: 'load_balancer' as never,
  }));
}

function questionsOf(
  { targetGroup }: TargetGroupSnapshot,
  stage: Stage,
  loadBalancers: readonly LoadBalancerSnapshot[],
  group: string,
): readonly PathQuestion[] {
  return portsOf(targetGroup).flatMap(({ port, what }) =>
    loadBalancers
      .filter(({ loadBalancer }) => targetGroup.LoadBalancerArns?.includes(loadBalancer.LoadBalancerArn ?? ''))
      .flatMap(({ loadBalancer }) =>
        (stage.sources.get(loadBalancer.LoadBalancerArn ?? '') ?? []).flatMap((networkInterfaceId) =>
          stage.newInterfaces.map(({ id }) => ({
            question: {
              from: { kind: 'networkInterface' as const, networkInterfaceId },
              to: { kind: 'networkInterface' as const, networkInterfaceId: id },
              port,
            },
            subject: `load balancer ${loadBalancer.LoadBalancerName} to new instances of ${group} on ${port} (${what})`,
            severity: 'error' as const,
          })),
        ),
      ),
  );
}

function portsOf(
  targetGroup: TargetGroupSnapshot['targetGroup'],
): readonly { readonly port: number; readonly what: string }[] {
  const traffic = targetGroup.Port ?? 80;
  const health = Number(targetGroup.HealthCheckPort);
  const ports = [{ port: traffic, what: 'traffic' }];
  // `traffic-port` is the same one.
  if (!Number.isInteger(health) || health === traffic) return ports;
  return [...ports, { port: health, what: 'health checks' }];
}
