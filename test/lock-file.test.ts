// The lock file: complete for every platform, so that `npm ci` works on a fresh clone, and without download addresses.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};

/** Whether `name`, asked for by the package at `path`, is locked where Node would look for it. */
function isLocked(path: string, name: string): boolean {
  const parts = path.split('/node_modules/');
  for (let depth = parts.length; depth > 0; depth--) {
    if (packages[`${parts.slice(0, depth).join('/node_modules/')}/node_modules/${name}`]) return true;
  }
  return packages[`node_modules/${name}`] !== undefined;
}

test('every dependency of every locked package is locked, those of other platforms included', () => {
  const missing = Object.entries(packages).flatMap(([path, { dependencies = {}, optionalDependencies = {} }]) =>
    [...Object.keys(dependencies), ...Object.keys(optionalDependencies)]
      .filter((name) => !isLocked(path, name))
      .map((name) => `${name}, of ${path}`),
  );
  expect(missing).toEqual([]);
});

test('no package names the address that it was downloaded from', () => {
  const addresses = Object.values(packages).filter(({ link, resolved }) => !link && resolved !== undefined);
  expect(addresses).toEqual([]);
});

test('every package of the repository is locked, so that npm ci takes the lock', () => {
  const root = new URL('..', import.meta.url);
  const folders = ['packages', 'examples'].flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, root)).map((name) => `${folder}/${name}`),
  );
  const unlocked = folders.filter((folder) => {
    const { name, version } = JSON.parse(readFileSync(new URL(`${folder}/package.json`, root), 'utf8'));
    return packages[`node_modules/${name}`]?.link !== true || packages[folder]?.version !== version;
  });
  expect(unlocked).toEqual([]);
});
