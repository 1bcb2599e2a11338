// What a stranger installs: the tarballs of `npm pack` in an empty folder, nothing of this clone beside them. The command rolls the
// example out and back in its own lab, and an application loads its secrets from each kind of module.
import { execFile } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

interface Packed {
  readonly name: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

let home: string;
let app: string;
let packed: readonly Packed[];
let env: Record<string, string>;
let lab: { readonly id: string; readonly env: Readonly<Record<string, string>> } | undefined;

function manifestOf(directory: string): Record<string, Record<string, string> | undefined> {
  return JSON.parse(readFileSync(join(root, directory, 'package.json'), 'utf8'));
}

async function npm(args: readonly string[], cwd: string): Promise<string> {
  // npm's own settings (registry, certificates, proxy) are the machine's.
  const { stdout } = await run('npm', [...args], { cwd, env: { ...process.env, ...env }, maxBuffer: 1e8 });
  return stdout;
}

/** Runs the command that was installed, as `npx directrix` does. */
async function directrix(args: readonly string[]): Promise<string> {
  const { stdout } = await run(join(app, 'node_modules', '.bin', 'directrix'), [...args], {
    cwd: app,
    env: { ...env, ...lab?.env },
    maxBuffer: 1e8,
  });
  return stdout;
}

/** Nobody else needs aws-cdk-lib, which is large: it is installed by itself. */
const constructs = '@directrix/cdk';

/** npm asks the registry for what its cache does not have. */
const installTimeoutMs = 400_000;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'dx-tarballs-'));
  app = join(home, 'app');
  const tarballs = join(home, 'tarballs');
  for (const directory of [app, tarballs]) mkdirSync(directory);
  // The Node that runs this test runs everything; records and labs stay in this folder; npm's cache is the machine's.
  env = {
    PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`,
    HOME: process.env.HOME ?? home,
    XDG_STATE_HOME: join(home, 'state'),
    XDG_RUNTIME_DIR: home,
  };
  const answer = JSON.parse(
    await npm(['pack', '--workspaces', '--json', '--pack-destination', tarballs], root),
  ) as object;
  packed = Object.values(answer) as Packed[];
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'app', version: '1.0.0', private: true }));
  const { zod } = manifestOf('packages/secrets').devDependencies ?? {};
  const { '@types/node': nodeTypes } = manifestOf('.').devDependencies ?? {};
  await npm(
    [
      'install',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      ...packed.filter(({ name }) => name !== constructs).map(({ filename }) => join(tarballs, filename)),
      `zod@${zod}`,
      `@types/node@${nodeTypes}`,
    ],
    app,
  );
}, installTimeoutMs);

afterAll(async () => {
  try {
    if (lab) await directrix(['lab', 'down', '--lab', lab.id]);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});

describe('the tarballs', () => {
  test('hold licence, README, code and declarations; no sources, tests, build info or maps', () => {
    const expected =
      /^(LICENSE|README\.md|package\.json|bin\/directrix(-agent)?\.js|directrix\.schema\.json|assets\/app\.(js|css)|model\/.+\.json|releases\/.+|dist\/.+\.(js|d\.ts))$/;
    expect(packed.length).toBeGreaterThan(7);
    for (const { name, files } of packed) {
      const paths = files.map(({ path }) => path);
      const strays = paths.filter((path) => !expected.test(path) || /\.(test|fixture)\./.test(path));
      expect({ name, strays }).toEqual({ name, strays: [] });
      // What directrix dashboard serves is in its package, or the page would be empty.
      if (name === '@directrix/dashboard')
        expect(paths).toEqual(expect.arrayContaining(['assets/app.js', 'assets/app.css']));
      expect(paths).toEqual(
        expect.arrayContaining(
          ['LICENSE', 'README.md', 'package.json', 'dist/index.js'].filter(
            (path) => path !== 'dist/index.js' || name !== '@directrix/hyperbola',
          ),
        ),
      );
    }
  });

  test('are of the code as it is: packing builds, and refuses what does not build', async () => {
    const clone = join(home, 'clone');
    const shop = join(clone, 'packages', 'shop');
    mkdirSync(join(shop, 'src'), { recursive: true });
    mkdirSync(join(shop, 'dist'));
    mkdirSync(join(clone, 'scripts'));
    copyFileSync(join(root, 'scripts', 'prepack.mjs'), join(clone, 'scripts', 'prepack.mjs'));
    copyFileSync(join(root, 'LICENSE'), join(clone, 'LICENSE'));
    const files = ['dist/**/*.js', 'dist/**/*.d.ts'];
    const scripts = { prepack: 'node ../../scripts/prepack.mjs' };
    const manifest = { name: 'shop', version: '1.0.0', exports: { '.': './dist/index.js' }, files, scripts };
    writeFileSync(join(shop, 'package.json'), JSON.stringify(manifest));
    writeFileSync(join(clone, 'tsconfig.json'), '{ "files": [], "references": [{ "path": "packages/shop" }] }');
    const compilerOptions = { composite: true, rootDir: 'src', outDir: 'dist', types: [] };
    writeFileSync(join(shop, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
    writeFileSync(join(shop, 'dist', 'gone.js'), '// of a source that is gone');
    writeFileSync(join(shop, 'src', 'index.ts'), 'export const price: number = 1;\n');
    const pack = () => npm(['pack', '--json'], shop);

    await expect(pack()).rejects.toMatchObject({ stderr: expect.stringContaining('run npm ci at the root') });
    symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
    const [answer] = Object.values(JSON.parse(await pack()) as object) as [Packed];
    expect(answer.files.map(({ path }) => path)).toEqual([
      'LICENSE',
      'dist/index.d.ts',
      'dist/index.js',
      'package.json',
    ]);

    writeFileSync(join(shop, 'src', 'index.ts'), "export const price: number = 'one';\n");
    rmSync(join(shop, answer.filename));
    await expect(pack()).rejects.toMatchObject({
      stderr: expect.stringContaining('shop is not packed: it does not build'),
    });
    expect(existsSync(join(shop, answer.filename))).toBe(false);
  });
});

describe('@directrix/cdk, installed', () => {
  test('nobody else brings aws-cdk-lib', () => {
    expect(existsSync(join(app, 'node_modules', 'aws-cdk-lib'))).toBe(false);
  });

  test('its constructs load in CommonJS and in an ES module, beside the aws-cdk-lib of the application', async () => {
    const own = join(home, 'cdk-app');
    const scope = join(own, 'node_modules', '@directrix');
    mkdirSync(scope, { recursive: true });
    const tarball = packed.find(({ name }) => name === constructs)?.filename ?? '';
    await run('tar', ['-xzf', join(home, 'tarballs', tarball), '-C', scope]);
    renameSync(join(scope, 'package'), join(scope, 'cdk'));
    for (const peer of ['aws-cdk-lib', 'constructs'])
      symlinkSync(join(root, 'node_modules', peer), join(own, 'node_modules', peer));
    const names = 'ImmutableFleet, LabEnvironment, ManagementDomain, ParameterStoreEndpoint, PreflightChecks';
    const tell = `console.log([${names}].map((one) => typeof one).join(' '));`;
    writeFileSync(join(own, 'app.cjs'), `const { ${names} } = require('${constructs}');\n${tell}`);
    writeFileSync(join(own, 'app.mjs'), `import { ${names} } from '${constructs}';\n${tell}`);
    for (const file of ['app.cjs', 'app.mjs']) {
      const { stdout } = await run(process.execPath, [file], { cwd: own, env });
      expect(stdout).toBe('function function function function function\n');
    }
  });
});

describe('the command, installed', () => {
  test('brings the example up in its lab, rolls a release out and back', async () => {
    lab = JSON.parse(
      await directrix([
        'lab',
        'up',
        '--detach',
        '--port',
        '0',
        '--speed',
        '20',
        '--scenario',
        'hyperbola:N5',
        '--json',
      ]),
    );
    const deployed = JSON.parse(
      await directrix(['deploy', '--group', 'web', '--version', '0.149.2', '--bake', '20s', '--json']),
    );
    expect(deployed).toMatchObject({ outcome: 'done' });
    const rolledBack = JSON.parse(await directrix(['rollback', '--group', 'web', '--json']));
    expect(rolledBack).toMatchObject({ outcome: 'done' });
    expect(JSON.parse(await directrix(['status', '--group', 'web', '--json']))).toMatchObject({
      group: expect.anything(),
    });
  });
});

// One application, in each kind of module.
const load = `
  const secrets = await loadSecrets({
    path: '/app/production/',
    schema: z.object({ SECRET_KEY: z.string(), DATABASE_URL: z.url(), PORT: z.coerce.number().default(8080) }),
  });
  console.log(secrets.values.SECRET_KEY, new URL(secrets.values.DATABASE_URL.reveal()).port, secrets.values.PORT.reveal());
  secrets.close();`;
const loaded = { stdout: '[secret] 3306 8080\n', stderr: '' };

describe('@directrix/secrets, installed', () => {
  const runApp = async (file: string) => {
    const { stdout, stderr } = await run(process.execPath, [file], { cwd: app, env: { ...env, ...lab?.env } });
    return { stdout, stderr };
  };
  const esm = `import { loadSecrets } from '@directrix/secrets';\nimport * as z from 'zod';\n${load}`;

  test('loads in an ES module, and writes nothing else to the log', async () => {
    writeFileSync(join(app, 'esm.mjs'), esm);
    expect(await runApp('esm.mjs')).toEqual(loaded);
  });

  test('loads in CommonJS, and writes nothing else to the log', async () => {
    const required = `const { loadSecrets } = require('@directrix/secrets');\nconst z = require('zod');`;
    writeFileSync(join(app, 'cjs.cjs'), `${required}\n(async () => {${load}})();`);
    expect(await runApp('cjs.cjs')).toEqual(loaded);
  });

  test.each(['esm', 'cjs'] as const)('loads from one file that esbuild made, as %s', async (format) => {
    const { build } = await import('esbuild');
    const file = `bundled.${format === 'esm' ? 'mjs' : 'cjs'}`;
    await build({
      stdin: { contents: format === 'esm' ? esm : esm.replace(load, `(async () => {${load}})();`), resolveDir: app },
      absWorkingDir: app,
      bundle: true,
      platform: 'node',
      format,
      outfile: join(app, 'bundle', file),
      logLevel: 'silent',
      // The SDK's own dependencies are CommonJS in part: https://esbuild.github.io/content-types/#external-imports-esm
      ...(format === 'esm'
        ? {
            banner: {
              js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
            },
          }
        : {}),
    });
    expect(await runApp(join('bundle', file))).toEqual(loaded);
  });

  test('is typed, under strict, with its dependencies’ declarations checked too', async () => {
    const source = (port: string) => `
      import { healthOf, loadSecrets, type Secret, type SecretsError } from '@directrix/secrets';
      import * as z from 'zod';
      const secrets = await loadSecrets({
        path: '/app/production/',
        schema: z.object({ DATABASE_URL: z.url(), PORT: z.coerce.number(), NOTE: z.string().optional() }),
      });
      export const url: string = secrets.values.DATABASE_URL.reveal();
      export const port: ${port} = secrets.get('PORT').reveal();
      export const note: Secret<string> | undefined = secrets.values.NOTE;
      export const text = (error: SecretsError): string => healthOf(error).text;`;
    const compilerOptions = {
      strict: true,
      noEmit: true,
      module: 'nodenext',
      target: 'es2023',
      lib: ['es2023'],
      types: ['node'],
      skipLibCheck: false,
      exactOptionalPropertyTypes: true,
    };
    writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['good.mts', 'required.cts'] }));
    writeFileSync(join(app, 'tsconfig.bad.json'), JSON.stringify({ compilerOptions, files: ['bad.mts'] }));
    writeFileSync(join(app, 'good.mts'), source('number'));
    writeFileSync(join(app, 'bad.mts'), source('string'));
    writeFileSync(
      join(app, 'required.cts'),
      `import secrets = require('@directrix/secrets');\nexport const load: typeof secrets.loadSecrets = secrets.loadSecrets;`,
    );
    const { tsc } = JSON.parse(readFileSync(join(root, 'node_modules', 'typescript', 'package.json'), 'utf8')).bin as {
      readonly tsc: string;
    };
    const compile = (project: string) =>
      run(process.execPath, [join(root, 'node_modules', 'typescript', tsc), '-p', project], { cwd: app });
    await expect(compile('tsconfig.json').catch(({ stdout }: { stdout: string }) => stdout)).resolves.toMatchObject({
      stdout: '',
    });
    await expect(compile('tsconfig.bad.json')).rejects.toMatchObject({
      stdout: expect.stringMatching(/bad\.mts.*'number' is not assignable to type 'string'/),
    });
  });
});

test('the lab goes, and leaves nothing behind', async () => {
  const down = lab;
  await directrix(['lab', 'down', '--lab', down?.id ?? '']);
  lab = undefined;
  await expect(directrix(['lab', 'status', '--lab', down?.id ?? '', '--json'])).rejects.toMatchObject({ code: 2 });
});
