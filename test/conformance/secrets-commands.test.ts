// `directrix secrets` as real processes against a lab: what each command does, and that a value appears nowhere but where it was
// asked for.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import {
  createLab,
  createScaledClock,
  createSimulatedDataPlane,
  type Endpoint,
  type Lab,
  startEndpoint,
} from '@directrix/lab';
import { parse } from 'dotenv';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

const directrix = join(
  dirname(createRequire(import.meta.url).resolve('directrix/package.json')),
  'bin',
  'directrix.js',
);
const root = mkdtempSync(join(tmpdir(), 'dx-secrets-'));
const watched = join(root, 'watched');
/** Different in every encoding, and never the same twice. */
const secret = `p@ss "w0rd"/'${crypto.randomUUID()}'\\n+é`;
const path = '/app/production/';

let lab: Lab;
let endpoint: Endpoint;
let ssm: SSMClient;

beforeAll(async () => {
  mkdirSync(watched);
  const clock = createScaledClock({ speed: 1 });
  lab = createLab({ clock, dataPlane: createSimulatedDataPlane() });
  endpoint = await startEndpoint(lab, { port: 0 });
  const credentials = { accessKeyId: 'lab', secretAccessKey: 'lab' };
  ssm = new SSMClient({ region: 'us-west-2', endpoint: endpoint.url, credentials });
});
afterAll(async () => {
  ssm.destroy();
  await endpoint.close();
  await lab.close();
  rmSync(root, { recursive: true, force: true });
});
afterEach(() => lab.faults.clear());

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  /** `open` leaves it to `onStart`. */
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly onStart?: (child: ChildProcess) => void;
}

function environment(): Record<string, string> {
  return {
    PATH: process.env.PATH!,
    HOME: watched,
    TMPDIR: watched,
    AWS_ENDPOINT_URL: endpoint.url,
    AWS_REGION: 'us-west-2',
    AWS_ACCESS_KEY_ID: 'lab',
    AWS_SECRET_ACCESS_KEY: 'lab',
    DIRECTRIX_DEBUG: '1',
  };
}

const commandLines: string[] = [];

async function spawnAndWatch(
  file: string,
  args: readonly string[],
  { stdin = '', env, onStart }: RunOptions = {},
): Promise<Run> {
  const child = spawn(file, args, { cwd: root, env: { ...environment(), ...env }, stdio: 'pipe' });
  const watching = setInterval(() => noteCommandLines(child.pid!), 25);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.on('error', () => {});
  if (stdin !== 'open') child.stdin.end(stdin);
  onStart?.(child);
  const [code] = (await once(child, 'close')) as [number | null];
  clearInterval(watching);
  return { code, stdout, stderr };
}

function run(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  return spawnAndWatch(process.execPath, [directrix, 'secrets', ...args], options);
}

/** What a process list shows of a process and of everything that it started. */
function noteCommandLines(pid: number): void {
  try {
    commandLines.push(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    for (const child of children.split(' ').filter(Boolean)) noteCommandLines(Number(child));
  } catch {
    // It ended meanwhile.
  }
}

/** The value as anybody might write it. */
function encodingsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const base64 = bytes.toString('base64').replace(/=+$/, '');
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    JSON.stringify(JSON.stringify(value)).slice(3, -3),
    base64,
    base64.replaceAll('+', '-').replaceAll('/', '_'),
    // Within something longer, its bytes fall otherwise.
    bytes.subarray(1).toString('base64').slice(0, -4),
    bytes.subarray(2).toString('base64').slice(0, -4),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    encodeURIComponent(value),
    encodeURI(value),
    new URLSearchParams({ v: value }).toString().slice(2),
    // The part that no encoding of text changes.
    value.slice(value.indexOf("'") + 1, value.indexOf("'") + 37),
  ];
}

function findLeaks(text: string, value = secret): string[] {
  return encodingsOf(value).filter((encoding) => text.includes(encoding));
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

async function storedValue(name: string): Promise<string | undefined> {
  return (await ssm.send(new GetParameterCommand({ Name: `${path}${name}`, WithDecryption: true }))).Parameter?.Value;
}

async function put(name: string, Value: string, more: object = {}): Promise<void> {
  await ssm.send(
    new PutParameterCommand({
      Name: name.startsWith('/') ? name : `${path}${name}`,
      Value,
      Type: 'SecureString',
      Overwrite: true,
      ...more,
    }),
  );
}

describe('a random secret value', () => {
  const said: string[] = [];
  const allowed: Run[] = [];

  it('is found by the search in every encoding that is looked for', () => {
    for (const encoding of encodingsOf(secret)) expect(findLeaks(`x${encoding}y`)).toContain(encoding);
    expect(findLeaks(Buffer.from(`ab${secret}`).toString('base64')).length).toBeGreaterThan(0);
  });

  it('goes through every command, with good ends and bad ones', async () => {
    writeFileSync(
      join(root, 'leak.env'),
      `FROM_FILE=\`${secret.replaceAll('`', '')}\`\nFROM_FILE=\`${secret}\`\n${secret}\n`,
    );
    writeFileSync(join(root, 'picky.mjs'), pickySchema);
    await ssm.send(
      new PutParameterCommand({ Name: `${path}PATTERNED`, Value: 'a', Type: 'String', AllowedPattern: '^a$' }),
    );
    const commands: [readonly string[], RunOptions?][] = [
      [['set', `${path}KEY`, '--json'], { stdin: `${secret}\n` }],
      [['set', `${path}KEY`], { stdin: secret }],
      [['set', `${path}KEY`, '--type', 'String'], { stdin: `${secret}2` }],
      [['set', `${path}PATTERNED`], { stdin: secret }],
      [['set', `${path}LARGE`], { stdin: secret.repeat(200) }],
      [['set', 'no-path'], { stdin: secret }],
      [['set', `${path}UNSEALED`, '--key-id', 'alias/gone?'], { stdin: secret }],
      [['set', `${path}UNREACHED`], { stdin: secret, env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' } }],
      [['list', path]],
      [['list', path, '--json']],
      [['import', 'leak.env', '--to', path]],
      [['import', 'leak.env', '--to', path, '--apply', '--json']],
      [['import', 'leak.env', '--to', path, '--type', 'StringList']],
      [['diff', path, '/app/staging/', '--json']],
      [['diff', path, '/app/staging/']],
      [['set', `${path}KEY`], { stdin: 'another' }],
      [['restore', `${path}KEY`, '--version-number', '1', '--json']],
      [['restore', `${path}KEY`, '--version-number', '77']],
      [['history', `${path}KEY`]],
      [['history', `${path}KEY`, '--json']],
      [['check', '--schema', 'picky.mjs', '--path', path]],
      [['check', '--schema', 'picky.mjs', '--path', path, '--json']],
      [['exec', '--path', path, '--', process.execPath, '-e', 'process.stdout.write(String(process.env.KEY.length))']],
      [['exec', '--path', path, '--', 'there-is-no-such-program']],
      [['unset', `${path}FROM_FILE`]],
      [['unset', `${path}FROM_FILE`, '--yes', '--json']],
    ];
    for (const [args, options] of commands) {
      const result = await run(args, options);
      said.push(`$ ${args.join(' ')}\n${result.code}\n${result.stdout}\n${result.stderr}`);
    }
    allowed.push(await run(['get', `${path}KEY`]), await run(['export', path, '--format', 'json']));
    expect(allowed.map(({ code }) => code)).toEqual([0, 0]);
  }, 120_000);

  it('stands in no output and in no error', () => {
    expect(said).toHaveLength(26);
    expect(said.filter((text) => findLeaks(text).length > 0)).toEqual([]);
  });

  it('stands on stdout alone where it was asked for', () => {
    expect(allowed[0]!.stdout).toBe(secret);
    expect(JSON.parse(allowed[1]!.stdout)).toMatchObject({ KEY: secret });
    expect(allowed.filter(({ stderr }) => findLeaks(stderr).length > 0)).toEqual([]);
  });

  it('was in no process list', () => {
    expect(commandLines.some((line) => line.includes('secrets'))).toBe(true);
    expect(commandLines.filter((line) => findLeaks(line).length > 0)).toEqual([]);
  });

  it('is in no file that a command left, temporary or not', () => {
    const leaks = filesBelow(watched).filter((file) => findLeaks(readFileSync(file, 'latin1')).length > 0);
    expect(leaks).toEqual([]);
    expect(readdirSync(root).sort()).toEqual(['leak.env', 'picky.mjs', 'watched']);
  });
});

/** A schema that would say the value, whatever it is asked. */
const pickySchema = `
const validate = (input) => ({ issues: Object.entries(input).map(([key, value]) => ({ message: 'bad: ' + value, path: [key], expected: value, received: value })) });
export default { '~standard': { version: 1, vendor: 'picky', validate, jsonSchema: { input: () => ({ properties: { KEY: {}, PATTERNED: {} } }) } } };`;

describe('set', () => {
  it('writes what stdin has, without the newline at its end, sealed unless asked otherwise', async () => {
    expect(await run(['set', `${path}LINE`], { stdin: 'one\n' })).toMatchObject({
      code: 0,
      stderr: `${path}LINE is at version 1\n`,
    });
    expect(await storedValue('LINE')).toBe('one');
    expect((await ssm.send(new GetParameterCommand({ Name: `${path}LINE` }))).Parameter?.Type).toBe('SecureString');
    await run(['set', `${path}LINE`, '--keep-newline'], { stdin: 'one\n' });
    expect(await storedValue('LINE')).toBe('one\n');
  });

  it('asks on a terminal, and does not show what is typed', async () => {
    const typed = `typed-${crypto.randomUUID()}`;
    const command = `${process.execPath} ${directrix} secrets set ${path}TYPED`;
    const { stdout } = await spawnAndWatch('script', ['-qec', command, '/dev/null'], {
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
    expect(await storedValue('TYPED')).toBe(typed);
  });

  it.each([
    ['an empty value', [], '', 'SECRET_SIZE'],
    ['more than 4 KB', [], 'x'.repeat(4_097), 'SECRET_SIZE'],
    ['more than 8 KB', ['--advanced'], 'x'.repeat(8_193), 'SECRET_SIZE'],
  ])('refuses %s before AWS is asked to', async (_, args, stdin, code) => {
    const { code: exit, stderr } = await run(['set', `${path}NEVER`, ...args], { stdin });
    expect(exit).toBe(2);
    expect(stderr).toContain(`error ${code}:`);
    await expect(storedValue('NEVER')).rejects.toThrow();
  });

  it('takes up to 8 KB with --advanced', async () => {
    expect(await run(['set', `${path}BIG`, '--advanced'], { stdin: 'x'.repeat(8_192) })).toMatchObject({ code: 0 });
  });

  it('says which limit it was when the oldest of 100 versions has a label', async () => {
    lab.faults.clear();
    for (let version = 0; version < 100; version++) await put('MANY', `v${version}`);
    const { LabelParameterVersionCommand } = await import('@aws-sdk/client-ssm');
    await ssm.send(new LabelParameterVersionCommand({ Name: `${path}MANY`, ParameterVersion: 1, Labels: ['kept'] }));
    const { code, stderr } = await run(['set', `${path}MANY`], { stdin: 'x' });
    expect(code).toBe(2);
    expect(stderr).toContain('ParameterMaxVersionLimitExceeded');
    expect(stderr).toContain('100 versions');
  });
});

describe('import', () => {
  const target = '/app/import/';
  const file = (text: string) => writeFileSync(join(root, 'import.env'), text);

  it('says what would change, and changes nothing until it is told to', async () => {
    await put(`${target}SAME`, 'a');
    await put(`${target}OTHER`, 'b');
    await put(`${target}PLAIN`, 'c', { Type: 'String' });
    file('SAME=a\nOTHER=x\nPLAIN=y\nNEW="two\nlines"\nEMPTY=\n');
    const dry = await run(['import', 'import.env', '--to', target, '--json', '--overwrite', '--type', 'SecureString']);
    const { steps, isApplied } = JSON.parse(dry.stdout) as {
      steps: { name: string; state: string }[];
      isApplied: boolean;
    };
    expect(isApplied).toBe(false);
    expect(steps.map(({ name, state }) => [name.slice(target.length), state])).toEqual([
      ['SAME', 'unchanged'],
      ['OTHER', 'change'],
      ['PLAIN', 'typeConflict'],
      ['NEW', 'create'],
      ['EMPTY', 'invalid'],
    ]);
    const refused = await run(['import', 'import.env', '--to', target, '--apply']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('nothing was changed');
  });

  it('writes what it said, paced, and again nothing', async () => {
    file('SAME=a\nOTHER=x\nNEW="two\nlines"\n');
    const args = ['import', 'import.env', '--to', target, '--apply', '--overwrite', '--rate', '20'];
    expect((await run(args)).stderr).toContain('2 parameters written');
    expect((await run(args)).stderr).toContain('0 parameters written');
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: `${target}NEW`, WithDecryption: true }));
    expect(Parameter).toMatchObject({ Value: 'two\nlines', Type: 'SecureString', Version: 1 });
  });

  it('waits out throttling', async () => {
    lab.faults.add({ service: 'ssm', operation: 'PutParameter', kind: 'throttle', times: 2 });
    file('THROTTLED=1\n');
    expect((await run(['import', 'import.env', '--to', target, '--apply'])).code).toBe(0);
  });
});

describe('export', () => {
  const target = '/app/export/';
  beforeAll(async () => {
    await put(`${target}PLAIN`, 'a=b');
    await put(`${target}HARD`, `it's "quoted" #\nand long`);
    await put(`${target}db/password`, 'x');
  });

  it('as dotenv reads back as it was', async () => {
    const { stdout } = await run(['export', target]);
    expect(parse(stdout)).toEqual({ PLAIN: 'a=b', HARD: `it's "quoted" #\nand long`, db_password: 'x' });
  });

  it('as shell is evaluated to what it was', async () => {
    const { stdout } = await run(['export', target, '--format', 'shell']);
    const shell = await spawnAndWatch('sh', ['-c', `${stdout}printf %s "$HARD"`]);
    expect(shell.stdout).toBe(`it's "quoted" #\nand long`);
  });

  it('refuses a terminal without --reveal', async () => {
    const command = `${process.execPath} ${directrix} secrets export ${target}`;
    const refused = await spawnAndWatch('script', ['-qec', command, '/dev/null']);
    expect(refused.stdout).toContain('SECRETS_TO_TERMINAL');
    expect(refused.stdout).not.toContain('a=b');
    const revealed = await spawnAndWatch('script', ['-qec', `${command} --reveal`, '/dev/null']);
    expect(revealed.stdout).toContain('PLAIN=a=b');
  });

  it('refuses two names that would become one', async () => {
    await put(`${target}db.password`, 'y');
    const { code, stderr } = await run(['export', target]);
    expect(code).toBe(2);
    expect(stderr).toContain('/app/export/db.password and /app/export/db/password would both become db_password');
  });
});

describe('diff', () => {
  it('compares names and values, and its digests are of this run alone', async () => {
    await put('/app/a/SAME', '1');
    await put('/app/b/SAME', '1');
    await put('/app/a/OTHER', '1');
    await put('/app/b/OTHER', '2');
    await put('/app/a/GONE', '1');
    const [first, second] = [
      await run(['diff', '/app/a', '/app/b', '--json']),
      await run(['diff', '/app/a', '/app/b', '--json']),
    ];
    const read = ({ stdout }: Run) =>
      (JSON.parse(stdout) as { differences: { name: string; state: string; a: { digest: string } }[] }).differences;
    expect(first.code).toBe(1);
    expect(read(first).map(({ name, state }) => [name, state])).toEqual([
      ['GONE', 'onlyInA'],
      ['OTHER', 'differs'],
      ['SAME', 'same'],
    ]);
    expect(read(first)[0]!.a.digest).not.toBe(read(second)[0]!.a.digest);
    expect((await run(['diff', '/app/a', '/app/a'])).code).toBe(0);
  });
});

describe('restore', () => {
  it('writes an earlier value as the newest version', async () => {
    await put('BACK', 'one');
    await put('BACK', 'two');
    expect((await run(['restore', `${path}BACK`, '--version-number', '1'])).code).toBe(0);
    expect(await storedValue('BACK')).toBe('one');
    const { stdout } = await run(['history', `${path}BACK`, '--json']);
    expect((JSON.parse(stdout) as { versions: { version: number }[] }).versions.map(({ version }) => version)).toEqual([
      3, 2, 1,
    ]);
  });
});

describe('check', () => {
  it('compares a manifest by name, and says everything that is missing', async () => {
    const manifest = { schema: 'directrix.secrets-manifest/1', path: '/app/a/', names: ['SAME', 'LOST', 'FOUND'] };
    writeFileSync(join(root, 'secrets.json'), JSON.stringify(manifest));
    const { code, stdout } = await run(['check', '--schema', 'secrets.json']);
    expect(code).toBe(1);
    expect(stdout).toBe('SECRET_MISSING: /app/a/LOST is missing\nSECRET_MISSING: /app/a/FOUND is missing\n');
    expect((await run(['check', '--schema', 'secrets.json', '--path', '/app/none/'])).code).toBe(1);
  });
});

describe('exec', () => {
  const target = '/app/exec/';
  beforeAll(() => put(`${target}KEY`, 'in the environment'));
  const exec = (script: string, args: readonly string[] = [], options: RunOptions = {}) =>
    run(['exec', '--path', target, ...args, '--', 'node', '-e', script], options);

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
