import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  IAMClient,
  ListInstanceProfilesForRoleCommand,
  ListRoleTagsCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import { createLab } from '../../lab.js';
import { createQuietDataPlane } from '../../testing/quiet-data-plane.js';
import { createVirtualClock } from '../../virtual-clock.js';

const ACCOUNT = '123456789012';
const trust = (principal: object, more: object = {}) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole', ...more }],
  });
const ofAccount = trust({ AWS: `arn:aws:iam::${ACCOUNT}:root` });

async function setUp(trustPolicy = ofAccount) {
  let wall = Date.parse('2026-01-01T00:00:00Z');
  const lab = createLab({
    clock: createVirtualClock({ startAt: '2026-01-01T00:00:00Z' }),
    dataPlane: createQuietDataPlane(),
    wallNow: () => wall,
  });
  const configure = (
    credentials = { accessKeyId: 'any', secretAccessKey: 'any', sessionToken: undefined as string | undefined },
  ) => ({
    region: 'us-west-2',
    credentials: credentials as { accessKeyId: string; secretAccessKey: string },
    requestHandler: lab.requestHandler,
    maxAttempts: 1,
  });
  const iam = new IAMClient(configure());
  await iam.send(new CreateRoleCommand({ RoleName: 'deploy', AssumeRolePolicyDocument: trustPolicy }));
  const sts = new STSClient(configure());
  const RoleArn = `arn:aws:iam::${ACCOUNT}:role/deploy`;
  const assume = (more: object = {}) => sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'ci-42', ...more }));
  return {
    lab,
    iam,
    sts,
    assume,
    configure,
    passWall: (ms: number) => {
      wall += ms;
    },
  };
}

async function keysOf({ assume }: Awaited<ReturnType<typeof setUp>>) {
  const { Credentials } = await assume();
  return {
    accessKeyId: Credentials!.AccessKeyId!,
    secretAccessKey: Credentials!.SecretAccessKey!,
    sessionToken: Credentials!.SessionToken,
  };
}

test('whoever a role trusts becomes it, may do what it may, and no more', async () => {
  const world = await setUp();
  const { lab, iam, configure } = world;
  const document = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'ssm:PutParameter', Resource: '*' }],
  };
  await iam.send(
    new PutRolePolicyCommand({ RoleName: 'deploy', PolicyName: 'p', PolicyDocument: JSON.stringify(document) }),
  );
  const keys = await keysOf(world);
  expect(await new STSClient(configure(keys)).send(new GetCallerIdentityCommand({}))).toMatchObject({
    Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/ci-42`,
    UserId: expect.stringMatching(/^AROA[0-9A-F]+:ci-42$/),
  });
  const ssm = new SSMClient(configure(keys));
  await ssm.send(new PutParameterCommand({ Name: '/a', Value: 'x', Type: 'String' }));
  await expect(ssm.send(new GetParameterCommand({ Name: '/a' }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining('assumed-role/deploy/ci-42 is not authorized to perform: ssm:GetParameter'),
  });
  await lab.close();
});

test('a session ends when its time is over', async () => {
  const world = await setUp();
  const { lab, assume, configure, passWall } = world;
  const { Credentials } = await assume({ DurationSeconds: 900 });
  expect(Credentials?.Expiration).toEqual(new Date('2026-01-01T00:15:00Z'));
  const keys = await keysOf(world);
  passWall(3_600_001);
  await expect(new STSClient(configure(keys)).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
    name: 'ExpiredToken',
  });
  await expect(assume({ DurationSeconds: 7_200 })).rejects.toThrow('exceeds the MaxSessionDuration');
  await lab.close();
});

test.each([
  ['a role that trusts a service only', trust({ Service: 'ec2.amazonaws.com' }), {}],
  [
    'a role that wants an external id',
    trust({ AWS: '*' }, { Condition: { StringEquals: { 'sts:ExternalId': 'abc' } } }),
    {},
  ],
  ['a role that does not exist', ofAccount, { RoleArn: `arn:aws:iam::${ACCOUNT}:role/nobody` }],
])('%s is not assumed', async (_what, trustPolicy, more) => {
  const { lab, assume } = await setUp(trustPolicy);
  await expect(assume(more)).rejects.toMatchObject({
    name: 'AccessDenied',
    message: /is not authorized to perform: sts:AssumeRole on resource/,
  });
  await lab.close();
});

test('an external id that the policy names is enough, and a changed trust policy counts at once', async () => {
  const { lab, iam, assume } = await setUp(
    trust({ AWS: '*' }, { Condition: { StringEquals: { 'sts:ExternalId': 'abc' } } }),
  );
  await assume({ ExternalId: 'abc' });
  const nobody = trust({ Service: 'ec2.amazonaws.com' });
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'deploy', PolicyDocument: nobody }));
  await expect(assume({ ExternalId: 'abc' })).rejects.toMatchObject({ name: 'AccessDenied' });
  await lab.close();
});

test('a role’s tags and instance profiles are listed', async () => {
  const { lab, iam } = await setUp();
  const RoleName = 'deploy';
  await iam.send(
    new TagRoleCommand({
      RoleName,
      Tags: [
        { Key: 'team', Value: 'web' },
        { Key: 'tier', Value: '1' },
      ],
    }),
  );
  await iam.send(new TagRoleCommand({ RoleName, Tags: [{ Key: 'team', Value: 'ops' }] }));
  await iam.send(new UntagRoleCommand({ RoleName, TagKeys: ['tier'] }));
  expect((await iam.send(new ListRoleTagsCommand({ RoleName }))).Tags).toEqual([{ Key: 'team', Value: 'ops' }]);
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'app' }));
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: 'app', RoleName }));
  const { InstanceProfiles } = await iam.send(new ListInstanceProfilesForRoleCommand({ RoleName }));
  expect(InstanceProfiles).toMatchObject([{ InstanceProfileName: 'app', Roles: [{ RoleName }] }]);
  await expect(iam.send(new ListRoleTagsCommand({ RoleName: 'nobody' }))).rejects.toMatchObject({
    name: 'NoSuchEntityException',
  });
  await lab.close();
});
