import { expect, test } from 'vitest';
import { BACKEND, BUILDER, hyperbolaNetwork, SSM } from '../fixtures/hyperbola/networks.js';
import { smallNetwork, ssmEndpoint, toName } from '../fixtures/small-network.js';
import { buildNetwork } from '../network.js';
import type { Edit } from '../question.js';
import { reach } from '../reach.js';
import { describeEdit } from './edit-text.js';
import { toDot, toMermaid } from './graph.js';
import { describeTrace } from './trace-text.js';

const answer = reach(buildNetwork(smallNetwork(ssmEndpoint({}, ['subnet-a']))), toName(SSM));

test('a trace reads from the source to the service, hop by hop', () => {
  expect(describeTrace(answer)).toEqual([
    'i-client -> ssm.us-west-2.amazonaws.com:443: reachable',
    '',
    'from subnet-a (us-west-2a) to 10.0.1.50: reachable',
    '  + resolver ssm.us-west-2.amazonaws.com: 10.0.1.50 by vpce-1',
    '  + networkInterface eni-client egress: 10.0.1.10 in subnet-a of i-client',
    '  + securityGroup sg-client egress: sg-client: all traffic to 0.0.0.0/0',
    '  + vpcEndpoint vpce-1: com.amazonaws.us-west-2.ssm, available',
    '  + securityGroup sg-server ingress: sg-server: all traffic from 0.0.0.0/0',
  ]);
});

test('faults come last, each with its fix', () => {
  const lines = describeTrace(
    reach(buildNetwork(hyperbolaNetwork('N1')), { from: BACKEND, to: { kind: 'name', name: SSM }, port: 443 }),
  );
  expect(lines.slice(lines.indexOf('3 faults:'))).toEqual([
    '3 faults:',
    '  1. DNS_PRIVATE_DISABLED: ssm.us-west-2.amazonaws.com resolves to public addresses in vpc-0e10b1: private DNS is off for vpce-0ssm.',
    '     fix: switch private DNS on for vpce-0ssm',
    '  2. ENI_SG_RULES_MISMATCH: sg-0backend does not allow tcp 443 to vpce-0ssm (sg-0backend).',
    '     fix: let sg-0backend send tcp 443 to sg-0backend',
    '  3. SG_SHARED_NO_SELF_RULE: Both ends carry sg-0backend, which has no rule for itself, so it does not allow tcp 443 from sg-0backend.',
    '     fix: let sg-0backend take tcp 443 from sg-0backend',
  ]);
});

test('a graph has each component once, and marks where it stops', () => {
  const graph = toMermaid(
    reach(buildNetwork(hyperbolaNetwork('N3')), { from: BUILDER, to: { kind: 'name', name: SSM }, port: 443 }),
  );
  expect(graph).toContain('["securityGroup sg-0endpoint ingress"]:::stop');
  expect(graph.match(/networkAcl acl-0default egress/g)).toHaveLength(1);
});

test('DOT and Mermaid draw the same graph', () => {
  const nodes = (text: string, arrow: string) => text.split(arrow).length - 1;
  expect(nodes(toDot(answer), ' -> ')).toBe(nodes(toMermaid(answer), ' --> '));
  expect(toDot(answer)).toMatch(/^digraph reach \{\n {2}rankdir=LR;\n/);
});

test.each<[Edit, string]>([
  [{ kind: 'enablePrivateDns', vpcEndpointId: 'vpce-1' }, 'switch private DNS on for vpce-1'],
  [
    { kind: 'createRoute', routeTableId: 'rtb-1', destinationCidr: '0.0.0.0/0', target: { natGatewayId: 'nat-1' } },
    'add the route 0.0.0.0/0 to nat-1 in rtb-1',
  ],
  [
    {
      kind: 'createNetworkAclEntry',
      networkAclId: 'acl-1',
      egress: false,
      ruleNumber: 99,
      cidr: '0.0.0.0/0',
      protocol: '6',
      fromPort: 1024,
      toPort: 65535,
    },
    'add entry 99 to acl-1: allow ingress from 0.0.0.0/0, protocol 6, ports 1024-65535',
  ],
  [{ kind: 'manual', what: 'accept pcx-1' }, 'accept pcx-1'],
])('an edit is a sentence: %o', (edit, text) => {
  expect(describeEdit(edit)).toBe(text);
});
