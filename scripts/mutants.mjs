// mutants: bugs planted on purpose, and the named tests that must catch them. A mutant that no test catches is a rule that nothing holds.
//
//   npm run sim:mutants                      all of them, after `npm run build`
//   npm run sim:mutants -- rollout lab       those of these packages
//   npm run sim:mutants -- --only NAME       one of them
//
// Each changes one place in a copy of the repository and runs the test files named with it. It is caught when a test fails, or does not
// end in time. Exit code 1 when one survives, or fits its file no more.
import { spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lists = join(root, 'scripts', 'mutants');
/** A test that hangs has noticed, too. */
const deadlineMs = 180_000;
const configName = 'vitest.mutants.config.ts';

/** Every list: `{ name, file, from, to, tests }`, paths below the package; tests may be of the root's `test/`. */
async function readMutants() {
  const names = readdirSync(lists).filter((name) => name.endsWith('.mjs'));
  const read = names.map(async (name) => {
    const { mutants } = await import(pathToFileURL(join(lists, name)).href);
    const folder = name.replace('.mjs', '');
    return mutants.map((mutant) => ({ ...mutant, folder }));
  });
  return (await Promise.all(read)).flat();
}

function copyRepository() {
  const copy = mkdtempSync(join(tmpdir(), 'directrix-mutants-'));
  const listed = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  for (const file of listed.stdout.split('\0').filter((name) => name !== '')) {
    mkdirSync(join(copy, dirname(file)), { recursive: true });
    copyFileSync(join(root, file), join(copy, file));
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  for (const name of readdirSync(join(root, 'packages')))
    if (existsSync(join(root, 'packages', name, 'dist')))
      symlinkSync(join(root, 'packages', name, 'dist'), join(copy, 'packages', name, 'dist'));
  return copy;
}

/** A test of several packages sees the changed source of this one, and what was built of the others. */
function writeConfig(copy, folder) {
  const source = join(copy, 'packages', folder, 'src', 'index.ts');
  const text = `import { mergeConfig } from 'vitest/config';
import config from './vitest.config.js';
const alias = [{ find: '@directrix/${folder}', replacement: ${JSON.stringify(source)} }];
export default mergeConfig(config, { resolve: { alias } });
`;
  writeFileSync(join(copy, configName), text);
}

/** The names of the tests that failed; undefined where the run came to no end. */
function runTests(copy, files) {
  const report = join(copy, 'mutant-report.json');
  rmSync(report, { force: true });
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const argv = [
    vitest,
    'run',
    '--bail',
    '1',
    '--reporter',
    'json',
    '--outputFile',
    report,
    '--config',
    configName,
    ...files,
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, argv, { cwd: copy, stdio: 'ignore', detached: true });
    const timer = setTimeout(() => {
      process.kill(-child.pid, 'SIGKILL');
      resolve({ isOver: false, failed: [] });
    }, deadlineMs);
    child.on('error', reject);
    child.on('exit', () => {
      clearTimeout(timer);
      try {
        const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
        const failed = testResults
          .flatMap(({ assertionResults }) => assertionResults)
          .filter(({ status }) => status === 'failed');
        const unread = testResults.filter(
          ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
        );
        resolve({
          isOver: true,
          failed: failed.map(({ fullName }) => fullName),
          unread: unread.map(({ message }) => message),
        });
      } catch (error) {
        reject(new Error(`vitest wrote no report of ${files.join(' ')}: ${error.message}`));
      }
    });
  });
}

const { values, positionals } = parseArgs({ options: { only: { type: 'string' } }, allowPositionals: true });
const all = await readMutants();
const chosen = all.filter(
  ({ folder, name }) =>
    (positionals.length === 0 || positionals.includes(folder)) && (values.only === undefined || values.only === name),
);
if (chosen.length === 0) {
  console.error(`no such mutants; the packages are ${[...new Set(all.map(({ folder }) => folder))].join(', ')}`);
  process.exit(2);
}

const copy = copyRepository();
const counts = { caught: 0, survived: 0, stale: 0 };
const pathsOf = ({ folder, tests }) =>
  tests.map((test) => (test.startsWith('test/') ? test : join('packages', folder, test)));
try {
  // What fails anyway catches nothing.
  for (const folder of new Set(chosen.map((mutant) => mutant.folder))) {
    writeConfig(copy, folder);
    const files = new Set(chosen.filter((mutant) => mutant.folder === folder).flatMap(pathsOf));
    const sound = await runTests(copy, [...files]);
    const trouble = sound.isOver ? (sound.failed[0] ?? sound.unread[0]) : 'they do not end';
    if (trouble !== undefined) throw new Error(`the tests of ${folder} fail without any mutant: ${trouble}`);
  }
  for (const { folder, name, file, from, to, tests } of chosen) {
    const path = join(copy, 'packages', folder, file);
    const text = readFileSync(path, 'utf8');
    const said = `${folder}: ${name}`;
    if (text.split(from).length !== 2) {
      counts.stale += 1;
      console.log(`STALE     ${said}: ${file} has the text ${text.split(from).length - 1} times`);
      continue;
    }
    writeConfig(copy, folder);
    writeFileSync(
      path,
      text.replace(from, () => to),
    );
    const startedAt = Date.now();
    const { isOver, failed, unread = [] } = await runTests(copy, pathsOf({ folder, tests }));
    writeFileSync(path, text);
    const took = `${((Date.now() - startedAt) / 1000).toFixed(0)} s`;
    if (unread.length > 0) {
      counts.stale += 1;
      console.log(`STALE     ${said}: it does not load: ${unread[0].split('\n')[0]}`);
    } else if (!isOver || failed.length > 0) {
      counts.caught += 1;
      console.log(`caught    ${said} (${took})\n            by ${isOver ? failed[0] : 'a test that does not end'}`);
    } else {
      counts.survived += 1;
      console.log(`SURVIVED  ${said} (${took})`);
    }
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
console.log(`\n${counts.caught} caught, ${counts.survived} survived, ${counts.stale} stale, of ${chosen.length}`);
process.exitCode = counts.survived + counts.stale === 0 ? 0 : 1;
