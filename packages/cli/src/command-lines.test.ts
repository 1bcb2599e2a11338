// Every command as it is typed: what is refused before anything is asked or done, and the help.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createTestIo } from './io.fixture.js';
import { createProgram, runProgram } from './program.js';

const empty = mkdtempSync(join(tmpdir(), 'dx-'));
afterAll(() => rmSync(empty, { recursive: true, force: true }));

async function typed(line: string) {
  const io = createTestIo({ cwd: empty });
  const exitCode = await runProgram(line.split(' '), io);
  return { exitCode, ...io.written };
}

const missing = (option: string) => `error USAGE: Required option '${option}' not specified`;
const unknown = (option: string) => `error USAGE: Unknown option '${option}'`;
const tooMany = (command: string) =>
  `error USAGE: Too many arguments for '${command}'. Expected 0 arguments but got 1.`;
const group = '-g, --group <name>';
const noTime = (option: string, text: string) =>
  `error USAGE: Option '${option}' argument '${text}' is invalid. Write a number with its unit: 500ms, 30s, 5m or 2h.`;

describe('what cannot be meant is refused with exit code 2, says what to do, and leaves stdout empty', () => {
  test.each<[string, string, string, string?]>([
    ['history', missing(group), 'directrix history --help'],
    ['history --group web extra', tooMany('history'), 'directrix history --help'],
    ['history --group web --since soon', unknown('--since'), 'directrix history --help'],
    ['finalize --group web', unknown('--group'), 'directrix finalize --help'],
    ['release', `error NOT_A_REPOSITORY: ${empty} is not in the working tree of a git repository.`, '', empty],
    ['release --group web', unknown('--group'), 'directrix release --help'],
    ['ship', missing(group), 'directrix ship --help'],
    [
      'bake',
      'error BAKE_TEMPLATE_INVALID: . has no template of Packer: no file *.pkr.hcl.',
      'name the file of a JSON template',
      '.',
    ],
    ['bake web.json', 'error FILE_UNREADABLE: web.json cannot be read: ENOENT.', '', 'web.json'],
    ['bake --template web.json', unknown('--template'), 'directrix bake --help'],
    [
      'logs',
      'error USAGE: Neither a rollout nor a group is named.',
      'directrix logs --group NAME, or directrix logs ROLLOUT',
      '--group',
    ],
    ['logs --group web --since soon', noTime('--since <time>', 'soon'), 'directrix logs --help'],
    ['watch', missing('-c, --checks <file>'), 'directrix watch --help'],
    ['watch --checks none.yaml', 'error FILE_UNREADABLE: none.yaml cannot be read: ENOENT.', '', '--checks'],
    ['postmortem', missing(group), 'directrix postmortem --help'],
    [
      'postmortem --group web',
      'error SPAN_MISSING: Name a rollout or a time: directrix postmortem ROLLOUT, or --since.',
      'directrix status shows the last rollout of a group',
    ],
    [
      'postmortem --group web --since yesterday',
      'error USAGE: "yesterday" is not a time.',
      'write 2018-11-11T00:16:00Z, or how long ago: 90m',
      '--since',
    ],
    ['dashboard --group web', unknown('--group'), 'directrix dashboard --help'],
    ['repair', missing(group), 'directrix repair --help'],
    ['repair --group web extra', tooMany('repair'), 'directrix repair --help'],
    ['resume', missing(group), 'directrix resume --help'],
    ['abort', missing(group), 'directrix abort --help'],
    ['approve', missing(group), 'directrix approve --help'],
    ['reject', missing(group), 'directrix reject --help'],
    ['rollback', missing(group), 'directrix rollback --help'],
    ['init extra', tooMany('init'), 'directrix init --help'],
    ['iam-policy extra', tooMany('iam-policy'), 'directrix iam-policy --help'],
    ['iam-policy --use read', unknown('--use'), 'directrix iam-policy --help'],
    ['completion', "error USAGE: Missing required argument 'shell'", 'directrix completion --help'],
    [
      'completion csh',
      "error USAGE: Command-argument value 'csh' is invalid for argument 'shell'. Allowed choices are bash, zsh, fish.",
      'directrix completion --help',
    ],
    ['config show', "error USAGE: Unknown command 'show'", 'directrix config --help'],
    [
      'preflight',
      'error USAGE: Name the group to check, or a template.',
      'add --group NAME, or --template FILE',
      'directrix preflight',
    ],
    [
      'reach',
      'error USAGE: Name where the path begins.',
      'add --from group:NAME and --to ssm:443, or ask for `directrix reach diff`',
      'directrix reach',
    ],
    [
      'reach diff',
      'error USAGE: Name what the network would become.',
      'add --after FILE: a template, or the JSON of `terraform show -json PLAN`',
      'directrix reach diff',
    ],
    ['deploy --group web --image ami-1 --keep-warm x', noTime('--keep-warm <time>', 'x'), 'directrix deploy --help'],
    ['lab image register', "error USAGE: Missing required argument 'directory'", 'directrix lab image register --help'],
    ['secrets get', "error USAGE: Missing required argument 'name'", 'directrix secrets get --help'],
  ])('directrix %s', async (line, message, hint, source) => {
    expect(await typed(line)).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `${message}\n${hint === '' ? '' : `  what to do: ${hint}\n`}${source === undefined ? '' : `  source: ${source}\n`}`,
    });
  });
});

interface Named {
  name(): string;
  readonly commands: readonly Named[];
}

function pathsOf(command: Named, before: readonly string[] = []): string[] {
  const path = [...before, command.name()];
  return [path.slice(1).join(' '), ...command.commands.flatMap((child) => pathsOf(child, path))];
}

describe('the help of every command is an answer within 80 columns, on stdout', () => {
  const context = { io: createTestIo(), argv: [], run: async () => 0, setExitCode: () => undefined };
  // The agent is a program of its own, with options of its own.
  const paths = pathsOf(createProgram(context)).filter((path) => path !== '' && path !== 'agent');

  test.each(paths)('directrix %s --help', async (path) => {
    const { exitCode, stdout, stderr } = await typed(`${path} --help`);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.startsWith(`Usage: directrix ${path} `)).toBe(true);
    expect(stdout.split('\n').filter((text) => text.length > 80)).toEqual([]);
    expect(stdout).not.toMatch(/\(default: (?:\[\]|undefined|""|\{\})/);
    expect(stdout.endsWith('\n')).toBe(true);
  });
});
