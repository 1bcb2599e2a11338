// What an application gets when it installs the package: from its built files, by import and by require, in how many bytes.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const cwd = fileURLToPath(new URL('..', import.meta.url));

/** README.md states these. */
const ownBudgetBytes = 30_000;
const wholeBudgetBytes = 700_000;

async function bundle(external: RegExp | undefined): Promise<{ readonly bytes: number; readonly gzipBytes: number }> {
  const built = await rolldown({
    input: fileURLToPath(new URL('../dist/index.js', import.meta.url)),
    platform: 'node',
    external: external ? [external] : [],
    logLevel: 'silent',
  });
  const { output } = await built.generate({ format: 'esm', minify: true });
  await built.close();
  const code = output.flatMap((chunk) => (chunk.type === 'chunk' ? [chunk.code] : [])).join('');
  return { bytes: Buffer.byteLength(code), gzipBytes: gzipSync(code).length };
}

describe('the package', () => {
  it('keeps to its budget without the SDK', async () => {
    const { bytes } = await bundle(/^@aws-sdk\//);
    expect(bytes).toBeGreaterThan(5_000);
    expect(bytes).toBeLessThan(ownBudgetBytes);
  });

  it('keeps to its budget with the SDK', async () => {
    const { bytes } = await bundle(undefined);
    expect(bytes).toBeLessThan(wholeBudgetBytes);
  });

  it('works in ES modules and in CommonJS', async () => {
    const say = 'typeof secrets.loadSecrets + " " + typeof secrets.fromEnv';
    const esm = `import * as secrets from '@directrix/secrets'; console.log(${say})`;
    const cjs = `const secrets = require('@directrix/secrets'); console.log(${say})`;
    const imported = await run(process.execPath, ['--input-type=module', '-e', esm], { cwd });
    const required = await run(process.execPath, ['--input-type=commonjs', '-e', cjs], { cwd });
    expect(imported.stdout).toBe('function function\n');
    expect(required.stdout).toBe('function function\n');
  });

  it('lets a process end that refreshes, and one that waits at its top level live', async () => {
    const script = `
      import { createServer } from 'node:http';
      import { loadSecrets } from '@directrix/secrets';
      import * as z from 'zod';
      let asked = 0;
      const server = createServer((request, response) => {
        asked += 1;
        response.writeHead(asked === 1 ? 500 : 200, { 'content-type': 'application/x-amz-json-1.1' });
        response.end(asked === 1 ? '{}' : JSON.stringify({ Parameters: [{ Name: '/app/KEY', Value: 'v', Version: 1 }] }));
      });
      server.unref();
      // Its end of a connection is of this process too, and would keep it.
      server.on('connection', (socket) => socket.unref());
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
      process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:' + server.address().port;
      const secrets = await loadSecrets({ path: '/app/', schema: z.object({ KEY: z.string() }), refresh: { ttlMs: 3_600_000 } });
      console.log('loaded ' + secrets.values.KEY);`;
    const env = { PATH: process.env.PATH, AWS_REGION: 'x', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
      cwd,
      env,
      timeout: 20_000,
    });
    expect(stdout).toBe('loaded [secret]\n');
  });
});
