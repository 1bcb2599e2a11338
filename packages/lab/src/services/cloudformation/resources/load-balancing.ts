// load balancing: application load balancers, their listeners and rules, and target groups.
import type {
  CreateListenerOutput,
  CreateLoadBalancerOutput,
  CreateRuleOutput,
  CreateTargetGroupOutput,
  DescribeLoadBalancersOutput,
  DescribeTargetGroupsOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  hasChanged,
  type Properties,
  pick,
  type ResourceRequest,
  type ResourceType,
  tagChange,
  texts,
} from './resource-type.js';

const ELB = 'elasticloadbalancing';
const LONGEST_NAME = 32;

function tagged({ tags }: ResourceRequest): object {
  return tags.length === 0 ? {} : { Tags: tags };
}

function retag(request: ResourceRequest): void {
  const ResourceArns = [request.physicalId];
  const { put, remove } = tagChange(request);
  if (remove.length > 0) request.ask(ELB, 'RemoveTags', { ResourceArns, TagKeys: remove });
  if (put.length > 0) request.ask(ELB, 'AddTags', { ResourceArns, Tags: put });
}

/** Those that are no longer given keep their value, as CloudFormation leaves them. */
function setAttributes(request: ResourceRequest, operationName: string, member: string, name: string): void {
  const Attributes = request.properties[name];
  if (Attributes === undefined || !hasChanged(request, name)) return;
  request.ask(ELB, operationName, { [member]: request.physicalId, Attributes });
}

export const loadBalancer: ResourceType = {
  acts: 'Name Scheme Type IpAddressType SecurityGroups Subnets SubnetMappings LoadBalancerAttributes Tags',
  updates: 'SecurityGroups Subnets SubnetMappings LoadBalancerAttributes Tags',
  nameProperty: 'Name',
  create(request) {
    const { Name = request.generateName(LONGEST_NAME) } = request.properties;
    const made = request.ask<CreateLoadBalancerOutput>(ELB, 'CreateLoadBalancer', {
      Name,
      ...pick(request.properties, 'Scheme Type IpAddressType SecurityGroups Subnets SubnetMappings'),
      ...tagged(request),
    });
    request.created(made.LoadBalancers![0]!.LoadBalancerArn!);
    setAttributes(request, 'ModifyLoadBalancerAttributes', 'LoadBalancerArn', 'LoadBalancerAttributes');
  },
  update(request) {
    const { physicalId: LoadBalancerArn, properties } = request;
    if (hasChanged(request, 'SecurityGroups'))
      request.ask(ELB, 'SetSecurityGroups', { LoadBalancerArn, SecurityGroups: texts(properties.SecurityGroups) });
    if (hasChanged(request, 'Subnets SubnetMappings'))
      request.ask(ELB, 'SetSubnets', { LoadBalancerArn, ...pick(properties, 'Subnets SubnetMappings') });
    setAttributes(request, 'ModifyLoadBalancerAttributes', 'LoadBalancerArn', 'LoadBalancerAttributes');
    retag(request);
  },
  delete: (request) => void request.ask(ELB, 'DeleteLoadBalancer', { LoadBalancerArn: request.physicalId }),
  attributes(request) {
    const answer = request.ask<DescribeLoadBalancersOutput>(ELB, 'DescribeLoadBalancers', {
      LoadBalancerArns: [request.physicalId],
    });
    const found = answer.LoadBalancers?.[0];
    return {
      LoadBalancerArn: request.physicalId,
      LoadBalancerName: found?.LoadBalancerName,
      LoadBalancerFullName: request.physicalId.split(':loadbalancer/')[1],
      DNSName: found?.DNSName,
      CanonicalHostedZoneID: found?.CanonicalHostedZoneId,
      SecurityGroups: found?.SecurityGroups ?? [],
    };
  },
};

const CHECK =
  'HealthCheckEnabled HealthCheckIntervalSeconds HealthCheckPath HealthCheckPort HealthCheckProtocol HealthCheckTimeoutSeconds HealthyThresholdCount UnhealthyThresholdCount Matcher';

export const targetGroup: ResourceType = {
  acts: `Name Protocol ProtocolVersion Port VpcId TargetType IpAddressType ${CHECK} TargetGroupAttributes Targets Tags`,
  updates: `${CHECK} TargetGroupAttributes Targets Tags`,
  nameProperty: 'Name',
  create(request) {
    const { Name = request.generateName(LONGEST_NAME), Targets = [] } = request.properties;
    const made = request.ask<CreateTargetGroupOutput>(ELB, 'CreateTargetGroup', {
      Name,
      ...pick(request.properties, `Protocol ProtocolVersion Port VpcId TargetType IpAddressType ${CHECK}`),
      ...tagged(request),
    });
    const TargetGroupArn = made.TargetGroups![0]!.TargetGroupArn!;
    request.created(TargetGroupArn);
    setAttributes(request, 'ModifyTargetGroupAttributes', 'TargetGroupArn', 'TargetGroupAttributes');
    if (Targets.length > 0) request.ask(ELB, 'RegisterTargets', { TargetGroupArn, Targets });
  },
  update(request) {
    const { physicalId: TargetGroupArn, properties } = request;
    if (hasChanged(request, CHECK))
      request.ask(ELB, 'ModifyTargetGroup', { TargetGroupArn, ...pick(properties, CHECK) });
    setAttributes(request, 'ModifyTargetGroupAttributes', 'TargetGroupArn', 'TargetGroupAttributes');
    if (hasChanged(request, 'Targets')) changeTargets(request);
    retag(request);
  },
  delete: (request) => void request.ask(ELB, 'DeleteTargetGroup', { TargetGroupArn: request.physicalId }),
  attributes(request) {
    const TargetGroupArn = request.physicalId;
    const answer = request.ask<DescribeTargetGroupsOutput>(ELB, 'DescribeTargetGroups', {
      TargetGroupArns: [TargetGroupArn],
    });
    const found = answer.TargetGroups?.[0];
    return {
      TargetGroupArn,
      TargetGroupName: found?.TargetGroupName,
      TargetGroupFullName: TargetGroupArn.split(':').at(-1),
      LoadBalancerArns: found?.LoadBalancerArns ?? [],
    };
  },
};

function changeTargets({ physicalId: TargetGroupArn, properties, previous, ask }: ResourceRequest): void {
  const [before, after] = [previous, properties].map(({ Targets = [] }) => Targets as readonly Properties[]);
  const isIn = (list: readonly Properties[] = [], one: Properties) =>
    list.some((other) => JSON.stringify(other) === JSON.stringify(one));
  const gone = before?.filter((one) => !isIn(after, one)) ?? [];
  const come = after?.filter((one) => !isIn(before, one)) ?? [];
  if (gone.length > 0) ask(ELB, 'DeregisterTargets', { TargetGroupArn, Targets: gone });
  if (come.length > 0) ask(ELB, 'RegisterTargets', { TargetGroupArn, Targets: come });
}

export const listener: ResourceType = {
  acts: 'LoadBalancerArn Port Protocol DefaultActions Tags',
  updates: 'Port Protocol DefaultActions Tags',
  create(request) {
    const made = request.ask<CreateListenerOutput>(ELB, 'CreateListener', {
      ...pick(request.properties, 'LoadBalancerArn Port Protocol DefaultActions'),
      ...tagged(request),
    });
    request.created(made.Listeners![0]!.ListenerArn!);
  },
  update(request) {
    if (hasChanged(request, 'Port Protocol DefaultActions'))
      request.ask(ELB, 'ModifyListener', {
        ListenerArn: request.physicalId,
        ...pick(request.properties, 'Port Protocol DefaultActions'),
      });
    retag(request);
  },
  delete: (request) => void request.ask(ELB, 'DeleteListener', { ListenerArn: request.physicalId }),
  attributes: ({ physicalId }) => ({ ListenerArn: physicalId }),
};

export const listenerRule: ResourceType = {
  acts: 'ListenerArn Priority Conditions Actions Tags',
  updates: 'Priority Conditions Actions Tags',
  create(request) {
    const made = request.ask<CreateRuleOutput>(ELB, 'CreateRule', {
      ...pick(request.properties, 'ListenerArn Priority Conditions Actions'),
      ...tagged(request),
    });
    request.created(made.Rules![0]!.RuleArn!);
  },
  update(request) {
    const { physicalId: RuleArn, properties } = request;
    if (hasChanged(request, 'Priority'))
      request.ask(ELB, 'SetRulePriorities', { RulePriorities: [{ RuleArn, Priority: properties.Priority }] });
    if (hasChanged(request, 'Conditions Actions'))
      request.ask(ELB, 'ModifyRule', { RuleArn, ...pick(properties, 'Conditions Actions') });
    retag(request);
  },
  delete: (request) => void request.ask(ELB, 'DeleteRule', { RuleArn: request.physicalId }),
  attributes: ({ physicalId }) => ({ RuleArn: physicalId, IsDefault: false }),
};
