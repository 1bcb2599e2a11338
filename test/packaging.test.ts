// What a stranger gets: each package.json says what the package is, ships what it needs and nothing else, and declares every package
// that its code and its types name. The tarballs themselves are tried in test/system/tarballs.test.ts.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly keywords?: readonly string[];
  readonly license?: string;
  readonly repository?: unknown;
  readonly engines?: unknown;
  readonly files?: readonly string[];
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly publishConfig?: unknown;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

function readManifest(directory: string): Manifest {
  return JSON.parse(readFileSync(join(root, directory, 'package.json'), 'utf8')) as Manifest;
}

const packages = ['packages', 'examples'].flatMap((folder) =>
  readdirSync(join(root, folder)).map((name) => {
    const directory = `${folder}/${name}`;
    return { directory, manifest: readManifest(directory), name: readManifest(directory).name };
  }),
);

function installedVersion(name: string): string {
  return readManifest(`node_modules/${name}`).version;
}

const importPattern = /(?:\bfrom|\bimport)\s*\(?\s*'([\w@][^'\n]*)'/g;
const nodeTypesPattern = /\bNodeJS\.|\bBuffer\b|\bAbortSignal\b|'node:/;

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '$1');
}

/** What the built declarations of a package say. */
function declarationsOf(directory: string): string[] {
  const dist = join(root, directory, 'dist');
  return readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.d.ts'))
    .filter((file) => existsSync(join(root, directory, 'src', file.replace(/\.d\.ts$/, '.ts'))))
    .map((file) => withoutComments(readFileSync(join(dist, file), 'utf8')));
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

describe.each(packages)('$name', ({ directory, manifest }) => {
  test('says what it is, and names no repository that is not there', () => {
    expect(manifest).toMatchObject({
      description: expect.stringMatching(/\w.*\.$/),
      license: 'Apache-2.0',
      engines: readManifest('.').engines,
      publishConfig: { access: 'public' },
    });
    expect(manifest.keywords?.length).toBeGreaterThan(0);
    expect(manifest.private).toBeUndefined();
    expect(manifest.repository).toBeUndefined();
    expect(existsSync(join(root, directory, 'README.md'))).toBe(true);
  });

  test('builds before it is packed, and ships code and declarations, no build info and no maps', () => {
    expect(manifest.scripts?.prepack).toBe('node ../../scripts/prepack.mjs');
    expect(manifest.files).toEqual(expect.arrayContaining(['dist/**/*.js', 'dist/**/*.d.ts']));
    expect(manifest.files?.filter((file) => file.startsWith('dist'))).toHaveLength(2);
  });

  test('gives types for everything that it exports', () => {
    const { './package.json': self, ...exported } = manifest.exports ?? {};
    expect(self).toBe('./package.json');
    expect(Object.keys(exported)).toContain('.');
    for (const [path, target] of Object.entries(exported)) {
      expect({ path, target }).toMatchObject({
        target: { types: expect.stringMatching(/\.d\.ts$/), default: expect.stringMatching(/\.js$/) },
      });
    }
  });

  test('declares every package that its declarations name, where who installs it gets them', () => {
    const installed = [manifest.name, ...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })];
    const texts = declarationsOf(directory);
    const named = texts.flatMap((text) => [...text.matchAll(importPattern)].map(([, specifier = '']) => specifier));
    const missing = named.filter((name) => !name.startsWith('node:') && !installed.includes(packageOf(name)));
    expect([...new Set(missing)]).toEqual([]);
    if (texts.some((text) => nodeTypesPattern.test(text))) expect(installed).toContain('@types/node');
  });

  test('takes the AWS SDK at exactly the version that it was tested with', () => {
    // The lab reads the SDK's schemas by their layout, and a paginator refuses a client of another copy of the SDK.
    const sdk = Object.entries({ ...manifest.dependencies }).filter(([name]) => /^@(aws-sdk|smithy)\//.test(name));
    // An application has an SDK of its own, and one copy of it is enough.
    const pinned = manifest.name === '@directrix/secrets' ? [] : sdk;
    expect(pinned).toEqual(pinned.map(([name]) => [name, installedVersion(name)]));
  });

  test('takes of the AWS SDK only versions that run on Node 20', () => {
    // The SDK says: "versions published after the first week of January 2027 will require node >=22". It publishes one on every working
    // day; 3.1173 is of November 2026. The upper bound goes when the floor of `engines` does.
    const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.peerDependencies };
    const clients = Object.entries(all).filter(([name]) => name.startsWith('@aws-sdk/client-'));
    const unbounded = clients.filter(
      ([name, range]) => range !== installedVersion(name) && !/^>=3\.\d+\.\d+ <3\.1190\.0$/.test(range),
    );
    expect(unbounded).toEqual([]);
    for (const [name] of clients) expect(Number(installedVersion(name).split('.')[1])).toBeLessThan(1190);
  });

  test('takes other packages of this repository at exactly their version', () => {
    const versions = new Map(packages.map((one) => [one.name, one.manifest.version]));
    const own = Object.entries({ ...manifest.dependencies }).filter(([name]) => versions.has(name));
    expect(own).toEqual(own.map(([name]) => [name, versions.get(name)]));
  });
});

test('all packages have one version, but for the example, which has its site’s', () => {
  const versions = packages
    .filter(({ directory }) => directory.startsWith('packages/'))
    .map((one) => one.manifest.version);
  expect(new Set(versions).size).toBe(1);
  expect(readFileSync(join(root, 'CHANGELOG.md'), 'utf8')).toContain(`## ${versions[0]}`);
});

describe('the command on another Node', () => {
  const command = join(root, 'packages/cli/bin/directrix.js');
  const runOn = (version: string) => {
    const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
    const args = ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`, command, '--version'];
    return spawnSync(process.execPath, args, { encoding: 'utf8' });
  };

  test.each(['16.20.2', '18.20.8', '20.18.3'])('%s is refused in one line', (version) => {
    expect(runOn(version)).toMatchObject({
      status: 2,
      stdout: '',
      stderr: `Directrix needs Node 20.19 or later; this is ${version}.\n`,
    });
  });

  test.each(['20.19.0', '22.0.0', '24.1.0'])('%s runs, and says nothing into a log', (version) => {
    expect(runOn(version)).toMatchObject({ status: 0, stderr: '' });
  });
});
