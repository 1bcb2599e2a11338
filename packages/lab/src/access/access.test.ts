import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
} from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import type { Route } from '../control-plane/types.js';
import { createTestLab, START } from '../testing/create-test-lab.js';

const INSTANCE = 'i-0123456789abcdef0';
const ENDPOINT = 'vpce-0123456789abcdef0';
const VIA_ENDPOINT: Route = { kind: 'vpcEndpoint', vpcEndpointId: ENDPOINT, instanceId: INSTANCE };
const PARAMETERS = 'arn:aws:ssm:us-west-2:123456789012:parameter';
const TRUST = JSON.stringify({
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

/** A lab with an instance of the role `web`, whose policy has these statements. */
async function setUp({
  statements,
  endpointPolicy,
  route = VIA_ENDPOINT,
  wallNow,
}: {
  statements?: readonly object[];
  endpointPolicy?: object;
  route?: Route;
  wallNow?: () => number;
}) {
  const built = createTestLab(wallNow === undefined ? {} : { wallNow });
  const { iam, ssm, lab, dataPlane, clientsBy } = built;
  await iam.send(new CreateRoleCommand({ RoleName: 'web', AssumeRolePolicyDocument: TRUST }));
  const { InstanceProfile } = await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'web-profile' }));
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: 'web-profile', RoleName: 'web' }));
  if (statements !== undefined) {
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements });
    await iam.send(new PutRolePolicyCommand({ RoleName: 'web', PolicyName: 'own', PolicyDocument }));
  }
  const profile = { Arn: InstanceProfile?.Arn };
  lab.state.ec2.instances.set(INSTANCE, {
    instance: { InstanceId: INSTANCE, IamInstanceProfile: profile },
    console: '',
  } as never);
  const PolicyDocument = endpointPolicy && JSON.stringify({ Statement: [endpointPolicy] });
  lab.state.ec2.vpcEndpoints.set(ENDPOINT, { VpcEndpointId: ENDPOINT, PolicyDocument });
  for (const name of ['/app/production/key', '/app/production/db/password', '/other']) {
    await ssm.send(new PutParameterCommand({ Name: name, Value: name, Type: 'String' }));
  }
  const credentials = dataPlane.controlPlane().issueCredentials(INSTANCE)!;
  return { ...built, credentials, instance: clientsBy(route, credentials) };
}

const byPath = (Path: string) => new GetParametersByPathCommand({ Path, Recursive: true });

describe('who calls', () => {
  test("on the lab's own port any key is the administrator", async () => {
    expect(await createTestLab().sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: '123456789012',
      Arn: 'arn:aws:iam::123456789012:root',
    });
  });

  test('an instance is its role', async () => {
    const { instance } = await setUp({});
    expect(await instance.sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Arn: `arn:aws:sts::123456789012:assumed-role/web/${INSTANCE}`,
      UserId: expect.stringMatching(`^AROA[0-9A-F]{17}:${INSTANCE}$`),
    });
  });

  test('an instance without a profile has no credentials', async () => {
    const { dataPlane, lab } = await setUp({});
    lab.state.ec2.instances.set('i-2', { instance: { InstanceId: 'i-2' }, console: '' } as never);
    expect(dataPlane.controlPlane().issueCredentials('i-2')).toBeUndefined();
  });

  test('a key that nobody was given is not recognised from within the network', async () => {
    const { clientsBy } = await setUp({});
    const stranger = clientsBy(VIA_ENDPOINT, { accessKeyId: 'AKIASTRANGER', secretAccessKey: 'x' });
    await expect(stranger.ssm.send(byPath('/app'))).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
    });
    await expect(stranger.sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
    });
  });

  test('a session without its token is not recognised', async () => {
    const { clientsBy, credentials } = await setUp({});
    const { accessKeyId, secretAccessKey } = credentials;
    const client = clientsBy(VIA_ENDPOINT, { accessKeyId, secretAccessKey }).ssm;
    await expect(client.send(byPath('/app'))).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  });

  test('a session expires, and the instance is given a new one in time', async () => {
    let nowMs = START;
    const { instance, dataPlane, credentials } = await setUp({ wallNow: () => nowMs });
    nowMs = credentials.expiresAt - 60_000;
    expect(dataPlane.controlPlane().issueCredentials(INSTANCE)?.accessKeyId).not.toBe(credentials.accessKeyId);
    nowMs = credentials.expiresAt;
    await expect(instance.ssm.send(byPath('/app'))).rejects.toMatchObject({ name: 'ExpiredTokenException' });
  });
});

describe('what an instance may do', () => {
  const allowPath = (...resources: string[]) => ({
    Effect: 'Allow',
    Action: 'ssm:GetParametersByPath',
    Resource: resources,
  });

  test('nothing that its role does not allow, in the words of AWS', async () => {
    const { instance } = await setUp({});
    await expect(instance.ssm.send(byPath('/app/production'))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `User: arn:aws:sts::123456789012:assumed-role/web/${INSTANCE} is not authorized to perform: ssm:GetParametersByPath on resource: ${PARAMETERS}/app/production because no identity-based policy allows the ssm:GetParametersByPath action`,
    });
  });

  test.each<[path: string, resources: string[], isAllowed: boolean]>([
    ['/app/production', [`${PARAMETERS}/app/production`, `${PARAMETERS}/app/production/*`], true],
    ['/app/production', [`${PARAMETERS}/app/production/*`], false],
    ['/app/production/', [`${PARAMETERS}/app/production/*`], true],
    ['/app/production', [`${PARAMETERS}//app/production*`], false],
  ])('the path %s is judged by its own ARN against %j', async (path, resources, isAllowed) => {
    const { instance } = await setUp({ statements: [allowPath(...resources)] });
    const reading = instance.ssm.send(byPath(path));
    if (isAllowed) expect((await reading).Parameters).toHaveLength(2);
    else await expect(reading).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  test('a recursive read is not stopped by a deny further down', async () => {
    const statements = [
      allowPath(`${PARAMETERS}/app`),
      { Effect: 'Deny', Action: 'ssm:*', Resource: `${PARAMETERS}/app/production/db/*` },
    ];
    const { instance } = await setUp({ statements });
    expect((await instance.ssm.send(byPath('/app'))).Parameters).toHaveLength(2);
  });

  test('one name that is not allowed refuses all of GetParameters', async () => {
    const { instance } = await setUp({
      statements: [{ Effect: 'Allow', Action: 'ssm:GetParameters', Resource: `${PARAMETERS}/app/*` }],
    });
    const read = (...Names: string[]) => instance.ssm.send(new GetParametersCommand({ Names }));
    expect((await read('/app/production/key', '/app/missing')).InvalidParameters).toEqual(['/app/missing']);
    await expect(read('/app/production/key', '/other')).rejects.toThrow(`${PARAMETERS}/other`);
  });

  test('an explicit deny is named as such', async () => {
    const { instance } = await setUp({
      statements: [allowPath('*'), { Effect: 'Deny', Action: '*', Resource: '*' }],
    });
    await expect(instance.ssm.send(byPath('/app'))).rejects.toThrow(
      /with an explicit deny in an identity-based policy$/,
    );
  });

  test('a managed policy allows what AWS lets it: AmazonSSMManagedInstanceCore reads names, and no paths', async () => {
    const { instance, iam } = await setUp({});
    const PolicyArn = 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore';
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'web', PolicyArn }));
    expect((await instance.ssm.send(new GetParameterCommand({ Name: '/other' }))).Parameter?.Value).toBe('/other');
    await expect(instance.ssm.send(byPath('/app'))).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  test("the endpoint's policy withholds what it does not allow, and says that it was the endpoint", async () => {
    const { instance } = await setUp({
      statements: [{ Effect: 'Allow', Action: 'ssm:*', Resource: '*' }],
      endpointPolicy: { Effect: 'Allow', Principal: '*', Action: 'ssm:GetParameter', Resource: '*' },
    });
    expect((await instance.ssm.send(new GetParameterCommand({ Name: '/other' }))).Parameter).toBeDefined();
    await expect(instance.ssm.send(byPath('/app'))).rejects.toThrow(
      /because no VPC endpoint policy allows the ssm:GetParametersByPath action$/,
    );
  });

  test('a request that does not pass through the endpoint does not meet its policy', async () => {
    const { instance } = await setUp({
      route: { kind: 'public', instanceId: INSTANCE },
      statements: [{ Effect: 'Allow', Action: 'ssm:*', Resource: '*' }],
      endpointPolicy: { Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' },
    });
    expect((await instance.ssm.send(byPath('/app'))).Parameters).toHaveLength(2);
  });

  test("the account's own key decrypts for everybody, a customer's key for those whom their role lets", async () => {
    const { instance, ssm, iam } = await setUp({ statements: [{ Effect: 'Allow', Action: 'ssm:*', Resource: '*' }] });
    const put = (Name: string, KeyId?: string) =>
      ssm.send(new PutParameterCommand({ Name, Value: 'hunter2', Type: 'SecureString', KeyId }));
    await put('/app/own');
    await put('/app/customer', 'alias/team');
    const read = (Name: string) => instance.ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));
    expect((await read('/app/own')).Parameter?.Value).toBe('hunter2');
    await expect(read('/app/customer')).rejects.toThrow(
      /ciphertext refers to a customer master key that does not exist/,
    );
    const statement = { Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' };
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: 'web',
        PolicyName: 'kms',
        PolicyDocument: JSON.stringify({ Statement: statement }),
      }),
    );
    expect((await read('/app/customer')).Parameter?.Value).toBe('hunter2');
  });
});
