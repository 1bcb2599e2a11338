import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  DeleteInstanceProfileCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetInstanceProfileCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListInstanceProfilesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
  paginateListRoles,
  RemoveRoleFromInstanceProfileCommand,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import { describe, expect, test } from 'vitest';
import { createTestLab, START } from '../../testing/create-test-lab.js';

const TRUST = JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' }] });
const POLICY = JSON.stringify({
  Statement: [
    { Effect: 'Allow', Action: 'ssm:Get*', Resource: 'arn:aws:ssm:us-west-2:123456789012:parameter/app/*' },
    { Effect: 'Deny', Action: 'ssm:GetParameterHistory', Resource: '*' },
  ],
});
const CORE = 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore';

async function setUp() {
  const { iam } = createTestLab();
  await iam.send(new CreateRoleCommand({ RoleName: 'web', AssumeRolePolicyDocument: TRUST, Path: '/service/' }));
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'web-profile' }));
  return iam;
}

describe('roles', () => {
  test('are described with their trust policy URL-encoded', async () => {
    const iam = await setUp();
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'web' }));
    expect(Role).toMatchObject({
      Arn: 'arn:aws:iam::123456789012:role/service/web',
      RoleId: expect.stringMatching(/^AROA[0-9A-F]{17}$/),
      CreateDate: new Date(START),
      MaxSessionDuration: 3_600,
    });
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(TRUST);
  });

  test('exist once, and are named when they do not', async () => {
    const iam = await setUp();
    await expect(
      iam.send(new CreateRoleCommand({ RoleName: 'web', AssumeRolePolicyDocument: TRUST })),
    ).rejects.toMatchObject({ name: 'EntityAlreadyExistsException', message: 'Role with name web already exists.' });
    await expect(iam.send(new GetRoleCommand({ RoleName: 'db' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: 'The role with name db cannot be found.',
      $metadata: { httpStatusCode: 404 },
    });
  });

  test('are listed in pages', async () => {
    const iam = await setUp();
    for (const RoleName of ['api', 'batch'])
      await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }));
    const names: (string | undefined)[] = [];
    for await (const page of paginateListRoles({ client: iam, pageSize: 2 }, {})) {
      names.push(...(page.Roles?.map(({ RoleName }) => RoleName) ?? []), '|');
    }
    expect(names).toEqual(['api', 'batch', '|', 'web', '|']);
    expect((await iam.send(new ListRolesCommand({ PathPrefix: '/service/' }))).Roles).toHaveLength(1);
  });

  test('are deleted only when nothing hangs on them', async () => {
    const iam = await setUp();
    const remove = () => iam.send(new DeleteRoleCommand({ RoleName: 'web' }));
    const profile = { InstanceProfileName: 'web-profile', RoleName: 'web' };
    await iam.send(new AddRoleToInstanceProfileCommand(profile));
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'web', PolicyArn: CORE }));
    await iam.send(new PutRolePolicyCommand({ RoleName: 'web', PolicyName: 'own', PolicyDocument: POLICY }));
    await expect(remove()).rejects.toMatchObject({
      name: 'DeleteConflictException',
      message: /remove roles from instance profile/,
    });
    await iam.send(new RemoveRoleFromInstanceProfileCommand(profile));
    await expect(remove()).rejects.toThrow('must detach all policies first');
    await iam.send(new DetachRolePolicyCommand({ RoleName: 'web', PolicyArn: CORE }));
    await expect(remove()).rejects.toThrow('must delete policies first');
    await iam.send(new DeleteRolePolicyCommand({ RoleName: 'web', PolicyName: 'own' }));
    await remove();
    await expect(remove()).rejects.toMatchObject({ name: 'NoSuchEntityException' });
  });

  test.each([
    ['{', 'This policy contains invalid Json'],
    ['{"Statement":[{"Effect":"Allow"}]}', 'Policy statement must contain actions.'],
    ['{"Statement":[]}', 'Syntax errors in policy.'],
  ])('refuse the policy %s', async (PolicyDocument, text) => {
    const iam = await setUp();
    await expect(
      iam.send(new PutRolePolicyCommand({ RoleName: 'web', PolicyName: 'own', PolicyDocument })),
    ).rejects.toMatchObject({ name: 'MalformedPolicyDocumentException', message: text });
  });

  test('keep their policies, written and attached', async () => {
    const iam = await setUp();
    const own = { RoleName: 'web', PolicyName: 'own' };
    await iam.send(new PutRolePolicyCommand({ ...own, PolicyDocument: POLICY }));
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'web', PolicyArn: CORE }));
    const { PolicyDocument } = await iam.send(new GetRolePolicyCommand(own));
    expect(decodeURIComponent(PolicyDocument ?? '')).toBe(POLICY);
    expect((await iam.send(new ListRolePoliciesCommand({ RoleName: 'web' }))).PolicyNames).toEqual(['own']);
    expect((await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: 'web' }))).AttachedPolicies).toEqual([
      { PolicyName: 'AmazonSSMManagedInstanceCore', PolicyArn: CORE },
    ]);
    await expect(
      iam.send(new AttachRolePolicyCommand({ RoleName: 'web', PolicyArn: `${CORE}X` })),
    ).rejects.toMatchObject({ name: 'NoSuchEntityException' });
  });
});

describe('instance profiles', () => {
  test('hold one role', async () => {
    const iam = await setUp();
    const profile = { InstanceProfileName: 'web-profile', RoleName: 'web' };
    await iam.send(new AddRoleToInstanceProfileCommand(profile));
    const { InstanceProfile } = await iam.send(new GetInstanceProfileCommand(profile));
    expect(InstanceProfile).toMatchObject({
      Arn: 'arn:aws:iam::123456789012:instance-profile/web-profile',
      Roles: [{ RoleName: 'web' }],
    });
    await expect(iam.send(new AddRoleToInstanceProfileCommand(profile))).rejects.toMatchObject({
      name: 'LimitExceededException',
    });
    await expect(iam.send(new DeleteInstanceProfileCommand(profile))).rejects.toMatchObject({
      name: 'DeleteConflictException',
    });
    await iam.send(new RemoveRoleFromInstanceProfileCommand(profile));
    await iam.send(new DeleteInstanceProfileCommand(profile));
    expect((await iam.send(new ListInstanceProfilesCommand({}))).InstanceProfiles).toEqual([]);
  });
});

describe('SimulatePrincipalPolicy', () => {
  test('answers for every action and resource as a real request would be answered', async () => {
    const iam = await setUp();
    await iam.send(new PutRolePolicyCommand({ RoleName: 'web', PolicyName: 'own', PolicyDocument: POLICY }));
    const { EvaluationResults } = await iam.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: 'arn:aws:iam::123456789012:role/service/web',
        ActionNames: ['ssm:GetParametersByPath', 'ssm:GetParameterHistory'],
        ResourceArns: ['app', 'app/key'].map((path) => `arn:aws:ssm:us-west-2:123456789012:parameter/${path}`),
      }),
    );
    const decisions = EvaluationResults?.map(({ EvalDecision, MatchedStatements = [] }) => [
      EvalDecision,
      ...MatchedStatements.map(({ SourcePolicyId }) => SourcePolicyId),
    ]);
    expect(decisions).toEqual([['implicitDeny'], ['allowed', 'own'], ['explicitDeny', 'own'], ['explicitDeny', 'own']]);
  });
});
