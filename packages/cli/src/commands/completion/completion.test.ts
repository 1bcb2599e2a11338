// What a shell offers. Bash itself is asked; zsh and fish are not on every machine: their scripts are read.
import { spawnSync } from 'node:child_process';
import { Command, Option } from 'commander';
import { describe, expect, test } from 'vitest';
import { createTestIo } from '../../io.fixture.js';
import { runProgram } from '../../program.js';
import { readTable } from './completion-table.js';
import { fishScript } from './fish.js';
import { zshScript } from './zsh.js';

async function print(shell: string): Promise<string> {
  const io = createTestIo();
  expect(await runProgram(['completion', shell], io)).toBe(0);
  return io.written.stdout;
}

const bash = spawnSync('bash', ['-c', 'true']).status === 0;

// Without bash nobody completes in it.
describe.skipIf(!bash)('bash offers', () => {
  test.each<[string[], string[]]>([
    [['dep'], ['deploy']],
    [['res'], ['resume']],
    [['lab', 'u'], ['up']],
    [
      ['lab', 'image', ''],
      ['register', '--help'],
    ],
    [['deploy', '--version-c'], ['--version-check']],
    [
      ['deploy', '--version-check', ''],
      ['required', 'auto', 'off'],
    ],
    [['deploy', '--version-check', 'r'], ['required']],
    [
      ['deploy', '--group', 'web', '--if-unanswered', 'go'],
      ['go-back', 'go-on'],
    ],
    // A value that nobody knows: bash offers files by itself.
    [['deploy', '--journal', ''], []],
    [['deploy', '-g', ''], []],
    [['deploy', '--group', 'lab', '--plan', '--keep-m'], ['--keep-max-size']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish', '--help'],
    ],
    [['nothing', 'dep'], ['deploy']],
  ])('directrix %j: %j', async (words, offered) => {
    const ask = `${await print('bash')}
COMP_WORDS=(directrix "$@"); COMP_CWORD=$#; _directrix; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', ask, 'bash', ...words], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout.split('\n').filter(Boolean).sort()).toEqual([...offered].sort());
  });
});

/** A program with everything that is difficult. */
function small() {
  const program = new Command('directrix');
  const lab = program.command('lab').description('AWS: on this machine');
  lab.command('up').description("start a lab; don't wait").option('--detach', 'go (on)');
  program
    .command('deploy')
    .description('roll')
    .option('-g, --group <name>', 'the group')
    .addOption(new Option('--check <mode>', 'how').choices(['on', 'off']));
  return readTable(program);
}

test('zsh', () => {
  const script = zshScript(small());
  expect(script.startsWith('#compdef directrix\n')).toBe(true);
  expect(script).toContain(`
      ('lab'|'lab up'|'deploy') way="$word" ;;
    esac
  done
  case "$way $prev" in
    ('deploy --check') found=('on' 'off') ;;
    ('deploy --group'|'deploy -g') _files; return ;;
    (*)
      case "$way" in
        ('') found=('lab:AWS\\: on this machine' 'deploy:roll' '--help:show help') ;;
        ('lab') found=('up:start a lab' '--help:show help') ;;
        ('lab up') found=('--detach:go' '--help:show help') ;;
        ('deploy') found=('--group:the group' '--check:how' '--help:show help') ;;
      esac
`);
});

test('fish', () => {
  expect(fishScript(small()).split('\n').slice(3, -1)).toEqual([
    '    for word in (commandline -opc)[2..-1]',
    '        set -l next (string trim "$way $word")',
    `        contains -- "$next" 'lab' 'lab up' 'deploy'`,
    '        and set way "$next"',
    '    end',
    '    test "$way" = "$argv[1]"',
    'end',
    'complete -c directrix -f',
    `complete -c directrix -n '__directrix_at \\'\\'' -a lab -d 'AWS: on this machine'`,
    `complete -c directrix -n '__directrix_at \\'\\'' -a deploy -d 'roll'`,
    `complete -c directrix -n '__directrix_at \\'lab\\'' -a up -d 'start a lab'`,
    `complete -c directrix -n '__directrix_at \\'lab up\\'' -l detach -d 'go'`,
    `complete -c directrix -n '__directrix_at \\'deploy\\'' -l group -s g -r -F -d 'the group'`,
    `complete -c directrix -n '__directrix_at \\'deploy\\'' -l check -x -a 'on off' -d 'how'`,
  ]);
});

test.each(['bash', 'zsh', 'fish'])('%s knows every command', async (shell) => {
  const script = await print(shell);
  for (const name of ['deploy', 'lab image register', 'secrets exec', 'reach diff', 'approve', 'config check'])
    expect(script).toContain(`'${name}'`);
});

test('another shell is refused', async () => {
  const io = createTestIo();
  expect(await runProgram(['completion', 'tcsh'], io)).toBe(2);
  expect(io.written.stderr).toContain('Allowed choices are bash, zsh, fish.');
});
