// run: `node bench/run.mjs <name>` runs bench/<name>.ts, which Node 20 does not understand by itself. Needs `npm run build` before.
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const [name, ...args] = process.argv.slice(2);
if (!/^[\w-]+$/.test(name ?? '')) {
  console.error('usage: node bench/run.mjs <name> [arguments]');
  process.exit(2);
}
const { module } = await runnerImport(fileURLToPath(new URL(`./${name}.ts`, import.meta.url)));
await module.default(args);
