// A rollback brings the application back with the secrets that it had: through the commands and the library alone.
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import type { AwsClients } from '@directrix/aws';
import { loadSecrets, releaseLabel } from '@directrix/secrets';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Site } from './site.js';

const path = '/app/production/';
const schema = v.object({ KEY: v.string() });
const tags = { 'directrix:secrets': path };

let site: Site;
beforeEach(async () => {
  site = await Site.create({ desired: 2 });
});
afterEach(() => site.close());

async function put(Value: string): Promise<void> {
  const parameter = { Name: `${path}KEY`, Value, Type: 'SecureString' as const, Overwrite: true };
  await site.run(site.clients.ssm.send(new PutParameterCommand(parameter)));
}

/** What the instances that serve now would read as they boot: each is pinned to the release that it is of. */
async function secretsInService(): Promise<readonly string[]> {
  const client = site.clients.ssm;
  const read = async (version: string) => {
    const { values } = await loadSecrets({ path, schema, client, pinned: { label: releaseLabel(version) } });
    return `${version}: ${values.KEY.reveal()}`;
  };
  const versions = await site.serving();
  return site.run(Promise.all(versions.map((version) => read(version!))));
}

// The network of this site has no way to Parameter Store, which preflight sees.
const deploy = (version: string) =>
  site.deploy(version, ['--label-secrets', '--skip', 'all', '--start-timeout', '60s']);

test('rolled back, a release reads what it was rolled out with, and forth again what the newer one was', async () => {
  await site.registerRelease('0.149.1', {}, tags);
  await site.registerRelease('0.149.2', {}, tags);
  await put('old');
  expect(await deploy('0.149.1')).toMatchObject({ exitCode: 0, document: { outcome: 'done' } });
  await put('new');
  // A change by itself reaches no release that is out.
  expect(await secretsInService()).toEqual(['0.149.1: old', '0.149.1: old']);
  expect(await deploy('0.149.2')).toMatchObject({ exitCode: 0, document: { outcome: 'done' } });
  expect(await secretsInService()).toEqual(['0.149.2: new', '0.149.2: new']);

  const back = await site.directrix(['rollback', '--group', 'web', '--json']);
  expect(back).toMatchObject({ exitCode: 0, document: { outcome: 'done', to: { version: '0.149.1' } } });
  expect(await secretsInService()).toEqual(['0.149.1: old', '0.149.1: old']);
  // Forth is a deploy: a rollback never brings back what was rolled away from.
  expect(await deploy('0.149.2')).toMatchObject({ exitCode: 0, document: { outcome: 'done' } });
  expect(await secretsInService()).toEqual(['0.149.2: new', '0.149.2: new']);
});

test('so does one whose successor was halted', async () => {
  await site.registerRelease('0.149.1', {}, tags);
  await site.registerRelease('0.149.2', { fault: 'neverStarts' }, tags);
  await put('old');
  await deploy('0.149.1');
  await put('new');
  expect(await deploy('0.149.2')).toMatchObject({ exitCode: 1, document: { outcome: 'rolledBack' } });
  expect(await secretsInService()).toEqual(['0.149.1: old', '0.149.1: old']);
});

describe('labelling the secrets is refused', () => {
  beforeEach(async () => {
    await site.registerRelease('2', {}, tags);
    for (const name of ['A', 'B']) {
      const parameter = { Name: `${path}${name}`, Value: name, Type: 'SecureString' as const };
      await site.run(site.clients.ssm.send(new PutParameterCommand(parameter)));
    }
  });

  const attempt = (at: number, name: string) =>
    site.deploy('2', ['--label-secrets', '--skip', 'all'], { wrapClients: (clients) => failLabel(clients, at, name) });

  test('at the first one: nothing was changed, exit code 2', async () => {
    const { exitCode, document } = await attempt(1, 'AccessDeniedException');
    expect(document).toMatchObject({ outcome: 'refused', error: { code: 'ACCESS_DENIED' } });
    expect(exitCode).toBe(2);
  });

  test.each([
    [2, 'AccessDeniedException', '1 of 2'],
    [1, 'InternalServerError', '0 of 2'],
  ])('at number %i by %s: something was changed, or may have been, exit code 3', async (at, name, done) => {
    const before = await site.picture();
    const { exitCode, document } = await attempt(at, name);
    const message = expect.stringContaining(`${done} secrets of 2 have its label`);
    expect(document).toMatchObject({ outcome: 'needsHuman', error: { code: 'SECRETS_LABELLED_IN_PART', message } });
    expect(exitCode).toBe(3);
    expect(await site.picture()).toEqual(before);
    // Nothing is in the way of the next one.
    expect(await deploy('2')).toMatchObject({ exitCode: 0, document: { outcome: 'done' } });
  });
});

/** AWS's answer to the n-th label. */
function failLabel(clients: AwsClients, at: number, name: string): AwsClients {
  let count = 0;
  const httpStatusCode = name === 'InternalServerError' ? 500 : 400;
  clients.ssm.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName !== 'LabelParameterVersionCommand' || ++count !== at) return next(args);
      throw Object.assign(new Error('said AWS'), { name, $metadata: { httpStatusCode } });
    },
    { name: 'failLabel', step: 'initialize', priority: 'low' },
  );
  return clients;
}
