// The arrows of the house, and no others: in every package.json and in every import.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Who may depend on whom. `docs/architecture.md` draws it. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  '@directrix/rollout': [],
  '@directrix/iam': [],
  '@directrix/reachability': ['@directrix/iam'],
  '@directrix/preflight': ['@directrix/reachability', '@directrix/rollout', '@directrix/iam'],
  '@directrix/aws': ['@directrix/rollout', '@directrix/reachability', '@directrix/preflight'],
  '@directrix/images': ['@directrix/aws', '@directrix/preflight', '@directrix/reachability', '@directrix/rollout'],
  '@directrix/watch': ['@directrix/rollout'],
  '@directrix/timeline': ['@directrix/rollout'],
  '@directrix/dashboard': ['@directrix/rollout'],
  '@directrix/secrets': [],
  '@directrix/agent': ['@directrix/secrets'],
  '@directrix/lab': ['@directrix/reachability', '@directrix/iam'],
  // It reads the rules of others from a manifest that scripts/cdk-manifest.mjs writes, and runs the command.
  '@directrix/cdk': [],
  directrix: [
    '@directrix/aws',
    '@directrix/preflight',
    '@directrix/reachability',
    '@directrix/rollout',
    '@directrix/lab',
    '@directrix/secrets',
    '@directrix/watch',
    '@directrix/timeline',
    '@directrix/images',
    '@directrix/dashboard',
    '@directrix/agent',
  ],
};

/** No clock, no random source, no Node module, no AWS but its types. */
const purePackages = ['iam', 'rollout', 'reachability', 'preflight', 'timeline'];

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const packages = readdirSync(join(root, 'packages')).map((name) => ({
  directory: `packages/${name}`,
  manifest: JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')) as Manifest,
}));

/** Whether the package says itself that this may be imported of it. */
function isExported(specifier: string): boolean {
  const name = packageOf(specifier);
  const exported = packages.find(({ manifest }) => manifest.name === name)?.manifest.exports ?? {};
  return `.${specifier.slice(name.length)}` in exported;
}

interface Import {
  readonly file: string;
  readonly specifier: string;
  readonly isTypeOnly: boolean;
}

// A comment may name what the code does not.
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '$1');
}

function importsOf(directory: string): Import[] {
  return sourcesOf(directory).flatMap((file) =>
    [...withoutComments(readFileSync(join(root, file), 'utf8')).matchAll(importPattern)].map(
      ([, kind, from, dynamic, bare]) => ({
        file,
        specifier: (from ?? dynamic ?? bare)!,
        isTypeOnly: kind !== undefined,
      }),
    ),
  );
}

const importPattern =
  /\b(?:import|export)\s+(type\s)?(?:[\w*${}\s,]+?)\s+from\s+'([^']+)'|\bimport\(\s*'([^']+)'\s*\)|^\s*import\s+'([^']+)'/gm;

// What is built and so shipped: tests and their means are left out by the package's own tsconfig.json.
function sourcesOf(directory: string): string[] {
  const file = join(root, directory, 'tsconfig.json');
  const excluded = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as { readonly exclude: readonly string[] }).exclude.map(patternOf)
    : [];
  return readdirSync(join(root, directory, 'src'), { recursive: true, encoding: 'utf8' })
    .map((name) => `src/${name}`)
    .filter((name) => name.endsWith('.ts') && !excluded.some((pattern) => pattern.test(name)))
    .map((name) => `${directory}/${name}`);
}

// The compiler's globs: ** is any folders, * is anything in one name, and a folder means all that is in it.
function patternOf(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/?|\*/g, (stars) => (stars === '*' ? '[^/]*' : '(?:.*/)?'))
    .replace(/\(\?:\.\*\/\)\?$/, '.*');
  return new RegExp(`^${source}(?:/|$)`);
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

test('every package of the house has its arrows written down', () => {
  expect(packages.map(({ manifest }) => manifest.name).sort()).toEqual(Object.keys(arrows).sort());
});

describe.each(packages)('$manifest.name', ({ directory, manifest }) => {
  const allowed = arrows[manifest.name] ?? [];
  const imports = importsOf(directory);

  test('depends on no other package of the house than its arrows allow', () => {
    const declared = Object.keys({
      ...manifest.dependencies,
      ...manifest.peerDependencies,
      ...manifest.optionalDependencies,
    }).filter((name) => name in arrows);
    expect(declared.filter((name) => !allowed.includes(name))).toEqual([]);
  });

  test('imports no other package of the house than its arrows allow', () => {
    const strays = imports.filter(
      ({ specifier }) =>
        packageOf(specifier) in arrows &&
        packageOf(specifier) !== manifest.name &&
        !allowed.includes(packageOf(specifier)),
    );
    expect(strays).toEqual([]);
  });

  test('reaches into no other package by a path, and past no package by its insides', () => {
    const strays = imports.filter(({ file, specifier }) => {
      if (specifier.startsWith('.'))
        return (
          relative(join(root, directory, 'src'), resolve(root, dirname(file), specifier)).startsWith('..') &&
          !specifier.endsWith('package.json')
        );
      return packageOf(specifier) in arrows && !isExported(specifier);
    });
    expect(strays).toEqual([]);
  });

  test('declares every package that it imports', () => {
    const { dependencies, peerDependencies, peerDependenciesMeta = {}, optionalDependencies } = manifest;
    const peers = Object.keys({ ...peerDependencies }).filter((name) => peerDependenciesMeta[name]?.optional !== true);
    const declared = [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers];
    const missing = imports.filter(
      ({ specifier, isTypeOnly }) =>
        !isTypeOnly &&
        !specifier.startsWith('.') &&
        !specifier.startsWith('node:') &&
        !declared.includes(packageOf(specifier)),
    );
    expect(missing).toEqual([]);
  });
});

describe.each(purePackages)('%s is pure', (name) => {
  const directory = `packages/${name}`;

  test('it imports no Node module, and nothing outside of the house but types and schemas', () => {
    const strays = importsOf(directory).filter(
      ({ specifier, isTypeOnly }) =>
        !specifier.startsWith('.') && !(packageOf(specifier) in arrows) && specifier !== 'zod' && !isTypeOnly,
    );
    expect(strays).toEqual([]);
    expect(importsOf(directory).filter(({ specifier }) => specifier.startsWith('node:'))).toEqual([]);
  });

  test('it names no clock, no random source, no timer and no process', () => {
    const forbidden =
      /\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\b|\bMath\.random\b|\bcrypto\b|\bset(?:Timeout|Interval|Immediate)\b|\bprocess\.|\bglobalThis\b|\brequire\(/;
    const strays = sourcesOf(directory).filter((file) =>
      forbidden.test(withoutComments(readFileSync(join(root, file), 'utf8'))),
    );
    expect(strays).toEqual([]);
  });

  test('its compiler knows no platform', () => {
    const config = JSON.parse(readFileSync(join(root, directory, 'tsconfig.json'), 'utf8')) as {
      readonly compilerOptions: { readonly types?: readonly string[]; readonly lib?: readonly string[] };
    };
    const base = JSON.parse(readFileSync(join(root, 'tsconfig.base.json'), 'utf8')) as typeof config;
    const options = { ...base.compilerOptions, ...config.compilerOptions };
    expect(options.types).toEqual([]);
    expect(options.lib).toEqual(['ES2023']);
  });
});

test('the examples talk to AWS and to the secrets library, never to the deployer from inside of the application', () => {
  const strays = importsOf('examples/hyperbola').filter(({ specifier }) =>
    ['@directrix/rollout', '@directrix/aws', 'directrix'].includes(packageOf(specifier)),
  );
  expect(strays).toEqual([]);
});

test('the project references of the compiler are the arrows', () => {
  for (const { directory, manifest } of packages) {
    const file = join(root, directory, 'tsconfig.json');
    expect(existsSync(file)).toBe(true);
    const { references = [] } = JSON.parse(readFileSync(file, 'utf8')) as {
      readonly references?: readonly { readonly path: string }[];
    };
    const names = references.map(
      ({ path }) => (JSON.parse(readFileSync(resolve(root, directory, path, 'package.json'), 'utf8')) as Manifest).name,
    );
    expect({ package: manifest.name, references: names.sort() }).toEqual({
      package: manifest.name,
      references: [...(arrows[manifest.name] ?? [])].sort(),
    });
  }
});

test('only the packages whose work it is talk to AWS themselves: the commands do it by `aws`', () => {
  const strays = packages
    .filter(({ directory }) => !/\/(aws|images|secrets|agent|lab)$/.test(directory))
    .flatMap(({ directory }) => importsOf(directory))
    .filter(({ specifier, isTypeOnly }) => !isTypeOnly && /^@(aws-sdk|smithy)\//.test(specifier));
  expect(strays).toEqual([]);
});

// The paginator knows which member holds the token; collectPages bounds how many pages are read.
test('pages are read by the paginators of the SDK', () => {
  const strays = ['packages/aws', 'packages/images', 'packages/cli', 'packages/watch'].flatMap((directory) =>
    sourcesOf(directory).filter((file) =>
      /\b(?:NextToken|NextMarker|Marker)\b\s*[,:}]/.test(withoutComments(readFileSync(join(root, file), 'utf8'))),
    ),
  );
  // Route 53 has none for these, and a gateway's routes may end without a token.
  expect(strays.map((file) => file.replace(/^.*\//, ''))).toEqual(['read-hosted-zones.ts', 'read-network.ts']);
});

// A group may be named `web;touch /x`, and whoever is in trouble copies what we print.
test('every printed command has its values quoted for a shell', () => {
  const strays = [...packages.map(({ directory }) => directory), 'examples/hyperbola'].flatMap((directory) =>
    sourcesOf(directory).flatMap((file) =>
      [...withoutComments(readFileSync(join(root, file), 'utf8')).matchAll(unquotedCommand)].map(
        ([command]) => `${file}: ${command}`,
      ),
    ),
  );
  expect(strays).toEqual([]);
});

// `directrix status --group ${…}` or `aws ec2 … ${…}` in a template that the tag `shell` does not make.
const unquotedCommand =
  /(?<!\bshell)`(?:[^`$]|\$\{[^`{}]*\})*?\b(?:directrix|aws) [a-z0-9]+[^`$]*(?: --?[a-z-]+[ =]| secrets [a-z]+ )\$\{[^`]*`/g;

describe.each(packages)('$manifest.name', ({ directory }) => {
  test('has no modules that import each other in a circle', () => {
    expect(findCircles(directory)).toEqual([]);
  });
});

/** Each set of modules of which every one leads back to every other, types and dynamic imports included. */
function findCircles(directory: string): string[][] {
  const targets = new Map<string, string[]>(sourcesOf(directory).map((file) => [file, []]));
  for (const { file, specifier } of importsOf(directory)) {
    const target = relative(root, resolve(root, dirname(file), specifier)).replace(/\.js$/, '.ts');
    if (specifier.startsWith('.') && targets.has(target)) targets.get(file)?.push(target);
  }
  const reached = new Map([...targets.keys()].map((file) => [file, reach(file, targets)]));
  const circles = [...targets.keys()].map((file) =>
    [...(reached.get(file) ?? [])].filter((other) => reached.get(other)?.has(file)).sort(),
  );
  return [...new Set(circles.filter(({ length }) => length > 0).map((circle) => circle.join(' ')))].map((circle) =>
    circle.split(' '),
  );
}

/** Every module that `file` imports, and what those import; itself only where it is in a circle. */
function reach(file: string, targets: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = [...(targets.get(file) ?? [])];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    waiting.push(...(targets.get(next) ?? []));
  }
  return found;
}
