import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, describe, expect, test } from 'vitest';
import { LARGEST_BODY_BYTES } from '../protocols/request-body.js';
import { createTestLab } from '../testing/create-test-lab.js';
import { type Endpoint, type EndpointOptions, startEndpoint } from './endpoint.js';

const open: Endpoint[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((endpoint) => endpoint.close()));
});

async function setUp(options: Partial<EndpointOptions> = {}) {
  const built = createTestLab();
  const endpoint = await startEndpoint(built.lab, { port: 0, ...options });
  open.push(endpoint);
  const configuration = {
    region: 'us-west-2',
    endpoint: endpoint.url,
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'test' },
  };
  return { ...built, endpoint, ssm: new SSMClient(configuration), sts: new STSClient(configuration) };
}

describe('the endpoint', () => {
  test('answers SDK clients of every protocol on one socket', async () => {
    const { ssm, sts } = await setUp();
    await ssm.send(new PutParameterCommand({ Name: '/app/key', Value: 'värde', Type: 'String' }));
    expect((await ssm.send(new GetParameterCommand({ Name: '/app/key' }))).Parameter?.Value).toBe('värde');
    expect((await sts.send(new GetCallerIdentityCommand({}))).Account).toBe('123456789012');
    ssm.destroy();
    sts.destroy();
  });

  test('says so when its port is taken', async () => {
    const { endpoint, lab } = await setUp();
    await expect(startEndpoint(lab, { port: endpoint.port })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      source: `127.0.0.1:${endpoint.port}`,
    });
  });

  test('is free again when it is closed', async () => {
    const { endpoint, lab } = await setUp();
    await endpoint.close();
    const again = await startEndpoint(lab, { port: endpoint.port });
    open.push(again);
    expect(again.url).toBe(endpoint.url);
  });

  test('refuses a body that is larger than any that AWS takes', async () => {
    const { endpoint } = await setUp();
    const response = await fetch(endpoint.url, { method: 'POST', body: 'x'.repeat(2 * LARGEST_BODY_BYTES) });
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([413, 'BODY_TOO_LARGE']);
  });

  test('a request without credentials is told so', async () => {
    const { endpoint } = await setUp();
    const response = await fetch(`${endpoint.url}/?Action=ListRoles&Version=2010-05-08`);
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('<Code>MissingAuthenticationToken</Code>');
  });
});

describe("the lab's own paths", () => {
  test('tell its status', async () => {
    const { endpoint } = await setUp({ status: () => ({ groups: 3 }) });
    const response = await fetch(`${endpoint.url}/_lab/status`);
    expect([response.status, await response.json()]).toEqual([200, { groups: 3 }]);
  });

  test('end it after the answer', async () => {
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const { endpoint } = await setUp({ down: () => end() });
    const response = await fetch(`${endpoint.url}/_lab/down`, { method: 'POST' });
    expect([response.status, await response.json()]).toEqual([202, { closing: true }]);
    await ended;
  });

  test('do not answer a web page', async () => {
    let isEnded = false;
    const { endpoint } = await setUp({
      down: () => {
        isEnded = true;
      },
    });
    const headers = { origin: 'https://example.com' };
    const response = await fetch(`${endpoint.url}/_lab/down`, { method: 'POST', headers });
    expect([response.status, isEnded]).toEqual([403, false]);
  });

  test('add, list and clear faults', async () => {
    const { endpoint, lab } = await setUp();
    const url = `${endpoint.url}/_lab/faults`;
    const fault = { service: 'ssm', kind: 'throttle', times: 2 };
    const added = await fetch(url, { method: 'POST', body: JSON.stringify(fault) });
    expect(await added.json()).toEqual({ id: 'fault-1' });
    expect(await (await fetch(url)).json()).toEqual({ faults: [{ id: 'fault-1', fault, met: 0 }] });
    await fetch(url, { method: 'DELETE' });
    expect(lab.faults.list()).toEqual([]);
  });

  test.each([
    ['throttle', 'A fault is a JSON object.'],
    ['{"service":"lambda","kind":"throttle"}', 'service must be one of'],
    ['{"service":"ssm","kind":"explode"}', 'kind must be one of'],
    ['{"service":"ssm","kind":"latency"}', 'latencyMs must be a number'],
    ['{"service":"ssm","kind":"throttle","times":0}', 'times must be a number, at least 1'],
    ['{"service":"ssm","kind":"throttle","often":true}', 'often is not a member of a fault'],
  ])('refuse the fault %s', async (body, text) => {
    const { endpoint } = await setUp();
    const response = await fetch(`${endpoint.url}/_lab/faults`, { method: 'POST', body });
    const refusal = (await response.json()) as { code: string; message: string };
    expect([response.status, refusal.code]).toEqual([400, 'FAULT_INVALID']);
    expect(refusal.message).toContain(text);
  });
});
