import { expect, test } from 'vitest';
import { ALL, rule, type SmallNetwork, smallNetwork, toServer } from './fixtures/small-network.js';
import { buildNetwork } from './network.js';
import { reach } from './reach.js';

const ask = (given: SmallNetwork) => reach(buildNetwork(smallNetwork(given)), toServer());
const codes = (given: SmallNetwork) => ask(given).faults.map((fault) => fault.code);

const LIST = {
  list: { PrefixListId: 'pl-1', PrefixListName: 'offices' },
  entries: [{ Cidr: '192.0.2.0/24' }, { Cidr: '10.0.2.0/24' }],
};
const S3 = {
  list: { PrefixListId: 'pl-s3', PrefixListName: 'com.amazonaws.us-west-2.s3' },
  entries: [{ Cidr: '52.218.0.0/16' }],
};

test.each<[string, SmallNetwork, string, string[]]>([
  ['everything is allowed', {}, 'reachable', []],
  ['a rule for the port and the exact address', { clientEgress: [rule({ cidr: '10.0.2.20/32' })] }, 'reachable', []],
  [
    'a rule for another address',
    { clientEgress: [rule({ cidr: '10.0.2.21/32' })] },
    'unreachable',
    ['ENI_SG_RULES_MISMATCH'],
  ],
  [
    'a rule for another port',
    { clientEgress: [rule({ cidr: '0.0.0.0/0' }, 80)] },
    'unreachable',
    ['ENI_SG_RULES_MISMATCH'],
  ],
  ['a range of ports around it', { clientEgress: [rule({ cidr: '0.0.0.0/0' }, 400, 500)] }, 'reachable', []],
  ['a range of ports that ends with it', { clientEgress: [rule({ cidr: '0.0.0.0/0' }, 400, 443)] }, 'reachable', []],
  ['a range of ports that begins with it', { clientEgress: [rule({ cidr: '0.0.0.0/0' }, 443, 500)] }, 'reachable', []],
  [
    'a range of ports that ends before it',
    { clientEgress: [rule({ cidr: '0.0.0.0/0' }, 400, 442)] },
    'unreachable',
    ['ENI_SG_RULES_MISMATCH'],
  ],
  [
    'tcp 0-0 is port 0 only',
    { clientEgress: [rule({ cidr: '0.0.0.0/0' }, 0, 0)] },
    'unreachable',
    ['ENI_SG_RULES_MISMATCH'],
  ],
  ['-1 with 0-0 is everything', { clientEgress: [rule({ cidr: '0.0.0.0/0' }, 0, 0, '-1')] }, 'reachable', []],
  ['protocol 6 is tcp', { clientEgress: [rule({ cidr: '0.0.0.0/0' }, 443, 443, '6')] }, 'reachable', []],
  [
    'protocol 17 is not tcp',
    { clientEgress: [rule({ cidr: '0.0.0.0/0' }, 443, 443, '17')] },
    'unreachable',
    ['ENI_SG_RULES_MISMATCH'],
  ],
  [
    'only an IPv6 rule',
    { clientEgress: [{ IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] }] },
    'unreachable',
    ['ENI_SG_RULES_MISMATCH'],
  ],
  ['no rules in the direction', { clientEgress: [] }, 'unreachable', ['SG_HAS_NO_RULES']],
  [
    'two halves of the internet are all of it',
    { clientEgress: [rule({ cidr: '0.0.0.0/1' }), rule({ cidr: '128.0.0.0/1' })] },
    'reachable',
    [],
  ],
  [
    'a reference to the group that the server carries',
    { clientEgress: [rule({ group: 'sg-server' })] },
    'reachable',
    [],
  ],
  [
    'a reference to another group',
    { clientEgress: [rule({ group: 'sg-client' })] },
    'unreachable',
    ['ENI_SG_RULES_MISMATCH'],
  ],
  ['the server admits the group of the client', { serverIngress: [rule({ group: 'sg-client' })] }, 'reachable', []],
  [
    'the rules of all groups are one set',
    { clientGroups: ['sg-client', 'sg-default'], clientEgress: [] },
    'reachable',
    [],
  ],
  [
    'a shared group grants nothing by itself',
    { clientGroups: ['sg-server'], groups: [], serverIngress: [rule({ cidr: '192.0.2.0/24' })] },
    'unreachable',
    ['SG_HAS_NO_RULES', 'SG_SHARED_NO_SELF_RULE'],
  ],
  ['the default group admits itself', { clientGroups: ['sg-default'], serverGroups: ['sg-default'] }, 'reachable', []],
  ['the default group admits nobody else', { serverGroups: ['sg-default'] }, 'unreachable', ['ENI_SG_RULES_MISMATCH']],
  [
    'both ends at once',
    { clientEgress: [], serverIngress: [rule({ cidr: '192.0.2.0/24' })] },
    'unreachable',
    ['SG_HAS_NO_RULES', 'ENI_SG_RULES_MISMATCH'],
  ],
  [
    'a prefix list that holds the address',
    { clientEgress: [rule({ list: 'pl-1' })], rest: { prefixLists: [LIST] } },
    'reachable',
    [],
  ],
  [
    'a prefix list of AWS holds no private address',
    { clientEgress: [rule({ list: 'pl-s3' })], rest: { prefixLists: [S3] } },
    'unreachable',
    ['ENI_SG_RULES_MISMATCH'],
  ],
  [
    'a prefix list that nobody knows is unknown',
    { clientEgress: [rule({ list: 'pl-9' })], rest: { prefixLists: [LIST] } },
    'unknown',
    [],
  ],
  [
    'another rule decides before an unknown list does',
    { clientEgress: [rule({ list: 'pl-9' }), ...ALL] },
    'reachable',
    [],
  ],
  ['a group that is not in the snapshot is unknown', { clientGroups: ['sg-elsewhere'] }, 'unknown', []],
])('%s', (_, given, verdict, faults) => {
  expect(ask(given)).toMatchObject({ verdict });
  expect(codes(given)).toEqual(faults);
});

test('a refusal names the groups, what they do allow, and the rule that is missing', () => {
  const answer = ask({ clientEgress: [rule({ cidr: '10.9.0.0/16' })] });
  expect(answer.faults).toEqual([
    {
      code: 'ENI_SG_RULES_MISMATCH',
      explanation: 'sg-client does not allow tcp 443 to sg-server.',
      evidence: [{ id: 'sg-client', what: 'egress: tcp 443 to 10.9.0.0/16' }],
      edits: [
        {
          kind: 'authorizeSecurityGroup',
          direction: 'egress',
          groupId: 'sg-client',
          protocol: 'tcp',
          fromPort: 443,
          toPort: 443,
          peer: { groupId: 'sg-server' },
        },
      ],
    },
  ]);
});

test('groups are stateful: what the server may send does not matter', () => {
  expect(
    ask({ serverIngress: [rule({ group: 'sg-client' })] }).traces[0]?.hops.filter(
      (hop) => hop.component === 'securityGroup',
    ),
  ).toHaveLength(2);
});

test('security groups that were not looked at are unknown', () => {
  expect(ask({ rest: { securityGroups: undefined } })).toMatchObject({ verdict: 'unknown', faults: [] });
});
