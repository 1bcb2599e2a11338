// What a template would start: instances, load balancers' interfaces, the launches of Auto Scaling groups, and those of launch templates
// that no group and no instance has: somebody else launches from them, such as Packer.
import type { Instance, NetworkInterface } from '@aws-sdk/client-ec2';
import type { Source } from '../question.js';
import { flagOf, type Properties, type Resource, recordOf, recordsOf, textOf, textsOf } from './properties.js';
import { subnetIdsOf } from './routes.js';

export interface Machines {
  readonly instances: readonly Instance[];
  readonly networkInterfaces: readonly NetworkInterface[];
  readonly launches: readonly Source[];
}

export interface SubnetFacts {
  readonly vpcId?: string;
  readonly isPublic?: boolean;
}

export function readMachines(resources: readonly Resource[], subnets: ReadonlyMap<string, SubnetFacts>): Machines {
  const instances = resources
    .filter((one) => one.type === 'AWS::EC2::Instance')
    .map((one) => readInstance(resources, one, subnets));
  return {
    instances: instances.map((one) => one.instance),
    networkInterfaces: [...instances.map((one) => one.networkInterface), ...loadBalancerInterfaces(resources, subnets)],
    launches: [
      ...resources
        .filter((one) => one.type === 'AWS::AutoScaling::AutoScalingGroup')
        .map((one) => launchOf(resources, one)),
      ...resources
        .filter((one) => one.type === 'AWS::EC2::LaunchTemplate' && !isUsed(resources, one))
        .flatMap((one) => launchOfTemplate(resources, one, subnets)),
    ],
  };
}

function isUsed(resources: readonly Resource[], { id, properties }: Resource): boolean {
  const names = new Set([id, textOf(properties.LaunchTemplateName)]);
  return resources.some((one) => {
    const mixed = recordOf(recordOf(one.properties.MixedInstancesPolicy).LaunchTemplate).LaunchTemplateSpecification;
    return [recordOf(one.properties.LaunchTemplate), recordOf(mixed)].some(
      (named) =>
        (named.LaunchTemplateId !== undefined && names.has(textOf(named.LaunchTemplateId))) ||
        (named.LaunchTemplateName !== undefined && names.has(textOf(named.LaunchTemplateName))),
    );
  });
}

/** One that names no subnet is launched in a public one of its groups' VPC, as builders are. One of another VPC is nobody here. */
function launchOfTemplate(
  resources: readonly Resource[],
  { id, properties }: Resource,
  subnets: ReadonlyMap<string, SubnetFacts>,
): readonly Source[] {
  const { subnetId, groupIds = [], isPublic } = wiringOf(recordOf(properties.LaunchTemplateData));
  const vpcIds = groupIds.map((groupId) => resources.find((one) => one.id === groupId)?.properties.VpcId);
  const subnetIds =
    subnetId === undefined
      ? [...subnets].filter(([, facts]) => facts.isPublic && vpcIds.includes(facts.vpcId)).map(([own]) => own)
      : [subnetId];
  if (subnetIds.length === 0 || subnetIds.some((own) => !subnets.has(own))) return [];
  return [
    {
      kind: 'launch',
      name: id,
      subnetIds,
      securityGroupIds: groupIds,
      ...(isPublic !== undefined && { associatePublicIpAddress: isPublic }),
    },
  ];
}

/** How a launch template, a launch configuration or an instance itself says it. */
interface Wiring {
  readonly subnetId?: string;
  readonly groupIds?: readonly string[];
  readonly isPublic?: boolean;
}

function wiringOf(properties: Properties): Wiring {
  const own = recordsOf(properties.NetworkInterfaces)[0] ?? {};
  const groups = own.Groups ?? own.GroupSet ?? properties.SecurityGroupIds ?? properties.SecurityGroups;
  const address = own.AssociatePublicIpAddress ?? properties.AssociatePublicIpAddress;
  const subnetId = textOf(own.SubnetId ?? properties.SubnetId);
  const isPublic = address === undefined ? undefined : flagOf(address, false);
  return {
    ...(subnetId !== undefined && { subnetId }),
    ...(groups !== undefined && { groupIds: textsOf(groups) }),
    ...(isPublic !== undefined && { isPublic }),
  };
}

function templateWiring(resources: readonly Resource[], specification: Properties): Wiring {
  const id = textOf(specification.LaunchTemplateId);
  const name = textOf(specification.LaunchTemplateName);
  const found = resources.find(
    (one) =>
      one.type === 'AWS::EC2::LaunchTemplate' &&
      (one.id === id || one.id === name || (name !== undefined && one.properties.LaunchTemplateName === name)),
  );
  if (found !== undefined) return wiringOf(recordOf(found.properties.LaunchTemplateData));
  // A launch template that is elsewhere: its groups are unknown, not none.
  return { groupIds: [`unresolved:the groups of launch template ${id ?? name ?? ''}`] };
}

function launchOf(resources: readonly Resource[], group: Resource): Source {
  const { properties } = group;
  const mixed = recordOf(recordOf(properties.MixedInstancesPolicy).LaunchTemplate).LaunchTemplateSpecification;
  const configuration = resources.find(
    (one) => one.type === 'AWS::AutoScaling::LaunchConfiguration' && one.id === properties.LaunchConfigurationName,
  );
  const wiring =
    configuration !== undefined
      ? wiringOf(configuration.properties)
      : templateWiring(resources, recordOf(properties.LaunchTemplate ?? mixed));
  return {
    kind: 'launch',
    name: group.id,
    subnetIds: subnetIdsOf(properties),
    securityGroupIds: wiring.groupIds ?? [],
    ...(wiring.isPublic !== undefined && { associatePublicIpAddress: wiring.isPublic }),
  };
}

function readInstance(
  resources: readonly Resource[],
  { id, properties }: Resource,
  subnets: ReadonlyMap<string, SubnetFacts>,
): { readonly instance: Instance; readonly networkInterface: NetworkInterface } {
  const base =
    properties.LaunchTemplate === undefined ? {} : templateWiring(resources, recordOf(properties.LaunchTemplate));
  const wiring: Wiring = { ...base, ...wiringOf(properties) };
  // Without a subnet it goes to the account's default VPC, which no template has.
  const subnetId = wiring.subnetId ?? 'a subnet of the default VPC';
  const { vpcId = wiring.subnetId === undefined ? 'the default VPC' : undefined, isPublic } =
    subnets.get(subnetId) ?? {};
  const groupIds = wiring.groupIds ?? [`${vpcId}.DefaultSecurityGroup`];
  const hasElasticIp = resources.some(
    (one) => /^AWS::EC2::EIP(Association)?$/.test(one.type) && one.properties.InstanceId === id,
  );
  const isReachable = hasElasticIp || (wiring.isPublic ?? isPublic ?? false);
  return {
    instance: {
      InstanceId: id,
      SubnetId: subnetId,
      VpcId: vpcId,
      State: { Name: 'running' },
      PrivateIpAddress: textOf(properties.PrivateIpAddress),
    },
    networkInterface: {
      NetworkInterfaceId: `${id}.eth0`,
      SubnetId: subnetId,
      VpcId: vpcId,
      PrivateIpAddress: textOf(properties.PrivateIpAddress),
      Groups: groupIds.map((GroupId) => ({ GroupId })),
      Attachment: { InstanceId: id, DeviceIndex: 0 },
      ...(isReachable && { Association: { AllocationId: `${id}.PublicIp` } }),
    },
  };
}

function loadBalancerInterfaces(
  resources: readonly Resource[],
  subnets: ReadonlyMap<string, SubnetFacts>,
): readonly NetworkInterface[] {
  return resources
    .filter((one) => one.type === 'AWS::ElasticLoadBalancingV2::LoadBalancer')
    .flatMap((one) =>
      subnetIdsOf(one.properties).map((subnetId): NetworkInterface => {
        const vpcId = subnets.get(subnetId)?.vpcId;
        const groupIds =
          one.properties.SecurityGroups === undefined
            ? [`${vpcId}.DefaultSecurityGroup`]
            : textsOf(one.properties.SecurityGroups);
        return {
          NetworkInterfaceId: `${one.id}.${subnetId}`,
          SubnetId: subnetId,
          VpcId: vpcId,
          Description: `ELB ${one.properties.Type === 'network' ? 'net' : 'app'}/${textOf(one.properties.Name) ?? one.id}/0`,
          InterfaceType: one.properties.Type === 'network' ? 'network_load_balancer' : 'load_balancer',
          Groups: groupIds.map((GroupId) => ({ GroupId })),
          ...(one.properties.Scheme !== 'internal' && { Association: { AllocationId: `${one.id}.PublicIp` } }),
        };
      }),
    );
}
