import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { type AccountChoice, type AccountPorts, chooseAccount, mfaSource } from './account.js';

const directory = mkdtempSync(join(tmpdir(), 'directrix-account-'));
afterAll(() => rmSync(directory, { recursive: true }));

const config = join(directory, 'config');
const credentials = join(directory, 'credentials');
const mfa = 'arn:aws:iam::123456789012:mfa/ann';
writeFileSync(
  config,
  `[default]
region = eu-west-1
[profile staging]
region = eu-north-1
[profile bare]
output = json
[profile careful]
role_arn = arn:aws:iam::123456789012:role/deployer
source_profile = keys
mfa_serial = ${mfa}
`,
);
writeFileSync(credentials, '[keys]\naws_access_key_id = AKIAKEYS\naws_secret_access_key = secret\n');

function account(env: Readonly<Record<string, string>>, choice: AccountChoice = {}, more: Partial<AccountPorts> = {}) {
  return chooseAccount(choice, {
    env: { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: credentials, ...env },
    ...more,
  });
}

test.each<[string, Readonly<Record<string, string>>, AccountChoice, string]>([
  ['--region before everything', { AWS_REGION: 'us-east-1' }, { region: 'us-west-2' }, 'us-west-2'],
  ['AWS_REGION before AWS_DEFAULT_REGION', { AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'x' }, {}, 'us-east-1'],
  ['AWS_DEFAULT_REGION before the profile', { AWS_DEFAULT_REGION: 'us-east-2' }, {}, 'us-east-2'],
  ['an empty AWS_REGION is not set', { AWS_REGION: '' }, {}, 'eu-west-1'],
  ['a blank AWS_REGION is not set', { AWS_REGION: ' ', AWS_DEFAULT_REGION: 'us-east-2' }, {}, 'us-east-2'],
  ['the profile of the environment', { AWS_PROFILE: 'staging' }, {}, 'eu-north-1'],
  ['an empty AWS_PROFILE is the default one', { AWS_PROFILE: '' }, {}, 'eu-west-1'],
  ['--profile before AWS_PROFILE', { AWS_PROFILE: 'bare' }, { profile: 'staging' }, 'eu-north-1'],
])('the region: %s', async (_rule, env, choice, region) => {
  expect(await account(env, choice).region()).toBe(region);
});

test.each([
  [{ AWS_PROFILE: 'bare' }, 'AWS_REGION and AWS_DEFAULT_REGION are not set, and the profile bare names none'],
  [{ AWS_PROFILE: 'bare', AWS_REGION: '' }, 'AWS_REGION is empty, and the profile bare names none'],
  [
    { AWS_PROFILE: 'bare', AWS_REGION: '', AWS_DEFAULT_REGION: ' ' },
    'AWS_REGION and AWS_DEFAULT_REGION are empty, and the profile bare names none',
  ],
])('no region at all is told with the places that were looked at: %j', async (env, looked) => {
  await expect(account(env).region()).rejects.toMatchObject({
    code: 'REGION_MISSING',
    message: `No AWS region is set: ${looked}.`,
    hint: 'add --region, or set AWS_REGION',
  });
});

test.each<[Readonly<Record<string, string>>, AccountChoice, string]>([
  [{ AWS_PROFILE: 'stagin', AWS_REGION: 'us-west-2' }, {}, 'AWS_PROFILE'],
  [{}, { profile: 'stagin' }, '--profile'],
])('an unknown profile is told with those that there are, whoever is asked first', async (env, choice, source) => {
  const refusal = {
    code: 'PROFILE_UNKNOWN',
    message: 'There is no profile stagin in the AWS configuration.',
    source,
    hint: 'there are default, staging, bare, careful, keys',
  };
  await expect(account(env, choice).region()).rejects.toMatchObject(refusal);
  await expect(account(env, choice).credentials()).rejects.toMatchObject(refusal);
});

test('without any profile on this machine an unknown one says so', async () => {
  const nowhere = { AWS_CONFIG_FILE: join(directory, 'x'), AWS_SHARED_CREDENTIALS_FILE: join(directory, 'y') };
  await expect(account(nowhere, { profile: 'web' }).region()).rejects.toMatchObject({
    hint: expect.stringContaining('aws configure makes one'),
  });
});

test('the keys of a profile are found', async () => {
  expect(await account({}, { profile: 'keys' }).credentials()).toMatchObject({ accessKeyId: 'AKIAKEYS' });
});

test('a profile with an MFA device is refused with the way to do without a terminal, where there is none', async () => {
  await expect(account({ AWS_REGION: 'us-west-2' }, { profile: 'careful' }).credentials()).rejects.toMatchObject({
    code: 'MFA_REQUIRED',
    message: `The profile careful asks for a code of the MFA device ${mfa}, and there is no terminal to ask for it.`,
    hint: expect.stringContaining('aws configure export-credentials --profile careful --format env'),
  });
});

test('on a terminal a person is asked for the code of that device; who types none is told the way to do without', async () => {
  const askMfaCode = vi.fn(() => Promise.reject(new Error('the person went away')));
  const { credentials } = account({ AWS_REGION: 'us-west-2' }, { profile: 'careful' }, { askMfaCode });
  await expect(credentials()).rejects.toMatchObject({
    code: 'MFA_REQUIRED',
    message: `The profile careful asks for a code of the MFA device ${mfa}, and none was typed.`,
    hint: expect.stringContaining('aws configure export-credentials --profile careful --format env'),
  });
  expect(askMfaCode).toHaveBeenCalledWith(mfa);
});

test('what is typed goes to STS with the device, and who gave the credentials is known', async () => {
  const asked: string[] = [];
  const expiration = new Date(Date.now() + 3_600_000).toISOString();
  const answer = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
    <AccessKeyId>AKIATYPED</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
    <Expiration>${expiration}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;
  const sts = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    asked.push(body);
    response.writeHead(200, { 'content-type': 'text/xml' }).end(answer);
  });
  await new Promise<void>((resolve) => sts.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('AWS_ENDPOINT_URL_STS', `http://127.0.0.1:${(sts.address() as AddressInfo).port}`);
  try {
    const choice = { profile: 'careful' };
    const { credentials } = account({ AWS_REGION: 'us-west-2' }, choice, { askMfaCode: async () => '123456' });
    expect(await credentials()).toMatchObject({ accessKeyId: 'AKIATYPED', $source: { [mfaSource]: true } });
    const sent = new URLSearchParams(asked[0]);
    expect([sent.get('Action'), sent.get('SerialNumber'), sent.get('TokenCode')]).toEqual([
      'AssumeRole',
      mfa,
      '123456',
    ]);
  } finally {
    vi.unstubAllEnvs();
    sts.close();
  }
});
