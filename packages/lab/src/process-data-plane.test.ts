import { afterEach, describe, expect, it } from 'vitest';
import {
  createTestSite,
  ENDPOINT_ADDRESSES,
  fixture,
  type TestSite,
  type TestSiteOptions,
} from './machines/process/test-site.js';

let site: TestSite | undefined;

function open(options: TestSiteOptions = {}): TestSite {
  site = createTestSite(options);
  return site;
}

afterEach(async () => {
  await site?.close();
  site = undefined;
});

async function askForParameters(at: TestSite): Promise<unknown> {
  const instanceId = at.boot([{ name: 'app', command: ['node', fixture('ssm-client.mjs')] }]);
  const [, result = ''] = await at.untilConsole(instanceId, /RESULT (.*)\n/);
  return JSON.parse(result);
}

describe('an SDK client that is configured with nothing but its region', () => {
  it('reads parameters through the endpoint, with the credentials of its instance', async () => {
    const here = open();
    expect(await askForParameters(here)).toEqual({ names: ['/app/production/KEY'] });
    const [arrival] = here.requests;
    expect(arrival?.route).toMatchObject({ kind: 'vpcEndpoint', vpcEndpointId: 'vpce-00000000000000001' });
    expect(arrival?.request.headers.host).toBe('ssm.us-west-2.amazonaws.com');
    expect(arrival?.request.headers.authorization).toContain('Credential=ASIATEST/');
    expect(arrival?.request.headers['x-amz-security-token']).toBe('a-token');
  });

  it('waits out the kernel three times when the network drops it, and names every address', async () => {
    const here = open({ speed: 400, network: { passes: () => false } });
    expect(await askForParameters(here)).toEqual({
      type: 'AggregateError',
      name: 'TimeoutError',
      code: 'ETIMEDOUT',
      message: '',
      addresses: ENDPOINT_ADDRESSES,
    });
  });
});
