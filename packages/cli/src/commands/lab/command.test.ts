import { Command, CommanderError } from 'commander';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { CommandContext } from '../../command-context.js';
import { registerLab } from './command.js';

const ran = vi.hoisted(() => [] as unknown[][]);
vi.mock('./up.js', () => ({ runUp: async (_: unknown, ...rest: unknown[]) => ran.push(['up', ...rest]) }));
vi.mock('./status.js', () => ({ runStatus: async (_: unknown, ...rest: unknown[]) => ran.push(['status', ...rest]) }));
vi.mock('./down.js', () => ({ runDown: async (_: unknown, ...rest: unknown[]) => ran.push(['down', ...rest]) }));
vi.mock('./register-image.js', () => ({
  runRegisterImage: async (_: unknown, ...rest: unknown[]) => ran.push(['register', ...rest]),
}));

async function parse(argv: string): Promise<unknown[] | undefined> {
  const program = new Command('directrix');
  registerLab(program, {} as CommandContext);
  const silence = (command: Command): void => {
    command.exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
    command.commands.forEach(silence);
  };
  silence(program);
  await program.parseAsync(argv.split(' '), { from: 'user' });
  return ran[0];
}

beforeEach(() => {
  ran.length = 0;
});

describe('what is typed becomes what is done', () => {
  test.each([
    ['lab up', ['up', { port: 4566, speed: 1 }]],
    [
      'lab up --port 0 --speed 2.5 --detach --scenario hyperbola:N1 --json',
      ['up', { port: 0, speed: 2.5, detach: true, scenario: 'hyperbola:N1', json: true }],
    ],
    ['lab status', ['status', {}]],
    ['lab status --lab lab-1 --json', ['status', { lab: 'lab-1', json: true }]],
    ['lab down', ['down', {}]],
    ['lab down --all', ['down', { all: true }]],
    ['lab down --lab lab-1', ['down', { lab: 'lab-1' }]],
    ['lab image register ./web --name web', ['register', './web', { name: 'web' }]],
    [
      'lab image register --tag Version=0.149.2 ./web --name web --tag A=b=c --tag Empty=',
      ['register', './web', { name: 'web', tag: { Version: '0.149.2', A: 'b=c', Empty: '' } }],
    ],
  ])('%s', async (argv, expected) => {
    expect(await parse(argv)).toEqual(expected);
  });
});

describe('what cannot be meant is refused, and nothing is done', () => {
  test.each([
    ['lab up --port -1', /Write a number from 0 to 65535/],
    ['lab up --port 65536', /Write a number from 0 to 65535/],
    ['lab up --port http', /Write a number from 0 to 65535/],
    ['lab up --speed 0', /Write a number above 0 and up to 1000/],
    ['lab up --speed 1e9', /Write a number above 0/],
    ['lab up --speed fast', /Write a number above 0/],
    ['lab up now', /too many arguments/],
    ['lab down --all --lab lab-1', /cannot be used with option/],
    ['lab image register ./web', /required option '--name <name>' not specified/],
    ['lab image register --name web', /missing required argument 'directory'/],
    ['lab image register ./web --name web --tag Version', /Write KEY=VALUE/],
    ['lab image register ./web --name web --tag =1', /Write KEY=VALUE/],
  ])('%s', async (argv, message) => {
    const error = await parse(argv).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CommanderError);
    expect((error as Error).message).toMatch(message);
    expect(ran).toEqual([]);
  });
});
