import type { ServiceDetail, ServiceType } from '@aws-sdk/client-ec2';
import { AwsError } from '../../control-plane/aws-error.js';
import { zonesOf } from './zones.js';

/** An AWS service that has VPC endpoints: its name in `com.amazonaws.<region>.<name>`, and its private DNS names. */
export interface EndpointService {
  readonly name: string;
  readonly types: readonly ('Interface' | 'Gateway')[];
  /** Before `.<region>.amazonaws.com`. The first one names the service in the endpoint's own DNS entries. */
  readonly hosts: readonly string[];
}

const interfaceOnly = (name: string, ...hosts: string[]): EndpointService => ({
  name,
  types: ['Interface'],
  hosts: hosts.length > 0 ? hosts : [name],
});

const services: readonly EndpointService[] = [
  interfaceOnly('ssm'),
  interfaceOnly('ssmmessages'),
  interfaceOnly('ec2messages'),
  interfaceOnly('ec2'),
  interfaceOnly('autoscaling'),
  interfaceOnly('elasticloadbalancing'),
  interfaceOnly('sts'),
  interfaceOnly('kms'),
  interfaceOnly('logs'),
  interfaceOnly('monitoring'),
  interfaceOnly('events'),
  interfaceOnly('secretsmanager'),
  interfaceOnly('sns'),
  interfaceOnly('sqs'),
  interfaceOnly('cloudformation'),
  interfaceOnly('ecr.api', 'api.ecr'),
  interfaceOnly('ecr.dkr', 'dkr.ecr', '*.dkr.ecr'),
  interfaceOnly('execute-api', '*.execute-api'),
  { name: 's3', types: ['Gateway', 'Interface'], hosts: ['s3', '*.s3'] },
  { name: 'dynamodb', types: ['Gateway', 'Interface'], hosts: ['dynamodb'] },
];

/** Throws InvalidServiceName for a service that does not exist or has no endpoint of this type. */
export function requireEndpointService(
  serviceName: string,
  type: 'Interface' | 'Gateway',
  region: string,
): EndpointService {
  const found = services.find((service) => serviceNameOf(service, region) === serviceName);
  if (found?.types.includes(type) === true) return found;
  throw new AwsError('InvalidServiceName', `The Vpc Endpoint Service '${serviceName}' does not exist`);
}

function serviceNameOf(service: EndpointService, region: string): string {
  return `com.amazonaws.${region}.${service.name}`;
}

/** `ssm.us-west-2.amazonaws.com`, and whatever else private DNS answers for. */
export function privateDnsNamesOf(service: EndpointService, region: string): string[] {
  return service.hosts.map((host) => `${host}.${region}.amazonaws.com`);
}

/** As DescribeVpcEndpointServices lists them: an entry for each type. */
export function serviceDetails(region: string): ServiceDetail[] {
  return services.flatMap((service) => service.types.map((type) => detailOf(service, type, region)));
}

function detailOf(service: EndpointService, type: ServiceType, region: string): ServiceDetail {
  const names = privateDnsNamesOf(service, region);
  const isInterface = type === 'Interface';
  return {
    ServiceName: serviceNameOf(service, region),
    ServiceId: `vpce-svc-${service.name.replaceAll('.', '-')}-${type.toLowerCase()}`,
    ServiceType: [{ ServiceType: type }],
    ServiceRegion: region,
    AvailabilityZones: zonesOf(region).map((zone) => zone.ZoneName ?? ''),
    Owner: 'amazon',
    BaseEndpointDnsNames: isInterface ? [`${service.hosts[0]}.${region}.vpce.amazonaws.com`] : [names[0] ?? ''],
    ...(isInterface
      ? { PrivateDnsName: names[0], PrivateDnsNames: names.map((PrivateDnsName) => ({ PrivateDnsName })) }
      : {}),
    PrivateDnsNameVerificationState: 'verified',
    VpcEndpointPolicySupported: true,
    AcceptanceRequired: false,
    ManagesVpcEndpoints: false,
    SupportedIpAddressTypes: ['ipv4'],
    Tags: [],
  };
}
