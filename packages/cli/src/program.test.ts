import { describe, expect, test } from 'vitest';
import { createTestIo } from './io.fixture.js';
import { runProgram } from './program.js';
import { version } from './version.js';

describe('a command line that cannot be understood is refused with exit code 2 and says what to do', () => {
  test.each<[string[], string]>([
    [['delpoy'], "error USAGE: Unknown command 'delpoy'\n(Did you mean deploy?)\n  what to do: directrix --help\n"],
    [
      ['deploy', '--version', '1'],
      "error USAGE: Required option '-g, --group <name>' not specified\n  what to do: directrix deploy --help\n",
    ],
    [
      ['deploy', '--group', 'web', '--min-healthy-time', '30'],
      "error USAGE: Option '--min-healthy-time <time>' argument '30' is invalid. Write a number with its unit: 500ms, 30s, 5m or 2h.\n  what to do: directrix deploy --help\n",
    ],
    [
      ['deploy', '--group', 'web', '--surge', '0'],
      "error USAGE: Option '--surge <n|p%>' argument '0' is invalid. Write a number of instances (2) or a share of the group (25%).\n  what to do: directrix deploy --help\n",
    ],
    [
      ['deploy', '--group', 'web'],
      'error USAGE: Name what to deploy: --version or --image.\n  what to do: add --version V or --image AMI\n  source: directrix deploy\n',
    ],
    [
      ['status', '--group', 'web', 'extra'],
      "error USAGE: Too many arguments for 'status'. Expected 0 arguments but got 1.\n  what to do: directrix status --help\n",
    ],
  ])('directrix %j', async (argv, stderr) => {
    const io = createTestIo();
    expect(await runProgram(argv, io)).toBe(2);
    expect(io.written).toEqual({ stdout: '', stderr });
  });
});

test('help and version are answers: on stdout, with exit code 0', async () => {
  const help = createTestIo();
  expect(await runProgram(['deploy', '--help'], help)).toBe(0);
  expect(help.written.stdout).toContain('directrix deploy --group web --version 0.149.2');
  expect(help.written.stderr).toBe('');
  const own = createTestIo();
  expect(await runProgram(['--version'], own)).toBe(0);
  expect(own.written).toEqual({ stdout: `${version}\n`, stderr: '' });
});

test('a bare directrix shows its help on stderr and is a usage error', async () => {
  const io = createTestIo();
  expect(await runProgram([], io)).toBe(2);
  expect(io.written.stderr).toContain('Usage: directrix');
});

test('with --json a refusal is one JSON document on stdout, and the story is on stderr', async () => {
  const io = createTestIo();
  expect(await runProgram(['deploy', '--group', 'web', '--json'], io)).toBe(2);
  expect(JSON.parse(io.written.stdout)).toMatchObject({
    schema: 'directrix.rollout/1',
    outcome: 'refused',
    group: 'web',
    error: { code: 'USAGE', hint: 'add --version V or --image AMI' },
  });
  expect(io.written.stderr).toContain('error USAGE');
});

test('with --json a command line that cannot be understood is one JSON document on stdout too', async () => {
  const io = createTestIo();
  expect(await runProgram(['deploy', '--json', '--group', 'web', '--surge', 'many'], io)).toBe(2);
  expect(JSON.parse(io.written.stdout)).toMatchObject({
    schema: 'directrix.usage/1',
    error: { code: 'USAGE', hint: 'directrix deploy --help' },
  });
});

test("an option after -- is another program's", async () => {
  const io = createTestIo();
  expect(await runProgram(['secrets', 'exec', '--', 'app', '--json'], io)).toBe(2);
  expect(io.written.stdout).toBe('');
});

test('no help names a default that is an empty list', async () => {
  const helps = await readHelps([]);
  expect(helps.size).toBeGreaterThan(25);
  expect([...helps].filter(([, help]) => help.includes('(default: [])')).map(([name]) => name)).toEqual([]);
});

test('at 80 columns every help is wrapped at words; only what is indented, for copying, may be longer', async () => {
  const tooLong = [...(await readHelps([], 80))].flatMap(([name, help]) =>
    help
      .split('\n')
      .filter((line) => line.length > 80 && !/^ {2}(directrix|eval|openssl|watch) /.test(line))
      .map((line) => `${name}: ${line}`),
  );
  expect(tooLong).toEqual([]);
});

/** The help of every command below `path`, by its words, as a person finds it. */
async function readHelps(path: readonly string[], columns = 200): Promise<Map<string, string>> {
  const io = createTestIo({ columns });
  expect(await runProgram([...path, '--help'], io)).toBe(0);
  const helps = new Map([[path.join(' '), io.written.stdout]]);
  const [, commands = ''] = io.written.stdout.split('\nCommands:\n');
  for (const [, name] of commands.split('\n\n')[0]!.matchAll(/^ {2}([a-z-]+)/gm))
    if (name !== undefined && name !== 'help')
      for (const [words, help] of await readHelps([...path, name], columns)) helps.set(words, help);
  return helps;
}
