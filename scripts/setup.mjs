// setup: what `npm start` and `npm test` need before they can run, on a fresh clone.
//
// Installs when node_modules does not match package-lock.json, then builds. Uses nothing but Node and npm.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Directrix needs Node 20.19 or later; this is ${process.versions.node}.`);
  process.exit(2);
}

// npm writes node_modules/.package-lock.json after every complete install.
const lock = join(root, 'package-lock.json');
const installed = join(root, 'node_modules', '.package-lock.json');
const isInstalled = () => existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs;

function run(what, command, args) {
  const startedAt = Date.now();
  process.stderr.write(`${what} …`);
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' });
  if (result.status !== 0) {
    process.stderr.write(' failed\n');
    process.stderr.write(
      `${result.stdout ?? ''}${result.stderr ?? ''}${result.error ? `${result.error.message}\n` : ''}`,
    );
    process.exit(result.status ?? 1);
  }
  process.stderr.write(` ${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`);
}

if (!isInstalled()) run('Installing', 'npm', ['ci', '--prefer-offline', '--loglevel=error']);
const tsc = JSON.parse(readFileSync(join(root, 'node_modules', 'typescript', 'package.json'), 'utf8')).bin.tsc;
run('Building', process.execPath, [join(root, 'node_modules', 'typescript', tsc), '-b']);
run('Building the page', process.execPath, [join(root, 'packages', 'dashboard', 'build.mjs')]);
