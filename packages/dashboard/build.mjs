// Builds the page's assets: `node packages/dashboard/build.mjs [directory]`. Nothing of them comes from the network when the page runs.
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));

/** Writes app.js and app.css into `directory`. */
export async function buildAssets(directory = join(here, 'assets')) {
  rmSync(directory, { recursive: true, force: true });
  await build({
    entryPoints: { app: join(here, 'client', 'main.tsx') },
    outdir: directory,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'eof',
    logLevel: 'warning',
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAssets(process.argv[2]);
