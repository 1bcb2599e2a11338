// A release's secrets appear nowhere: random values lie where its images say, every command about releases is run to a good and a bad
// end, and the values are searched for in all that is left of it. One is a plain String: who reads it without decryption has its value in
// hands. None of these commands starts a process.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createSecret, filesBelow, findLeaks } from '../conformance/leak-search.js';
import { type CommandOptions, type CommandResult, Site } from './site.js';

const path = '/app/production/';
const secrets = [createSecret(), createSecret(), createSecret()] as const;
const leaksIn = (text: string) => secrets.flatMap((secret) => findLeaks(text, secret));

let site: Site;
const ran: (CommandResult & { readonly command: string })[] = [];
const calls = new Set<string>();

beforeAll(async () => {
  site = await Site.create({ desired: 1 });
  vi.stubEnv('TMPDIR', site.directory);
  await put('SEALED', secrets[0], 'SecureString');
  await put('PLAIN', secrets[1], 'String');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await site.close();
});

async function put(name: string, Value: string, Type: 'SecureString' | 'String'): Promise<void> {
  const parameter = { Name: `${path}${name}`, Value, Type, Overwrite: true };
  await site.run(site.clients.ssm.send(new PutParameterCommand(parameter)));
}

async function run(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  return site.run(start(argv, options));
}

async function start(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const result = await site.start([...argv, '--group', 'web'], {
    ...options,
    env: { DIRECTRIX_DEBUG: '1' },
    onCall: (action) => calls.add(action),
  });
  ran.push({ ...result, command: argv.join(' ') });
  return result;
}

// The network of this site has no way to Parameter Store, which preflight sees.
const deploy = (version: string, ...more: string[]) =>
  run(['deploy', '--version', version, '--label-secrets', '--skip', 'all', '--start-timeout', '60s', ...more]);

async function interruptDeploy(version: string): Promise<void> {
  const interruption = new AbortController();
  const options = { signal: interruption.signal };
  const running = start(['deploy', '--version', version, '--label-secrets', '--skip', 'all', '--bake', '20s'], options);
  await site.advance(20_000);
  interruption.abort('SIGINT');
  await site.run(running);
}

/** All that the lab knows: records, leases, tags, launch templates, activities, consoles; of maps what is chosen. */
function labText(isChosen: (key: string) => boolean): string {
  return JSON.stringify(site.lab.state, (_, value: unknown) => {
    if (value instanceof Map) return [...value].filter(([key]) => isChosen(String(key)));
    return value instanceof Set ? [...value] : value;
  });
}

test('every command about releases runs to good ends and bad ones', async () => {
  const where = { 'directrix:secrets': path };
  await site.registerRelease('2', {}, where);
  await site.registerRelease('3', { fault: 'neverStarts' }, where);
  for (const version of ['4', '5']) await site.registerRelease(version, {}, where);
  await site.registerRelease('6', {}, { ...where, 'directrix:secret-names': 'PLAIN GONE' });
  await site.registerRelease('7');

  await run(['preflight', '--version', '2']);
  await run(['preflight', '--version', '2', '--json', '--sarif', join(site.directory, 'preflight.sarif')]);
  await run(['preflight', '--version', '6', '--secrets-path', path, '--json']);
  await run(['deploy', '--version', '2', '--label-secrets']);
  await deploy('6', '--json');
  await deploy('7', '--json');
  await deploy('2');
  await run(['status']);
  await put('SEALED', secrets[2], 'SecureString');
  await deploy('3', '--json');
  await interruptDeploy('4');
  await run(['status', '--json']);
  await run(['resume']);
  await interruptDeploy('5');
  await run(['abort', '--json']);
  await run(['rollback', '--json']);
  await run(['rollback', '--to-version', '9']);

  expect(ran.map(({ command, exitCode }) => `${exitCode} ${command.split(' ', 3).join(' ')}`)).toEqual([
    '2 preflight --version 2',
    '2 preflight --version 2',
    '2 preflight --version 6',
    '2 deploy --version 2',
    '2 deploy --version 6',
    '2 deploy --version 7',
    '0 deploy --version 2',
    '0 status',
    '1 deploy --version 3',
    '130 deploy --version 4',
    '0 status --json',
    '0 resume',
    '130 deploy --version 5',
    '1 abort --json',
    '0 rollback --json',
    '2 rollback --to-version 9',
  ]);
  // They had the values within reach.
  expect([...calls]).toEqual(expect.arrayContaining(['ssm:GetParametersByPath', 'ssm:LabelParameterVersion']));
});

test('they stand in no output and in no error', () => {
  for (const { stdout, stderr } of ran) expect(leaksIn(`${stdout}\n${stderr}`)).toEqual([]);
});

test('they are in no journal, no evidence, no report and no temporary file', () => {
  const files = filesBelow(site.directory);
  for (const kind of [/preflight\.sarif$/, /rollout-\d+\.jsonl$/, /i-[0-9a-f]+\.json$/])
    expect(files.filter((file) => kind.test(file))).not.toEqual([]);
  for (const file of files) expect(leaksIn(readFileSync(file, 'latin1'))).toEqual([]);
});

test('they are in no record, lease, tag, activity or console: nowhere but where they were put', () => {
  expect(leaksIn(labText(() => true))).not.toEqual([]);
  const text = labText((key) => !key.startsWith(path));
  for (const kind of ['/directrix/groups/web/', 'directrix:rollout', 'did not start']) expect(text).toContain(kind);
  expect(leaksIn(text)).toEqual([]);
});
