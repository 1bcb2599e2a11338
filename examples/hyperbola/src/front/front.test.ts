import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createFront } from './front.js';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(server: Server): Promise<string> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const frontBefore = async (application: RequestListener) =>
  listen(createFront(await listen(createServer(application))));

describe('the front', () => {
  it('answers 502 when the application is not there', async () => {
    const gone = createServer();
    const upstream = await listen(gone);
    gone.close();
    await once(gone, 'close');
    const response = await fetch(`${await listen(createFront(upstream))}/healthz`);
    expect(response.status).toBe(502);
    expect(await response.text()).toContain('502 Bad Gateway');
  });

  it('passes the status, the headers and the body of the application on', async () => {
    const front = await frontBefore((_, response) =>
      response.writeHead(503, { 'x-release': '0.149.2' }).end('KO: no\n'),
    );
    const response = await fetch(`${front}/healthz`);
    expect([response.status, response.headers.get('x-release'), await response.text()]).toEqual([
      503,
      '0.149.2',
      'KO: no\n',
    ]);
  });

  it('passes the method, the path, the query and the body of the request on', async () => {
    const front = await frontBefore(async (request, response) => {
      const body = (await request.setEncoding('utf8').toArray()).join('');
      response.end(`${request.method} ${request.url} ${body}`);
    });
    const response = await fetch(`${front}/contact/?a=1`, { method: 'POST', body: 'message=hello' });
    expect(await response.text()).toBe('POST /contact/?a=1 message=hello');
  });

  it('tells once that the application is gone, however often it is asked for', async () => {
    const gone = createServer();
    const upstream = await listen(gone);
    gone.close();
    await once(gone, 'close');
    const told: string[] = [];
    const front = await listen(createFront(upstream, (isThere, reason) => told.push(`${isThere} ${reason}`)));
    for (let asked = 0; asked < 3; asked++) await fetch(front);
    expect(told).toEqual(['false ECONNREFUSED']);
  });

  it('answers 502 when the application hangs up in place of an answer', async () => {
    const front = await frontBefore((request) => request.socket.destroy());
    expect((await fetch(front)).status).toBe(502);
  });
});
