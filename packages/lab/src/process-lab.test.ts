import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ProcessLab, type ProcessLabOptions, startProcessLab } from './process-lab.js';

let runDirectory: string;
let lab: ProcessLab | undefined;

beforeEach(() => {
  runDirectory = mkdtempSync(join(tmpdir(), 'dx-'));
});

afterEach(async () => {
  await lab?.close();
  lab = undefined;
  rmSync(runDirectory, { recursive: true, force: true });
});

async function start(options: Partial<ProcessLabOptions> = {}): Promise<ProcessLab> {
  lab = await startProcessLab({ port: 0, speed: 10, runDirectory, ...options });
  return lab;
}

describe('a lab of processes', () => {
  test('answers an SDK client that is configured with what its environment says', async () => {
    const { env } = await start({ region: 'eu-west-1' });
    const ssm = new SSMClient({
      endpoint: env.AWS_ENDPOINT_URL,
      region: env.AWS_REGION,
      credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: env.AWS_SECRET_ACCESS_KEY },
    });
    await ssm.send(new PutParameterCommand({ Name: '/app/KEY', Value: 'v', Type: 'String' }));
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/app/KEY' }));
    expect(Parameter).toMatchObject({ Value: 'v', ARN: 'arn:aws:ssm:eu-west-1:123456789012:parameter/app/KEY' });
  });

  test('tells its status over HTTP, with what its owner adds', async () => {
    const { endpoint, env } = await start({ describe: () => ({ id: 'lab-1' }) });
    const status = await (await fetch(`${endpoint.url}/_lab/status`)).json();
    expect(status).toMatchObject({
      id: 'lab-1',
      endpoint: endpoint.url,
      region: 'us-west-2',
      accountId: '123456789012',
      env,
      clock: { speed: 10 },
      groups: [],
      instances: [],
      listeners: [],
    });
  });

  test("says its time so that another process can follow it: speed, the wall's time, the lab's time", async () => {
    const { env, clock } = await start();
    const [, speed, wall, at] = env.DIRECTRIX_CLOCK.match(/^(\d+)@(\d+)=(\d+)$/) ?? [];
    expect(speed).toBe('10');
    const told = Number(at) + (Date.now() - Number(wall)) * 10;
    // The wall's milliseconds are whole, and ten of the lab's each.
    expect(Math.abs(told - clock.now())).toBeLessThan(1_000);
  });

  test('asks to be closed when it is told to go down, after it has answered', async () => {
    let askToClose = () => {};
    const asked = new Promise<void>((resolve) => {
      askToClose = resolve;
    });
    const { endpoint } = await start({ onDown: () => askToClose() });
    expect((await fetch(`${endpoint.url}/_lab/down`, { method: 'POST' })).ok).toBe(true);
    await asked;
  });

  test('answers no more once it is closed', async () => {
    const { endpoint, close } = await start();
    await close();
    await expect(fetch(endpoint.url)).rejects.toThrow();
  });

  test('that finds its port taken says so, and leaves nothing open', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as { port: number };
    await expect(start({ port })).rejects.toMatchObject({ code: 'PORT_TAKEN' });
    await new Promise((resolve) => holder.close(resolve));
    // The port and the run directory are free for the next.
    expect((await start({ port })).endpoint.port).toBe(port);
  });
});
