// For tests: a Parameter Store of this process behind a real SDK client, and ports whose time is the test's.
import { SSMClient } from '@aws-sdk/client-ssm';
import type { Ports } from './ports.js';

export interface FakeStore {
  readonly client: SSMClient;
  /** Every request, in order: the operation and its input. */
  readonly requests: { readonly operation: string; readonly input: Record<string, unknown> }[];
  /** By full name; its versions in order. */
  readonly parameters: Map<string, string[]>;
  /** In place of an answer, for as many requests as there are: an AWS error, or an error of the socket. */
  readonly failures: ({ readonly code: string; readonly message?: string; readonly status?: number } | Error)[];
  /** Called before each answer. */
  beforeAnswer: () => Promise<void>;
}

/** Nobody listens at the default endpoint: a probe is refused at once. Requests are answered here, wherever it is. */
export function createStore(parameters: Readonly<Record<string, string>>, endpoint = 'http://127.0.0.1:1'): FakeStore {
  const store: FakeStore = {
    client: new SSMClient({
      region: 'us-west-2',
      endpoint,
      maxAttempts: 1,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      requestHandler: {
        handle: async ({ headers, body }: { headers: Record<string, string>; body: Uint8Array }) => {
          const operation = headers['x-amz-target']!.split('.')[1]!;
          const input = JSON.parse(Buffer.from(body).toString()) as Record<string, unknown>;
          store.requests.push({ operation, input });
          await store.beforeAnswer();
          const failure = store.failures.shift();
          if (failure instanceof Error) throw failure;
          const [statusCode, answer] = failure
            ? [failure.status ?? 400, { __type: failure.code, message: failure.message ?? '' }]
            : [200, answerOf(store, operation, input)];
          const response = { statusCode, headers: { 'content-type': 'application/x-amz-json-1.1' } };
          return { response: { ...response, body: Buffer.from(JSON.stringify(answer)) } };
        },
      } as never,
    }),
    requests: [],
    parameters: new Map(Object.entries(parameters).map(([name, value]) => [name, [value]])),
    failures: [],
    beforeAnswer: async () => {},
  };
  return store;
}

function answerOf({ parameters }: FakeStore, operation: string, input: Record<string, unknown>): object {
  const describe = (name: string, version: number) => ({
    Name: name,
    Version: version,
    Value: parameters.get(name)![version - 1],
  });
  if (operation === 'GetParametersByPath') {
    const names = [...parameters.keys()].filter((name) => name.startsWith(input.Path as string)).sort();
    const start = Number(input.NextToken ?? 0);
    const next = start + Number(input.MaxResults);
    const page = names.slice(start, next).map((name) => describe(name, parameters.get(name)!.length));
    return { Parameters: page, NextToken: next < names.length ? String(next) : undefined };
  }
  const found = (input.Names as string[]).flatMap((text) => {
    const [name = '', selector] = text.split(':');
    const version = selector === undefined ? parameters.get(name)?.length : Number(selector);
    return version !== undefined && parameters.get(name)?.[version - 1] !== undefined ? [describe(name, version)] : [];
  });
  return { Parameters: found, InvalidParameters: [] };
}

export interface FakePorts extends Ports {
  readonly warnings: string[];
  readonly sleeps: number[];
  time: number;
  /** Ends the wait between two refreshes, and resolves when the next one begins. */
  wakeUp(): Promise<void>;
}

export function createPorts(): FakePorts {
  let wake: () => void = () => {};
  let onAsleep: () => void = () => {};
  const ports: FakePorts = {
    warnings: [],
    sleeps: [],
    time: 1_000_000,
    now: () => ports.time,
    random: () => 0.5,
    warn: (line) => void ports.warnings.push(line),
    async sleep(ms, signal) {
      signal.throwIfAborted();
      ports.sleeps.push(ms);
      ports.time += ms;
    },
    sleepInBackground(ms, signal) {
      ports.sleeps.push(ms);
      onAsleep();
      return new Promise((resolve, reject) => {
        wake = resolve;
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    },
    wakeUp() {
      return new Promise((resolve) => {
        onAsleep = resolve;
        wake();
      });
    },
  };
  return ports;
}
