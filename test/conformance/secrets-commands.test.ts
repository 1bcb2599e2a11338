// `directrix secrets` against a lab's Parameter Store: what each command does.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetParameterCommand, LabelParameterVersionCommand, UnlabelParameterVersionCommand } from '@aws-sdk/client-ssm';
import { parse } from 'dotenv';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type CommandSite, openCommandSite, path, type Run } from './command-site.js';

let site: CommandSite;
beforeAll(async () => {
  site = await openCommandSite();
});
afterAll(() => site.close());
afterEach(() => site.lab.faults.clear());

describe('set', () => {
  it('writes what stdin has, without the newline at its end, sealed unless asked otherwise', async () => {
    expect(await site.run(['set', `${path}LINE`], { stdin: 'one\n' })).toMatchObject({
      code: 0,
      stderr: `${path}LINE is at version 1\n`,
    });
    expect(await site.storedValue('LINE')).toBe('one');
    expect((await site.ssm.send(new GetParameterCommand({ Name: `${path}LINE` }))).Parameter?.Type).toBe(
      'SecureString',
    );
    await site.run(['set', `${path}LINE`, '--keep-newline'], { stdin: 'one\n' });
    expect(await site.storedValue('LINE')).toBe('one\n');
  });

  it.each([
    ['an empty value', [], '', 'SECRET_SIZE'],
    ['more than 4 KB', [], 'x'.repeat(4_097), 'SECRET_SIZE'],
    ['more than 8 KB', ['--advanced'], 'x'.repeat(8_193), 'SECRET_SIZE'],
  ])('refuses %s before AWS is asked to', async (_, args, stdin, code) => {
    const { code: exit, stderr } = await site.run(['set', `${path}NEVER`, ...args], { stdin });
    expect(exit).toBe(2);
    expect(stderr).toContain(`error ${code}:`);
    await expect(site.storedValue('NEVER')).rejects.toThrow();
  });

  it('takes up to 8 KB with --advanced', async () => {
    expect(await site.run(['set', `${path}BIG`, '--advanced'], { stdin: 'x'.repeat(8_192) })).toMatchObject({
      code: 0,
    });
  });

  it('says which limit it was when the oldest of 100 versions has a label', async () => {
    site.lab.faults.clear();
    await makeFull(`${path}MANY`);
    const { code, stderr } = await site.run(['set', `${path}MANY`], { stdin: 'x' });
    expect(code).toBe(2);
    expect(stderr).toContain('ParameterMaxVersionLimitExceeded');
    expect(stderr).toContain('100 versions');
  });
});

/** Fills a parameter, so that AWS refuses to write it: 100 versions, the oldest labelled. Returns what gives way again. */
async function makeFull(name: string): Promise<() => Promise<unknown>> {
  for (let version = 0; version < 100; version++) await site.put(name, `v${version}`);
  const oldest = { Name: name, ParameterVersion: 1, Labels: ['kept'] };
  await site.ssm.send(new LabelParameterVersionCommand(oldest));
  return () => site.ssm.send(new UnlabelParameterVersionCommand(oldest));
}

describe('import', () => {
  const target = '/app/import/';
  const file = (text: string) => writeFileSync(join(site.root, 'import.env'), text);

  it('says what would change, and changes nothing until it is told to', async () => {
    await site.put(`${target}SAME`, 'a');
    await site.put(`${target}OTHER`, 'b');
    await site.put(`${target}PLAIN`, 'c', { Type: 'String' });
    file('SAME=a\nOTHER=x\nPLAIN=y\nNEW="two\nlines"\nEMPTY=\n');
    const dry = await site.run([
      'import',
      'import.env',
      '--to',
      target,
      '--json',
      '--overwrite',
      '--type',
      'SecureString',
    ]);
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
      ['EMPTY', 'cut'],
    ]);
    const refused = await site.run(['import', 'import.env', '--to', target, '--apply']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('nothing was changed');
  });

  it('writes what it said, paced, and again nothing', async () => {
    file('SAME=a\nOTHER=x\nNEW="two\nlines"\n');
    const args = ['import', 'import.env', '--to', target, '--apply', '--overwrite', '--rate', '20'];
    expect((await site.run(args)).stderr).toContain('2 parameters written');
    expect((await site.run(args)).stderr).toContain('0 parameters written');
    const { Parameter } = await site.ssm.send(new GetParameterCommand({ Name: `${target}NEW`, WithDecryption: true }));
    expect(Parameter).toMatchObject({ Value: 'two\nlines', Type: 'SecureString', Version: 1 });
  });

  it('draws how far it is on a terminal, and nowhere else', async () => {
    file('A=1\nB=2\n');
    const args = ['import', 'import.env', '--to', '/app/drawn/', '--apply', '--rate', '50'];
    const { stderr } = await site.run(args, { isTerminal: true });
    expect(stderr).toContain(`\r[${'='.repeat(15)}${' '.repeat(15)}] 1/2\r[${'='.repeat(30)}] 2/2\n`);
    file('A=1\nB=2\nC=3\n');
    expect((await site.run(args)).stderr).not.toContain('\r');
  });

  it('stops between two writes when it is interrupted, and says how far it came', async () => {
    file('ONE=1\nTWO=2\nTHREE=3\n');
    const args = ['import', 'import.env', '--to', '/app/stopped/', '--apply', '--rate', '0.1'];
    const { code, stderr } = await site.run(args, { interruptAt: 'ssm:PutParameter' });
    expect(code).toBe(130);
    expect(stderr).toContain('error INTERRUPTED: Stopped after 1 of 3 parameters.');
    expect(await site.storedValue('/app/stopped/ONE')).toBe('1');
  });

  it.each([
    ['throttling', 'throttle', 7],
    ['somebody else who writes it', 'throttle', 2],
  ] as const)('waits out %s', async (_, kind, times) => {
    site.lab.faults.add({ service: 'ssm', operation: 'PutParameter', kind, times });
    file('THROTTLED=1\n');
    expect((await site.run(['import', 'import.env', '--to', '/app/throttled/', '--apply', '--overwrite'])).code).toBe(
      0,
    );
  });

  it('tells by name what was cut, and writes nothing until that is accepted', async () => {
    file('GOOD=a\nCUT=p#w\nEMPTY=\n# a comment\nstray\n');
    const args = ['import', 'import.env', '--to', '/app/cut/', '--apply', '--rate', '50'];
    const refused = await site.run(args);
    expect(refused).toEqual({
      code: 2,
      stdout:
        'name           type          now\n' +
        'GOOD   create  SecureString\n' +
        'CUT    cut     SecureString\n' +
        'EMPTY  cut     SecureString\n' +
        'CUT: line 2: what follows # is not read, because it is not within quotes\n' +
        'EMPTY: line 3: it is empty, and Parameter Store keeps no empty values; accepted, it is left out\n' +
        "Correct the file (KEY='value' takes everything as it is), or accept what was read: --accept CUT --accept EMPTY\n",
      stderr:
        'not NAME=value, and so not read (nor shown here): line 5\n' +
        'correct the file, or skip them: --accept line:5\n' +
        '2 names cannot be written as asked, 1 line could not be read; nothing was changed\n',
    });
    await expect(site.storedValue('/app/cut/GOOD')).rejects.toThrow();
    const accept = ['--accept', 'CUT', '--accept', 'EMPTY'];
    expect((await site.run([...args, ...accept])).code).toBe(2);
    const typo = await site.run([...args, ...accept, '--accept', 'CUTS']);
    expect(typo).toMatchObject({ code: 2, stderr: expect.stringContaining('There is nothing to accept as CUTS in') });
    const accepted = await site.run([...args, ...accept, '--accept', 'line:5']);
    expect(accepted).toMatchObject({ code: 0, stderr: '2 parameters written\n' });
    expect(await site.storedValue('/app/cut/CUT')).toBe('p');
    await expect(site.storedValue('/app/cut/EMPTY')).rejects.toThrow();
  });

  it('refuses double braces in the plan, as AWS would in the middle', async () => {
    file("A=1\nB='{{ssm:other}}'\n");
    const { code, stdout } = await site.run(['import', 'import.env', '--to', '/app/braces/', '--apply']);
    expect(code).toBe(2);
    expect(stdout).toContain('it holds {{, and Parameter Store takes no value with double braces');
    await expect(site.storedValue('/app/braces/A')).rejects.toThrow();
  });

  it('that is refused half-way says what is written and what is not, and goes on when it is run again', async () => {
    file('A=1\nB=2\nC=3\n');
    const args = ['import', 'import.env', '--to', '/app/half/', '--apply', '--rate', '50', '--overwrite'];
    const giveWay = await makeFull('/app/half/B');
    const half = await site.run(args);
    expect(half.code).toBe(3);
    expect(half.stderr.replace(/^ {4}at .*\n|^[A-Z_]+\n/gm, '')).toBe(
      'error SECRETS_PARTLY_WRITTEN: Written: /app/half/A. /app/half/B was not written: ParameterMaxVersionLimitExceeded. ' +
        'Not written: /app/half/B, /app/half/C.\n' +
        '  what to do: a parameter keeps 100 versions, and the oldest has a label: take the label away ' +
        '(`aws ssm unlabel-parameter-version`); then run it again: what is written is unchanged then\n' +
        '  source: directrix secrets import\n',
    );
    const again = await site.run([...args, '--json']);
    expect(again.code).toBe(2);
    expect(JSON.parse(again.stdout)).toMatchObject({ error: { code: 'SECRET_NOT_WRITTEN' } });
    await giveWay();
    expect(await site.run(args)).toMatchObject({ code: 0, stderr: '2 parameters written\n' });
    expect(await site.storedValue('/app/half/C')).toBe('3');
  });

  it('that is refused half-way says so in its document', async () => {
    file('A=1\nB=2\n');
    await makeFull('/app/document/B');
    const args = ['import', 'import.env', '--to', '/app/document/', '--apply', '--rate', '50', '--overwrite', '--json'];
    const { code, stdout } = await site.run(args);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      isApplied: false,
      written: 1,
      left: ['/app/document/B'],
      error: { code: 'SECRETS_PARTLY_WRITTEN' },
    });
  });
});

describe('an argument that is a value', () => {
  it.each([
    [['set', `${path}KEY=hunter2-hunter2`]],
    [['get', `${path}KEY=hunter2-hunter2`]],
    [['unset', `${path}KEY=hunter2-hunter2`]],
    [['set', `${path}KEY`, 'hunter2-hunter2']],
    [['set', `${path}KEY`, '--value=hunter2-hunter2']],
    [['set', `${path}KEY`, '--value', 'hunter2-hunter2']],
  ])('is refused and not repeated: %j', async (args) => {
    const { code, stdout, stderr } = await site.run(args, { stdin: 'x' });
    expect(code).toBe(2);
    expect(`${stdout}${stderr}`).not.toContain('hunter2');
  });
});

describe('export', () => {
  const target = '/app/export/';
  beforeAll(async () => {
    await site.put(`${target}PLAIN`, 'a=b');
    await site.put(`${target}HARD`, `it's "quoted" #\nand long`);
    await site.put(`${target}db/password`, 'x');
  });

  it('as dotenv reads back as it was', async () => {
    const { stdout } = await site.run(['export', target]);
    expect(parse(stdout)).toEqual({ PLAIN: 'a=b', HARD: `it's "quoted" #\nand long`, db_password: 'x' });
  });

  it('as shell is evaluated to what it was', async () => {
    const { stdout } = await site.run(['export', target, '--format', 'shell']);
    const shell = await site.spawnProgram('sh', ['-c', `${stdout}printf %s "$HARD"`]);
    expect(shell.stdout).toBe(`it's "quoted" #\nand long`);
  });

  it('refuses a terminal without --reveal', async () => {
    const refused = await site.run(['export', target], { isTerminal: true });
    expect(refused.stderr).toContain('SECRETS_TO_TERMINAL');
    expect(refused.stdout).toBe('');
    const revealed = await site.run(['export', target, '--reveal'], { isTerminal: true });
    expect(revealed.stdout).toContain('PLAIN=a=b');
  });

  it('refuses two names that would become one', async () => {
    await site.put(`${target}db.password`, 'y');
    const { code, stderr } = await site.run(['export', target]);
    expect(code).toBe(2);
    expect(stderr).toContain('/app/export/db.password and /app/export/db/password would both become db_password');
  });
});

describe('diff', () => {
  it('compares names and values, and its digests are of this run alone', async () => {
    await site.put('/app/a/SAME', '1');
    await site.put('/app/b/SAME', '1');
    await site.put('/app/a/OTHER', '1');
    await site.put('/app/b/OTHER', '2');
    await site.put('/app/a/GONE', '1');
    const [first, second] = [
      await site.run(['diff', '/app/a', '/app/b', '--json']),
      await site.run(['diff', '/app/a', '/app/b', '--json']),
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
    expect((await site.run(['diff', '/app/a', '/app/a'])).code).toBe(0);
  });
});

describe('restore', () => {
  it('writes an earlier value as the newest version', async () => {
    await site.put('BACK', 'one');
    await site.put('BACK', 'two');
    expect((await site.run(['restore', `${path}BACK`, '--version-number', '1'])).code).toBe(0);
    expect(await site.storedValue('BACK')).toBe('one');
    const { stdout } = await site.run(['history', `${path}BACK`, '--json']);
    expect((JSON.parse(stdout) as { versions: { version: number }[] }).versions.map(({ version }) => version)).toEqual([
      3, 2, 1,
    ]);
  });
});

describe('check', () => {
  it('compares a manifest by name, and says everything that is missing', async () => {
    const manifest = { schema: 'directrix.secrets-manifest/1', path: '/app/a/', names: ['SAME', 'LOST', 'FOUND'] };
    writeFileSync(join(site.root, 'secrets.json'), JSON.stringify(manifest));
    const { code, stdout } = await site.run(['check', '--schema', 'secrets.json']);
    expect(code).toBe(1);
    expect(stdout).toBe('SECRET_MISSING: /app/a/LOST is missing\nSECRET_MISSING: /app/a/FOUND is missing\n');
    expect((await site.run(['check', '--schema', 'secrets.json', '--path', '/app/none/'])).code).toBe(1);
  });
});
