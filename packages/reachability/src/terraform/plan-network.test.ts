// Plans of Terraform in the documented format: what is known after apply only is joined by what the configuration refers to.
import { describe, expect, test } from 'vitest';
import { type Planned, type PlannedModule, planOf, ref } from '../fixtures/terraform-plan.js';
import { buildNetwork } from '../network.js';
import type { Question } from '../question.js';
import { reach } from '../reach.js';
import { isPlan, snapshotFromPlan } from './plan-network.js';

const SSM = 'ssm.us-west-2.amazonaws.com';
const VPC: Planned = {
  type: 'aws_vpc',
  name: 'main',
  values: { cidr_block: '10.0.0.0/16', enable_dns_support: true, enable_dns_hostnames: true },
};
const inVpc = { unknown: { vpc_id: true }, expressions: { vpc_id: ref('aws_vpc.main.id') } };

function subnet(name: string, cidr_block: string, zone = 'us-west-2a', more: Partial<Planned> = {}): Planned {
  return {
    type: 'aws_subnet',
    name,
    values: { cidr_block, availability_zone: zone, map_public_ip_on_launch: false },
    ...inVpc,
    ...more,
  };
}

const all = { from_port: 0, to_port: 0, protocol: '-1', cidr_blocks: ['0.0.0.0/0'], self: false };
const tcp443 = { from_port: 443, to_port: 443, protocol: 'tcp', self: false };

function group(
  name: string,
  rules: { readonly ingress?: readonly object[]; readonly egress?: readonly object[] } = {},
  more: Partial<Planned> = {},
): Planned {
  return {
    type: 'aws_security_group',
    name,
    values: { name, ...rules },
    unknown: {
      vpc_id: true,
      ...(rules.ingress ? {} : { ingress: true }),
      ...(rules.egress ? {} : { egress: true }),
      ...more.unknown,
    },
    expressions: { vpc_id: ref('aws_vpc.main.id'), ...more.expressions },
  };
}

/** An instance in subnet a, which carries the group `client`. */
const client: Planned = {
  type: 'aws_instance',
  name: 'client',
  values: { ami: 'ami-1', instance_type: 't3.micro' },
  unknown: { subnet_id: true, vpc_security_group_ids: true, private_ip: true, associate_public_ip_address: true },
  expressions: { subnet_id: ref('aws_subnet.a.id'), vpc_security_group_ids: ref('aws_security_group.client.id') },
};

function endpoint(values: object = {}, more: Partial<Planned> = {}): Planned {
  return {
    type: 'aws_vpc_endpoint',
    name: 'ssm',
    values: {
      service_name: 'com.amazonaws.us-west-2.ssm',
      vpc_endpoint_type: 'Interface',
      private_dns_enabled: true,
      ...values,
    },
    unknown: { vpc_id: true, subnet_ids: true, security_group_ids: true, policy: true, ...more.unknown },
    expressions: {
      vpc_id: ref('aws_vpc.main.id'),
      subnet_ids: ref('aws_subnet.a.id'),
      security_group_ids: ref('aws_security_group.endpoint.id'),
      ...more.expressions,
    },
  };
}

const site = (...more: readonly Planned[]): readonly Planned[] => [VPC, subnet('a', '10.0.1.0/24'), client, ...more];
const open: readonly Planned[] = [
  group('client', { egress: [all] }),
  group('endpoint', { ingress: [{ ...tcp443, cidr_blocks: ['10.0.0.0/16'] }] }),
];

const from = { kind: 'instance', instanceId: 'aws_instance.client' } as const;
const toSsm: Question = { from, to: { kind: 'name', name: SSM }, port: 443 };

function ask(root: PlannedModule, question: Question = toSsm) {
  const { snapshot, unresolved } = snapshotFromPlan(JSON.parse(JSON.stringify(planOf(root))));
  const { verdict, faults, unknowns } = reach(buildNetwork(snapshot), question);
  return { verdict, codes: faults.map(({ code }) => code), unknowns, unresolved };
}

test('a healthy plan, every id known after apply only', () => {
  expect(ask({ resources: site(...open, endpoint()) })).toEqual({
    verdict: 'reachable',
    codes: [],
    unknowns: [],
    unresolved: [],
  });
});

test.each<[string, readonly Planned[], string, readonly string[]]>([
  [
    'private DNS is off unless it is asked for',
    [...open, endpoint({ private_dns_enabled: undefined }, { unknown: { private_dns_enabled: true } })],
    'unreachable',
    ['DNS_PRIVATE_DISABLED'],
  ],
  [
    'an endpoint is a Gateway unless it is asked to be another',
    [...open, endpoint({ vpc_endpoint_type: 'Gateway' })],
    'unreachable',
    ['ENDPOINT_WRONG_TYPE'],
  ],
  [
    'a group without rules lets nothing out: the provider takes away what EC2 gives',
    [group('client'), open[1]!, endpoint()],
    'unreachable',
    ['SG_HAS_NO_RULES'],
  ],
  ['no endpoint', open, 'unreachable', ['ENDPOINT_MISSING']],
  [
    'a rule that stands alone, to a group made in the same plan',
    [
      group('client'),
      open[1]!,
      endpoint(),
      {
        type: 'aws_security_group_rule',
        name: 'out',
        values: { type: 'egress', from_port: 443, to_port: 443, protocol: 'tcp', cidr_blocks: null, self: false },
        unknown: { security_group_id: true, source_security_group_id: true },
        expressions: {
          security_group_id: ref('aws_security_group.client.id'),
          source_security_group_id: ref('aws_security_group.endpoint.id'),
        },
      },
    ],
    'reachable',
    [],
  ],
  [
    'a rule of its own kind, by the referenced group',
    [
      open[0]!,
      group('endpoint'),
      endpoint(),
      {
        type: 'aws_vpc_security_group_ingress_rule',
        name: 'in',
        values: { from_port: 443, to_port: 443, ip_protocol: 'tcp', cidr_ipv4: null, prefix_list_id: null },
        unknown: { security_group_id: true, referenced_security_group_id: true },
        expressions: {
          security_group_id: ref('aws_security_group.endpoint.id'),
          referenced_security_group_id: ref('aws_security_group.client.id'),
        },
      },
    ],
    'reachable',
    [],
  ],
  [
    'an inline rule whose group is known after apply only',
    [
      open[0]!,
      group(
        'endpoint',
        { ingress: [{ ...tcp443, cidr_blocks: [], security_groups: null }] },
        {
          unknown: { ingress: [{ security_groups: true }] },
          expressions: {
            ingress: [
              {
                from_port: { constant_value: 443 },
                to_port: { constant_value: 443 },
                protocol: { constant_value: 'tcp' },
                security_groups: ref('aws_security_group.client.id'),
              },
            ],
          },
        },
      ),
      endpoint(),
    ],
    'reachable',
    [],
  ],
  [
    'inline rules of which nothing is known are read as they are written',
    [
      open[0]!,
      group(
        'endpoint',
        {},
        {
          unknown: { ingress: true },
          expressions: {
            ingress: [
              {
                from_port: { constant_value: 80 },
                to_port: { constant_value: 80 },
                protocol: { constant_value: 'tcp' },
                security_groups: ref('aws_security_group.client.id'),
              },
            ],
          },
        },
      ),
      endpoint(),
    ],
    'unreachable',
    ['ENI_SG_RULES_MISMATCH'],
  ],
  [
    'rules in a local: unknown, and named',
    [
      open[0]!,
      group('endpoint', {}, { unknown: { ingress: true }, expressions: { ingress: ref('local.rules') } }),
      endpoint(),
    ],
    'unknown',
    [],
  ],
  [
    'a network ACL without entries, of the subnet',
    [
      ...open,
      subnet('b', '10.0.2.0/24', 'us-west-2b'),
      endpoint({}, { expressions: { subnet_ids: ref('aws_subnet.b.id') } }),
      {
        type: 'aws_network_acl',
        name: 'b',
        values: { ingress: [], egress: [] },
        unknown: { vpc_id: true, subnet_ids: true },
        expressions: { vpc_id: ref('aws_vpc.main.id'), subnet_ids: ref('aws_subnet.b.id') },
      },
    ],
    'unreachable',
    ['SUBNET_ACL_RESTRICTION', 'NACL_RETURN_EPHEMERAL'],
  ],
  [
    'a network ACL with no subnet does nothing',
    [
      ...open,
      endpoint(),
      {
        type: 'aws_network_acl',
        name: 'idle',
        values: { ingress: [], egress: [], subnet_ids: [] },
        unknown: { vpc_id: true },
        expressions: { vpc_id: ref('aws_vpc.main.id') },
      },
    ],
    'reachable',
    [],
  ],
  [
    'the default security group, emptied, is what an endpoint without a group carries',
    [
      open[0]!,
      endpoint(
        { security_group_ids: undefined },
        { unknown: { security_group_ids: true }, expressions: { security_group_ids: undefined } },
      ),
      {
        type: 'aws_default_security_group',
        name: 'none',
        values: {},
        unknown: { vpc_id: true, ingress: true, egress: true },
        expressions: { vpc_id: ref('aws_vpc.main.id') },
      },
    ],
    'unreachable',
    ['SG_HAS_NO_RULES'],
  ],
])('%s', (_, more, verdict, codes) => {
  const answer = ask({ resources: site(...more) });
  expect({ verdict: answer.verdict, codes: answer.codes }).toEqual({ verdict, codes });
});

test('what a local hides is the only one of its kind that the plan makes; of several none is guessed', () => {
  const byLocal = {
    expressions: {
      vpc_id: ref('local.vpc_id'),
      subnet_ids: ref('aws_subnet.a.id'),
      security_group_ids: ref('aws_security_group.endpoint.id'),
    },
  };
  expect(ask({ resources: site(...open, endpoint({}, byLocal)) }).verdict).toBe('reachable');
  const other: Planned = { ...VPC, name: 'other' };
  const several = ask({ resources: site(...open, endpoint({}, byLocal), other) });
  expect(several.unresolved).toContain('aws_vpc_endpoint.ssm.vpc_id');
  expect(several.verdict).not.toBe('reachable');
});

describe('count and for_each', () => {
  const counted = [0, 1].map((key) => subnet('private', `10.0.${key + 1}.0/24`, `us-west-2${'ab'[key]}`, { key }));
  const table = (key: number): Planned => ({
    type: 'aws_route_table',
    name: 'private',
    key,
    values: { route: [] },
    ...inVpc,
  });
  const association = (key: number): Planned => ({
    type: 'aws_route_table_association',
    name: 'private',
    key,
    unknown: { subnet_id: true, route_table_id: true },
    // element(aws_subnet.private[*].id, count.index)
    expressions: {
      subnet_id: ref('aws_subnet.private', 'count.index'),
      route_table_id: ref('aws_route_table.private', 'count.index'),
    },
  });
  const toInternet: readonly Planned[] = [
    { type: 'aws_internet_gateway', name: 'main', ...inVpc },
    {
      type: 'aws_route',
      name: 'out',
      values: { destination_cidr_block: '0.0.0.0/0' },
      unknown: { route_table_id: true, gateway_id: true },
      expressions: {
        route_table_id: ref('aws_route_table.private[1].id'),
        gateway_id: ref('aws_internet_gateway.main.id'),
      },
    },
  ];
  const machine = (key: number): Planned => ({
    ...client,
    key,
    values: { ...client.values, associate_public_ip_address: true },
    unknown: { subnet_id: true, vpc_security_group_ids: true },
    expressions: {
      subnet_id: ref('aws_subnet.private', 'count.index'),
      vpc_security_group_ids: ref('aws_security_group.client.id'),
    },
  });
  const root = {
    resources: [
      VPC,
      ...counted,
      group('client', { egress: [all] }),
      table(0),
      table(1),
      association(0),
      association(1),
      ...toInternet,
      machine(0),
      machine(1),
    ],
  };
  const toExample = (key: number): Question => ({
    from: { kind: 'instance', instanceId: `aws_instance.client[${key}]` },
    to: { kind: 'name', name: 'example.com' },
    port: 443,
  });

  test('go by the same index', () => {
    expect(ask(root, toExample(0))).toMatchObject({
      verdict: 'unreachable',
      codes: ['NO_ROUTE_TO_DESTINATION'],
      unresolved: [],
    });
    expect(ask(root, toExample(1))).toMatchObject({ verdict: 'reachable' });
  });

  test('routes inside a table are an attribute in the schema: one list of references for all of them', () => {
    const nat = (key: number): Planned => ({
      type: 'aws_nat_gateway',
      name: 'this',
      key,
      unknown: { subnet_id: true },
      expressions: { subnet_id: ref('aws_subnet.private', 'count.index') },
    });
    const inline = (key: number): Planned => ({
      type: 'aws_route_table',
      name: 'inline',
      key,
      values: { route: [{ cidr_block: '0.0.0.0/0', gateway_id: '' }] },
      unknown: { vpc_id: true, route: [{ nat_gateway_id: true }] },
      expressions: { vpc_id: ref('aws_vpc.main.id'), route: ref('aws_nat_gateway.this', 'count.index') },
    });
    const { snapshot, unresolved } = snapshotFromPlan(
      planOf({ resources: [VPC, ...counted, nat(0), nat(1), inline(0), inline(1)] }),
    );
    expect(snapshot.routeTables?.flatMap(({ Routes = [] }) => Routes.map(({ NatGatewayId }) => NatGatewayId))).toEqual([
      'aws_nat_gateway.this[0]',
      'aws_nat_gateway.this[1]',
    ]);
    expect(unresolved).toEqual([]);
  });

  test('each.value goes by the key of what is gone over', () => {
    const keyed = ['x', 'y'].map((key, at) => subnet('each', `10.0.${at + 1}.0/24`, 'us-west-2a', { key }));
    const machines = ['x', 'y'].map(
      (key): Planned => ({
        ...client,
        key,
        forEach: ['aws_subnet.each'],
        expressions: { subnet_id: ref('each.value.id'), vpc_security_group_ids: ref('aws_security_group.client.id') },
      }),
    );
    const { snapshot, unresolved } = snapshotFromPlan(
      planOf({ resources: [VPC, ...keyed, group('client'), ...machines] }),
    );
    expect(snapshot.instances?.map(({ SubnetId }) => SubnetId)).toEqual([
      'aws_subnet.each["x"]',
      'aws_subnet.each["y"]',
    ]);
    expect(unresolved).toEqual([]);
  });

  test('a splat is all of them, a scalar without an index is none', () => {
    const all = endpoint({}, { expressions: { subnet_ids: ref('aws_subnet.private') } });
    const { snapshot } = snapshotFromPlan(planOf({ resources: [VPC, ...counted, group('endpoint'), all] }));
    expect(snapshot.vpcEndpoints?.[0]?.SubnetIds).toEqual(['aws_subnet.private[0]', 'aws_subnet.private[1]']);
    const vague: Planned = { ...client, expressions: { ...client.expressions, subnet_id: ref('aws_subnet.private') } };
    expect(snapshotFromPlan(planOf({ resources: [VPC, ...counted, group('client'), vague] })).unresolved).toEqual([
      'aws_instance.client.subnet_id',
    ]);
  });
});

describe('modules', () => {
  const network: PlannedModule = {
    resources: [VPC, subnet('a', '10.0.1.0/24')],
    outputs: { vpc_id: ['aws_vpc.main.id'], subnet_ids: ['aws_subnet.a'] },
  };
  const inModule: PlannedModule = {
    resources: [
      { ...group('client', { egress: [all] }), expressions: { vpc_id: ref('var.vpc_id') } },
      {
        ...group('endpoint', { ingress: [{ ...tcp443, cidr_blocks: ['10.0.0.0/16'] }] }),
        expressions: { vpc_id: ref('var.vpc_id') },
      },
      endpoint({}, { expressions: { vpc_id: ref('var.vpc_id'), subnet_ids: ref('var.subnet_ids') } }),
      { ...client, expressions: { ...client.expressions, subnet_id: ref('var.subnet_ids') } },
    ],
  };

  test('outputs of one are inputs of another', () => {
    const root: PlannedModule = {
      modules: {
        network,
        app: { ...inModule, inputs: { vpc_id: ['module.network.vpc_id'], subnet_ids: ['module.network.subnet_ids'] } },
      },
    };
    const question: Question = { ...toSsm, from: { kind: 'instance', instanceId: 'module.app.aws_instance.client' } };
    expect(ask(root, question)).toEqual({ verdict: 'reachable', codes: [], unknowns: [], unresolved: [] });
  });

  test('an instance of a module goes by its own key', () => {
    const root: PlannedModule = {
      resources: ['blue', 'green'].map((key, at) => ({
        ...VPC,
        name: 'each',
        key,
        values: { cidr_block: `10.${at}.0.0/16` },
      })),
      modules: {
        app: {
          key: 'green',
          resources: [{ ...subnet('a', '10.1.1.0/24'), expressions: { vpc_id: ref('var.vpc_id') } }],
          inputs: { vpc_id: ['aws_vpc.each', 'each.key'] },
        },
      },
    };
    const { snapshot } = snapshotFromPlan(planOf(root));
    expect(snapshot.subnets?.map(({ VpcId }) => VpcId)).toEqual(['aws_vpc.each["green"]']);
  });
});

describe('what is there already', () => {
  const dataVpc: Planned = {
    type: 'aws_vpc',
    name: 'main',
    isData: true,
    values: { id: 'vpc-0a1', cidr_block: '10.0.0.0/16', enable_dns_support: true, enable_dns_hostnames: true },
  };
  const there = (one: Planned): Planned => ({ ...one, values: { ...one.values, vpc_id: 'vpc-0a1' }, unknown: {} });

  test('an endpoint may be in a VPC of which the plan has a part only', () => {
    const root = {
      resources: [
        dataVpc,
        there(subnet('a', '10.0.1.0/24')),
        there(group('client', { ingress: [], egress: [all] })),
        client,
      ],
    };
    expect(ask(root)).toMatchObject({ verdict: 'unknown' });
  });

  test('what is certainly wrong is told all the same', () => {
    const root = {
      resources: [
        dataVpc,
        there(subnet('a', '10.0.1.0/24')),
        there(group('client', { ingress: [], egress: [] })),
        client,
      ],
    };
    expect(ask(root).codes).toContain('SG_HAS_NO_RULES');
  });

  test('the ids that AWS gave are the names', () => {
    const root = {
      resources: [
        { ...VPC, values: { ...VPC.values, id: 'vpc-0b2', default_security_group_id: 'sg-0d' } },
        { ...client, values: { subnet_id: 'subnet-1', vpc_security_group_ids: ['sg-0d'] }, unknown: {} },
      ],
    };
    const { snapshot } = snapshotFromPlan(planOf(root));
    expect(snapshot.vpcs?.[0]?.VpcId).toBe('vpc-0b2');
    expect(snapshot.networkInterfaces?.[0]?.Groups).toEqual([{ GroupId: 'vpc-0b2.DefaultSecurityGroup' }]);
  });
});

test('an Auto Scaling group launches from its template', () => {
  const { launches } = snapshotFromPlan(
    planOf({
      resources: [
        VPC,
        subnet('a', '10.0.1.0/24'),
        group('client'),
        {
          type: 'aws_launch_template',
          name: 'web',
          values: { name: 'web' },
          unknown: { vpc_security_group_ids: true },
          expressions: { vpc_security_group_ids: ref('aws_security_group.client.id') },
        },
        {
          type: 'aws_autoscaling_group',
          name: 'web',
          values: { min_size: 1, max_size: 2, launch_template: [{ version: '$Latest' }] },
          unknown: { vpc_zone_identifier: true, launch_template: [{ id: true, name: true }] },
          expressions: {
            vpc_zone_identifier: ref('aws_subnet.a.id'),
            launch_template: [{ id: ref('aws_launch_template.web.id'), version: { constant_value: '$Latest' } }],
          },
        },
      ],
    }),
  );
  expect(launches).toEqual([
    {
      kind: 'launch',
      name: 'aws_autoscaling_group.web',
      subnetIds: ['aws_subnet.a'],
      securityGroupIds: ['aws_security_group.client'],
    },
  ]);
});

test('peered VPCs: pending unless somebody accepts', () => {
  const peered = (accepter: readonly Planned[]): readonly Planned[] => [
    VPC,
    { ...VPC, name: 'far', values: { cidr_block: '10.1.0.0/16' } },
    {
      type: 'aws_vpc_peering_connection',
      name: 'x',
      values: { auto_accept: null },
      unknown: { vpc_id: true, peer_vpc_id: true, accept_status: true },
      expressions: { vpc_id: ref('aws_vpc.main.id'), peer_vpc_id: ref('aws_vpc.far.id') },
    },
    ...accepter,
  ];
  const state = (resources: readonly Planned[]) =>
    snapshotFromPlan(planOf({ resources })).snapshot.vpcPeeringConnections?.[0]?.Status?.Code;
  expect(state(peered([]))).toBe('pending-acceptance');
  const accepter: Planned = {
    type: 'aws_vpc_peering_connection_accepter',
    name: 'x',
    values: { auto_accept: true },
    unknown: { vpc_peering_connection_id: true },
    expressions: { vpc_peering_connection_id: ref('aws_vpc_peering_connection.x.id') },
  };
  expect(state(peered([accepter]))).toBe('active');
});

test('rules inside a group and beside it are said to overwrite each other', () => {
  const both = [
    group('client', { egress: [all] }, { expressions: { egress: [{}] } }),
    {
      type: 'aws_security_group_rule',
      name: 'out',
      values: { type: 'egress', from_port: 443, to_port: 443, protocol: 'tcp', cidr_blocks: ['0.0.0.0/0'] },
      unknown: { security_group_id: true },
      expressions: { security_group_id: ref('aws_security_group.client.id') },
    },
  ];
  expect(snapshotFromPlan(planOf({ resources: [VPC, ...both] })).unresolved).toEqual([
    'aws_security_group.client has rules of its own and rules that stand alone, which overwrite each other',
  ]);
});

test.each([[{}], [{ format_version: '2.0', planned_values: { root_module: {} } }], [{ format_version: '1.2' }], [[]]])(
  '%j is no plan',
  (json) => {
    expect(() => snapshotFromPlan(json)).toThrow(TypeError);
  },
);

test('a plan and a template are told apart', () => {
  expect([isPlan(planOf({})), isPlan({ Resources: {} })]).toEqual([true, false]);
});
