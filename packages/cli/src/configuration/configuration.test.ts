// directrix.yaml: what reaches a command, and how each mistake is told. Tables of files and argv.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forwardPhases } from '@directrix/rollout';
import { Command, Option } from 'commander';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addAccountOptions } from '../account-options.js';
import { addRolloutOptions } from '../commands/deploy/command.js';
import { createTestIo } from '../io.fixture.js';
import { collect } from '../option-values.js';
import { runProgram } from '../program.js';
import type { AccountChoice } from '../world.js';
import { addConfiguration } from './apply.js';
import { listCommands } from './option-table.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'directrix-configuration-'));
});
afterAll(() => rmSync(directory, { recursive: true }));
beforeEach(() => {
  for (const name of readdirSync(directory)) rmSync(join(directory, name));
});

interface Ran {
  readonly command: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly account: AccountChoice;
}

/** Runs commands that have options of every form, and tells what each would get. Defaults are left out. */
async function run(argv: readonly string[]): Promise<Ran> {
  let ran: Omit<Ran, 'account'> | undefined;
  let account: AccountChoice = {};
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  const keep = (command: Command, name: string) =>
    command.exitOverride().action((options: object) => {
      const said = Object.entries(options).filter(([key]) => command.getOptionValueSource(key) !== 'default');
      ran = { command: name, options: Object.fromEntries(said) };
    });
  for (const name of ['deploy', 'rollback'])
    keep(addRolloutOptions(program.command(name).requiredOption('-g, --group <name>'), 0), name);
  keep(program.command('status').option('-g, --group <name>').option('--json'), 'status');
  const lab = program.command('lab');
  keep(lab.command('up').addOption(new Option('--speed <x>').default(1).argParser(Number)).option('--no-gc'), 'lab up');
  keep(lab.command('tag').requiredOption('--tag <tag>', 'may be repeated', collect), 'lab tag');
  addConfiguration(program, createTestIo({ cwd: directory }));
  addAccountOptions(program, (choice) => {
    account = choice;
  });
  await program.parseAsync(argv, { from: 'user' });
  return { ...ran!, account: JSON.parse(JSON.stringify(account)) };
}

const file = `
region: us-west-2
defaults:
  minHealthyTime: 1m
groups:
  web:
    url: https://hyperbo.la/
    bake: 10m
    surge: 25%
    probe: [/, /search]
    smoke: '/status 200'
    probeRate: 10
    versionCheck: required
    keepMaxSize: true
  worker:
    name: worker-asg-1XYZ
    probe: false
    versionCheck: false
    keepMaxSize: false
commands:
  rollback: { json: true }
  lab up: { speed: 10, gc: false }
  lab tag: { tag: [a=1, b=2] }
environments:
  staging:
    region: eu-west-1
    profile: staging
    defaults: { minHealthyTime: 5s }
    groups:
      web: { name: web-staging, bake: 0 }
      only:
`;

const web = {
  minHealthyTime: 60_000,
  url: 'https://hyperbo.la',
  surge: { kind: 'percent', percent: 25 },
  probe: [{ path: '/' }, { path: '/search' }],
  smoke: [{ path: '/status', method: undefined, expect: { statusCodes: [200] } }],
  probeRate: 10,
  versionCheck: 'required',
  keepMaxSize: true,
};

describe('the file says what the command line does not', () => {
  test.each<[string, string, object, object?]>([
    ['all of a group', 'deploy -g web', { group: 'web', bake: 600_000, ...web }],
    [
      'the command line wins, over lists and switches too',
      'deploy -g web --bake 1m --probe /other --no-version-check',
      { group: 'web', ...web, bake: 60_000, probe: [{ path: '/other' }], versionCheck: false },
    ],
    [
      'false is --no-…',
      'deploy -g worker',
      { group: 'worker-asg-1XYZ', minHealthyTime: 60_000, probe: false, versionCheck: false },
    ],
    [
      'a group by the name that AWS knows',
      'deploy -g worker-asg-1XYZ --probe /',
      { group: 'worker-asg-1XYZ', minHealthyTime: 60_000, probe: [{ path: '/' }], versionCheck: false },
    ],
    ['a group that the file does not name', 'deploy -g other', { group: 'other', minHealthyTime: 60_000 }],
    ['rollback bakes only where that is said of rollback', 'rollback -g web', { group: 'web', ...web, json: true }],
    [
      'an environment',
      'deploy -g web --env staging',
      { group: 'web-staging', env: 'staging', ...web, minHealthyTime: 5_000, bake: 0 },
      { region: 'eu-west-1', profile: 'staging' },
    ],
    [
      'the account of the command line',
      'deploy -g other --env staging --region eu-west-2',
      { group: 'other', env: 'staging', minHealthyTime: 5_000, region: 'eu-west-2', profile: 'staging' },
      { region: 'eu-west-2', profile: 'staging' },
    ],
    ['status shows all groups', 'status', {}],
    ['a command without a group', 'lab up', { speed: 10, gc: false }, {}],
    ['an option that must be given', 'lab tag', { tag: ['a=1', 'b=2'] }, {}],
  ])('%s: directrix %s', async (_name, argv, options, account = { region: 'us-west-2' }) => {
    writeFileSync(join(directory, 'directrix.yaml'), file);
    const ran = await run(argv.split(' '));
    expect(ran.options).toEqual({ ...account, ...options });
    expect(ran.account).toEqual(account);
  });

  test('the only group needs no name', async () => {
    writeFileSync(join(directory, 'directrix.json'), '{\n\t"groups": {"web": {"bake": "1m"}}}');
    expect((await run(['deploy'])).options).toEqual({ group: 'web', bake: 60_000 });
    expect((await run(['status'])).options).toEqual({});
  });

  test('a file by its name; without one, the command line alone', async () => {
    expect((await run(['deploy', '-g', 'web'])).options).toEqual({ group: 'web' });
    writeFileSync(join(directory, 'other.yaml'), 'groups: { web: { bake: 2m } }');
    const named = await run(['deploy', '--config', 'other.yaml']);
    expect(named.options).toEqual({ group: 'web', config: 'other.yaml', bake: 120_000 });
  });
});

describe('a mistake in the file is told with its line and column, and the command is refused', () => {
  test.each<[string, string]>([
    ['groups:\n  web:\n    bakee: 5m\n', 'directrix.yaml:3:5: groups.web.bakee is not a setting; did you mean bake?'],
    [
      'groups:\n  web:\n    bake: 5\n',
      'directrix.yaml:3:11: groups.web.bake: Write a number with its unit: 500ms, 30s, 5m or 2h.',
    ],
    [
      'groups:\n  web:\n    alarm:\n      - [a]\n',
      'directrix.yaml:4:7: groups.web.alarm: write a text or a number or a list of them',
    ],
    ['groups:\n  web: { json: yes please }\n', 'directrix.yaml:2:16: groups.web.json: write true or false'],
    [
      'groups:\n  web: { versionCheck: maybe }\n',
      'directrix.yaml:2:24: groups.web.versionCheck: write required, auto, off or false',
    ],
    [
      'groups:\n  web: { url: "http://a:b@c/" }\n',
      'directrix.yaml:2:15: groups.web.url: An address must not contain a password: every user of the machine can see arguments.',
    ],
    ['groups:\n  web: { surge: [1, 2] }\n', 'directrix.yaml:2:17: groups.web.surge: write a text or a number'],
    ['groups:\n  web: { bake:, surge: 1 }\n', 'directrix.yaml:2:10: groups.web.bake: write a text or a number'],
    ['groups: [web]\n', 'directrix.yaml:1:9: groups: write keys with values'],
    ['region: Frankfurt\n', 'directrix.yaml:1:9: region: Write a region, such as eu-west-1.'],
    ['commands:\n  deplyo: {}\n', 'directrix.yaml:2:3: commands.deplyo is not a setting; did you mean deploy?'],
    ['environments:\n  a:\n    region: 1\n', 'directrix.yaml:3:13: environments.a.region: write a text'],
    ['groups:\n  web:\n   bake: 5m\n  web: {}\n', 'directrix.yaml:4:3: Map keys must be unique'],
    ['groups:\n\tweb: {}\n', 'directrix.yaml:2:1: Tabs are not allowed as indentation'],
    [
      'groups: { web: { hooks: [{ before: lunch, run: x }] } }\n',
      `directrix.yaml:1:36: groups.web.hooks.0.before: write ${[...forwardPhases, 'halt', 'rollBack'].join(', ')}`,
    ],
    [
      'groups: { web: { hooks: [{ before: roll }] } }\n',
      'directrix.yaml:1:26: groups.web.hooks.0: write run, webhook or webhookFrom',
    ],
    ['groups: { web: { hooks: [{ run: x }] } }\n', 'directrix.yaml:1:26: groups.web.hooks.0: write before or after'],
    [
      'defaults:\n  hooks:\n    - { after: bake, webhook: ftp://a }\n',
      'directrix.yaml:3:31: defaults.hooks.0.webhook: write http://… or https://…',
    ],
    [
      'defaults: { notifications: [{ sns: topic }] }\n',
      'directrix.yaml:1:36: defaults.notifications.0.sns: write the ARN of a topic',
    ],
    [
      'defaults: { notifications: [{ slack: "https://a", sns: "arn:aws:sns:us-west-2:123456789012:a" }] }\n',
      'directrix.yaml:1:29: defaults.notifications.0: write webhook, webhookFrom, slack, slackFrom or sns',
    ],
    ['just a text', 'directrix.yaml:1:1: the file: write keys with values'],
  ])('%j', async (text, message) => {
    writeFileSync(join(directory, 'directrix.yaml'), text);
    const io = createTestIo({ cwd: directory });
    expect(await runProgram(['deploy', '--group', 'web', '--version', '2', '--json'], io)).toBe(2);
    expect(io.written.stderr).toBe(
      `error CONFIG_INVALID: ${message}\n  what to do: docs/configuration.md lists the settings\n  source: ${message.match(/^\S+:\d+:\d+/)![0]}\n`,
    );
    expect(JSON.parse(io.written.stdout)).toMatchObject({ error: { code: 'CONFIG_INVALID' } });
  });

  test('all of them at once', async () => {
    writeFileSync(
      join(directory, 'directrix.yaml'),
      'groups:\n  web:\n    bake: 5\n    probe: x\nenvironments: { b: { region: No } }\n',
    );
    const io = createTestIo({ cwd: directory });
    expect(await runProgram(['config', 'check'], io)).toBe(2);
    expect(io.written.stderr).toBe(`error CONFIG_INVALID: directrix.yaml has 3 mistakes:
  directrix.yaml:3:11: groups.web.bake: Write a number with its unit: 500ms, 30s, 5m or 2h.
  directrix.yaml:4:12: groups.web.probe: Write a path, such as /search?q=a.
  directrix.yaml:5:30: environments.b.region: Write a region, such as eu-west-1.
  what to do: docs/configuration.md lists the settings
  source: directrix.yaml:3:11
`);
  });

  test.each<[string[], string[], string]>([
    [
      ['deploy', '-g', 'web', '--config', 'no.yaml'],
      [],
      'error CONFIG_NOT_FOUND: There is no file no.yaml.\n  what to do: directrix init writes one\n  source: --config\n',
    ],
    [
      ['deploy', '-g', 'web', '--env', 'production'],
      [],
      'error CONFIG_NOT_FOUND: --env production names a part of a file, and there is none.\n  what to do: write directrix.yaml (directrix init does), or name a file with --config FILE\n  source: --env\n',
    ],
    [
      ['deploy', '-g', 'web', '--env', 'prod'],
      ['directrix.yaml'],
      'error ENVIRONMENT_UNKNOWN: directrix.yaml has no environment prod.\n  what to do: it has staging\n  source: --env\n',
    ],
    [
      ['deploy', '-g', 'web'],
      ['directrix.yaml', 'directrix.json'],
      'error CONFIG_AMBIGUOUS: There is directrix.yaml and directrix.json, and only one can be meant.\n  what to do: remove one, or name one with --config FILE\n  source: DIRECTORY\n',
    ],
    [
      ['deploy'],
      ['directrix.yaml'],
      "error USAGE: Required option '-g, --group <name>' not specified\n  what to do: directrix deploy --help\n",
    ],
  ])('directrix %j', async (argv, files, stderr) => {
    for (const name of files) writeFileSync(join(directory, name), 'environments: { staging: {} }\n');
    const io = createTestIo({ cwd: directory });
    expect(await runProgram(argv, io)).toBe(2);
    expect(io.written).toEqual({ stdout: '', stderr: stderr.replace('DIRECTORY', directory) });
  });
});

test('config check tells what the file is about', async () => {
  writeFileSync(
    join(directory, 'directrix.yml'),
    'groups: { web: {}, api: { bake: 1m } }\nenvironments: { staging: {} }\n',
  );
  const io = createTestIo({ cwd: directory });
  expect(await runProgram(['config', 'check'], io)).toBe(0);
  expect(io.written).toEqual({
    stdout: 'directrix.yml is right: 2 groups (web, api), 1 environment (staging)\n',
    stderr: '',
  });
});

describe('every option of the command line has a key', () => {
  test('in the schema that is printed, which says what each means', async () => {
    const io = createTestIo({ cwd: directory });
    expect(await runProgram(['config', 'schema'], io)).toBe(0);
    const schema = JSON.parse(io.written.stdout);
    const resolve = (part: { readonly $ref?: string }) =>
      part.$ref === undefined ? part : schema.$defs[part.$ref.replace('#/$defs/', '')];
    const propertiesOf = (part: object) => resolve(part).properties;
    const group = propertiesOf(resolve(schema.properties.groups).additionalProperties);
    expect(resolve(group.bake).description).toContain('how long the old instances stay warm');
    expect(resolve(group.versionCheck).anyOf.map(resolve)).toEqual([
      { type: 'string', enum: ['required', 'auto', 'off'] },
      { type: 'boolean', const: false },
    ]);
    const commands = propertiesOf(schema.properties.commands);
    for (const key of ['image', 'version', 'journal', 'json', 'skip', 'secretsPath', 'profile'])
      expect(Object.keys(propertiesOf(commands.deploy))).toContain(key);
    expect(Object.keys(commands)).toContain('lab image register');
  });

  test('what may be repeated says so in its help, and only that', async () => {
    const samples = ['/', 'a', 'KEY=value', 't3.micro=0.0104', '5m', '1', 'http://a'];
    const wrong: string[] = [];
    for (const { name, settings } of listCommands(await programOf()))
      for (const { key, option, isRepeatable } of settings.values()) {
        const parsed = samples.flatMap((sample) => {
          try {
            return option.parseArg === undefined ? [] : [option.parseArg(sample, undefined as never)];
          } catch {
            return [];
          }
        });
        const isList =
          option.variadic ||
          parsed.some(
            (value) =>
              Array.isArray(value) || (option.parseArg?.name.startsWith('collect') && typeof value === 'object'),
          );
        if (isList !== isRepeatable) wrong.push(`${name} --${key}`);
      }
    expect(wrong).toEqual([]);
  });
});

/** The real program, as the settings see it. */
async function programOf(): Promise<Command> {
  const { createProgram } = await import('../program.js');
  return createProgram({ argv: [], io: createTestIo(), setExitCode: () => undefined });
}
