// template-snapshot: what preflight looks at, from a CloudFormation template (as cdk synth writes it) or a plan of Terraform in place of an
// account.
//
//   T1. Ids and names are the template's logical ids, or the plan's addresses.
//   T2. What only an account knows (images, parameters, instance types) is `unread`; what a new stack cannot have yet (instances,
//       rollouts) is absent.
import type { AutoScalingGroup, LifecycleHook } from '@aws-sdk/client-auto-scaling';
import type { ResponseLaunchTemplateData } from '@aws-sdk/client-ec2';
import type { Rule, TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  accountOfPlan,
  isPlan,
  isStackSet,
  isUnresolved,
  type NetworkSnapshot,
  resourcesFromPlan,
  resourcesFromTemplate,
  type Source,
  snapshotFromPlan,
  snapshotFromTemplate,
  type TemplateOptions,
  type TemplateResourceFacts,
} from '@directrix/reachability';
import { builderName, builderTag } from '../builders.js';
import { findSecretsNeed } from '../secrets-need.js';
import type {
  LaunchTemplateSnapshot,
  LoadBalancerSnapshot,
  PreflightSnapshot,
  Read,
  SecretsClient,
} from '../snapshot.js';
import { readTemplateRole } from './template-role.js';

export interface TemplateRequest extends TemplateOptions {
  /** Logical id of the Auto Scaling group; undefined: the only one. */
  readonly groupId?: string;
  readonly secretsPath?: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** The logical ids of the template's Auto Scaling groups. */
export function listTemplateGroups(template: unknown, options: TemplateOptions = {}): readonly string[] {
  return ofType(resourcesOf(template, options), 'AWS::AutoScaling::AutoScalingGroup').map(({ id }) => id);
}

/** Undefined when the template has no such group. Throws TypeError for what is no template. */
export function preflightSnapshotFromTemplate(
  template: unknown,
  request: TemplateRequest,
): PreflightSnapshot | undefined {
  const resources = resourcesOf(template, request);
  const groups = ofType(resources, 'AWS::AutoScaling::AutoScalingGroup');
  const group = request.groupId === undefined ? groups[0] : groups.find(({ id }) => id === request.groupId);
  if (group === undefined) return undefined;
  const { snapshot: network, launches, unresolved } = networkOf(template, request);
  const source = launches.find((one) => one.kind === 'launch' && one.name === group.id);
  if (source === undefined) return undefined;
  const launchTemplate = readLaunchTemplate(resources, group);
  const profile = launchTemplate?.data?.IamInstanceProfile;
  const role = profile === undefined ? undefined : readTemplateRole(resources, profile.Arn ?? profile.Name ?? '');
  const need = findSecretsNeed({ option: request.secretsPath, role, network });
  return {
    at: request.at,
    region: network.region,
    ...accountOf(template),
    group: readGroup(group, source),
    launchTemplate:
      launchTemplate === undefined && group.properties.LaunchTemplate !== undefined
        ? unknownTemplate
        : read(launchTemplate),
    image: read(undefined),
    instanceTypes: { kind: 'unread', because: 'A template has no list of instance types.' },
    targetGroups: read(readTargetGroups(resources, group)),
    openTargetGroups: findOpenTargetGroups(resources, group),
    loadBalancers: read(readLoadBalancers(resources, network)),
    network: read(network),
    backend: { name: group.id, source, role: launchTemplate === undefined ? unknownTemplate : read(role) },
    builders: read(readBuilders(resources, launches)),
    hooks: read(readHooks(resources, group.id)),
    scheduledActions: read([]),
    instanceRefreshes: read([]),
    warmPool: read(readWarmPool(resources, group.id)),
    otherRollout: read(undefined),
    ...(need.kind === 'path'
      ? {
          secrets: {
            path: need.path,
            saidBy: need.saidBy,
            parameters: { kind: 'unread' as const, because: 'A template does not know which parameters exist.' },
          },
        }
      : need.kind === 'endpoint'
        ? { secretsHint: 'endpointInStack' as const }
        : need.kind === 'names'
          ? { secretsHint: 'roleReadsNames' as const }
          : {}),
    unresolved,
    deployerPermissions: read({}),
  };
}

function resourcesOf(template: unknown, options: TemplateOptions): readonly TemplateResourceFacts[] {
  return isPlan(template) ? resourcesFromPlan(template, options) : resourcesFromTemplate(template, options);
}

function networkOf(template: unknown, options: TemplateOptions) {
  return isPlan(template) ? snapshotFromPlan(template, options) : snapshotFromTemplate(template, options);
}

/** Where `cdk synth` says one account for every stack, or a plan has asked who its caller is. */
function accountOf(template: unknown): { readonly accountId?: string } {
  if (isPlan(template)) {
    const accountId = accountOfPlan(template);
    return accountId === undefined ? {} : { accountId };
  }
  const ids = isStackSet(template) ? new Set(template.stacks.map(({ accountId }) => accountId)) : new Set<undefined>();
  const [accountId] = ids;
  return ids.size === 1 && accountId !== undefined ? { accountId } : {};
}

const unknownTemplate = { kind: 'unread', because: 'The launch template is not in this template.' } as const;

function read<T>(value: T): Read<T> {
  return { kind: 'read', value };
}

function ofType(resources: readonly TemplateResourceFacts[], type: string): readonly TemplateResourceFacts[] {
  return resources.filter((one) => one.type === type);
}

function readGroup({ id, properties }: TemplateResourceFacts, source: Source): AutoScalingGroup {
  const minSize = numberOf(properties.MinSize) ?? 0;
  return {
    AutoScalingGroupName: id,
    MinSize: minSize,
    MaxSize: numberOf(properties.MaxSize) ?? 0,
    DesiredCapacity: numberOf(properties.DesiredCapacity) ?? minSize,
    DefaultCooldown: undefined,
    AvailabilityZones: undefined,
    CreatedTime: undefined,
    HealthCheckType: textOf(properties.HealthCheckType) ?? 'EC2',
    HealthCheckGracePeriod: numberOf(properties.HealthCheckGracePeriod) ?? 0,
    VPCZoneIdentifier: source.kind === 'launch' ? source.subnetIds.join(',') : '',
    ...(properties.LaunchTemplate === undefined ? {} : { LaunchTemplate: recordOf(properties.LaunchTemplate) }),
    ...(properties.MixedInstancesPolicy === undefined ? {} : { MixedInstancesPolicy: {} }),
    ...(properties.LaunchConfigurationName === undefined
      ? {}
      : { LaunchConfigurationName: textOf(properties.LaunchConfigurationName) }),
  };
}

function readLaunchTemplate(
  resources: readonly TemplateResourceFacts[],
  { properties }: TemplateResourceFacts,
): LaunchTemplateSnapshot | undefined {
  const mixed = recordOf(recordOf(properties.MixedInstancesPolicy).LaunchTemplate).LaunchTemplateSpecification;
  const wanted = recordOf(properties.LaunchTemplate ?? mixed);
  const name = textOf(wanted.LaunchTemplateId) ?? textOf(wanted.LaunchTemplateName);
  const found = ofType(resources, 'AWS::EC2::LaunchTemplate').find(
    ({ id, properties: own }) => id === name || (name !== undefined && own.LaunchTemplateName === name),
  );
  if (found === undefined) return undefined;
  return {
    launchTemplateId: found.id,
    name: textOf(found.properties.LaunchTemplateName) ?? found.id,
    version: '1',
    latestVersion: '1',
    defaultVersion: '1',
    data: recordOf(found.properties.LaunchTemplateData) as ResponseLaunchTemplateData,
  };
}

/** What the group is attached to, by either property. */
function attachedTo({ properties }: TemplateResourceFacts): readonly string[] {
  const sources = recordsOf(properties.TrafficSources).filter(({ Type }) => Type === undefined || Type === 'elbv2');
  const whole = isUnresolved(properties.TrafficSources) ? [String(properties.TrafficSources)] : [];
  return [
    ...textsOf(properties.TargetGroupARNs),
    ...sources.flatMap(({ Identifier }) => textsOf(Identifier)),
    ...whole,
  ];
}

function findOpenTargetGroups(resources: readonly TemplateResourceFacts[], group: TemplateResourceFacts) {
  const made = new Set(ofType(resources, 'AWS::ElasticLoadBalancingV2::TargetGroup').map(({ id }) => id));
  return attachedTo(group).filter((id) => !made.has(id));
}

function readTargetGroups(resources: readonly TemplateResourceFacts[], group: TemplateResourceFacts) {
  const wanted = attachedTo(group);
  return ofType(resources, 'AWS::ElasticLoadBalancingV2::TargetGroup')
    .filter(({ id }) => wanted.includes(id))
    .map(({ id, properties: own }) => ({
      targetGroup: {
        ...own,
        TargetGroupArn: id,
        TargetGroupName: textOf(own.Name) ?? id,
        Port: numberOf(own.Port),
        HealthCheckPort: textOf(own.HealthCheckPort),
        HealthCheckIntervalSeconds: numberOf(own.HealthCheckIntervalSeconds) ?? 30,
        HealthCheckTimeoutSeconds: numberOf(own.HealthCheckTimeoutSeconds) ?? 5,
        LoadBalancerArns: loadBalancersOf(resources, id),
      } as TargetGroup,
      attributes: Object.fromEntries(
        recordsOf(own.TargetGroupAttributes).map(({ Key, Value }) => [String(Key), String(Value)] as const),
      ),
      health: [],
    }));
}

interface TemplateListener {
  readonly id: string;
  readonly loadBalancerId: string;
  readonly actions: Rule['Actions'];
}

function readListeners(resources: readonly TemplateResourceFacts[]): readonly TemplateListener[] {
  const listeners = ofType(resources, 'AWS::ElasticLoadBalancingV2::Listener');
  const ofRules = ofType(resources, 'AWS::ElasticLoadBalancingV2::ListenerRule').flatMap(({ id, properties }) => {
    const listener = listeners.find((one) => one.id === properties.ListenerArn);
    // A listener of another stack: its load balancer is known by this name alone.
    const loadBalancerId = String(listener?.properties.LoadBalancerArn ?? properties.ListenerArn);
    return [{ id, loadBalancerId, actions: actionsOf(properties.Actions) }];
  });
  const own = listeners.map(({ id, properties }) => ({
    id,
    loadBalancerId: String(properties.LoadBalancerArn),
    actions: actionsOf(properties.DefaultActions),
  }));
  return [...own, ...ofRules];
}

function actionsOf(value: unknown): Rule['Actions'] {
  return recordsOf(value) as unknown as Rule['Actions'];
}

function loadBalancersOf(resources: readonly TemplateResourceFacts[], targetGroupId: string): string[] {
  const ids = readListeners(resources)
    .filter(({ actions }) => JSON.stringify(actions).includes(JSON.stringify(targetGroupId)))
    .map(({ loadBalancerId }) => loadBalancerId);
  return [...new Set(ids)].map((id) => arnOf(resources, id));
}

// Its interfaces in the snapshot are described as `ELB app/<name>/0`.
function arnOf(resources: readonly TemplateResourceFacts[], id: string): string {
  const properties = resources.find((one) => one.id === id)?.properties;
  if (properties === undefined) return id;
  return `template:loadbalancer/${properties.Type === 'network' ? 'net' : 'app'}/${textOf(properties.Name) ?? id}/0`;
}

function readLoadBalancers(
  resources: readonly TemplateResourceFacts[],
  { subnets = [] }: NetworkSnapshot,
): readonly LoadBalancerSnapshot[] {
  const listeners = readListeners(resources);
  const zoneOf = (id: string) => subnets.find(({ SubnetId }) => SubnetId === id)?.AvailabilityZone;
  const made = ofType(resources, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
  const ids = new Set(made.map(({ id }) => id));
  const elsewhere = new Set(listeners.map(({ loadBalancerId }) => loadBalancerId).filter((id) => !ids.has(id)));
  const listenersOf = (id: string) =>
    listeners
      .filter(({ loadBalancerId }) => loadBalancerId === id)
      .map((one) => ({ listener: { ListenerArn: one.id, DefaultActions: one.actions }, rules: [] }));
  const own = made.map(({ id, properties }) => {
    const subnetIds = [
      ...textsOf(properties.Subnets),
      ...recordsOf(properties.SubnetMappings).flatMap(({ SubnetId }) => textsOf(SubnetId)),
    ];
    return {
      loadBalancer: {
        LoadBalancerArn: arnOf(resources, id),
        LoadBalancerName: textOf(properties.Name) ?? id,
        ...(properties.Type === 'network' && { Type: 'network' as const }),
        SecurityGroups: [...textsOf(properties.SecurityGroups)],
        AvailabilityZones: subnetIds.map((SubnetId) => ({ SubnetId, ZoneName: zoneOf(SubnetId) })),
      },
      listeners: listenersOf(id),
    };
  });
  // Of those of other stacks nothing is known but that they forward.
  const others = [...elsewhere].map((id) => ({
    loadBalancer: { LoadBalancerArn: id, LoadBalancerName: id },
    listeners: listenersOf(id),
  }));
  return [...own, ...others];
}

function readBuilders(
  resources: readonly TemplateResourceFacts[],
  launches: readonly Source[],
): readonly SecretsClient[] {
  const tagsOf = ({ properties }: TemplateResourceFacts) => [
    ...recordsOf(properties.Tags),
    // A launch template is tagged in a list of its own.
    ...recordsOf(properties.TagSpecifications).flatMap(({ ResourceType, Tags }) =>
      ResourceType === 'launch-template' ? recordsOf(Tags) : [],
    ),
  ];
  const isTagged = (one: TemplateResourceFacts) =>
    tagsOf(one).some(({ Key, Value }) => Key === builderTag && String(Value) !== 'false');
  const isNamed = (one: TemplateResourceFacts) =>
    [one.id, textOf(one.properties.LaunchTemplateName) ?? ''].some((name) => builderName.test(name)) ||
    tagsOf(one).some(({ Key, Value }) => Key === 'Name' && builderName.test(String(Value)));
  const role = read(undefined);
  const tagged = resources.filter(isTagged);
  return (tagged.length > 0 ? tagged : resources.filter(isNamed)).flatMap(({ id, type }): readonly SecretsClient[] => {
    if (type === 'AWS::EC2::Instance') return [{ name: id, source: { kind: 'instance', instanceId: id }, role }];
    const launch = launches.find((one) => one.kind === 'launch' && one.name === id);
    return launch === undefined ? [] : [{ name: id, source: launch, role }];
  });
}

function readHooks(resources: readonly TemplateResourceFacts[], groupId: string): readonly LifecycleHook[] {
  return ofType(resources, 'AWS::AutoScaling::LifecycleHook')
    .filter(({ properties }) => properties.AutoScalingGroupName === groupId)
    .map(({ id, properties }) => ({
      LifecycleHookName: textOf(properties.LifecycleHookName) ?? id,
      LifecycleTransition: textOf(properties.LifecycleTransition),
      HeartbeatTimeout: numberOf(properties.HeartbeatTimeout),
      DefaultResult: textOf(properties.DefaultResult),
    }));
}

function readWarmPool(resources: readonly TemplateResourceFacts[], groupId: string) {
  const found = ofType(resources, 'AWS::AutoScaling::WarmPool').find(
    ({ properties }) => properties.AutoScalingGroupName === groupId,
  );
  if (found === undefined) return undefined;
  const { MinSize, MaxGroupPreparedCapacity } = found.properties;
  return { MinSize: numberOf(MinSize), MaxGroupPreparedCapacity: numberOf(MaxGroupPreparedCapacity) };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function recordsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return (Array.isArray(value) ? value : value === undefined ? [] : [value]).map(recordOf);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function textsOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).flatMap((item) => textOf(item) ?? []);
}

function numberOf(value: unknown): number | undefined {
  const number = value === undefined || value === '' ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : undefined;
}
