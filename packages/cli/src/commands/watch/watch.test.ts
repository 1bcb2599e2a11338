import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestIo } from '../../io.fixture.js';
import { runProgram } from '../../program.js';

let directory: string;
const servers: Server[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'directrix-watch-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  rmSync(directory, { recursive: true, force: true });
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function open(configuration: string, argv: readonly string[], signal?: AbortSignal) {
  const file = join(directory, 'watch.yaml');
  writeFileSync(file, configuration);
  const io = createTestIo({ env: { XDG_STATE_HOME: directory }, signal });
  return { io, file, ended: runProgram(['watch', '--checks', file, ...argv], io) };
}

async function run(configuration: string, ...argv: readonly string[]) {
  const { io, file, ended } = open(configuration, argv);
  return { code: await ended, file, ...io.written };
}

describe('the configuration', () => {
  test('is checked without watching anything', async () => {
    const { code, stdout, stderr } = await run(
      'checks: [{ name: a, url: "http://a/" }]',
      '--check-only',
      '--place',
      'home',
    );
    expect([code, stderr, stdout]).toEqual([
      0,
      '',
      '1 check from home; 1 of 1 place must agree; 0 channels for alerts\n',
    ]);
    expect(readdirSync(directory)).toEqual(['watch.yaml']);
  });

  test('with faults is refused with all of them, each with its line and column', async () => {
    const { code, stderr, file } = await run('checks:\n  - name: a\n    every: 1\nnothing: 1\n');
    expect(code).toBe(2);
    expect(stderr).toBe(
      `error WATCH_FILE_INVALID: The configuration cannot be used.
  ${file}:2:5: checks[0].url is missing
  ${file}:3:12: checks[0].every expected string, received number
  ${file}:4:1: nothing is not known here
  what to do: docs/watch.md describes the file
  source: --checks
`,
    );
  });

  test('that is not there is refused', async () => {
    const io = createTestIo();
    expect(await runProgram(['watch', '--checks', '/nowhere.yaml'], io)).toBe(2);
    expect(io.written.stderr).toContain('error FILE_UNREADABLE: /nowhere.yaml cannot be read: ENOENT.');
  });
});

describe('--once', () => {
  test('tells what each check came to, and exits with 1 when one is not well', async () => {
    const url = await serve((request, response) => response.writeHead(request.url === '/' ? 200 : 503).end('hunter2'));
    const configuration = `checks:\n  - { name: front page, url: "${url}/" }\n  - { name: search, url: "${url}/search" }\n`;
    const { code, stdout } = await run(configuration, '--once');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ {2}front page +ok +200 +\d/m);
    expect(stdout).toMatch(/^ {2}search +BAD +503 STATUS_DIFFERS +\d/m);
    const json = await run(configuration, '--once', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      schema: 'directrix.watch-once/1',
      checks: [
        { name: 'front page', isWell: true, statusCode: 200, phases: { connect: expect.any(Number) } },
        { name: 'search', isWell: false, mismatches: ['STATUS_DIFFERS'] },
      ],
    });
    expect(json.stdout).not.toContain('hunter2');
  });
});

describe('watching', () => {
  test('an outage is alerted and its end too, and SIGTERM ends it with nothing left', async () => {
    let [status, told] = [200, ''];
    const site = await serve((_request, response) => response.writeHead(status).end());
    const stopping = new AbortController();
    const alerts: { title: string }[] = [];
    const hook = await serve(async (request, response) => {
      let body = '';
      for await (const piece of request) body += piece;
      alerts.push(JSON.parse(body));
      response.end();
      if (alerts.length === 1) status = 200;
      else stopping.abort('SIGTERM');
    });
    const { io, ended } = open(
      `
checks: [{ name: front page, url: "${site}/", every: 1s }]
listen: 127.0.0.1:0
alerts: { recoverAfter: 1s, to: [{ webhook: { url: "${hook}/hunter2" } }] }`,
      ['--place', 'home', '--json'],
      stopping.signal,
    );
    status = 503;
    expect(await ended).toBe(0);
    expect(alerts).toMatchObject([
      {
        schema: 'directrix.alert/1',
        title: 'front page is down',
        alert: { kind: 'began', incident: { places: ['home'] } },
      },
      { title: expect.stringMatching(/^front page is well again after \d+/) },
    ]);
    told = io.written.stderr;
    expect(told).toContain('home watches 1 check\n');
    expect(told).toContain('  front page is down: answered 503 (STATUS_DIFFERS), seen by home\n');
    expect(
      io.written.stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).kind),
    ).toContain('alert');
    expect(told + io.written.stdout).not.toContain('hunter2');
    expect(readdirSync(join(directory, 'directrix-watch', 'home')).sort()).toEqual(['history', 'state.jsonl']);
  });

  test('a second one with the same directory, and an address that is taken, are refused', async () => {
    const url = await serve((_request, response) => response.end());
    const stopping = new AbortController();
    const configuration = `checks: [{ name: a, url: "${url}/" }]\nlisten: ${new URL(url).host}\n`;
    const taken = await run(configuration, '--place', 'home');
    expect([taken.code, taken.stderr]).toEqual([2, expect.stringContaining('error ADDRESS_UNAVAILABLE: ')]);
    const first = open(configuration.replace(/listen.*/, ''), ['--place', 'home'], stopping.signal);
    await expect.poll(() => first.io.written.stderr, { timeout: 60_000 }).toContain('home watches');
    const second = await run(configuration.replace(/listen.*/, ''), '--place', 'home');
    expect([second.code, second.stderr]).toEqual([2, expect.stringContaining('error WATCH_RUNNING: ')]);
    stopping.abort('SIGINT');
    expect(await first.ended).toBe(0);
  });
});
