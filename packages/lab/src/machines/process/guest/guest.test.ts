import os from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createTestSite,
  ENDPOINT_ADDRESSES,
  fixture,
  type TestSite,
  type TestSiteOptions,
  until,
} from '../test-site.js';

let site: TestSite | undefined;

function open(options: TestSiteOptions = {}): TestSite {
  site = createTestSite(options);
  return site;
}

afterEach(async () => {
  await site?.close();
  site = undefined;
});

function service(name: string, file: string, ...args: string[]): object {
  return { name, command: ['node', fixture(file), ...args] };
}

async function resultOf(at: TestSite, instanceId: string): Promise<unknown> {
  const [, text = ''] = await at.untilConsole(instanceId, /RESULT (.*)\n/);
  return JSON.parse(text);
}

function runClient(at: TestSite, host: string, port: number): Promise<unknown> {
  return resultOf(at, at.boot([service('client', 'client.mjs', host, String(port))]));
}

describe('listening', () => {
  it('is possible below 1024 without root, and every name of the instance leads there', async () => {
    const here = open();
    const id = here.boot([service('web', 'web-server.mjs', '80')]);
    await here.untilConsole(id, /DONE/);
    const output = here.console(id);
    const name = 'ip-10-0-1-101.us-west-2.compute.internal';
    const loopback = '{"remoteAddress":"127.0.0.1","remotePort":80,"localAddress":"127.0.0.1"}';
    const eth0 = '{"remoteAddress":"10.0.1.101","remotePort":80,"localAddress":"10.0.1.101"}';
    expect(output).toContain('LISTEN {"address":"::","port":80}');
    expect(output).toContain(`VISIT 127.0.0.1 ${loopback}`);
    expect(output).toContain(`VISIT localhost ${loopback}`);
    expect(output).toContain(`VISIT ${name} ${eth0}`);
    expect(output).toContain(`VISIT 10.0.1.101 ${eth0}`);
  });

  it('shows the instance’s own port to who is connected to', async () => {
    const here = open();
    const id = here.boot([service('web', 'web-server.mjs', '8888')]);
    await here.untilConsole(id, /DONE/);
    const visitor = here.boot([service('visitor', 'fetch.mjs', 'http://10.0.1.101:8888/')]);
    expect(await resultOf(here, visitor)).toEqual({
      host: 'ip-10-0-1-101.us-west-2.compute.internal',
      localPort: 8888,
      remoteAddress: '127.0.0.1',
    });
  });

  it('on a taken port is EADDRINUSE, also between two services; the port is free again when its process has ended', async () => {
    const here = open();
    const id = here.boot([
      { ...service('one', 'web-server.mjs', '80'), restart: 'on-failure' },
      { ...service('two', 'web-server.mjs', '80'), restart: 'on-failure' },
    ]);
    await here.untilConsole(id, /LISTEN EADDRINUSE listen EADDRINUSE: address already in use :::80/);
    const [, pid] = await here.untilConsole(id, /DONE (\d+)/);
    process.kill(Number(pid), 'SIGKILL');
    await here.untilConsole(id, /code=killed, status=9\/KILL[\s\S]*LISTEN {"address":"::","port":80}/);
  });

  it('on port 0 gives a port that others can use', async () => {
    const here = open();
    const id = here.boot([service('web', 'web-server.mjs', '0')]);
    const [, port] = await here.untilConsole(id, /LISTEN {"address":"::","port":(\d+)}/);
    await here.untilConsole(id, /DONE/);
    expect(here.console(id)).toContain(`VISIT localhost {"remoteAddress":"127.0.0.1","remotePort":${port}`);
  });

  it('on 127.0.0.1 is not reached from outside, nor by the private address', async () => {
    const here = open();
    const id = here.boot([service('web', 'web-server.mjs', '80', '127.0.0.1')]);
    await here.untilConsole(id, /DONE/);
    expect(here.console(id)).toContain('VISIT 10.0.1.101 connect ECONNREFUSED 10.0.1.101:80');
    expect(await runClient(here, '10.0.1.101', 80)).toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('connecting', () => {
  it('to another instance shows both ends’ own addresses', async () => {
    const here = open();
    const id = here.boot([service('web', 'web-server.mjs', '80')]);
    await here.untilConsole(id, /DONE/);
    expect(await runClient(here, 'ip-10-0-1-101.us-west-2.compute.internal', 80)).toEqual({
      remoteAddress: '10.0.1.101',
      remotePort: 80,
      localAddress: '10.0.1.102',
    });
  });

  it('to a port where nothing listens is refused', async () => {
    const here = open();
    here.boot([]);
    expect(await runClient(here, '10.0.1.101', 80)).toEqual({
      code: 'ECONNREFUSED',
      message: 'connect ECONNREFUSED 10.0.1.101:80',
      errno: -os.constants.errno.ECONNREFUSED,
      syscall: 'connect',
      address: '10.0.1.101',
    });
  });

  it('is not answered while the network drops it, and succeeds late when the network is mended', async () => {
    let isOpen = false;
    let hasAsked = false;
    const passes = (): boolean => {
      hasAsked = true;
      return isOpen;
    };
    const here = open({ speed: 10, network: { passes } });
    const web = here.boot([service('web', 'web-server.mjs', '80')]);
    await here.untilConsole(web, /DONE/);
    const client = here.boot([service('client', 'client.mjs', '10.0.1.101', '80')]);
    await until(
      () => hasAsked || undefined,
      () => 'the first SYN',
    );
    expect(here.console(client)).not.toContain('RESULT');
    isOpen = true;
    here.state.ec2.networkRevision += 1;
    expect(await resultOf(here, client)).toMatchObject({ remoteAddress: '10.0.1.101' });
  });

  it('by IPv6 is unreachable at once', async () => {
    expect(await runClient(open(), '2600:1f14::1', 443)).toMatchObject({
      code: 'ENETUNREACH',
      message: expect.stringContaining('connect ENETUNREACH 2600:1f14::1:443'),
    });
  });
});

describe('names', () => {
  async function ask(resolution: Parameters<typeof open>[0], name = 'ssm.us-west-2.amazonaws.com'): Promise<unknown> {
    const here = open(resolution);
    return resultOf(here, here.boot([service('names', 'names.mjs', name)]));
  }

  it('are the VPC’s, by every way of asking', async () => {
    const all = ENDPOINT_ADDRESSES.map((address) => ({ address, family: 4 }));
    expect(await ask({})).toEqual({
      lookup: all[0],
      all,
      six: expect.objectContaining({ code: 'ENOTFOUND' }),
      resolve4: ENDPOINT_ADDRESSES,
      resolveTtl: ENDPOINT_ADDRESSES.map((address) => ({ address, ttl: 60 })),
      resolver: ENDPOINT_ADDRESSES,
      literal: { address: '10.1.2.3', family: 4 },
      store: 'kept',
    });
  });

  it('that do not exist fail as getaddrinfo and c-ares say it', async () => {
    expect(await ask({}, 'nowhere.example')).toMatchObject({
      lookup: {
        code: 'ENOTFOUND',
        errno: -3008,
        syscall: 'getaddrinfo',
        message: 'getaddrinfo ENOTFOUND nowhere.example',
      },
      resolve4: { code: 'ENOTFOUND', syscall: 'queryA', message: 'queryA ENOTFOUND nowhere.example' },
    });
  });

  it('that nobody can know here ask to try again', async () => {
    expect(await ask({ network: { resolve: () => ({ kind: 'unknown', because: 'custom resolver' }) } })).toMatchObject({
      lookup: { code: 'EAI_AGAIN', errno: -3001, message: 'getaddrinfo EAI_AGAIN ssm.us-west-2.amazonaws.com' },
    });
  });
});

it('worker threads and child processes are on the same instance', async () => {
  const here = open();
  const id = here.boot([service('app', 'family.mjs')]);
  for (const role of ['main', 'thread', 'child']) {
    await here.untilConsole(id, new RegExp(`ROLE ${role} ip-10-0-1-101.us-west-2.compute.internal 10.0.1.10\n`));
  }
  await here.untilConsole(id, /app.service: Deactivated successfully/);
});
