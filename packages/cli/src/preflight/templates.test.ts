// Templates in the style of AWS's samples, each with the verdict that AWS's rules give it, worked out by hand before the first run. The
// question: the instances of Web to Parameter Store, TCP 443.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildNetwork, reach } from '@directrix/reachability';
import { expect, test } from 'vitest';
import { readPlannedNetwork } from './planned-network.js';

const directory = fileURLToPath(new URL('./fixtures/templates/', import.meta.url));

const verdicts: Readonly<Record<string, readonly [why: string, verdict: string, ...codes: string[]]>> = {
  'nat.yaml': ['the NAT gateway is in a public subnet', 'reachable'],
  'nat-private.yaml': [
    'the subnet of the NAT gateway sends everything back to it',
    'unreachable',
    'ENDPOINT_MISSING',
    'MORE_SPECIFIC_ROUTE',
  ],
  'no-way-out.yaml': ['the main route table has the local route alone', 'unreachable', 'ENDPOINT_MISSING'],
  'endpoint.yaml': ['private DNS, and a rule that names the group of the instances', 'reachable'],
  'endpoint-no-dns.yaml': ['the name is public, and there is no way out', 'unreachable', 'DNS_PRIVATE_DISABLED'],
  'endpoint-default-type.yaml': ['without a type it is a gateway endpoint', 'unreachable', 'ENDPOINT_WRONG_TYPE'],
  'endpoint-other-service.yaml': ['it serves CloudWatch Logs alone', 'unreachable', 'ENDPOINT_MISSING'],
  'condition.yaml': ['the default is the stage without an endpoint', 'unreachable', 'ENDPOINT_MISSING'],
  'condition-open.yaml': ['the parameter has no value: nobody knows the endpoint', 'unknown'],
  'mapping.yaml': ['production has private DNS', 'reachable'],
  'range-parameter.yaml': ['the range may or may not hold the instances', 'unknown'],
  'range-import.yaml': ['the group of another stack may or may not be that of the instances', 'unknown'],
  'for-each.yaml': ['the loop makes an endpoint for each service', 'reachable'],
  'cidr.yaml': ['the second range of eight bits is 10.0.1.0/24', 'reachable'],
  'split.yaml': ['the second range holds no instance', 'unreachable', 'ENI_SG_RULES_MISMATCH'],
  'egress-rule.yaml': ['a rule of its own takes the default rule away', 'unreachable', 'ENI_SG_RULES_MISMATCH'],
  'egress-inline.yaml': ['a rule inside the group takes the default rule away', 'unreachable', 'ENI_SG_RULES_MISMATCH'],
  'default-group.yaml': ['the default group admits its own members alone', 'unreachable', 'ENI_SG_RULES_MISMATCH'],
  'detached-gateway.yaml': ['the internet gateway is not attached', 'unreachable', 'BAD_STATE'],
  'no-dns-support.yaml': ['the resolver refuses', 'unreachable', 'DNS_VPC_ATTRIBUTES'],
  'hosted-zone.yaml': ['the zone covers the name and has no record', 'unreachable', 'DNS_PHZ_OVERRIDE'],
  'acl-same-subnet.yaml': ['no network ACL applies within a subnet', 'reachable'],
  'acl-other-subnet.yaml': ['the answer finds no entry on its way out', 'unreachable', 'NACL_RETURN_EPHEMERAL'],
  'no-value.yaml': ['the default of CloudFormation is off', 'unreachable', 'DNS_PRIVATE_DISABLED'],
  'public-no-address.yaml': [
    'an internet gateway serves public addresses alone',
    'unreachable',
    'ENDPOINT_MISSING',
    'IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS',
  ],
  'public-address.yaml': ['the subnet gives each instance a public address', 'reachable'],
  'nested.yaml': ['the nested stack admits the group that it is given', 'reachable'],
  'open.json': ['the range of the VPC holds the instances', 'reachable'],
  'closed.json': ['the group of the endpoint has no rule', 'unreachable', 'SG_HAS_NO_RULES'],
  'sam.yaml': ['a function beside the network changes nothing', 'reachable'],
};

test('every template has its verdict', () => {
  expect(
    readdirSync(directory)
      .filter((name) => name !== 'nested')
      .sort(),
  ).toEqual(Object.keys(verdicts).sort());
});

test.each(Object.entries(verdicts))('%s: %s', (file, [why, verdict, ...codes]) => {
  const { network, launches } = readPlannedNetwork(directory, [file], { defaultRegion: 'us-west-2' });
  const answer = reach(buildNetwork(network), {
    from: launches[0]!,
    to: { kind: 'name', name: 'ssm.us-west-2.amazonaws.com' },
    port: 443,
  });
  const told = [...new Set(answer.faults.map(({ code }) => code))].sort();
  expect({ why, verdict: answer.verdict, codes: verdict === 'unknown' ? [] : told }).toEqual({ why, verdict, codes });
});
