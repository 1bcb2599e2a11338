// Whose account a command asks, and where. Nothing listens: a profile that is unknown is told before the first call, and the region is
// read from the signature of the first call to a server of ours.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTestIo } from './io.fixture.js';
import { runProgram } from './program.js';

/** Every command that talks to AWS, with what it must be told. */
const commands: readonly string[][] = [
  ['status'],
  ['status', '--group', 'web'],
  ['preflight', '--group', 'web'],
  ['deploy', '--group', 'web', '--version', '2'],
  ['rollback', '--group', 'web'],
  ['resume', '--group', 'web'],
  ['abort', '--group', 'web'],
  ['reach', '--from', 'group:web', '--to', '10.0.0.1:443'],
  ['secrets', 'list', '/app/'],
  ['secrets', 'get', '/app/A'],
  ['secrets', 'history', '/app/A'],
  ['secrets', 'export', '/app/'],
  ['secrets', 'diff', '/app/', '/other/'],
  ['secrets', 'unset', '/app/A', '--yes'],
  ['secrets', 'restore', '/app/A', '--version-number', '1'],
];

const files = { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };

describe('--profile names the profile that is asked', () => {
  test.each(commands.map((argv) => [argv]))('directrix %j', async (argv) => {
    const io = createTestIo({ env: files });
    expect(await runProgram([...argv, '--profile', 'nowhere'], io)).toBe(2);
    expect(io.written.stderr).toContain('error PROFILE_UNKNOWN: There is no profile nowhere');
    expect(io.written.stderr).toContain('  source: --profile\n');
  });
});

describe('--region names the region that is asked', () => {
  const scopes: string[] = [];
  // Answers nothing that a command could go on with.
  const server = createServer((request, response) => {
    scopes.push(/Credential=\w+\/\d+\/([\w-]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? 'unsigned');
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': 'AccessDenied' });
    response.end('{"__type":"AccessDeniedException","message":"no"}');
  });
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => server.close());
  beforeEach(() => {
    scopes.length = 0;
    vi.stubEnv('AWS_PROFILE', undefined);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'example');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test.each<[string[], string]>([
    [['secrets', 'get', '/app/A', '--region', 'eu-west-1'], 'eu-west-1'],
    [['secrets', 'get', '--region=ap-southeast-2', '/app/A'], 'ap-southeast-2'],
    [['secrets', 'get', '/app/A'], 'us-west-2'],
    [['resume', '--group', 'web', '--region', 'us-gov-west-1'], 'us-gov-west-1'],
    [['deploy', '--group', 'web', '--version', '2', '--region', 'eu-west-1'], 'eu-west-1'],
  ])('directrix %j: %s', async (argv, region) => {
    const { port } = server.address() as AddressInfo;
    const env = { ...files, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`, AWS_REGION: 'us-west-2' };
    expect(await runProgram(argv, createTestIo({ env }))).toBe(2);
    expect([...new Set(scopes)]).toEqual([region]);
  });
});

test.each([
  [['status', '--region', 'Frankfurt'], "Option '--region <region>' argument 'Frankfurt' is invalid"],
  [['status', '--region', ''], "Option '--region <region>' argument '' is invalid"],
  [['status', '--profile', ''], "Option '--profile <name>' argument '' is invalid"],
  [['lab', 'status', '--region', 'eu-west-1'], "Unknown option '--region'"],
])('directrix %j is refused', async (argv, message) => {
  const io = createTestIo();
  expect(await runProgram(argv, io)).toBe(2);
  expect(io.written.stderr).toContain(`error USAGE: ${message}`);
});
