import { describe, expect, test } from 'vitest';
import { createScriptedClients, failWith, type Script } from '../clients/scripted-clients.fixture.js';
import { readPreflight } from './read-preflight.js';

const secret = 'correct horse battery staple';

const denied = () => {
  throw failWith('AccessDeniedException', 'User is not authorized to perform this action.');
};

/** An account with one group, one image, and one parameter. Everything else is not in the script. */
const account: Script = {
  'autoscaling:DescribeAutoScalingGroups': () => ({
    AutoScalingGroups: [
      {
        AutoScalingGroupName: 'web',
        AutoScalingGroupARN: 'arn:aws:autoscaling:us-west-2:123456789012:autoScalingGroup:1:autoScalingGroupName/web',
        VPCZoneIdentifier: 'subnet-1',
        LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '$Latest' },
      },
    ],
  }),
  'ec2:DescribeSubnets': () => ({ Subnets: [{ SubnetId: 'subnet-1', VpcId: 'vpc-1' }] }),
  'ec2:DescribeLaunchTemplates': () => ({
    LaunchTemplates: [{ LaunchTemplateId: 'lt-1', LaunchTemplateName: 'web', LatestVersionNumber: 7 }],
  }),
  'ec2:DescribeLaunchTemplateVersions': () => ({
    LaunchTemplateVersions: [
      {
        LaunchTemplateData: {
          InstanceType: 't3.micro',
          SecurityGroups: ['backend'],
          IamInstanceProfile: { Arn: 'arn:aws:iam::123456789012:instance-profile/team/web' },
        },
      },
    ],
  }),
  'ec2:DescribeSecurityGroups': () => ({ SecurityGroups: [{ GroupId: 'sg-1', GroupName: 'backend' }] }),
  'ec2:DescribeImages': () => ({
    Images: [
      {
        ImageId: 'ami-2',
        Tags: [
          { Key: 'directrix:secrets', Value: '/app/production/' },
          { Key: 'directrix:secret-names', Value: 'SECRET_KEY OTHER' },
        ],
      },
    ],
  }),
  'ssm:GetParametersByPath': ({ NextToken }: { NextToken?: string }) =>
    NextToken === undefined
      ? { Parameters: [], NextToken: 'more' }
      : { Parameters: [{ Name: '/app/production/SECRET_KEY', Type: 'SecureString', Value: secret }] },
  'ssm:GetParameterHistory': () => ({
    Parameters: [
      { KeyId: 'alias/old', Version: 1 },
      { KeyId: 'alias/own', Version: 2, Value: secret },
    ],
  }),
  'iam:GetInstanceProfile': () => ({ InstanceProfile: { Roles: [{ RoleName: 'web', Arn: 'arn:role' }] } }),
  'iam:ListRolePolicies': () => ({ PolicyNames: ['own'] }),
  'iam:GetRolePolicy': () => ({ PolicyDocument: encodeURIComponent('{"Statement":[]}') }),
  'iam:ListAttachedRolePolicies': () => ({ AttachedPolicies: [{ PolicyName: 'managed', PolicyArn: 'arn:managed' }] }),
  'iam:GetPolicy': denied,
  'sts:GetCallerIdentity': () => ({
    Account: '123456789012',
    Arn: 'arn:aws:sts::123456789012:assumed-role/deployer/ann',
  }),
  'iam:GetRole': () => ({ Role: { Arn: 'arn:aws:iam::123456789012:role/team/deployer' } }),
  'iam:SimulatePrincipalPolicy': ({
    ActionNames,
    ResourceArns,
  }: {
    ActionNames: string[];
    ResourceArns?: string[];
  }) => ({
    EvaluationResults: ActionNames.map((EvalActionName) => ({
      EvalActionName,
      EvalDecision:
        ResourceArns === undefined || EvalActionName === 'autoscaling:DetachInstances' ? 'implicitDeny' : 'allowed',
    })),
  }),
};

function readAccount(script: Script) {
  const { clients, calls } = createScriptedClients(script);
  const snapshot = readPreflight(
    clients,
    { now: () => 1 },
    {
      groupName: 'web',
      imageId: 'ami-2',
      builders: [],
      otherRollout: { kind: 'read', value: undefined },
    },
  );
  return { snapshot, calls };
}

describe('the secrets', () => {
  test('are names and keys, read to the last page without decryption; no value is anywhere in the snapshot', async () => {
    const { snapshot, calls } = readAccount(account);
    expect((await snapshot).secrets).toEqual({
      path: '/app/production/',
      saidBy: 'image',
      expectedNames: ['SECRET_KEY', 'OTHER'],
      parameters: {
        kind: 'read',
        value: [{ name: '/app/production/SECRET_KEY', type: 'SecureString', keyId: 'alias/own' }],
      },
    });
    expect(JSON.stringify(await snapshot)).not.toContain(secret);
    const asked = calls.filter(({ action }) => action.startsWith('ssm:'));
    expect(asked.every(({ input }) => input.WithDecryption === false)).toBe(true);
    expect(asked.map(({ action }) => action)).not.toContain('ssm:DescribeParameters');
  });
});

describe('what AWS refuses to answer', () => {
  test('is unread with its reason, and never taken for absent', async () => {
    const { snapshot } = readAccount({
      ...account,
      'ssm:GetParametersByPath': denied,
      'iam:GetInstanceProfile': denied,
    });
    const { secrets, backend, hooks } = await snapshot;
    expect(secrets?.parameters).toMatchObject({
      kind: 'unread',
      because: expect.stringContaining('GetParametersByPath'),
    });
    expect(backend.role).toMatchObject({ kind: 'unread', because: expect.stringContaining('not authorized') });
    expect(hooks).toMatchObject({ kind: 'unread' });
  });

  test('is left out of the network, where it means unknown', async () => {
    const { snapshot } = readAccount(account);
    const { network } = await snapshot;
    expect(network.kind === 'read' && network.value).toMatchObject({ region: 'us-west-2' });
    expect(network.kind === 'read' && network.value.networkAcls).toBeUndefined();
    expect(network.kind === 'read' && network.value.subnets).toHaveLength(1);
  });

  test('a managed policy that may not be read is named', async () => {
    const { role } = (await readAccount(account).snapshot).backend;
    expect(role).toMatchObject({
      kind: 'read',
      value: { policies: [{ name: 'own', document: '{"Statement":[]}' }], unreadPolicies: ['managed'] },
    });
  });

  test('a permissions boundary is read with its document, and named when that may not be read', async () => {
    const boundary = { PermissionsBoundaryArn: 'arn:aws:iam::123456789012:policy/edge' };
    const withBoundary = { ...account, 'iam:GetRole': () => ({ Role: { PermissionsBoundary: boundary } }) };
    const readable = {
      ...withBoundary,
      'iam:GetPolicy': () => ({ Policy: { DefaultVersionId: 'v1' } }),
      'iam:GetPolicyVersion': () => ({ PolicyVersion: { Document: encodeURIComponent('{"Statement":[]}') } }),
    };
    const boundaryOf = async (script: Script) => {
      const { role } = (await readAccount(script).snapshot).backend;
      return role.kind === 'read' ? role.value?.boundary : undefined;
    };
    expect(await boundaryOf(readable)).toEqual({ name: 'edge', document: '{"Statement":[]}' });
    expect(await boundaryOf(withBoundary)).toEqual({ name: 'edge' });
    expect(await boundaryOf({ ...account, 'iam:GetRole': denied })).toEqual({ name: 'the permissions boundary' });
    expect(await boundaryOf(account)).toBeUndefined();
  });

  test('but an endpoint that does not answer fails the whole', async () => {
    const offline = () => {
      throw Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
    };
    await expect(readAccount({ ...account, 'ec2:DescribeImages': offline }).snapshot).rejects.toMatchObject({
      code: 'ENDPOINT_UNREACHABLE',
    });
  });
});

test('a launch template that names its groups by name is asked about them by id', async () => {
  expect((await readAccount(account).snapshot).backend.source).toMatchObject({
    kind: 'launch',
    subnetIds: ['subnet-1'],
    securityGroupIds: ['sg-1'],
  });
});

test('of the deployer only a proof of refusal counts', async () => {
  const { deployerPermissions } = await readAccount(account).snapshot;
  const denials = deployerPermissions.kind === 'read' ? Object.entries(deployerPermissions.value) : [];
  const names = denials.filter(([, verdict]) => verdict === 'denied').map(([action]) => action);
  // Asked about the group itself, and denied.
  expect(names).toContain('autoscaling:DetachInstances');
  // Asked without a resource: a policy that names one may still allow it.
  expect(names).not.toContain('ec2:CreateTags');
  // Reading takes no resource.
  expect(names).toContain('ec2:DescribeImages');
});
