import { expect, test } from 'vitest';
import { applyEdits } from './edit.js';
import { allowAll, entry, type SmallNetwork, smallNetwork, toServer } from './fixtures/small-network.js';
import { buildNetwork } from './network.js';
import { reach } from './reach.js';

const ask = (given: SmallNetwork) => reach(buildNetwork(smallNetwork(given)), toServer());
const ANSWERS = [1024, 65535] as const;

test.each<[string, SmallNetwork, string, string[]]>([
  ['the default ACL lets everything through', {}, 'reachable', []],
  ['an ACL without entries denies', { aclA: [] }, 'unreachable', ['SUBNET_ACL_RESTRICTION', 'NACL_RETURN_EPHEMERAL']],
  [
    'the rule number decides, not the order in the answer',
    { aclA: [entry(200, 'out', 'deny'), ...allowAll()] },
    'reachable',
    [],
  ],
  [
    'a deny before the allow',
    { aclA: [...allowAll(), entry(50, 'out', 'deny', '0.0.0.0/0', [443, 443])] },
    'unreachable',
    ['SUBNET_ACL_RESTRICTION'],
  ],
  ['a deny for another address', { aclA: [...allowAll(), entry(50, 'out', 'deny', '10.0.2.21/32')] }, 'reachable', []],
  [
    '443 out, and no way in for the answers',
    { aclA: [entry(100, 'out', 'allow', '0.0.0.0/0', [443, 443])] },
    'unreachable',
    ['NACL_RETURN_EPHEMERAL'],
  ],
  [
    '443 out, and the ephemeral ports in',
    { aclA: [entry(100, 'out', 'allow', '0.0.0.0/0', [443, 443]), entry(100, 'in', 'allow', '0.0.0.0/0', ANSWERS)] },
    'reachable',
    [],
  ],
  [
    'exactly the Linux range',
    { aclA: [entry(100, 'out', 'allow'), entry(100, 'in', 'allow', '0.0.0.0/0', [32768, 60999])] },
    'reachable',
    [],
  ],
  [
    'only part of the ephemeral ports',
    { aclA: [entry(100, 'out', 'allow'), entry(100, 'in', 'allow', '0.0.0.0/0', [49152, 65535])] },
    'partial',
    ['NACL_RETURN_EPHEMERAL'],
  ],
  [
    "the server's subnet does not let 443 in",
    { aclB: [entry(100, 'out', 'allow'), entry(100, 'in', 'allow', '0.0.0.0/0', [80, 80])] },
    'unreachable',
    ['SUBNET_ACL_RESTRICTION'],
  ],
  [
    "the server's subnet does not let answers out",
    { aclB: [entry(100, 'in', 'allow')] },
    'unreachable',
    ['NACL_RETURN_EPHEMERAL'],
  ],
  ['within one subnet no ACL applies', { serverSubnet: 'subnet-a', aclA: [] }, 'reachable', []],
  [
    'an entry for IPv6 says nothing about IPv4',
    {
      aclA: [{ RuleNumber: 1, Egress: true, RuleAction: 'deny', Protocol: '-1', Ipv6CidrBlock: '::/0' }, ...allowAll()],
    },
    'reachable',
    [],
  ],
  [
    'udp entries say nothing about tcp',
    { aclA: [{ ...entry(50, 'out', 'deny', '0.0.0.0/0', [443, 443]), Protocol: '17' }, ...allowAll()] },
    'reachable',
    [],
  ],
])('%s', (_, given, verdict, faults) => {
  const answer = ask(given);
  expect(answer.verdict).toBe(verdict);
  expect(answer.faults.map((fault) => fault.code)).toEqual(faults);
});

test('a known client port decides by itself whether the answers come back', () => {
  const acl = [entry(100, 'out', 'allow'), entry(100, 'in', 'allow', '0.0.0.0/0', [49152, 65535])];
  const network = buildNetwork(smallNetwork({ aclA: acl }));
  expect(reach(network, { ...toServer(), sourcePort: 50000 }).verdict).toBe('reachable');
  expect(reach(network, { ...toServer(), sourcePort: 40000 }).verdict).toBe('unreachable');
});

test('an edit takes the free number just before the entry that denies, and mends', () => {
  const snapshot = smallNetwork({
    aclA: [...allowAll(), entry(50, 'out', 'deny', '0.0.0.0/0', [443, 443]), entry(49, 'out', 'deny', '192.0.2.0/24')],
  });
  const [fault] = reach(buildNetwork(snapshot), toServer()).faults;
  expect(fault?.edits).toMatchObject([
    { kind: 'createNetworkAclEntry', ruleNumber: 48, cidr: '10.0.2.20/32', fromPort: 443, toPort: 443 },
  ]);
  expect(reach(buildNetwork(applyEdits(snapshot, fault!.edits)), toServer()).verdict).toBe('reachable');
});

test('what somebody denies stays denied: only what no entry allows is added, after all entries', () => {
  const aclA = [
    entry(90, 'in', 'deny', '0.0.0.0/0', [3389, 3389]),
    entry(91, 'in', 'deny', '10.0.2.20/32', [40000, 40009]),
    entry(100, 'out', 'allow'),
    entry(100, 'in', 'allow', '0.0.0.0/0', [50000, 65535]),
  ];
  const answer = ask({ aclA });
  expect(answer.verdict).toBe('partial');
  expect(answer.faults.flatMap(({ edits }) => edits)).toMatchObject([
    { kind: 'createNetworkAclEntry', ruleNumber: 32766, cidr: '10.0.2.20/32', fromPort: 32768, toPort: 60999 },
    // Of this path, just before the entry that denies it, and no port more.
    { kind: 'createNetworkAclEntry', ruleNumber: 89, cidr: '10.0.2.20/32', fromPort: 40000, toPort: 40009 },
  ]);
});

test('an entry that denies one port of the answers is a note', () => {
  const answer = ask({ aclA: [...allowAll(), entry(50, 'in', 'deny', '0.0.0.0/0', [40000, 40000])] });
  expect(answer.verdict).toBe('reachable');
  expect(answer.notes).toEqual([
    'acl-a drops answers to the ports 40000-40000: a connection from one of them fails, which is rare',
  ]);
});

test('without a free number before the denial a person must renumber', () => {
  const answer = ask({ aclA: [...allowAll(), entry(1, 'out', 'deny')] });
  expect(answer.faults[0]?.edits).toEqual([
    { kind: 'manual', what: 'renumber the egress entries of acl-a: no rule number is free below 1' },
  ]);
});

test('network ACLs that were not looked at are unknown, and within a subnet do not matter', () => {
  expect(ask({ rest: { networkAcls: undefined } }).verdict).toBe('unknown');
  expect(ask({ serverSubnet: 'subnet-a', rest: { networkAcls: undefined } }).verdict).toBe('reachable');
});
