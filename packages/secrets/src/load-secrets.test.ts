import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { type } from 'arktype';
import * as v from 'valibot';
import { afterAll, describe, expect, expectTypeOf, it, vi } from 'vitest';
import * as z from 'zod';
import { fromEnv } from './from-env.js';
import { loadSecrets } from './load-secrets.js';
import type { LoadOptions, Pinned } from './options.js';
import type { Secret } from './secret.js';
import { SecretsError } from './secrets-error.js';
import { createPorts, createStore, type FakeStore } from './store.fixture.js';

const path = '/app/production/';
const schema = z.object({ KEY: z.string(), PORT: z.coerce.number() });
const whole = { [`${path}KEY`]: 'correct-horse', [`${path}PORT`]: '5432' };

function load<Output extends object>(store: FakeStore, options: Omit<LoadOptions<Output>, 'path' | 'client'>) {
  return loadSecrets({ path, client: store.client, ports: createPorts(), ...options });
}

function operationsOf(store: FakeStore): string[] {
  return store.requests.map(({ operation }) => operation);
}

async function failureOf(promise: Promise<unknown>): Promise<SecretsError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(SecretsError);
  return error as SecretsError;
}

describe('a schema of any Standard Schema library', () => {
  it.each([
    ['zod', z.object({ KEY: z.string(), PORT: z.coerce.number() })],
    ['valibot', v.object({ KEY: v.string(), PORT: v.pipe(v.string(), v.transform(Number)) })],
    ['arktype', type({ KEY: 'string', PORT: 'string.numeric.parse' })],
  ] as const)('%s tells its keys, and gives its own types', async (_, given) => {
    const store = createStore({ ...whole, [`${path}OTHER`]: 'not asked for' });
    const secrets = await load(store, { schema: given as typeof schema });
    expect(secrets.values.PORT.reveal()).toBe(5432);
    expect(secrets.get('KEY').reveal()).toBe('correct-horse');
    expect(store.requests).toEqual([
      { operation: 'GetParameters', input: { Names: [`${path}KEY`, `${path}PORT`], WithDecryption: true } },
    ]);
  });

  it('types what it gives', async () => {
    const { values } = await load(createStore(whole), { schema });
    expectTypeOf(values.PORT).toEqualTypeOf<Secret<number>>();
  });

  const malformed = [
    ['zod', z.object({ KEY: z.url(), PORT: z.string().min(100) })],
    ['valibot', v.object({ KEY: v.pipe(v.string(), v.url()), PORT: v.pipe(v.string(), v.email()) })],
    ['arktype', type({ KEY: 'string.url', PORT: 'string.email' })],
    [
      'a check of its own that repeats what it made of the value',
      z.object({
        KEY: z.string().transform((value, context) => {
          context.addIssue({ code: 'custom', message: `${value.toUpperCase()} is bad` });
          return value;
        }),
        PORT: z.string().refine(() => false, { error: ({ input }) => `${input} is bad` }),
      }),
    ],
  ] as const;
  it.each(malformed)('%s: everything malformed is named at once, and no value is', async (_, given) => {
    const error = await failureOf(load(createStore(whole), { schema: given as unknown as typeof schema }));
    expect(error.problems.map(({ code, name }) => [code, name])).toEqual([
      ['SECRET_MALFORMED', `${path}KEY`],
      ['SECRET_MALFORMED', `${path}PORT`],
    ]);
    for (const text of [error.message, inspect(error, { depth: 9 }), JSON.stringify(error), error.stack!]) {
      expect(text.toLowerCase()).not.toContain('correct-horse');
      expect(text).not.toContain('5432');
    }
  });

  it('that throws is named, and what it threw is not', async () => {
    const throwing = z.object({
      KEY: z.string().transform((value) => {
        throw new Error(value);
      }),
    });
    const error = await failureOf(load(createStore(whole), { schema: throwing }));
    expect(error.code).toBe('SCHEMA_FAILED');
    expect(inspect(error, { depth: 9 })).not.toContain('correct-horse');
  });

  it.each([
    ['a date', z.object({ KEY: z.string(), PORT: z.coerce.date() })],
    ['a check of its own', z.object({ KEY: z.string(), PORT: z.custom<string>(() => true) }).refine(() => true)],
  ])('tells its keys also with %s, which JSON Schema cannot say', async (_, given) => {
    const store = createStore(whole);
    await load<object>(store, { schema: given });
    expect(operationsOf(store)).toEqual(['GetParameters']);
  });

  it('whose keys cannot be told reads the whole path', async () => {
    const store = createStore(whole);
    const opaque = { '~standard': { ...schema['~standard'], jsonSchema: undefined } } as unknown as typeof schema;
    await load(store, { schema: opaque });
    expect(store.requests.map(({ operation }) => operation)).toEqual(['GetParametersByPath']);
  });
});

describe('what was loaded', () => {
  it('does not print', async () => {
    const secrets = await load(createStore(whole), { schema });
    const { KEY } = secrets.values;
    const printed = [
      `${KEY}`,
      String(KEY),
      KEY.toLocaleString(),
      JSON.stringify(secrets),
      inspect(secrets, { depth: 9, showHidden: true }),
      inspect(secrets, { depth: 9, customInspect: false }),
      JSON.stringify(structuredClone({ KEY })),
    ];
    for (const text of printed) expect(text).not.toContain('correct-horse');
    expect(`${KEY}`).toBe('[secret]');
  });
});

describe('round trips', () => {
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`KEY_${index}`, z.string()]));
  const manyStored = Object.fromEntries(Object.keys(many).map((key) => [`${path}${key}`, 'x']));

  it('200 known names are one: all twenty requests are on their way before the first is answered', async () => {
    const store = createStore(manyStored);
    let waiting = 0;
    let open = () => {};
    const all = new Promise<void>((resolve) => {
      open = resolve;
    });
    store.beforeAnswer = () => {
      waiting += 1;
      if (waiting === 20) open();
      return all;
    };
    const secrets = await load(store, { schema: z.object(many) });
    expect(Object.keys(secrets.values)).toHaveLength(200);
    expect(store.requests).toHaveLength(20);
  });

  it('of our own client they are one too: twenty connections at once', async () => {
    const waiting: (() => void)[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => {
        const { Names } = JSON.parse(body) as { Names: string[] };
        waiting.push(() => {
          response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
          response.end(JSON.stringify({ Parameters: Names.map((Name) => ({ Name, Value: 'x', Version: 1 })) }));
        });
        // Nobody is answered before everybody has asked.
        if (waiting.length === 20) for (const answer of waiting) answer();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'a');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'b');
    try {
      const secrets = await loadSecrets({ path, schema: z.object(many), region: 'us-west-2', ports: createPorts() });
      expect(Object.keys(secrets.values)).toHaveLength(200);
      expect(waiting).toHaveLength(20);
      secrets.close();
    } finally {
      vi.unstubAllEnvs();
      server.closeAllConnections();
      server.close();
    }
  });

  it('by a path whose keys the schema knows they are one too', async () => {
    const store = createStore({ ...manyStored, [`${path}OTHER`]: 'of somebody else' });
    const secrets = await load(store, { schema: z.object(many), names: 'byPath' });
    expect(Object.keys(secrets.values)).toHaveLength(200);
    expect(operationsOf(store)).toEqual(Array(20).fill('GetParameters'));
  });

  it.each([
    ['zod, loose', z.looseObject({ KEY: z.string() })],
    ['zod, with a catchall', z.object({ KEY: z.string() }).catchall(z.string())],
    ['valibot, loose', v.looseObject({ KEY: v.string() })],
    ['valibot, with a rest', v.objectWithRest({ KEY: v.string() }, v.string())],
  ])('by path they are one for every ten where the schema keeps what it does not know: %s', async (_, open) => {
    const store = createStore({ ...whole, ...manyStored });
    const { values } = await load<object>(store, { schema: open, names: 'byPath' });
    expect(operationsOf(store)).toEqual(Array(21).fill('GetParametersByPath'));
    expect(Object.keys(values)).toContain('KEY_7');
  });

  it('a schema that refuses what it does not know sees the whole path when it asks for it', async () => {
    for (const strict of [z.strictObject({ KEY: z.string() }), v.strictObject({ KEY: v.string() })]) {
      const error = await failureOf(load(createStore(whole), { schema: strict, names: 'byPath' }));
      expect(error.code).toBe('SECRET_MALFORMED');
      await load(createStore(whole), { schema: strict });
    }
  });

  it('DescribeParameters is in no source of the library', () => {
    const sources = readdirSync(import.meta.dirname).filter((file) => !/test|fixture/.test(file));
    const callers = sources.filter((file) =>
      readFileSync(join(import.meta.dirname, file), 'utf8').includes('DescribeParametersCommand'),
    );
    expect(callers).toEqual([]);
  });
});

describe('permission', () => {
  const denied = { code: 'AccessDeniedException', message: 'User: x is not authorized to perform: ssm:GetParameters' };
  const endpoint = { code: 'AccessDeniedException', message: 'x because no VPC endpoint policy allows the action' };

  it.each([
    ['the role', denied],
    ['the endpoint', endpoint],
  ])('to read a path only, by %s, is enough: the path is read, and that is said once', async (_, refusal) => {
    const store = createStore({ ...whole, [`${path}OTHER`]: 'not asked for' });
    store.failures.push(refusal);
    const ports = createPorts();
    const secrets = await load(store, { schema: z.strictObject(schema.shape), ports });
    expect(secrets.values.PORT.reveal()).toBe(5432);
    await secrets.refresh();
    expect(operationsOf(store)).toEqual(['GetParameters', 'GetParametersByPath', 'GetParametersByPath']);
    expect(ports.warnings).toEqual([expect.stringMatching(/^secrets: NAMES_DENIED: /)]);
  });

  it.each([
    ['names are given', { names: ['KEY', 'PORT'] }, denied, 'POLICY_IAM_PATH'],
    ['versions are pinned', { pinned: { KEY: 1 } }, denied, 'POLICY_IAM_PATH'],
    ['the key may not be used', {}, { code: 'AccessDeniedException', message: 'kms:Decrypt' }, 'KMS_CMK_DECRYPT'],
    ['the keys are wrong', {}, { code: 'UnrecognizedClientException' }, 'CREDENTIALS_REJECTED'],
  ])('the path is not read instead when %s', async (_, options, failure, code) => {
    const store = createStore(whole);
    store.failures.push(failure);
    expect((await failureOf(load(store, { schema, ...options }))).code).toBe(code);
    expect(operationsOf(store)).toEqual(['GetParameters']);
  });

  it('to read neither names nor path is told as the first refusal', async () => {
    const store = createStore(whole);
    store.failures.push(endpoint, denied);
    expect((await failureOf(load(store, { schema }))).code).toBe('POLICY_ENDPOINT');
  });

  it('to read the path of which the network then fails is told as the network', async () => {
    const store = createStore(whole);
    store.failures.push(denied, { code: 'ValidationException' });
    expect((await failureOf(load(store, { schema }))).code).toBe('SERVICE_REFUSED');
  });
});

describe('retries', () => {
  const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
  it.each([
    ['throttling', { code: 'ThrottlingException' }],
    ['a server fault', { code: 'InternalServerError', status: 500 }],
    ['a reset', reset],
  ])('%s is tried again', async (_, failure) => {
    const store = createStore(whole);
    store.failures.push(failure, failure);
    await load(store, { schema });
    expect(store.requests).toHaveLength(3);
  });

  it.each([
    ['AccessDeniedException', 'POLICY_IAM_PATH'],
    ['UnrecognizedClientException', 'CREDENTIALS_REJECTED'],
    ['ExpiredTokenException', 'CREDENTIALS_REJECTED'],
    ['ValidationException', 'SERVICE_REFUSED'],
    ['InvalidKeyId', 'KMS_CMK_DECRYPT'],
  ])('%s is final', async (code, ours) => {
    const store = createStore(whole);
    store.failures.push({ code, message: 'correct-horse' });
    const error = await failureOf(load(store, { schema, names: ['KEY', 'PORT'] }));
    expect(error.code).toBe(ours);
    expect(inspect(error, { depth: 9 })).not.toContain('correct-horse');
    expect(store.requests).toHaveLength(1);
  });

  it('that are dropped, of an endpoint that answers a probe, are a network that fails now and then', async () => {
    const server = createServer((_, response) => response.writeHead(403).end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const store = createStore(whole, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const dropped = Object.assign(new Error('connect ETIMEDOUT'), { code: 'ETIMEDOUT' });
    store.failures.push(dropped, dropped);
    const error = await failureOf(load(store, { schema })).finally(() => server.close());
    expect(error).toMatchObject({ code: 'CONNECT_DROPPED', layer: 'network' });
    expect(error.message).toContain('could not be reached in 2 attempts (dropped), and answers a probe now');
  });

  it('waits a share of twice as long each time, at most 2 s', async () => {
    const store = createStore(whole);
    for (let count = 0; count < 5; count++) store.failures.push({ code: 'ThrottlingException' });
    const ports = createPorts();
    await load(store, { schema, ports });
    expect(ports.sleeps).toEqual([100, 200, 400, 800, 1000]);
  });
});

describe('names', () => {
  it('that would become one key are refused, and both are named', async () => {
    const store = createStore({ [`${path}a/KEY`]: '1', [`${path}b/KEY`]: '2' });
    const mapping = (name: string) => name.split('/').at(-1)!;
    const error = await failureOf(load(store, { schema: z.object({ KEY: z.string() }), mapping }));
    expect(error.message).toBe(`${path}a/KEY and ${path}b/KEY would both become KEY`);
  });

  it('that are missing are named with what they were pinned to, unless the current version would have done', async () => {
    const messageOf = async (parameters: Readonly<Record<string, string>>, pinned: Pinned) =>
      (await failureOf(load(createStore(parameters), { schema, pinned }))).message;
    expect(await messageOf(whole, { PORT: 7 })).toBe(`${path}PORT:7 is missing`);
    const onlyKey = { [`${path}KEY`]: 'correct-horse' };
    expect(await messageOf(onlyKey, { label: 'release-1', ifMissing: 'current' })).toBe(`${path}PORT is missing`);
  });

  it('that the schema does not know are refused if asked', async () => {
    const store = createStore({ ...whole, [`${path}OLD`]: 'x' });
    const error = await failureOf(load(store, { schema, unexpected: 'refuse' }));
    expect(error.problems).toEqual([
      { code: 'SECRET_UNEXPECTED', name: 'OLD', message: `${path}OLD is not in the schema` },
    ]);
  });

  it.each(['app', '/', '', '/app//x', '/app/x y'])('a path %j is none', async (bad) => {
    const error = await failureOf(
      loadSecrets({ path: bad, schema, client: createStore({}).client, ports: createPorts() }),
    );
    expect(error.code).toBe('SECRETS_PATH_INVALID');
  });

  it('contradicting options are refused before anything is asked', async () => {
    const store = createStore(whole);
    for (const options of [
      { names: ['KEY'], unexpected: 'refuse' },
      { names: 'byPath', pinned: { KEY: 1 } },
    ] as const) {
      expect((await failureOf(load(store, { schema, ...options }))).code).toBe('SECRETS_OPTIONS_CONFLICT');
    }
    expect(store.requests).toEqual([]);
  });
});

describe('refreshing', () => {
  it('is told by name, leaves the rest, and drifts by a tenth', async () => {
    const store = createStore(whole);
    const ports = createPorts();
    const secrets = await load(store, { schema, ports, refresh: { ttlMs: 1_000 } });
    const changes: unknown[] = [];
    secrets.onChange((change) => changes.push(change));
    store.parameters.get(`${path}KEY`)!.push('battery-staple');
    await ports.wakeUp();
    expect(changes).toEqual([{ names: ['KEY'] }]);
    expect(secrets.values.KEY.reveal()).toBe('battery-staple');
    expect(secrets.versions).toEqual({ KEY: 2, PORT: 1 });
    expect(ports.sleeps).toEqual([1_000, 1_000]);
    secrets.close();
  });

  it('that fails leaves the values in force and the application healthy, and says so', async () => {
    const store = createStore(whole);
    const ports = createPorts();
    const secrets = await load(store, { schema, ports });
    store.failures.push({ code: 'AccessDeniedException' }, { code: 'AccessDeniedException' });
    ports.time += 60_000;
    await failureOf(secrets.refresh());
    expect(secrets.values.KEY.reveal()).toBe('correct-horse');
    expect(secrets.health()).toEqual({
      isHealthy: true,
      text: 'OK',
      notice: 'secrets: 60 s old: POLICY_IAM_PATH',
    });
  });

  it('once, and again with the fresh value, answers an authentication failure', async () => {
    const store = createStore(whole);
    const secrets = await load(store, { schema });
    store.parameters.get(`${path}KEY`)!.push('battery-staple');
    const logIn = async ({ KEY }: typeof secrets.values) => {
      if (KEY.reveal() === 'correct-horse') throw new Error('28P01');
      return 'in';
    };
    expect(await secrets.withFreshRetry(logIn, () => true)).toBe('in');
    await expect(
      secrets.withFreshRetry(
        async () => Promise.reject(new Error('28P01')),
        () => true,
      ),
    ).rejects.toThrow('28P01');
  });
});

describe('last known good', () => {
  const directory = mkdtempSync(join(tmpdir(), 'directrix-secrets-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'sub', 'good');
  const key = new Uint8Array(32).fill(7);
  const lastKnownGood = { kind: 'file', path: file, key, maxAgeMs: 60_000 } as const;
  const down = () => Object.assign(new Error('x'), { code: 'ECONNRESET' });
  const downForGood = (store: FakeStore) => store.failures.push(...Array.from({ length: 12 }, down));

  it('is used when the network is down, loudly; and it lies encrypted, and only for its owner', async () => {
    const ports = createPorts();
    await load(createStore(whole), { schema, ports, lastKnownGood });
    expect(readFileSync(file).includes('correct-horse')).toBe(false);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const store = createStore({});
    downForGood(store);
    const secrets = await load(store, { schema, ports, lastKnownGood });
    expect(secrets.values.KEY.reveal()).toBe('correct-horse');
    expect(secrets.source.kind).toBe('lastKnownGood');
    expect(ports.warnings.join('\n')).toContain('USING LAST-KNOWN-GOOD');
    expect(secrets.health()).toMatchObject({
      text: 'OK',
      notice: expect.stringMatching(/^secrets: \d+ s old: CONNECT_REFUSED$/),
    });
  });

  it.each([
    ['it is too old', {}, 61_000],
    ['another key wrote it', { lastKnownGood: { ...lastKnownGood, key: new Uint8Array(32) } }, 0],
    ['it is of other versions', { pinned: { KEY: 1 } }, 0],
    ['the clock was set back', {}, -10_000],
  ])('is not used when %s', async (_, options, laterMs) => {
    const ports = createPorts();
    await load(createStore(whole), { schema, ports, lastKnownGood });
    ports.time += laterMs;
    const store = createStore({});
    downForGood(store);
    expect((await failureOf(load(store, { schema, ports, lastKnownGood, ...options }))).layer).toBe('network');
  });

  it.each([
    ['a refusal', { code: 'AccessDeniedException' }, 'POLICY_IAM_PATH'],
    ['an empty path', undefined, 'PATH_EMPTY'],
  ])('never hides %s', async (_, failure, code) => {
    await load(createStore(whole), { schema, lastKnownGood });
    const store = createStore({});
    if (failure) store.failures.push(failure, failure);
    expect((await failureOf(load(store, { schema, lastKnownGood }))).code).toBe(code);
  });

  it('that cannot be written does not keep an application from starting', async () => {
    const ports = createPorts();
    await load(createStore(whole), {
      schema,
      ports,
      lastKnownGood: { ...lastKnownGood, path: join(file, 'below-a-file') },
    });
    expect(ports.warnings.join()).toContain('LAST_KNOWN_GOOD_NOT_KEPT');
  });

  it('wants 32 bytes of key', async () => {
    const short = { ...lastKnownGood, key: new Uint8Array(16) };
    expect((await failureOf(load(createStore(whole), { schema, lastKnownGood: short }))).code).toBe(
      'SECRETS_KEY_INVALID',
    );
  });

  it('in memory carries an application over an outage, until it is too old', async () => {
    const store = createStore(whole);
    const ports = createPorts();
    const secrets = await load(store, { schema, ports, lastKnownGood: { kind: 'memory', maxAgeMs: 60_000 } });
    downForGood(store);
    await secrets.refresh();
    expect(secrets.health().notice).toContain('s old');
    ports.time += 120_000;
    store.failures.length = 0;
    downForGood(store);
    await failureOf(secrets.refresh());
    expect(secrets.health().text).toMatch(/^KO: secrets: CONNECT_REFUSED/);
    expect(secrets.values.KEY.reveal()).toBe('correct-horse');
  });
});

describe('from the environment', () => {
  it('has the same shape', async () => {
    const secrets = await fromEnv(schema, { KEY: 'k', PORT: '1', HOME: '/' });
    expect(secrets.values.PORT.reveal()).toBe(1);
    expect(Object.keys(secrets.values)).toEqual(['KEY', 'PORT']);
    expect(secrets.health()).toEqual({ isHealthy: true, text: 'OK' });
  });

  it('names what is missing', async () => {
    expect((await failureOf(fromEnv(schema, { PORT: '1' }))).message).toContain('KEY is missing');
  });
});
