// What a change breaks, opens and moves: two snapshots, or a plan laid over what is there.
import { expect, test } from 'vitest';
import { diffNetworks } from './diff.js';
import {
  ALL,
  LOCAL,
  rule,
  type SmallNetwork,
  smallNetwork,
  ssmEndpoint,
  TO_INTERNET,
  VPC,
} from './fixtures/small-network.js';
import { type Planned, planOf, ref } from './fixtures/terraform-plan.js';
import { buildNetwork } from './network.js';
import { overlayChange } from './overlay.js';
import type { Question } from './question.js';
import { reach } from './reach.js';
import { snapshotBeforePlan, snapshotFromPlan } from './terraform/plan-network.js';

const SSM = 'ssm.us-west-2.amazonaws.com';

function kinds(before: SmallNetwork, after: SmallNetwork): readonly string[] {
  return diffNetworks(smallNetwork(before), smallNetwork(after)).map(({ kind, path }) => `${kind} ${path}`);
}

test('nothing differs between a network and itself', () => {
  expect(kinds(ssmEndpoint(), ssmEndpoint())).toEqual([]);
});

test('a rule that is taken away breaks what used it', () => {
  expect(kinds({}, { serverIngress: [rule({ cidr: '10.9.0.0/16' })] })).toEqual(['breaks i-client to i-server:443']);
});

test('a rule that is added opens', () => {
  expect(kinds({ serverIngress: [] }, { serverIngress: [rule({ group: 'sg-client' }, 5432)] })).toEqual([
    'opens i-client to i-server:5432',
  ]);
});

test('private DNS moves who is admitted by the endpoint, and breaks who is not', () => {
  const network = (PrivateDnsEnabled: boolean): SmallNetwork => ({
    ...ssmEndpoint({ PrivateDnsEnabled }),
    clientIsPublic: true,
    routesA: [LOCAL, TO_INTERNET],
    serverIngress: [rule({ group: 'sg-client' })],
  });
  const [moved] = diffNetworks(smallNetwork(network(false)), smallNetwork(network(true)));
  expect(moved).toMatchObject({ kind: 'moves', path: `i-client to ${SSM}:443` });
  expect(moved?.explanation).toBe('by igw-1 now, and by vpce-1 then');
  const closed = (on: boolean): SmallNetwork => ({ ...network(on), serverIngress: [] });
  expect(kinds(closed(false), closed(true))).toEqual([`breaks i-client to ${SSM}:443`]);
});

test('what cannot be told any more is undecided', () => {
  expect(kinds({}, { clientGroups: ['sg-untold'] })).toContain('undecided i-client to i-server:443');
});

test('a destination that goes away breaks who reached it; a new source opens', () => {
  const whole = smallNetwork();
  const without = (id: string) => ({
    ...whole,
    instances: whole.instances?.filter(({ InstanceId }) => InstanceId !== id),
    networkInterfaces: whole.networkInterfaces?.filter(({ Attachment }) => Attachment?.InstanceId !== id),
  });
  expect(diffNetworks(whole, without('i-server')).map(({ kind, path }) => `${kind} ${path}`)).toContain(
    'breaks i-client to i-server:443',
  );
  expect(diffNetworks(without('i-client'), whole).map(({ kind, path }) => `${kind} ${path}`)).toContain(
    'opens i-client to i-server:443',
  );
});

test('the questions may be given', () => {
  const question: Question = {
    from: { kind: 'instance', instanceId: 'i-client' },
    to: { kind: 'address', address: '10.0.2.20' },
    port: 80,
  };
  const differences = diffNetworks(smallNetwork(), smallNetwork({ serverIngress: [] }), { questions: [question] });
  expect(differences.map(({ path }) => path)).toEqual(['i-client to 10.0.2.20:80']);
});

// ---- a plan

const existing = (type: string, name: string, values: object): Planned => ({
  type,
  name,
  values: values as Planned['values'],
});
const vpc = existing('aws_vpc', 'main', { id: VPC, cidr_block: '10.0.0.0/16', enable_dns_hostnames: true });
const client = existing('aws_security_group', 'client', {
  id: 'sg-client',
  vpc_id: VPC,
  name: 'client',
  egress: [{ from_port: 0, to_port: 0, protocol: '-1', cidr_blocks: ['0.0.0.0/0'] }],
});
const narrow: Planned = {
  ...client,
  values: {
    ...client.values,
    egress: [{ from_port: 443, to_port: 443, protocol: 'tcp', cidr_blocks: ['192.0.2.0/24'] }],
  },
};

/** A plan that changes what it has from one to the other. */
function planFrom(before: readonly Planned[], after: readonly Planned[]): object {
  const prior = planOf({ resources: before }) as { planned_values: object };
  return { ...planOf({ resources: after }), prior_state: { format_version: '1.0', values: prior.planned_values } };
}

function overlay(plan: object, live = smallNetwork()) {
  return overlayChange(live, snapshotBeforePlan(plan)!.snapshot, snapshotFromPlan(plan).snapshot);
}

test('a plan that changes nothing leaves the live network as it is', () => {
  const live = smallNetwork(ssmEndpoint());
  expect(overlay(planFrom([vpc, client], [vpc, client]), live)).toEqual(live);
});

test('a plan takes away the rules that it had, and no others', () => {
  const live = smallNetwork({ clientEgress: [...ALL, rule({ cidr: '10.0.2.0/24' }, 80)] });
  const after = overlay(planFrom([vpc, client], [vpc, narrow]), live);
  const own = after.securityGroups?.find(({ GroupId }) => GroupId === 'sg-client');
  expect(own?.IpPermissionsEgress?.map(({ IpRanges }) => IpRanges?.[0]?.CidrIp)).toEqual([
    '10.0.2.0/24',
    '192.0.2.0/24',
  ]);
  expect(diffNetworks(live, after).map(({ kind, path }) => `${kind} ${path}`)).toEqual([
    'breaks i-client to i-server:443',
  ]);
});

test('what a plan makes joins what is there', () => {
  const endpoint: Planned = {
    type: 'aws_vpc_endpoint',
    name: 'ssm',
    values: {
      vpc_id: VPC,
      service_name: 'com.amazonaws.us-west-2.ssm',
      vpc_endpoint_type: 'Interface',
      private_dns_enabled: true,
      subnet_ids: ['subnet-a'],
    },
    unknown: { security_group_ids: true },
    expressions: { security_group_ids: ref('aws_security_group.endpoint.id') },
  };
  const group: Planned = {
    type: 'aws_security_group',
    name: 'endpoint',
    values: {
      vpc_id: VPC,
      name: 'endpoint',
      ingress: [{ from_port: 443, to_port: 443, protocol: 'tcp', cidr_blocks: ['10.0.0.0/16'] }],
    },
  };
  const live = smallNetwork();
  const after = overlay(planFrom([vpc], [vpc, endpoint, group]), live);
  const question: Question = {
    from: { kind: 'instance', instanceId: 'i-client' },
    to: { kind: 'name', name: SSM },
    port: 443,
  };
  expect(reach(buildNetwork(live), question).verdict).toBe('unreachable');
  expect(reach(buildNetwork(after), question).verdict).toBe('reachable');
});

test('by its addresses a plan is compared with its own prior state, also what it replaces', () => {
  const machine = existing('aws_instance', 'web', {
    id: 'i-0a',
    subnet_id: 'subnet-0',
    vpc_security_group_ids: ['sg-client'],
  });
  const subnet = existing('aws_subnet', 'a', {
    id: 'subnet-0',
    vpc_id: VPC,
    cidr_block: '10.0.1.0/24',
    availability_zone: 'us-west-2a',
  });
  const { id: _, ...values } = machine.values!;
  const plan = planFrom(
    [vpc, subnet, client, machine],
    [vpc, subnet, client, { ...machine, values, unknown: { id: true } }],
  );
  const options = { names: 'address' } as const;
  const [before, after] = [snapshotBeforePlan(plan, options)!, snapshotFromPlan(plan, options)];
  expect(before.snapshot.instances?.map(({ InstanceId }) => InstanceId)).toEqual(['aws_instance.web']);
  expect(after.snapshot.instances?.map(({ InstanceId }) => InstanceId)).toEqual(['aws_instance.web']);
  expect(diffNetworks(before.snapshot, after.snapshot)).toEqual([]);
});
