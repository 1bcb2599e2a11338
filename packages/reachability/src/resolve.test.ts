import { expect, test } from 'vitest';
import { type SmallNetwork, smallNetwork, ssmEndpoint, toName, VPC } from './fixtures/small-network.js';
import { buildNetwork } from './network.js';
import { reach } from './reach.js';
import { resolve } from './resolve.js';
import { readAwsName } from './service-name.js';

const SSM = 'ssm.us-west-2.amazonaws.com';
const ask = (given: SmallNetwork, name = SSM, vpcId = VPC) =>
  resolve(buildNetwork(smallNetwork(given)), { vpcId, name });
const zone = (
  name: string,
  records: readonly { name: string; type: 'A' | 'AAAA' | 'CNAME'; values: readonly string[] }[] = [],
  id = 'Z1',
) => ({
  id,
  name,
  vpcIds: [VPC],
  records,
});
const attributes = (enableDnsSupport: boolean, enableDnsHostnames: boolean) => ({
  vpcAttributes: { [VPC]: { enableDnsSupport, enableDnsHostnames } },
});
const dhcp = (...servers: readonly string[]) => ({
  vpcs: [{ VpcId: VPC, CidrBlock: '10.0.0.0/16', DhcpOptionsId: 'dopt-1' }],
  dhcpOptions: [
    {
      DhcpOptionsId: 'dopt-1',
      DhcpConfigurations: [{ Key: 'domain-name-servers', Values: servers.map((Value) => ({ Value })) }],
    },
  ],
});

test.each<[string, SmallNetwork, object]>([
  ['no endpoint: public', {}, { kind: 'public' }],
  [
    'private DNS: the addresses of all zones',
    ssmEndpoint(),
    { kind: 'private', addresses: ['10.0.1.50', '10.0.2.50'], by: 'vpce-1' },
  ],
  ['private DNS off: public', ssmEndpoint({ PrivateDnsEnabled: false }), { kind: 'public' }],
  [
    'an endpoint for another service: public',
    ssmEndpoint({ ServiceName: 'com.amazonaws.us-west-2.kms' }),
    { kind: 'public' },
  ],
  [
    'an endpoint of another region: public',
    ssmEndpoint({ ServiceName: 'com.amazonaws.eu-west-1.ssm' }),
    { kind: 'public' },
  ],
  ['a deleted endpoint answers nothing', ssmEndpoint({ State: 'deleted' as never }), { kind: 'public' }],
  [
    'host names off: private DNS does not answer',
    { ...ssmEndpoint(), rest: attributes(true, false) },
    { kind: 'public' },
  ],
  ['DNS support off: refused', { ...ssmEndpoint(), rest: attributes(false, true) }, { kind: 'refused' }],
  ["Amazon's resolver by name", { rest: dhcp('AmazonProvidedDNS') }, { kind: 'public' }],
  ["Amazon's resolver by the VPC's second address", { rest: dhcp('10.0.0.2') }, { kind: 'public' }],
  ['another resolver: unknown', { rest: dhcp('192.0.2.53') }, { kind: 'unknown' }],
  [
    'DHCP options that are not in the snapshot: unknown',
    { rest: { ...dhcp('AmazonProvidedDNS'), dhcpOptions: [] } },
    { kind: 'unknown' },
  ],
  [
    'a hosted zone with the record',
    { rest: { privateHostedZones: [zone(SSM, [{ name: SSM, type: 'A', values: ['10.0.9.9'] }])] } },
    { kind: 'private', addresses: ['10.0.9.9'], by: 'Z1' },
  ],
  [
    'a hosted zone of a parent without the record: not found, and no fall-through',
    { rest: { privateHostedZones: [zone('amazonaws.com.')] } },
    { kind: 'notFound', by: 'Z1' },
  ],
  [
    'the longest zone wins',
    {
      rest: {
        privateHostedZones: [
          zone('amazonaws.com', [], 'Z2'),
          zone('us-west-2.amazonaws.com', [{ name: `${SSM}.`, type: 'A', values: ['10.0.9.9'] }]),
        ],
      },
    },
    { kind: 'private', by: 'Z1' },
  ],
  [
    "the endpoint's own zone is longer than a parent's",
    { ...ssmEndpoint(), rest: { privateHostedZones: [zone('amazonaws.com')] } },
    { kind: 'private', by: 'vpce-1' },
  ],
  [
    'a zone that is associated elsewhere is not asked',
    { rest: { privateHostedZones: [{ ...zone(SSM), vpcIds: ['vpc-2'] }] } },
    { kind: 'public' },
  ],
  [
    'a wildcard record',
    {
      rest: {
        privateHostedZones: [
          zone('us-west-2.amazonaws.com', [{ name: '*.us-west-2.amazonaws.com', type: 'A', values: ['10.0.9.9'] }]),
        ],
      },
    },
    { kind: 'private', addresses: ['10.0.9.9'] },
  ],
  [
    'a CNAME to an address',
    {
      rest: {
        privateHostedZones: [
          zone('us-west-2.amazonaws.com', [
            { name: SSM, type: 'CNAME', values: ['x.us-west-2.amazonaws.com'] },
            { name: 'x.us-west-2.amazonaws.com', type: 'A', values: ['10.0.9.9'] },
          ]),
        ],
      },
    },
    { kind: 'private', addresses: ['10.0.9.9'] },
  ],
  [
    'a CNAME to itself ends',
    { rest: { privateHostedZones: [zone(SSM, [{ name: SSM, type: 'CNAME', values: [SSM] }])] } },
    { kind: 'notFound' },
  ],
  ['hosted zones that were not looked at: unknown', { rest: { privateHostedZones: undefined } }, { kind: 'unknown' }],
  [
    'but no zone can take the name of a private endpoint',
    { ...ssmEndpoint(), rest: { privateHostedZones: undefined } },
    { kind: 'private' },
  ],
  ['attributes that were not looked at: unknown', { rest: { vpcAttributes: {} } }, { kind: 'unknown' }],
  ['endpoints that were not looked at: unknown', { rest: { vpcEndpoints: undefined } }, { kind: 'unknown' }],
  [
    'an endpoint that does not say whether it has private DNS: unknown',
    ssmEndpoint({ PrivateDnsEnabled: undefined }),
    { kind: 'unknown' },
  ],
])(`${SSM}: %s`, (_, given, resolution) => {
  expect(ask(given)).toMatchObject(resolution);
});

test.each<[string, SmallNetwork, object]>([
  ['192.0.2.1', {}, { kind: 'literal', addresses: ['192.0.2.1'] }],
  ['2001:db8::1', {}, { kind: 'unknown', because: 'IPv6 is not analysed' }],
  ['example.com', {}, { kind: 'public' }],
  ['db.corp.internal', {}, { kind: 'notFound' }],
  ['ip-10-0-2-20.us-west-2.compute.internal', {}, { kind: 'private', addresses: ['10.0.2.20'] }],
  ['ip-10-99-0-1.us-west-2.compute.internal', {}, { kind: 'notFound' }],
  ['ssm.us-west-2.api.aws', ssmEndpoint(), { kind: 'public' }],
  [
    'ssm.us-west-2.api.aws',
    {
      rest: {
        vpcs: [
          { VpcId: VPC, CidrBlock: '10.0.0.0/16', Ipv6CidrBlockAssociationSet: [{ Ipv6CidrBlock: '2001:db8::/56' }] },
        ],
      },
    },
    { kind: 'unknown', because: expect.stringContaining('ssm.us-west-2.amazonaws.com is answered with IPv4 alone') },
  ],
  [
    'bucket.s3.amazonaws.com',
    {
      endpoints: [
        { VpcEndpointId: 'vpce-s3', VpcId: VPC, VpcEndpointType: 'Gateway', ServiceName: 'com.amazonaws.us-west-2.s3' },
      ],
    },
    { kind: 'unknown', because: expect.stringContaining('name the region') },
  ],
  ['bucket.s3.amazonaws.com', {}, { kind: 'public' }],
  [
    'vpce-1-abc123.ssm.us-west-2.vpce.amazonaws.com',
    ssmEndpoint({ PrivateDnsEnabled: false }),
    { kind: 'private', addresses: ['10.0.1.50', '10.0.2.50'] },
  ],
  [
    'vpce-1-abc123-us-west-2b.ssm.us-west-2.vpce.amazonaws.com',
    ssmEndpoint({ PrivateDnsEnabled: false }),
    { kind: 'private', addresses: ['10.0.2.50'] },
  ],
  ['vpce-1-abc123-us-west-2c.ssm.us-west-2.vpce.amazonaws.com', ssmEndpoint(), { kind: 'notFound' }],
  ['vpce-9-abc123.ssm.us-west-2.vpce.amazonaws.com', ssmEndpoint(), { kind: 'unknown' }],
  ['web-123.us-west-2.elb.amazonaws.com', {}, { kind: 'unknown' }],
  ['db.abc.us-west-2.rds.amazonaws.com', {}, { kind: 'unknown' }],
  ['SSM.us-west-2.amazonaws.com.', ssmEndpoint(), { kind: 'private' }],
])('%s', (name, given, resolution) => {
  expect(ask(given, name)).toMatchObject(resolution);
});

test('host names that were not looked at make private DNS unknown', () => {
  expect(ask({ ...ssmEndpoint(), rest: { vpcAttributes: { [VPC]: { enableDnsSupport: true } } } }).kind).toBe(
    'unknown',
  );
});

test('private DNS for the inbound resolver only answers nothing inside the VPC', () => {
  expect(ask(ssmEndpoint({ DnsOptions: { PrivateDnsOnlyForInboundResolverEndpoint: true } })).kind).toBe('public');
});

test('an internal load balancer is found by its interfaces', () => {
  const interfaces = [
    {
      NetworkInterfaceId: 'eni-lb',
      VpcId: VPC,
      SubnetId: 'subnet-a',
      PrivateIpAddress: '10.0.1.60',
      Description: 'ELB app/web/0123',
      Groups: [],
    },
  ];
  expect(ask({ interfaces }, 'internal-web-123456.us-west-2.elb.amazonaws.com')).toMatchObject({
    kind: 'private',
    addresses: ['10.0.1.60'],
  });
});

test('a VPC that is not in the snapshot is unknown', () => {
  expect(ask({}, SSM, 'vpc-9').kind).toBe('unknown');
});

test.each([
  ['ssm.us-west-2.amazonaws.com', 'com.amazonaws.us-west-2.ssm'],
  ['api.ecr.us-west-2.amazonaws.com', 'com.amazonaws.us-west-2.ecr.api'],
  ['123456789012.dkr.ecr.us-west-2.amazonaws.com', 'com.amazonaws.us-west-2.ecr.dkr'],
  ['my.bucket.s3.us-west-2.amazonaws.com', 'com.amazonaws.us-west-2.s3'],
  ['my.bucket.s3.dualstack.us-west-2.amazonaws.com', 'com.amazonaws.us-west-2.s3'],
  ['bucket.s3-us-west-2.amazonaws.com', 'com.amazonaws.us-west-2.s3'],
  ['abc.execute-api.eu-central-1.amazonaws.com', 'com.amazonaws.eu-central-1.execute-api'],
  ['ssm.cn-north-1.amazonaws.com.cn', 'cn.com.amazonaws.cn-north-1.ssm'],
  ['kms.us-gov-west-1.amazonaws.com', 'com.amazonaws.us-gov-west-1.kms'],
  ['elasticloadbalancing.us-west-2.amazonaws.com', 'com.amazonaws.us-west-2.elasticloadbalancing'],
  ['rds.us-west-2.amazonaws.com', 'com.amazonaws.us-west-2.rds'],
])('%s is the service %s', (name, serviceName) => {
  expect(readAwsName(name)).toMatchObject({ kind: 'service', serviceName });
});

test('a custom resolver makes the answer unknown, and the faults behind it are still found', () => {
  const given = { ...ssmEndpoint({ PrivateDnsEnabled: false }), serverIngress: [], rest: dhcp('192.0.2.53') };
  const answer = reach(buildNetwork(smallNetwork(given)), toName(SSM));
  expect(answer.verdict).toBe('unknown');
  expect(answer.unknowns[0]).toMatch(/^dopt-1 sends names to /);
  expect(answer.faults.map((fault) => fault.code)).toEqual(['DNS_PRIVATE_DISABLED', 'SG_HAS_NO_RULES']);
});
