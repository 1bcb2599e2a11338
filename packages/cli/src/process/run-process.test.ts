// The process around a program, as the operating system sees it: real processes, with real streams that fail.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const module = new URL('../../dist/process/run-process.js', import.meta.url).href;
const directory = mkdtempSync(join(tmpdir(), 'directrix-process-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function spawnProgram(body: string, shell = 'exec "$@"') {
  const script = `import { runProcess } from '${module}'; await runProcess(async (io) => { ${body} });`;
  return spawn('bash', ['-c', shell, 'bash', process.execPath, '--input-type=module', '-e', script], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH },
  });
}

/** Runs `body` as the program, which has `io`. `whenReady` is called when it has written `ready` to stderr. */
async function run(
  body: string,
  { shell, whenReady }: { readonly shell?: string; readonly whenReady?: (child: ChildProcess) => void } = {},
): Promise<Ending> {
  const child = spawnProgram(body, shell);
  const ending = { stdout: '', stderr: '' };
  let isReady = false;
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      ending[name] += text;
      if (isReady || !ending.stderr.includes('ready')) return;
      isReady = true;
      whenReady?.(child);
    });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...ending };
}

const interrupted =
  'new Promise((resolve) => { const idle = setInterval(() => {}, 1000); io.signal.addEventListener("abort", () => { clearInterval(idle); resolve(); }); })';

describe('a stream that cannot be written loses the story, and stops nothing', () => {
  test.each([
    ['a full disk below stderr', 'exec "$@" 2>/dev/full', 'the result', ''],
    ['a file of stderr that may not grow', 'ulimit -f 1; exec "$@" 2>small.log', 'the result', ''],
    ['a closed stderr', 'exec "$@" 2>&-', 'the result', ''],
    ['a reader of stderr that is gone', '"$@" 2> >(exec true); exit $?', 'the result', ''],
  ])('%s', async (_, shell, stdout, stderr) => {
    const body = `for (let i = 0; i < 100; i++) { io.stderr.write('a line of the story '.repeat(10) + '\\n'); await null; }
      await new Promise((resolve) => setImmediate(resolve)); io.stdout.write('the result'); return 0;`;
    expect(await run(body, { shell })).toEqual({ code: 0, stdout, stderr });
  });

  test('a reader of stderr that has stopped reading misses what is beyond a limit', async () => {
    const body = `for (let i = 0; i < 400; i++) io.stderr.write('x'.repeat(10_000)); io.stdout.write('the result'); return 0;`;
    const child = spawnProgram(body);
    const closed = once(child, 'close');
    // Not read before the program is done.
    await once(child.stdout, 'data');
    let heard = 0;
    child.stderr.on('data', (chunk: Buffer) => {
      heard += chunk.length;
    });
    expect(await closed).toEqual([0, null]);
    expect(heard).toBeGreaterThan(10_000);
    expect(heard).toBeLessThan(2_000_000);
  });
});

describe('a result that cannot be written', () => {
  const warning = 'warning: the result could not be written to standard output: ENOSPC\n';
  const shell = 'exec "$@" >/dev/full';

  test('is told, and is not taken for success', async () => {
    expect(await run("io.stdout.write('{}'); return 0;", { shell })).toEqual({ code: 3, stdout: '', stderr: warning });
  });

  test('does not change the verdict on a rollout', async () => {
    const body = (code: number) => `io.mustFinish(); io.stdout.write('{}'); return ${code};`;
    expect(await run(body(0), { shell })).toEqual({ code: 0, stdout: '', stderr: warning });
    expect(await run(body(1), { shell })).toEqual({ code: 1, stdout: '', stderr: warning });
  });

  test('is no loss where its reader has gone away by itself', async () => {
    const body =
      "io.stdout.write('x'.repeat(1_000_000)); await new Promise((resolve) => setTimeout(resolve, 50)); return 0;";
    const { code, stderr } = await run(body, { shell: '"$@" > >(exec true); exit $?' });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe('a closed terminal', () => {
  const body = (first: string) => `${first} io.stderr.write('ready\\n');
    const hung = new Promise((resolve) => process.once('SIGHUP', () => setImmediate(resolve)));
    const idle = setInterval(() => {}, 1000); await hung; clearInterval(idle);
    io.stdout.write(String(io.signal.reason)); return io.signal.aborted ? 130 : 0;`;

  test.each([
    ['plainly', 'exec "$@"'],
    ['under nohup', 'exec nohup "$@"'],
  ])('does not stop what must finish: %s', async (_, shell) => {
    const ending = await run(body('io.mustFinish();'), { shell, whenReady: (child) => child.kill('SIGHUP') });
    expect(ending).toMatchObject({ code: 0, stdout: 'undefined' });
    expect(ending.stderr).toContain('SIGHUP: the terminal was closed; the rollout goes on');
  });

  test('stops everything else at a safe point', async () => {
    const ending = await run(body(''), { whenReady: (child) => child.kill('SIGHUP') });
    expect(ending).toMatchObject({ code: 130, stdout: 'SIGHUP' });
  });
});

describe('Ctrl-C', () => {
  const body = `io.stderr.write('ready\\n'); await ${interrupted}; io.stdout.write(io.signal.reason); return 130;`;

  test('stops at a safe point, also where npx passes the same one on', async () => {
    const twice = (child: ChildProcess) => {
      child.kill('SIGINT');
      child.kill('SIGINT');
    };
    const slow = body.replace('io.stdout', 'await new Promise((resolve) => setTimeout(resolve, 100)); io.stdout');
    expect(await run(slow, { whenReady: twice })).toEqual({
      code: 130,
      stdout: 'SIGINT',
      stderr: 'ready\nSIGINT: stopping at a safe point; once more stops at once\n',
    });
  });
});

describe('an error that nobody caught', () => {
  const later = {
    'an error': "setImmediate(() => { throw new TypeError('hunter2'); });",
    'a rejection': "Promise.reject(new TypeError('hunter2'));",
    'a thrown value': "setImmediate(() => { throw 'hunter2'; });",
  };

  test.each(Object.entries(later))('stops at a safe point, and is a verdict on nothing: %s', async (_, fail) => {
    const ending = await run(`${fail} await ${interrupted}; io.stdout.write(io.signal.reason); return 1;`);
    expect(ending).toMatchObject({ code: 3, stdout: 'UNEXPECTED' });
    expect(ending.stderr).toContain('error UNEXPECTED: Something failed that should not:');
    expect(ending.stderr).not.toContain('hunter2');
  });

  test('stops a program that waits for nothing any more, and one that throws', async () => {
    expect(await run('await new Promise(() => {});')).toMatchObject({ code: 3 });
    const thrown = await run("throw new TypeError('hunter2');");
    expect(thrown).toMatchObject({ code: 3, stdout: '' });
    expect(thrown.stderr).not.toContain('hunter2');
  });

  test('is no verdict where even that cannot be told', async () => {
    const shell = 'exec "$@" >/dev/full 2>/dev/full';
    expect(await run(`${later['an error']} await ${interrupted}; return 2;`, { shell })).toMatchObject({ code: 3 });
  });
});

test('nothing of this is left in the way of a program that ends well', async () => {
  expect(await run("io.stdout.write('done'); return 0;")).toEqual({ code: 0, stdout: 'done', stderr: '' });
});
