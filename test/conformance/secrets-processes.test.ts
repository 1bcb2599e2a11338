// A value appears nowhere but where it was asked for: a random one goes through every command of `directrix secrets`, and is searched for in
// what they say, in the process list, and in the files that they leave. Each command runs as a real process once; its variants run in this one.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type CommandSite, openCommandSite, path, type Run, type RunOptions } from './command-site.js';
import { createSecret, encodingsOf, filesBelow, findLeaks } from './leak-search.js';

const secret = createSecret();
const leaksIn = (text: string) => findLeaks(text, secret);

let site: CommandSite;
beforeAll(async () => {
  site = await openCommandSite();
});
afterAll(() => site.close());
afterEach(() => site.lab.faults.clear());

describe('a random secret value', () => {
  const said: string[] = [];
  const allowed: Run[] = [];

  it('is found by the search in every encoding that is looked for', () => {
    for (const encoding of encodingsOf(secret)) expect(leaksIn(`x${encoding}y`)).toContain(encoding);
    expect(leaksIn(Buffer.from(`ab${secret}`).toString('base64')).length).toBeGreaterThan(0);
  });

  it('goes through every command, with good ends and bad ones', async () => {
    writeFileSync(
      join(site.root, 'leak.env'),
      `FROM_FILE=\`${secret.replaceAll('`', '')}\`\nFROM_FILE=\`${secret}\`\n${secret}\n`,
    );
    writeFileSync(join(site.root, 'picky.mjs'), pickySchema);
    await site.ssm.send(
      new PutParameterCommand({ Name: `${path}PATTERNED`, Value: 'a', Type: 'String', AllowedPattern: '^a$' }),
    );
    const commands: [readonly string[], (RunOptions & { readonly isOwnProcess?: true })?][] = [
      [['set', `${path}KEY`, '--json'], { stdin: `${secret}\n`, ...ownProcess }],
      [['set', `${path}KEY`], { stdin: secret }],
      [['set', `${path}KEY`, '--type', 'String'], { stdin: `${secret}2` }],
      [['set', `${path}PATTERNED`], { stdin: secret }],
      [['set', `${path}LARGE`], { stdin: secret.repeat(200) }],
      [['set', 'no-path'], { stdin: secret }],
      [['set', `${path}UNSEALED`, '--key-id', 'alias/gone?'], { stdin: secret }],
      [['set', `${path}UNREACHED`], { stdin: secret, env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }, ...ownProcess }],
      [['list', path]],
      [['list', path, '--json'], ownProcess],
      [['import', 'leak.env', '--to', path]],
      [['import', 'leak.env', '--to', path, '--apply', '--json'], ownProcess],
      [['import', 'leak.env', '--to', path, '--type', 'StringList']],
      [['diff', path, '/app/staging/', '--json']],
      [['diff', path, '/app/staging/'], ownProcess],
      [['set', `${path}KEY`], { stdin: 'another' }],
      [['restore', `${path}KEY`, '--version-number', '1', '--json'], ownProcess],
      [['restore', `${path}KEY`, '--version-number', '77']],
      [['history', `${path}KEY`], ownProcess],
      [['history', `${path}KEY`, '--json']],
      [['check', '--schema', 'picky.mjs', '--path', path], ownProcess],
      [['check', '--schema', 'picky.mjs', '--path', path, '--json']],
      [
        ['exec', '--path', path, '--', process.execPath, '-e', 'process.stdout.write(String(process.env.KEY.length))'],
        ownProcess,
      ],
      [['exec', '--path', path, '--', 'there-is-no-such-program'], ownProcess],
      [['unset', `${path}FROM_FILE`]],
      [['unset', `${path}FROM_FILE`, '--yes', '--json'], ownProcess],
    ];
    for (const [args, options] of commands) {
      const run = options?.isOwnProcess === true ? site.spawnCommand : site.run;
      const result = await run(args, options);
      said.push(`$ ${args.join(' ')}\n${result.code}\n${result.stdout}\n${result.stderr}`);
    }
    allowed.push(
      await site.spawnCommand(['get', `${path}KEY`]),
      await site.spawnCommand(['export', path, '--format', 'json']),
    );
    expect(allowed.map(({ code }) => code)).toEqual([0, 0]);
  }, 300_000);

  it('stands in no output and in no error', () => {
    expect(said).toHaveLength(26);
    expect(said.filter((text) => leaksIn(text).length > 0)).toEqual([]);
  });

  it('stands on stdout alone where it was asked for', () => {
    expect(allowed[0]!.stdout).toBe(secret);
    expect(JSON.parse(allowed[1]!.stdout)).toMatchObject({ KEY: secret });
    expect(allowed.filter(({ stderr }) => leaksIn(stderr).length > 0)).toEqual([]);
  });

  it('was in no process list', () => {
    expect(site.commandLines.some((line) => line.includes('secrets'))).toBe(true);
    expect(site.commandLines.filter((line) => leaksIn(line).length > 0)).toEqual([]);
  });

  it('is in no file that a command left, temporary or not', () => {
    const leaks = filesBelow(site.watched).filter((file) => leaksIn(readFileSync(file, 'latin1')).length > 0);
    expect(leaks).toEqual([]);
    expect(readdirSync(site.root).sort()).toEqual(['leak.env', 'picky.mjs', 'watched']);
  });
});

const ownProcess = { isOwnProcess: true } as const;

/** A schema that would say the value, whatever it is asked. */
const pickySchema = `
const validate = (input) => ({ issues: Object.entries(input).map(([key, value]) => ({ message: 'bad: ' + value, path: [key], expected: value, received: value })) });
export default { '~standard': { version: 1, vendor: 'picky', validate, jsonSchema: { input: () => ({ properties: { KEY: {}, PATTERNED: {} } }) } } };`;

describe('exec, of a value with a NUL,', () => {
  it('refuses by name a value that no environment can hold', async () => {
    await site.put('/app/nul/BROKEN', `${secret}\0tail`);
    const command = [process.execPath, '-e', '0'];
    const { code, stdout, stderr } = await site.spawnCommand(['exec', '--path', '/app/nul/', '--', ...command]);
    expect(code).toBe(2);
    expect(stderr).toContain('error SECRET_UNQUOTABLE: No environment can hold the value of BROKEN');
    expect(leaksIn(`${stdout}${stderr}`)).toEqual([]);
  });
});

describe('set', () => {
  it('asks on a terminal, and does not show what is typed', async () => {
    const typed = `typed-${crypto.randomUUID()}`;
    const command = site.commandLine(`set ${path}TYPED`);
    const { stdout } = await site.spawnProgram('script', ['-qec', command, '/dev/null'], {
      onStart: (child) => {
        // The prompt is written when the terminal is in raw mode.
        child.stdout!.on('data', (text: string) => {
          if (text.includes('not shown')) child.stdin!.write(`${typed}\r`);
        });
      },
      stdin: 'open',
    });
    expect(stdout).toContain('(not shown)');
    expect(stdout).not.toContain(typed);
    expect(await site.storedValue('TYPED')).toBe(typed);
  });
});

describe('exec', () => {
  const target = '/app/exec/';
  beforeAll(() => site.put(`${target}KEY`, 'in the environment'));
  const exec = (script: string, args: readonly string[] = [], options: RunOptions = {}) =>
    site.spawnCommand(['exec', '--path', target, ...args, '--', 'node', '-e', script], options);

  it('passes the exit code, the output and the arguments through', async () => {
    const { code, stdout } = await exec(
      'console.log(process.env.KEY, process.env.HOME !== undefined); process.exit(7)',
    );
    expect({ code, stdout }).toEqual({ code: 7, stdout: 'in the environment true\n' });
  });

  it('inherits nothing with --pristine', async () => {
    const { stdout } = await exec('console.log(JSON.stringify(process.env))', ['--pristine']);
    expect(JSON.parse(stdout)).toEqual({ KEY: 'in the environment' });
  });

  it('passes signals on, and says which one ended the command', async () => {
    const caught = await exec(
      'process.on("SIGTERM", () => process.exit(5)); console.log("up"); setInterval(() => {}, 1e3)',
      [],
      killWhenUp,
    );
    expect(caught.code).toBe(5);
    const killed = await exec('console.log("up"); setInterval(() => {}, 1e3)', [], killWhenUp);
    expect(killed.code).toBe(143);
  });
});

const killWhenUp: RunOptions = {
  onStart: (child) => {
    child.stdout!.once('data', () => child.kill('SIGTERM'));
  },
};
