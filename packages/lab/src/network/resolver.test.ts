import { buildNetwork, decideReach, resolve } from '@directrix/reachability';
import { describe, expect, it } from 'vitest';
import { createLabState } from '../control-plane/state.js';
import { createNetworkDecisions } from './decision.js';
import { findPublicHost, lookUpPublicName } from './public-internet.js';
import { createResolver } from './resolver.js';

const SSM = 'ssm.us-west-2.amazonaws.com';

interface Options {
  readonly support?: boolean;
  readonly hostnames?: boolean;
  readonly privateDns?: boolean;
  readonly nameServer?: string;
}

function setUp({
  support = true,
  hostnames = true,
  privateDns = true,
  nameServer = 'AmazonProvidedDNS',
}: Options = {}) {
  const state = createLabState();
  const { ec2 } = state;
  ec2.vpcs.set('vpc-1', { VpcId: 'vpc-1', CidrBlock: '10.0.0.0/16', DhcpOptionsId: 'dopt-1' });
  ec2.vpcAttributes.set('vpc-1', { enableDnsSupport: support, enableDnsHostnames: hostnames });
  ec2.dhcpOptions.set('dopt-1', {
    DhcpOptionsId: 'dopt-1',
    DhcpConfigurations: [{ Key: 'domain-name-servers', Values: [{ Value: nameServer }] }],
  });
  const endpointInterfaces = ['a', 'b', 'c'].map((zone, index) => {
    const SubnetId = `subnet-${zone}`;
    ec2.subnets.set(SubnetId, {
      SubnetId,
      VpcId: 'vpc-1',
      CidrBlock: `10.0.${index}.0/24`,
      AvailabilityZone: `us-west-2${zone}`,
    });
    const NetworkInterfaceId = `eni-${zone}`;
    ec2.networkInterfaces.set(NetworkInterfaceId, {
      NetworkInterfaceId,
      SubnetId,
      VpcId: 'vpc-1',
      AvailabilityZone: `us-west-2${zone}`,
      PrivateIpAddress: `10.0.${index}.9`,
    });
    return NetworkInterfaceId;
  });
  ec2.vpcEndpoints.set('vpce-1', {
    VpcEndpointId: 'vpce-1',
    VpcEndpointType: 'Interface',
    VpcId: 'vpc-1',
    ServiceName: 'com.amazonaws.us-west-2.ssm',
    State: 'Available',
    PrivateDnsEnabled: privateDns,
    SubnetIds: ['subnet-a', 'subnet-b', 'subnet-c'],
    NetworkInterfaceIds: endpointInterfaces,
    DnsEntries: [{ DnsName: 'vpce-1-abcd.ssm.us-west-2.vpce.amazonaws.com' }],
  });
  const address = '10.0.0.23';
  ec2.instances.set('i-1', {
    instance: {
      InstanceId: 'i-1',
      VpcId: 'vpc-1',
      SubnetId: 'subnet-a',
      PrivateIpAddress: address,
      PrivateDnsName: 'ip-10-0-0-23.us-west-2.compute.internal',
      NetworkInterfaces: [{ NetworkInterfaceId: 'eni-i', PrivateIpAddress: address, VpcId: 'vpc-1' }],
    },
    console: '',
  });
  const publicAddress = lookUpPublicName(state, SSM)?.[0];
  const decisions = createNetworkDecisions(state, { buildNetwork, decideReach, resolve });
  const resolver = createResolver(state, decisions);
  return { state, publicAddress, ask: (name: string) => resolver.resolve('i-1', name) };
}

const ENDPOINT = { kind: 'addresses', addresses: ['10.0.0.9', '10.0.1.9', '10.0.2.9'] };

describe('a service’s name', () => {
  it('is every interface of the endpoint, with private DNS and both VPC attributes on', () => {
    const { ask } = setUp();
    expect(ask(SSM)).toEqual(ENDPOINT);
    expect(ask(`${SSM.toUpperCase()}.`)).toEqual(ENDPOINT);
  });

  it.each([{ privateDns: false }, { hostnames: false }])('is the public address with %j', (options) => {
    const { ask, publicAddress } = setUp(options);
    expect(ask(SSM)).toEqual({ kind: 'addresses', addresses: [publicAddress] });
  });

  it('is not found when the VPC has its resolver switched off', () => {
    expect(setUp({ support: false }).ask(SSM)).toEqual({ kind: 'notFound' });
  });

  it('is anybody’s guess when the VPC has a resolver of its own', () => {
    expect(setUp({ nameServer: '10.0.0.53' }).ask(SSM)).toEqual({ kind: 'tryAgain' });
  });

  it('follows the network as it changes', () => {
    const { ask, state } = setUp({ privateDns: false });
    expect(ask(SSM)).not.toEqual(ENDPOINT);
    state.ec2.vpcEndpoints.get('vpce-1')!.PrivateDnsEnabled = true;
    state.ec2.networkRevision += 1;
    expect(ask(SSM)).toEqual(ENDPOINT);
  });
});

it('an endpoint’s own name is its interfaces, private DNS or not', () => {
  const { ask } = setUp({ privateDns: false });
  expect(ask('vpce-1-abcd.ssm.us-west-2.vpce.amazonaws.com')).toEqual(ENDPOINT);
});

it('an instance’s private name is its address', () => {
  expect(setUp().ask('ip-10-0-0-23.us-west-2.compute.internal')).toEqual({
    kind: 'addresses',
    addresses: ['10.0.0.23'],
  });
});

it('a name outside AWS does not exist', () => {
  expect(setUp().ask('example.com')).toEqual({ kind: 'notFound' });
});

it('public addresses are unlike, unprivate, and lead back to their names', () => {
  const { state } = setUp();
  const names = ['autoscaling', 'ec2', 'elasticloadbalancing', 'ssm', 'sts'].map(
    (name) => `${name}.us-west-2.amazonaws.com`,
  );
  names.push('iam.amazonaws.com', 'sts.amazonaws.com');
  const addresses = names.map((name) => lookUpPublicName(state, name)?.[0] ?? '');
  expect(new Set(addresses).size).toBe(names.length);
  expect(addresses.map((address) => findPublicHost(state, address))).toEqual(
    names.map((name) => ({ kind: 'service', name })),
  );
});

it('an internet-facing load balancer’s name is the public addresses of its interfaces, which lead to it', () => {
  const { ask, state } = setUp();
  const arn = 'arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer/app/web/50dc6c495c0c9188';
  const name = 'web-1.us-west-2.elb.amazonaws.com';
  state.elbv2.loadBalancers.set(arn, { loadBalancer: { LoadBalancerArn: arn, DNSName: name }, attributes: new Map() });
  state.ec2.networkInterfaces.set('eni-lb', {
    NetworkInterfaceId: 'eni-lb',
    RequesterId: 'amazon-elb',
    Description: 'ELB app/web/50dc6c495c0c9188',
    PrivateIpAddress: '10.0.0.50',
    Association: { PublicIp: '44.1.2.3' },
  });
  state.ec2.networkRevision += 1;
  expect(ask(name)).toEqual({ kind: 'addresses', addresses: ['44.1.2.3'] });
  expect(findPublicHost(state, '44.1.2.3')).toEqual({ kind: 'networkInterface', id: 'eni-lb' });
});
