// compute: instances, the templates that launch them, and what they use.
import type {
  CreateLaunchTemplateResult,
  CreateLaunchTemplateVersionResult,
  CreateNetworkInterfaceResult,
  CreateVpcEndpointResult,
  DescribeInstancesResult,
  DescribeKeyPairsResult,
  DescribeLaunchTemplatesResult,
  DescribeNetworkInterfacesResult,
  DescribeVolumesResult,
  DescribeVpcEndpointsResult,
  KeyPair,
  Reservation,
  Volume,
} from '@aws-sdk/client-ec2';
import { validationError } from '../refusals.js';
import {
  documentText,
  hasChanged,
  listChange,
  type Properties,
  pick,
  type ResourceRequest,
  type ResourceType,
  texts,
} from './resource-type.js';
import { retagEc2, tagSpecifications } from './tags.js';

const LAUNCH =
  'ImageId InstanceType KeyName SecurityGroupIds SecurityGroups SubnetId UserData PrivateIpAddress EbsOptimized BlockDeviceMappings MetadataOptions DisableApiTermination CreditSpecification InstanceInitiatedShutdownBehavior HibernationOptions EnclaveOptions';

export const instance: ResourceType = {
  acts: `${LAUNCH} IamInstanceProfile LaunchTemplate NetworkInterfaces Monitoring AvailabilityZone Tenancy SourceDestCheck PropagateTagsToVolumeOnCreation Tags`,
  updates:
    'SecurityGroupIds SourceDestCheck DisableApiTermination InstanceType IamInstanceProfile MetadataOptions Tags',
  create(request) {
    const { properties } = request;
    const { IamInstanceProfile, Monitoring, AvailabilityZone, Tenancy, LaunchTemplate, NetworkInterfaces } = properties;
    const made = request.ask<Reservation>('ec2', 'RunInstances', {
      ...pick(properties, LAUNCH),
      MinCount: 1,
      MaxCount: 1,
      ...(IamInstanceProfile !== undefined && { IamInstanceProfile: { Name: IamInstanceProfile } }),
      ...(Monitoring !== undefined && { Monitoring: { Enabled: Monitoring } }),
      ...((AvailabilityZone ?? Tenancy) !== undefined && { Placement: pick(properties, 'AvailabilityZone Tenancy') }),
      ...(LaunchTemplate !== undefined && { LaunchTemplate }),
      ...(NetworkInterfaces !== undefined && { NetworkInterfaces: NetworkInterfaces.map(interfaceOf) }),
      ...tagSpecifications('instance', request),
    });
    const id = made.Instances![0]!.InstanceId!;
    request.created(id);
    request.mark(id);
    if (properties.SourceDestCheck !== undefined) setAttribute(request, 'SourceDestCheck');
  },
  progress(request) {
    const { State, StateReason } = instanceOf(request) ?? {};
    if (State?.Name === 'running') return 'ready';
    if (State?.Name === 'pending') return 'working';
    throw validationError(
      `Instance ${request.physicalId} failed to reach the state running: ${StateReason?.Message ?? State?.Name ?? 'it is gone'}`,
    );
  },
  // A change of type stops it and starts it again, which the lab leaves to whoever wants it.
  replaces: (_request, changed) =>
    changed.some((name) => ['InstanceType', 'IamInstanceProfile', 'MetadataOptions'].includes(name)),
  update(request) {
    for (const name of ['SourceDestCheck', 'DisableApiTermination'] as const)
      if (hasChanged(request, name)) setAttribute(request, name);
    if (hasChanged(request, 'SecurityGroupIds'))
      request.ask('ec2', 'ModifyInstanceAttribute', {
        InstanceId: request.physicalId,
        Groups: texts(request.properties.SecurityGroupIds),
      });
    retagEc2(request);
  },
  delete: (request) => void request.ask('ec2', 'TerminateInstances', { InstanceIds: [request.physicalId] }),
  isGone: (request) => [undefined, 'terminated'].includes(instanceOf(request)?.State?.Name),
  attributes(request) {
    const found = instanceOf(request);
    return {
      InstanceId: request.physicalId,
      AvailabilityZone: found?.Placement?.AvailabilityZone,
      PrivateDnsName: found?.PrivateDnsName,
      PrivateIp: found?.PrivateIpAddress,
      PublicDnsName: found?.PublicDnsName ?? '',
      PublicIp: found?.PublicIpAddress ?? '',
      VpcId: found?.VpcId,
    };
  },
};

function interfaceOf({ GroupSet, ...rest }: Properties): object {
  return { ...rest, ...(GroupSet !== undefined && { Groups: GroupSet }) };
}

function setAttribute(request: ResourceRequest, name: 'SourceDestCheck' | 'DisableApiTermination'): void {
  const Value = request.properties[name] ?? name === 'SourceDestCheck';
  request.ask('ec2', 'ModifyInstanceAttribute', { InstanceId: request.physicalId, [name]: { Value } });
}

function instanceOf(request: ResourceRequest) {
  const answer = request.ask<DescribeInstancesResult>('ec2', 'DescribeInstances', {
    Filters: [{ Name: 'instance-id', Values: [request.physicalId] }],
  });
  return answer.Reservations?.[0]?.Instances?.[0];
}

const LONGEST_TEMPLATE_NAME = 128;

export const launchTemplate: ResourceType = {
  acts: 'LaunchTemplateName LaunchTemplateData TagSpecifications VersionDescription',
  updates: 'LaunchTemplateData VersionDescription TagSpecifications',
  nameProperty: 'LaunchTemplateName',
  create(request) {
    const { LaunchTemplateName = request.generateName(LONGEST_TEMPLATE_NAME), TagSpecifications = [] } =
      request.properties;
    const tags = [...request.tags, ...templateTags(TagSpecifications)];
    const made = request.ask<CreateLaunchTemplateResult>('ec2', 'CreateLaunchTemplate', {
      LaunchTemplateName,
      ...pick(request.properties, 'LaunchTemplateData VersionDescription'),
      ...tagSpecifications('launch-template', { tags }),
    });
    request.created(made.LaunchTemplate!.LaunchTemplateId!);
    request.mark(request.physicalId);
  },
  // Each change is a version; the default stays where it is, as CloudFormation leaves it.
  update(request) {
    const LaunchTemplateId = request.physicalId;
    if (hasChanged(request, 'LaunchTemplateData VersionDescription'))
      request.ask<CreateLaunchTemplateVersionResult>('ec2', 'CreateLaunchTemplateVersion', {
        LaunchTemplateId,
        ...pick(request.properties, 'LaunchTemplateData VersionDescription'),
      });
    const tags = (properties: Properties) => templateTags(properties.TagSpecifications ?? []);
    retagEc2({ ...request, tags: tags(request.properties), previousTags: tags(request.previous) }, LaunchTemplateId);
  },
  delete: (request) => void request.ask('ec2', 'DeleteLaunchTemplate', { LaunchTemplateId: request.physicalId }),
  attributes(request) {
    const answer = request.ask<DescribeLaunchTemplatesResult>('ec2', 'DescribeLaunchTemplates', {
      LaunchTemplateIds: [request.physicalId],
    });
    const found = answer.LaunchTemplates?.[0];
    return {
      LaunchTemplateId: request.physicalId,
      DefaultVersionNumber: String(found?.DefaultVersionNumber),
      LatestVersionNumber: String(found?.LatestVersionNumber),
    };
  },
};

function templateTags(specifications: readonly Properties[]) {
  return specifications.flatMap(({ ResourceType: type, Tags = [] }) => (type === 'launch-template' ? Tags : []));
}

export const volume: ResourceType = {
  acts: 'AvailabilityZone Encrypted Iops KmsKeyId Size SnapshotId VolumeType MultiAttachEnabled Tags',
  updates: 'Tags',
  create(request) {
    const made = request.ask<Volume>('ec2', 'CreateVolume', {
      ...pick(
        request.properties,
        'AvailabilityZone Encrypted Iops KmsKeyId Size SnapshotId VolumeType MultiAttachEnabled',
      ),
      ...tagSpecifications('volume', request),
    });
    request.created(made.VolumeId!);
    request.mark(request.physicalId);
  },
  progress: (request) => (volumeOf(request)?.State === 'creating' ? 'working' : 'ready'),
  update: (request) => retagEc2(request),
  delete: (request) => void request.ask('ec2', 'DeleteVolume', { VolumeId: request.physicalId }),
  isGone: (request) => volumeOf(request) === undefined,
  attributes: ({ physicalId }) => ({ VolumeId: physicalId }),
};

function volumeOf(request: ResourceRequest) {
  return request.ask<DescribeVolumesResult>('ec2', 'DescribeVolumes', {
    Filters: [{ Name: 'volume-id', Values: [request.physicalId] }],
  }).Volumes?.[0];
}

// The private key that AWS makes goes to Parameter Store, where CloudFormation puts it.
export const keyPair: ResourceType = {
  acts: 'KeyName KeyType KeyFormat PublicKeyMaterial Tags',
  nameProperty: 'KeyName',
  create(request) {
    const { KeyName, PublicKeyMaterial } = request.properties;
    const tags = tagSpecifications('key-pair', request);
    if (PublicKeyMaterial !== undefined) {
      request.ask('ec2', 'ImportKeyPair', { KeyName, PublicKeyMaterial, ...tags });
      request.created(KeyName);
      return;
    }
    const made = request.ask<KeyPair>('ec2', 'CreateKeyPair', {
      ...pick(request.properties, 'KeyName KeyType KeyFormat'),
      ...tags,
    });
    request.created(KeyName);
    request.ask('ssm', 'PutParameter', {
      Name: `/ec2/keypair/${made.KeyPairId}`,
      Type: 'SecureString',
      Value: made.KeyMaterial,
    });
  },
  delete(request) {
    const found = keyPairOf(request);
    request.ask('ec2', 'DeleteKeyPair', { KeyName: request.physicalId });
    if (request.properties.PublicKeyMaterial === undefined && found?.KeyPairId !== undefined)
      request.ask('ssm', 'DeleteParameter', { Name: `/ec2/keypair/${found.KeyPairId}` });
  },
  attributes(request) {
    const found = keyPairOf(request);
    return { KeyPairId: found?.KeyPairId, KeyFingerprint: found?.KeyFingerprint };
  },
};

function keyPairOf(request: ResourceRequest) {
  return request.ask<DescribeKeyPairsResult>('ec2', 'DescribeKeyPairs', {
    Filters: [{ Name: 'key-name', Values: [request.physicalId] }],
  }).KeyPairs?.[0];
}

export const networkInterface: ResourceType = {
  acts: 'SubnetId GroupSet Description PrivateIpAddress PrivateIpAddresses InterfaceType SourceDestCheck Tags',
  updates: 'GroupSet Description SourceDestCheck Tags',
  create(request) {
    const { GroupSet } = request.properties;
    const made = request.ask<CreateNetworkInterfaceResult>('ec2', 'CreateNetworkInterface', {
      ...pick(request.properties, 'SubnetId Description PrivateIpAddress PrivateIpAddresses InterfaceType'),
      ...(GroupSet !== undefined && { Groups: GroupSet }),
      ...tagSpecifications('network-interface', request),
    });
    request.created(made.NetworkInterface!.NetworkInterfaceId!);
    request.mark(request.physicalId);
    if (request.properties.SourceDestCheck !== undefined) setInterface(request, 'SourceDestCheck');
  },
  update(request) {
    for (const name of ['GroupSet', 'Description', 'SourceDestCheck'] as const)
      if (hasChanged(request, name)) setInterface(request, name);
    retagEc2(request);
  },
  delete: (request) => void request.ask('ec2', 'DeleteNetworkInterface', { NetworkInterfaceId: request.physicalId }),
  attributes(request) {
    const answer = request.ask<DescribeNetworkInterfacesResult>('ec2', 'DescribeNetworkInterfaces', {
      NetworkInterfaceIds: [request.physicalId],
    });
    const found = answer.NetworkInterfaces?.[0];
    return { Id: request.physicalId, PrimaryPrivateIpAddress: found?.PrivateIpAddress, VpcId: found?.VpcId };
  },
};

function setInterface(request: ResourceRequest, name: 'GroupSet' | 'Description' | 'SourceDestCheck'): void {
  const value = request.properties[name];
  const member =
    name === 'GroupSet'
      ? { Groups: texts(value) }
      : { [name]: { Value: value ?? (name === 'Description' ? '' : true) } };
  request.ask('ec2', 'ModifyNetworkInterfaceAttribute', { NetworkInterfaceId: request.physicalId, ...member });
}

const ENDPOINT_LISTS = ['RouteTableIds', 'SubnetIds', 'SecurityGroupIds'];

export const vpcEndpoint: ResourceType = {
  acts: 'VpcId ServiceName VpcEndpointType PolicyDocument PrivateDnsEnabled RouteTableIds SecurityGroupIds SubnetIds IpAddressType DnsOptions ServiceRegion Tags',
  updates: 'PolicyDocument PrivateDnsEnabled RouteTableIds SecurityGroupIds SubnetIds Tags',
  create(request) {
    const { properties } = request;
    // The operation turns private DNS on where nothing is said, CloudFormation does not.
    const isInterface = properties.VpcEndpointType === 'Interface';
    const made = request.ask<CreateVpcEndpointResult>('ec2', 'CreateVpcEndpoint', {
      ...pick(
        properties,
        'VpcId ServiceName VpcEndpointType RouteTableIds SecurityGroupIds SubnetIds IpAddressType DnsOptions ServiceRegion',
      ),
      ...(properties.PolicyDocument !== undefined && { PolicyDocument: documentText(properties.PolicyDocument) }),
      ...(isInterface && { PrivateDnsEnabled: properties.PrivateDnsEnabled ?? false }),
      ...tagSpecifications('vpc-endpoint', request),
    });
    request.created(made.VpcEndpoint!.VpcEndpointId!);
    request.mark(request.physicalId);
  },
  progress(request) {
    const found = endpointOf(request);
    return String(found?.State).toLowerCase() === 'available' ? 'ready' : 'working';
  },
  update(request) {
    const { properties, previous } = request;
    const lists = ENDPOINT_LISTS.flatMap((name) => {
      const { added, removed } = listChange(texts(previous[name]), texts(properties[name]));
      return [
        ...(added.length > 0 ? [[`Add${name}`, added] as const] : []),
        ...(removed.length > 0 ? [[`Remove${name}`, removed] as const] : []),
      ];
    });
    const policy = hasChanged(request, 'PolicyDocument')
      ? properties.PolicyDocument === undefined
        ? { ResetPolicy: true }
        : { PolicyDocument: documentText(properties.PolicyDocument) }
      : {};
    const dns = hasChanged(request, 'PrivateDnsEnabled')
      ? { PrivateDnsEnabled: properties.PrivateDnsEnabled ?? false }
      : {};
    const change = { ...Object.fromEntries(lists), ...policy, ...dns };
    if (Object.keys(change).length > 0)
      request.ask('ec2', 'ModifyVpcEndpoint', { VpcEndpointId: request.physicalId, ...change });
    retagEc2(request);
  },
  delete: (request) => void request.ask('ec2', 'DeleteVpcEndpoints', { VpcEndpointIds: [request.physicalId] }),
  isGone: (request) => endpointOf(request) === undefined,
  attributes(request) {
    const found = endpointOf(request);
    return {
      Id: request.physicalId,
      CreationTimestamp: found?.CreationTimestamp?.toISOString(),
      DnsEntries: found?.DnsEntries?.map(({ HostedZoneId, DnsName }) => `${HostedZoneId}:${DnsName}`) ?? [],
      NetworkInterfaceIds: found?.NetworkInterfaceIds ?? [],
    };
  },
};

function endpointOf(request: ResourceRequest) {
  return request.ask<DescribeVpcEndpointsResult>('ec2', 'DescribeVpcEndpoints', {
    Filters: [{ Name: 'vpc-endpoint-id', Values: [request.physicalId] }],
  }).VpcEndpoints?.[0];
}
