import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findScenario, prepareScenario } from './scenario.js';

let cwd: string;
beforeEach(() => {
  cwd = realpathSync(mkdtempSync(join(tmpdir(), 'directrix-scenario-')));
});
afterEach(() => rmSync(cwd, { recursive: true }));

function write(
  directory: string,
  module: string | undefined,
  manifest: unknown = { directrix: { scenario: './s.mjs' } },
) {
  mkdirSync(join(cwd, directory), { recursive: true });
  writeFileSync(
    join(cwd, directory, 'package.json'),
    typeof manifest === 'string' ? manifest : JSON.stringify(manifest),
  );
  if (module !== undefined) writeFileSync(join(cwd, directory, 's.mjs'), module);
}

const stage = (signal = new AbortController().signal) => ({
  endpoint: 'http://127.0.0.1:1',
  env: { AWS_REGION: 'us-west-2' },
  signal,
  say: () => {},
});

describe('NAME:VARIANT', () => {
  test('is a directory, or one of examples/ here', () => {
    write('shop', '');
    write('examples/site', '');
    expect(findScenario('./shop:big', cwd)).toEqual({
      name: './shop:big',
      variant: 'big',
      module: join(cwd, 'shop', 's.mjs'),
    });
    expect(findScenario('site:N1', cwd)).toMatchObject({
      variant: 'N1',
      module: join(cwd, 'examples', 'site', 's.mjs'),
    });
    expect(findScenario(`${join(cwd, 'shop')}:x`, '/')).toMatchObject({ module: join(cwd, 'shop', 's.mjs') });
  });

  test('may be a package that is installed beside this command, from anywhere', () => {
    expect(findScenario('hyperbola:N1', cwd).module).toMatch(/examples\/hyperbola\/dist\/scenario\.js$/);
  });

  test.each([
    ['shop:N1', 'node_modules/shop'],
    ['shop:N1', 'node_modules/@directrix/shop'],
    ['@acme/shop:N1', 'node_modules/@acme/shop'],
  ])('%s may be the package %s, installed here or further up', (name, directory) => {
    write(directory, '');
    mkdirSync(join(cwd, 'deep', 'down'), { recursive: true });
    expect(findScenario(name, cwd).module).toBe(join(cwd, directory, 's.mjs'));
    expect(findScenario(name, join(cwd, 'deep', 'down')).module).toBe(join(cwd, directory, 's.mjs'));
  });

  test('a directory goes before an installed package, and what is written as a path is no package', () => {
    write('node_modules/shop', '');
    expect(() => findScenario('./shop:N1', cwd)).toThrowError(expect.objectContaining({ code: 'SCENARIO_UNKNOWN' }));
    write('shop', '');
    expect(findScenario('shop:N1', cwd).module).toBe(join(cwd, 'shop', 's.mjs'));
  });

  test('may have no variant', () => {
    write('shop', '');
    expect(findScenario('shop', cwd)).toMatchObject({ variant: '' });
  });

  test('a directory of that name which is no scenario does not hide the example', () => {
    mkdirSync(join(cwd, 'site'));
    write('examples/site', '');
    expect(findScenario('site:N1', cwd).module).toBe(join(cwd, 'examples', 'site', 's.mjs'));
  });

  test.each([
    ['that is nowhere', 'nowhere:N1', 'SCENARIO_UNKNOWN'],
    ['that is empty', ':N1', 'SCENARIO_UNKNOWN'],
    ['that is not built', 'unbuilt:N1', 'SCENARIO_INVALID'],
    ['whose package.json is damaged', 'damaged:N1', 'SCENARIO_INVALID'],
  ])('one %s is refused', (_, name, code) => {
    write('unbuilt', undefined);
    write('damaged', undefined, '{');
    expect(() => findScenario(name, cwd)).toThrowError(expect.objectContaining({ code }));
  });
});

describe('preparing', () => {
  test('hands the stage and the variant over, and gives the description back', async () => {
    write(
      'shop',
      'export const prepare = async (stage) => ({ description: [stage.variant, stage.endpoint, stage.env.AWS_REGION].join() });',
    );
    expect(await prepareScenario(findScenario('shop:big', cwd), stage())).toEqual({
      description: 'big,http://127.0.0.1:1,us-west-2',
    });
  });

  test.each([
    [
      'throws',
      "export async function prepare() { throw new Error('shop has no variant x. It has big.'); }",
      'SCENARIO_FAILED',
      /shop has no variant x\. It has big\./,
    ],
    ['has no prepare', 'export const prepared = 1;', 'SCENARIO_INVALID', /does not export a function prepare/],
    ['does not load', "import 'no-such-package';", 'SCENARIO_INVALID', /cannot be loaded/],
  ])('a module that %s is reported in its own words', async (_, module, code, message) => {
    write('shop', module);
    await expect(prepareScenario(findScenario('shop:x', cwd), stage())).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  test('an interruption is not a failure of the scenario, before it begins and while it builds', async () => {
    write(
      'shop',
      `export const prepare = ({ signal, say }) => new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('cut off in the middle')));
        say('building');
      });`,
    );
    const scenario = findScenario('shop:x', cwd);
    await expect(prepareScenario(scenario, stage(AbortSignal.abort('SIGINT')))).rejects.toBe('SIGINT');
    const interruption = new AbortController();
    const interrupt = () => interruption.abort('SIGINT');
    await expect(prepareScenario(scenario, { ...stage(interruption.signal), say: interrupt })).rejects.toThrow(
      /^cut off in the middle$/,
    );
  });
});
