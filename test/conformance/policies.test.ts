// One policy, asked by everybody who asks: the lab that decides requests, preflight that foretells them, reachability that judges
// endpoints. Where one is sure, none of the others says the opposite.
import { createLabState } from '@directrix/lab';
import { runPreflight } from '@directrix/preflight';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { authorizeRequest } from '../../packages/lab/src/access/authorize-request.js';
import { healthySnapshot, intent } from '../../packages/preflight/src/healthy-snapshot.fixture.js';
import { judgeEndpointPolicy } from '../../packages/reachability/src/endpoint-policy.js';

const account = '123456789012';
const role = `arn:aws:iam::${account}:role/web`;
const action = 'ssm:GetParametersByPath';
const resource = `arn:aws:ssm:us-west-2:${account}:parameter/app/production/`;
const vpcEndpointId = 'vpce-1';

const names = fc.subarray([role, `arn:aws:iam::${account}:root`, account, `${role}2`], { minLength: 1 });
const principal = fc.oneof(
  fc.constant({ Principal: '*' }),
  names.map((AWS) => ({ Principal: { AWS } })),
  names.map((AWS) => ({ NotPrincipal: { AWS } })),
);
const condition = fc.constantFrom(
  {},
  { Condition: { StringEquals: { 'aws:SourceVpce': vpcEndpointId } } },
  { Condition: { StringNotEquals: { 'aws:SourceVpce': vpcEndpointId } } },
  { Condition: { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/w*' } } },
  { Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
  { Condition: { 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-1/*' } } },
);
const statement = fc
  .record({
    Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
    actions: fc.constantFrom('*', 'ssm:*', 'ssm:Get*', 'SSM:getparametersbypath', 'ssm:GetParameter', 'ec2:*'),
    isNotAction: fc.boolean(),
    resources: fc.constantFrom('*', resource, `${resource}*`, resource.slice(0, -1), 'arn:aws:ssm:*:*:parameter/app/*'),
    isNotResource: fc.boolean(),
    condition,
  })
  .map(({ Effect, actions, isNotAction, resources, isNotResource, condition }) => ({
    Effect,
    [isNotAction ? 'NotAction' : 'Action']: actions,
    [isNotResource ? 'NotResource' : 'Resource']: resources,
    ...condition,
  }));
const statements = fc.array(statement, { minLength: 1, maxLength: 3 });

const textOf = (Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

/** Whether a lab in which the role and the endpoint have these policies lets the request pass. */
function isAllowedInLab(rolePolicy: string, endpointPolicy: string): boolean {
  const state = createLabState({ accountId: account, region: 'us-west-2' });
  state.iam.roles.set('web', {
    roleName: 'web',
    arn: role,
    inlinePolicies: new Map([['own', rolePolicy]]),
    attachedPolicyArns: new Set(),
  } as never);
  state.ec2.vpcEndpoints.set(vpcEndpointId, { VpcEndpointId: vpcEndpointId, PolicyDocument: endpointPolicy });
  const service = { name: 'ssm', protocol: 'awsJson1_1', permissions: () => [{ action, resource }] };
  try {
    authorizeRequest({
      state,
      service: service as never,
      operationName: 'GetParametersByPath',
      input: {},
      caller: { kind: 'instanceRole', roleName: 'web', instanceId: 'i-1' } as never,
      route: { kind: 'vpcEndpoint', vpcEndpointId, instanceId: 'i-1' },
    });
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'AccessDeniedException' });
    return false;
  }
}

const everything = textOf([{ Effect: 'Allow', Action: '*', Resource: '*', Principal: '*' }]);
const open = textOf([{ Effect: 'Allow', Action: '*', Resource: '*' }]);

test('what preflight says of a role is what the lab does', () => {
  const seen = { allowed: 0, denied: 0, open: 0 };
  fc.assert(
    fc.property(statements, (list) => {
      const document = textOf(list);
      const healthy = healthySnapshot();
      const asked = { roleName: 'web', arn: role, policies: [{ name: 'own', document }], unreadPolicies: [] };
      const snapshot = { ...healthy, backend: { ...healthy.backend, role: { kind: 'read' as const, value: asked } } };
      const codes = runPreflight(snapshot, intent).map(({ code }) => code);
      const isAllowed = isAllowedInLab(document, everything);
      if (codes.includes('POLICY_IAM_CONDITIONAL')) seen.open += 1;
      else {
        expect(codes.includes('POLICY_IAM_PATH')).toBe(!isAllowed);
        seen[isAllowed ? 'allowed' : 'denied'] += 1;
      }
    }),
    { numRuns: 300 },
  );
  expect(Math.min(seen.allowed, seen.denied, seen.open)).toBeGreaterThan(0);
});

test('what reachability says of an endpoint is what the lab does', () => {
  const seen = { allows: 0, withholds: 0, mayAllow: 0 };
  fc.assert(
    fc.property(fc.array(fc.tuple(statement, principal), { minLength: 1, maxLength: 3 }), (list) => {
      const document = textOf(list.map(([one, who]) => ({ ...one, ...who })));
      const { kind } = judgeEndpointPolicy({
        vpcEndpointId,
        document,
        servicePrefix: 'ssm',
        access: { actions: [action], resources: [resource], principalArn: role },
        context: { 'aws:SourceVpce': [vpcEndpointId], 'aws:SecureTransport': ['true'] },
      });
      if (kind !== 'mayAllow') expect(kind === 'allows').toBe(isAllowedInLab(open, document));
      seen[kind] += 1;
    }),
    { numRuns: 1_000 },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
});
