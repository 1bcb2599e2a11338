// prepack: npm runs this in a package's directory before it packs or publishes it.
//
// Builds the workspace, so that a tarball never holds yesterday's files; deletes what the build left of sources that are gone; and copies
// the licence beside the package's own files; of the command also the schema of its settings. Refuses (exit code 1) when the build fails or an entry point is missing.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const here = process.cwd();
const manifest = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));

function refuse(text) {
  console.error(`prepack: ${manifest.name} is not packed: ${text}`);
  process.exit(1);
}

/** Every file that `exports` and `bin` name. */
function entryPoints() {
  const leaves = (value) => (typeof value === 'string' ? [value] : Object.values(value ?? {}).flatMap(leaves));
  return [...leaves(manifest.exports), ...leaves(manifest.bin)];
}

function deleteOrphans() {
  const dist = join(here, 'dist');
  for (const file of readdirSync(dist, { recursive: true })) {
    const source = /^(.*?)(\.d\.ts|\.js)(\.map)?$/.exec(file)?.[1];
    if (source !== undefined && !existsSync(join(here, 'src', `${source}.ts`))) rmSync(join(dist, file));
  }
}

const typescript = join(root, 'node_modules', 'typescript');
if (!existsSync(typescript)) refuse('run npm ci at the root of the repository first');
const tsc = JSON.parse(readFileSync(join(typescript, 'package.json'), 'utf8')).bin.tsc;
// On stderr: the stdout of `npm pack --json` is npm's.
const built = spawnSync(process.execPath, [join(typescript, tsc), '-b'], { cwd: root, stdio: ['ignore', 2, 2] });
if (built.status !== 0) refuse('it does not build');
const assets = join(here, 'build.mjs');
if (existsSync(assets) && spawnSync(process.execPath, [assets], { stdio: ['ignore', 2, 2] }).status !== 0)
  refuse('its assets do not build');
deleteOrphans();
for (const entry of entryPoints()) if (!existsSync(join(here, entry))) refuse(`there is no ${entry}`);
if (manifest.name === 'directrix') {
  // Of the commands as they were just built, for editors.
  const schema = spawnSync(process.execPath, [join(here, manifest.bin.directrix), 'config', 'schema'], {
    stdio: ['ignore', 'pipe', 2],
  });
  if (schema.status !== 0) refuse('it cannot print the schema of its settings');
  writeFileSync(join(here, 'directrix.schema.json'), schema.stdout);
}
copyFileSync(join(root, 'LICENSE'), join(here, 'LICENSE'));
