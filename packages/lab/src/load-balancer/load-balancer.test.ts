import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { Readable } from 'node:stream';
import { Client, request } from 'undici';
import { afterEach, describe, expect, test } from 'vitest';
import type { AccessLogEntry } from './access-log.js';
import type { LoadBalancerOptions } from './load-balancer.js';
import { buildElbV2State, listenerArn, loadBalancerArn, setTargets, targetGroupArn } from './testing/elbv2-state.js';
import { type ProxyFixture, speak, startProxy, until } from './testing/proxy-fixture.js';

const open: ProxyFixture[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((fixture) => fixture.close()));
});

type Settings = Partial<Parameters<typeof buildElbV2State>[0]>;

/** A load balancer whose only target group `web` has one healthy target, i-1. */
async function start(settings: Settings = {}, options: Partial<LoadBalancerOptions> = {}): Promise<ProxyFixture> {
  const state = buildElbV2State({ targetGroups: { web: [{ id: 'i-1', state: 'healthy' }] }, ...settings });
  const fixture = await startProxy(state, options);
  open.push(fixture);
  return fixture;
}

const answerOk = (_: IncomingMessage, response: ServerResponse) => response.end('ok');
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function get(url: string, options: Parameters<typeof request>[1] = {}) {
  const response = await request(url, options);
  return { ...response, text: await response.body.text() };
}

describe('forwarding', () => {
  test('the target gets method, path, query, headers and body, and the client status, reason, headers and body', async () => {
    const lb = await start();
    let seen: { method?: string; url?: string; headers: readonly string[]; body: string } | undefined;
    await lb.startTarget('i-1', async (incoming, response) => {
      const body = (await incoming.setEncoding('utf8').toArray()).join('');
      seen = { method: incoming.method, url: incoming.url, headers: incoming.rawHeaders, body };
      response.writeHead(201, 'Made', ['X-Mixed-Case', 'Kept', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2']).end('made');
    });
    const response = await get(`${lb.url}/w/a%20b?q=1&q=2`, {
      method: 'PUT',
      headers: { 'X-Custom': 'as it is', host: 'hyperbo.la' },
      body: 'the body',
    });
    expect(seen).toMatchObject({ method: 'PUT', url: '/w/a%20b?q=1&q=2', body: 'the body' });
    expect(seen?.headers.join('\n')).toContain('X-Custom\nas it is');
    expect(seen?.headers.slice(0, 2)).toEqual(['host', 'hyperbo.la']);
    expect(response.statusCode).toBe(201);
    expect(response.headers['x-mixed-case']).toBe('Kept');
    expect(response.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(response.headers.server).toBeUndefined();
    expect(response.text).toBe('made');
  });

  test('X-Forwarded headers name the client and the listener, and what the client claimed is appended to or replaced', async () => {
    const lb = await start();
    const seen: IncomingMessage['headers'][] = [];
    await lb.startTarget('i-1', (incoming, response) => {
      seen.push(incoming.headers);
      response.end();
    });
    await get(lb.url);
    await get(lb.url, {
      headers: { 'X-Forwarded-For': '198.51.100.7', 'X-Forwarded-Proto': 'https', 'X-Forwarded-Port': '443' },
    });
    expect(seen[0]).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-port': '80',
      'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
    });
    expect(seen[1]).toMatchObject({
      'x-forwarded-for': '198.51.100.7, 127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-port': '80',
    });
    expect(seen[1]?.['x-amzn-trace-id']).not.toBe(seen[0]?.['x-amzn-trace-id']);
  });

  test('hop-by-hop headers, and those that Connection names, go no further in either direction', async () => {
    const lb = await start();
    let seen: IncomingMessage['headers'] = {};
    await lb.startRawTarget('i-1', (socket) => {
      socket.once('data', (data) => {
        for (const line of data.toString().split('\r\n').slice(1)) {
          const [name = '', value = ''] = line.split(': ');
          seen = { ...seen, [name.toLowerCase()]: value };
        }
        socket.write(
          'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: X-Private\r\nX-Private: p\r\nKeep-Alive: timeout=5\r\nX-Kept: k\r\n\r\nok',
        );
      });
    });
    const conversation = speak(
      lb.url,
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: close, X-Secret\r\nX-Secret: s\r\nTE: trailers\r\nProxy-Connection: keep-alive\r\nX-Kept: k\r\n\r\n',
    );
    const answer = await conversation.ended;
    expect(seen).toMatchObject({ 'x-kept': 'k', connection: 'keep-alive' });
    for (const name of ['x-secret', 'te', 'proxy-connection']) expect(seen).not.toHaveProperty(name);
    expect(answer).toContain('X-Kept: k');
    expect(answer).toContain('Connection: close');
    expect(answer).not.toMatch(/X-Private|Keep-Alive/);
  });

  test.each([
    ['of known length', true],
    ['chunked', false],
  ])('large bodies pass both ways unchanged, %s', async (_, isLengthKnown) => {
    const lb = await start();
    const bytes = randomBytes(3 * 1024 * 1024);
    const framings: (string | undefined)[] = [];
    await lb.startTarget('i-1', (incoming, response) => {
      framings.push(incoming.headers['content-length'], incoming.headers['transfer-encoding']);
      if (isLengthKnown) response.setHeader('Content-Length', bytes.length);
      incoming.pipe(response);
    });
    const body = isLengthKnown ? bytes : Readable.from([bytes.subarray(0, 1_000_000), bytes.subarray(1_000_000)]);
    const response = await request(lb.url, { method: 'POST', body });
    expect(sha(await response.body.bytes())).toBe(sha(bytes));
    expect(framings).toEqual(isLengthKnown ? [String(bytes.length), undefined] : [undefined, 'chunked']);
    expect(response.headers['content-length']).toBe(isLengthKnown ? String(bytes.length) : undefined);
  });

  test('a response streams: its first bytes arrive while the target still holds back the rest', async () => {
    const lb = await start();
    let finish = () => {};
    await lb.startTarget('i-1', (_, response) => {
      response.write('first');
      finish = () => response.end(' last');
    });
    const { body } = await request(lb.url);
    const chunks: string[] = [];
    body.setEncoding('utf8').on('data', (chunk) => chunks.push(chunk));
    await until(() => chunks.join('') === 'first');
    finish();
    await once(body, 'end');
    expect(chunks.join('')).toBe('first last');
  });

  test('a request streams: its first bytes reach the target while the client still holds back the rest', async () => {
    const lb = await start();
    const chunks: string[] = [];
    await lb.startTarget('i-1', (incoming, response) => {
      incoming.setEncoding('utf8').on('data', (chunk) => chunks.push(chunk));
      incoming.on('end', () => response.end(chunks.join('')));
    });
    const body = new Readable({ read: () => {} });
    const answer = get(lb.url, { method: 'POST', body });
    body.push('first');
    await until(() => chunks.join('') === 'first');
    body.push(' last');
    body.push(null);
    expect((await answer).text).toBe('first last');
  });

  test('a client that stops reading stops its target: the load balancer does not collect the response', async () => {
    const lb = await start();
    const total = 192 * 1024 * 1024;
    const chunk = Buffer.alloc(256 * 1024);
    let sent = 0;
    let isStalled = false;
    await lb.startTarget('i-1', async (_, response) => {
      while (sent < total) {
        sent += chunk.length;
        isStalled = !response.write(chunk);
        if (isStalled) await once(response, 'drain');
      }
      response.end();
    });
    const client = speak(lb.url, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    client.socket.pause();
    let quietTurns = 0;
    let before = -1;
    await until(() => {
      quietTurns = isStalled && sent === before ? quietTurns + 1 : 0;
      before = sent;
      return quietTurns > 2_000;
    });
    expect(sent).toBeLessThan(total / 4);
    client.socket.removeAllListeners('data').resume();
    await until(() => sent >= total);
    client.socket.destroy();
  });

  test('HEAD, 204 and 304 have no body and keep their headers', async () => {
    const lb = await start();
    await lb.startTarget('i-1', (incoming, response) => {
      if (incoming.method === 'HEAD') response.setHeader('Content-Length', 12_345).end();
      else response.writeHead(Number(incoming.url?.slice(1)), { ETag: 'x' }).end();
    });
    const client = new Client(lb.url);
    const head = await client.request({ method: 'HEAD', path: '/' });
    expect(head.headers['content-length']).toBe('12345');
    expect(await head.body.text()).toBe('');
    for (const statusCode of [204, 304]) {
      const response = await client.request({ method: 'GET', path: `/${statusCode}` });
      expect(response).toMatchObject({ statusCode, headers: { etag: 'x' } });
      expect(await response.body.text()).toBe('');
    }
    await client.close();
  });

  test('an HTTP/1.0 client gets the whole of a chunked response, unchunked, and a closed connection', async () => {
    const lb = await start();
    await lb.startTarget('i-1', (incoming, response) => {
      response.write(`host is ${incoming.headers.host === undefined ? 'absent' : 'there'}, `);
      response.end('version 1.0');
    });
    const answer = await speak(lb.url, 'GET / HTTP/1.0\r\n\r\n').ended;
    expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    expect(answer).not.toContain('chunked');
    expect(answer.split('\r\n\r\n')[1]).toBe('host is there, version 1.0');
  });

  test('Expect: 100-continue is answered at once and does not reach the target', async () => {
    const lb = await start();
    let expectation: string | undefined = 'not asked';
    await lb.startTarget('i-1', (incoming, response) => {
      expectation = incoming.headers.expect;
      incoming.pipe(response);
    });
    const client = speak(
      lb.url,
      'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\nConnection: close\r\n\r\n',
    );
    await until(() => client.text() === 'HTTP/1.1 100 Continue\r\n\r\n');
    client.socket.write('body');
    expect(await client.ended).toMatch(/200 OK[\s\S]*\nbody\r\n/);
    expect(expectation).toBeUndefined();
  });

  test('connections to a target are kept and used again', async () => {
    const lb = await start();
    const target = await lb.startTarget('i-1', answerOk);
    for (let n = 0; n < 5; n += 1) expect((await get(lb.url)).text).toBe('ok');
    expect(target.connectionCount()).toBe(1);
    expect(lb.located).toEqual([{ loadBalancerArn, targetId: 'i-1', port: 80 }]);
  });

  test('a kept connection that its target has closed is never handed out', async () => {
    const lb = await start();
    const target = await lb.startTarget('i-1', answerOk);
    for (let n = 0; n < 30; n += 1) {
      expect((await get(lb.url)).statusCode).toBe(200);
      target.server.closeAllConnections();
      await until(async () => (await connections(target.server)) === 0);
    }
    expect(target.connectionCount()).toBe(30);
  });

  test('pipelined requests are answered in order', async () => {
    const lb = await start({
      targetGroups: {
        web: [
          { id: 'i-1', state: 'healthy' },
          { id: 'i-2', state: 'healthy' },
        ],
      },
    });
    let finishFirst = () => {};
    await lb.startTarget('i-1', (_, response) => {
      finishFirst = () => response.end('[one]');
    });
    await lb.startTarget('i-2', (_, response) => {
      response.end('[two]');
      response.once('close', () => finishFirst());
    });
    const client = speak(
      lb.url,
      'GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    );
    expect((await client.ended).match(/\[\w+\]/g)).toEqual(['[one]', '[two]']);
  });
});

describe('rules', () => {
  test('fixed responses and redirects are answered as an ALB words them', async () => {
    const lb = await start({
      defaultAction: {
        Type: 'fixed-response',
        FixedResponseConfig: { StatusCode: '503', ContentType: 'text/plain', MessageBody: 'down' },
      },
      rules: [
        {
          priority: 1,
          conditions: [{ Field: 'path-pattern', Values: ['/old/*'] }],
          action: { Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_301', Path: '/new' } },
        },
      ],
    });
    const fixed = await get(lb.url);
    expect(fixed).toMatchObject({ statusCode: 503, text: 'down' });
    expect(fixed.headers).toMatchObject({ server: 'awselb/2.0', 'content-type': 'text/plain; charset=utf-8' });
    const moved = await get(`${lb.url}/old/x`, { headers: { host: 'hyperbo.la' } });
    expect(moved).toMatchObject({ statusCode: 301 });
    expect(moved.headers.location).toBe('http://hyperbo.la:80/new');
    expect(moved.text).toContain('<h1>301 Moved Permanently</h1>');
  });

  test('a change of the rules or of health holds from the next request on', async () => {
    const lb = await start({
      targetGroups: {
        web: [
          { id: 'i-1', state: 'healthy' },
          { id: 'i-2', state: 'initial' },
        ],
      },
    });
    await lb.startTarget('i-1', (_, response) => response.end('one'));
    await lb.startTarget('i-2', (_, response) => response.end('two'));
    expect([(await get(lb.url)).text, (await get(lb.url)).text]).toEqual(['one', 'one']);
    setTargets(lb.state, 'web', [
      { id: 'i-1', state: 'unhealthy' },
      { id: 'i-2', state: 'healthy' },
    ]);
    expect([(await get(lb.url)).text, (await get(lb.url)).text]).toEqual(['two', 'two']);
  });
});

describe('503', () => {
  test('a group without targets answers 503 with the page of an ALB, and the connection goes on', async () => {
    const lb = await start({ targetGroups: { web: [] } });
    const client = new Client(lb.url);
    for (const method of ['GET', 'POST'] as const) {
      const response = await client.request({
        path: '/',
        method,
        body: method === 'POST' ? 'x'.repeat(100_000) : null,
      });
      expect(response).toMatchObject({
        statusCode: 503,
        headers: { server: 'awselb/2.0', 'content-type': 'text/html', connection: 'keep-alive' },
      });
      expect(await response.body.text()).toBe(
        '<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n</body>\r\n</html>\r\n',
      );
    }
    await client.close();
  });
});

describe('502', () => {
  const badGateway = { statusCode: 502, text: expect.stringContaining('<h1>502 Bad Gateway</h1>') };

  test('when the network refuses, and when nothing listens where it leads', async () => {
    const lb = await start();
    expect(await get(lb.url)).toMatchObject(badGateway);
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    lb.locations.set('i-1', { kind: 'open', host: '127.0.0.1', port });
    expect(await get(lb.url)).toMatchObject(badGateway);
  });

  test.each([
    ['closes', ''],
    ['says something that is not HTTP', 'SSH-2.0-OpenSSH_7.4\r\n'],
    ['sends a header that cannot be', 'HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok'],
    [
      'sends more than 32 K of headers',
      `HTTP/1.1 200 OK\r\nX-Big: ${'x'.repeat(33 * 1024)}\r\nContent-Length: 0\r\n\r\n`,
    ],
    ['sends half of its headers', 'HTTP/1.1 200 OK\r\nContent-'],
  ])('when the target %s with a request outstanding; the request is sent once', async (_, answer) => {
    const lb = await start();
    let requestCount = 0;
    await lb.startRawTarget('i-1', (socket) => {
      socket.once('data', () => {
        requestCount += 1;
        socket.end(answer);
      });
    });
    expect(await get(lb.url)).toMatchObject(badGateway);
    expect(requestCount).toBe(1);
  });

  test('when the target resets a kept connection after it got the request; the request is sent once', async () => {
    const lb = await start();
    let requestCount = 0;
    await lb.startRawTarget('i-1', (socket) => {
      socket.on('data', () => {
        requestCount += 1;
        if (requestCount === 1) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
        else socket.resetAndDestroy();
      });
    });
    expect((await get(lb.url)).statusCode).toBe(200);
    expect(await get(lb.url)).toMatchObject(badGateway);
    expect(requestCount).toBe(2);
  });

  test('when the target goes away in the middle of an upload, and the client can go on on its connection', async () => {
    const lb = await start({
      targetGroups: {
        web: [
          { id: 'i-1', state: 'healthy' },
          { id: 'i-2', state: 'healthy' },
        ],
      },
    });
    await lb.startRawTarget('i-1', (socket) => socket.once('data', () => socket.resetAndDestroy()));
    await lb.startTarget('i-2', answerOk);
    const client = speak(lb.url, `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n${'x'.repeat(100_000)}`);
    await until(() => client.text().includes('</html>'));
    expect(client.text()).toMatch(/^HTTP\/1.1 502 Bad Gateway/);
    client.socket.write(`${'x'.repeat(100_000)}GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(await client.ended).toMatch(/HTTP\/1.1 200 OK[\s\S]*ok$/);
  });

  test('a response that cannot be completed ends in a closed connection, not as if it were whole', async () => {
    const lb = await start();
    await lb.startRawTarget('i-1', (socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this'));
    });
    const { statusCode, body } = await request(lb.url);
    expect(statusCode).toBe(200);
    await expect(body.text()).rejects.toThrow();
  });
});

describe('time', () => {
  test('a target whose packets are dropped: 504 after 10 s of lab time, not before', async () => {
    const lb = await start();
    lb.locations.set('i-1', { kind: 'dropped' });
    let isAnswered = false;
    const answer = get(lb.url).finally(() => {
      isAnswered = true;
    });
    await until(() => lb.located.length === 1);
    await lb.clock.advance(9_999);
    expect(isAnswered).toBe(false);
    await lb.clock.advance(1);
    expect(await answer).toMatchObject({
      statusCode: 504,
      text: expect.stringContaining('<h1>504 Gateway Time-out</h1>'),
    });
  });

  test.each([
    ['60 s when nothing else is set', {}, 60_000],
    ["the load balancer's idle_timeout.timeout_seconds", { 'idle_timeout.timeout_seconds': '7' }, 7_000],
  ])('a target that does not answer: 504 after %s', async (_, loadBalancerAttributes, timeoutMs) => {
    const lb = await start({ loadBalancerAttributes });
    let isCut = false;
    await lb.startTarget('i-1', (incoming) => {
      incoming.once('close', () => {
        isCut = true;
      });
      asked = true;
    });
    let asked = false;
    let isAnswered = false;
    const answer = get(lb.url).finally(() => {
      isAnswered = true;
    });
    await until(() => asked);
    await lb.clock.advance(timeoutMs - 1);
    expect(isAnswered).toBe(false);
    await lb.clock.advance(1);
    expect((await answer).statusCode).toBe(504);
    await until(() => isCut);
  });

  test('every byte starts the idle timeout anew; a response that stalls is cut', async () => {
    const lb = await start();
    const responses: ServerResponse[] = [];
    await lb.startTarget('i-1', (_, response) => {
      responses.push(response);
      response.write('.');
    });
    const { body } = await request(lb.url);
    let received = '';
    let failure: unknown;
    body.setEncoding('utf8').on('data', (chunk) => {
      received += chunk;
    });
    body.on('error', (error) => {
      failure = error;
    });
    for (let n = 1; n <= 5; n += 1) {
      await until(() => received.length === n);
      await lb.clock.advance(59_000);
      responses[0]?.write('.');
    }
    await until(() => received.length === 6);
    expect(failure).toBeUndefined();
    await lb.clock.advance(60_000);
    await until(() => failure);
  });

  test('a client that stops in the middle of its request gets 408', async () => {
    const lb = await start();
    let bytes = 0;
    await lb.startTarget('i-1', (incoming) => {
      incoming.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
    });
    const client = speak(lb.url, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf');
    await until(() => bytes === 4);
    await lb.clock.advance(60_000);
    expect(await client.ended).toMatch(/^HTTP\/1.1 408 Request Time-out/);
  });
});

describe('draining', () => {
  test('what is in flight to a draining target completes, while new requests go elsewhere', async () => {
    const lb = await start({
      targetGroups: {
        web: [
          { id: 'i-1', state: 'healthy' },
          { id: 'i-2', state: 'healthy' },
        ],
      },
    });
    let finish = () => {};
    let isAsked = false;
    await lb.startTarget('i-1', (_, response) => {
      isAsked = true;
      finish = () => response.end('one');
    });
    await lb.startTarget('i-2', (_, response) => response.end('two'));
    const slow = get(lb.url);
    await until(() => isAsked);
    setTargets(lb.state, 'web', [
      { id: 'i-1', state: 'draining' },
      { id: 'i-2', state: 'healthy' },
    ]);
    for (let n = 0; n < 4; n += 1) expect((await get(lb.url)).text).toBe('two');
    finish();
    expect((await slow).text).toBe('one');
  });

  test('no request fails while every target is replaced, each drained before it ends', async () => {
    const lb = await start({ targetGroups: { web: [] } });
    const answering = new Map<string, number>();
    const startOne = async (id: string) => {
      const { server } = await lb.startTarget(id, async (_, response) => {
        answering.set(id, (answering.get(id) ?? 0) + 1);
        await new Promise((resolve) => setImmediate(resolve));
        response.end(id);
        answering.set(id, (answering.get(id) ?? 0) - 1);
      });
      return server;
    };
    const servers = new Map([
      ['i-1', await startOne('i-1')],
      ['i-2', await startOne('i-2')],
    ]);
    const show = (draining?: string) =>
      setTargets(
        lb.state,
        'web',
        [...servers.keys()].map((id) => ({ id, state: id === draining ? 'draining' : 'healthy' })),
      );
    show();
    const answers: string[] = [];
    let isOver = false;
    const clients = Array.from({ length: 6 }, async () => {
      const client = new Client(lb.url);
      while (!isOver) {
        const { statusCode, body } = await client.request({ path: '/', method: 'GET' });
        answers.push(`${statusCode} ${await body.text()}`);
      }
      await client.close();
    });
    await until(() => answers.length > 40);
    for (let n = 3; n <= 8; n += 1) {
      const old = `i-${n - 2}`;
      servers.set(`i-${n}`, await startOne(`i-${n}`));
      show(old);
      const before = answers.length;
      await until(() => answers.length > before + 40 && !answering.get(old));
      lb.proxy.perform({ kind: 'drainEnded', targetGroupArn: targetGroupArn('web'), targetId: old, port: 80 });
      servers.get(old)?.closeAllConnections();
      servers.get(old)?.close();
      lb.locations.delete(old);
      servers.delete(old);
      show();
    }
    isOver = true;
    await Promise.all(clients);
    expect(answers.filter((answer) => !answer.startsWith('200 '))).toEqual([]);
    expect(new Set(answers).size).toBe(8);
  });

  test('the end of the drain cuts what is in flight to that target in that group: 502, and nothing else', async () => {
    const lb = await start({
      targetGroups: { web: [{ id: 'i-1', state: 'healthy' }], other: [{ id: 'i-1', state: 'healthy' }] },
      rules: [
        {
          priority: 1,
          conditions: [{ Field: 'path-pattern', Values: ['/other'] }],
          action: { Type: 'forward', TargetGroupArn: targetGroupArn('other') },
        },
      ],
    });
    const waiting = new Map<string | undefined, ServerResponse>();
    await lb.startTarget('i-1', (incoming, response) => {
      if (incoming.url === '/begun') response.write('begun');
      waiting.set(incoming.url, response);
    });
    const unanswered = get(`${lb.url}/unanswered`);
    const begun = request(`${lb.url}/begun`);
    const other = get(`${lb.url}/other`);
    await until(() => waiting.size === 3);
    const { body } = await begun;
    lb.proxy.perform({ kind: 'drainEnded', targetGroupArn: targetGroupArn('web'), targetId: 'i-1', port: 80 });
    expect(await unanswered).toMatchObject({ statusCode: 502 });
    await expect(body.text()).rejects.toThrow();
    waiting.get('/other')?.end('other');
    expect(await other).toMatchObject({ statusCode: 200, text: 'other' });
  });

  test('a target that registers again after its drain is served on new connections', async () => {
    const lb = await start();
    const target = await lb.startTarget('i-1', answerOk);
    await get(lb.url);
    lb.proxy.perform({ kind: 'drainEnded', targetGroupArn: targetGroupArn('web'), targetId: 'i-1', port: 80 });
    expect((await get(lb.url)).text).toBe('ok');
    expect(target.connectionCount()).toBe(2);
  });
});

describe('clients', () => {
  test('a client that goes away ends the request at its target and is counted, not answered', async () => {
    const entries: AccessLogEntry[] = [];
    const lb = await start({}, { accessLog: (entry) => entries.push(entry) });
    let isAsked = false;
    let isCut = false;
    await lb.startTarget('i-1', (_, response) => {
      isAsked = true;
      response.once('close', () => {
        isCut = true;
      });
    });
    const client = speak(lb.url, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await until(() => isAsked);
    client.socket.destroy();
    await until(() => isCut);
    expect(lb.proxy.metrics().loadBalancers[loadBalancerArn]).toMatchObject({
      ClientClosedCount: 1,
      HTTPCode_ELB_5XX_Count: 0,
    });
    expect(entries).toMatchObject([{ statusCode: 460, targetStatusCode: undefined }]);
  });

  test('a client that goes away in the middle of its upload ends the request at its target', async () => {
    const lb = await start();
    let isAborted = false;
    let bytes = 0;
    await lb.startTarget('i-1', (incoming) => {
      incoming.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      incoming.once('aborted', () => {
        isAborted = true;
      });
    });
    const client = speak(lb.url, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf');
    await until(() => bytes === 4);
    client.socket.destroy();
    await until(() => isAborted);
  });

  test.each([
    ['400', 'is not HTTP', 'HELO example.com\r\n\r\n'],
    [
      '400',
      'has a header over 16 K',
      `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(17_000)}\r\nConnection: close\r\n\r\n`,
    ],
    [
      '400',
      'has more than 64 K of headers',
      `GET / HTTP/1.1\r\nHost: a\r\n${`X: ${'x'.repeat(9_000)}\r\n`.repeat(8)}\r\n`,
    ],
    ['414', 'has an address over 16 K', `GET /${'x'.repeat(17_000)} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`],
    ['405', 'is a TRACE', 'TRACE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
    [
      '463',
      'came through 31 proxies',
      `GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: ${Array(31).fill('10.0.0.1').join()}\r\nConnection: close\r\n\r\n`,
    ],
  ])('a request gets %s when it %s, and no target sees it', async (statusCode, _, bytes) => {
    const lb = await start();
    let requestCount = 0;
    await lb.startTarget('i-1', (_, response) => {
      requestCount += 1;
      response.end();
    });
    const answer = await speak(lb.url, bytes).ended;
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${statusCode} .*Server: awselb/2.0.*</html>`, 's'));
    expect(requestCount).toBe(0);
  });

  test("a request in a proxy's form, with a whole URL, is routed by its path", async () => {
    const lb = await start();
    await lb.startTarget('i-1', (incoming, response) => response.end(incoming.url));
    const answer = await speak(lb.url, 'GET http://a/w/x?q=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n').ended;
    expect(answer).toMatch(/\/w\/x\?q=1$/);
  });
});

describe('upgrades', () => {
  const handshake =
    'GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\n\r\n';

  async function startEcho(lb: ProxyFixture, targetId = 'i-1') {
    const heads: string[] = [];
    await lb.startRawTarget(targetId, (socket) => {
      socket.once('data', (head) => {
        heads.push(head.toString());
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: a\r\n\r\n',
        );
        socket.on('data', (data) => socket.write(data.toString().toUpperCase()));
      });
    });
    return heads;
  }

  test('a WebSocket passes through both ways, and each side closes the other', async () => {
    const lb = await start();
    const heads = await startEcho(lb);
    const client = speak(lb.url, handshake);
    await until(() => client.text().endsWith('\r\n\r\n'));
    expect(client.text()).toMatch(
      /^HTTP\/1.1 101 Switching Protocols\r\n[\s\S]*Upgrade: websocket[\s\S]*Sec-WebSocket-Accept: a/,
    );
    expect(heads[0]).toMatch(/connection: upgrade\r\nupgrade: websocket\r\n[\s\S]*Sec-WebSocket-Key: k/);
    client.socket.write('hello');
    await until(() => client.text().endsWith('HELLO'));
    client.socket.end();
    await client.ended;
  });

  test('a WebSocket that says nothing for the idle timeout is closed, and so is one whose drain has ended', async () => {
    const lb = await start();
    await startEcho(lb);
    const idle = speak(lb.url, handshake);
    await until(() => idle.text().endsWith('\r\n\r\n'));
    await lb.clock.advance(60_000);
    await idle.ended;
    const drained = speak(lb.url, handshake);
    await until(() => drained.text().endsWith('\r\n\r\n'));
    lb.proxy.perform({ kind: 'drainEnded', targetGroupArn: targetGroupArn('web'), targetId: 'i-1', port: 80 });
    await drained.ended;
  });

  test('a target that does not upgrade answers as usual', async () => {
    const lb = await start();
    await lb.startTarget('i-1', (_, response) => response.writeHead(426).end('no'));
    expect(await speak(lb.url, handshake).ended).toMatch(/^HTTP\/1.1 426 [\s\S]*no/);
  });

  test('no target: 503', async () => {
    const lb = await start({ targetGroups: { web: [] } });
    expect(await speak(lb.url, handshake).ended).toMatch(/^HTTP\/1.1 503 /);
  });

  test('another protocol than WebSocket is not offered to the target', async () => {
    const lb = await start();
    let seen: IncomingMessage['headers'] = {};
    await lb.startTarget('i-1', (incoming, response) => {
      seen = incoming.headers;
      response.end('plain');
    });
    const answer = await speak(
      lb.url,
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n',
    ).ended;
    expect(answer).toMatch(/^HTTP\/1.1 200 [\s\S]*plain/);
    expect(seen).not.toHaveProperty('upgrade');
    expect(seen).not.toHaveProperty('http2-settings');
  });
});

describe('listeners', () => {
  test('each gets a port of its own; a deleted one closes after its requests in flight', async () => {
    const lb = await start();
    let finish = () => {};
    let isAsked = false;
    await lb.startTarget('i-1', (_, response) => {
      isAsked = true;
      finish = () => response.end('late');
    });
    const other = `${listenerArn}-2`;
    lb.state.listeners.set(other, lb.state.listeners.get(listenerArn)!);
    lb.proxy.perform({ kind: 'listenersChanged' });
    await until(() => lb.events.filter(({ type }) => type === 'listenerOpened').length === 2);
    const inFlight = get(lb.url);
    await until(() => isAsked);
    lb.state.listeners.delete(listenerArn);
    lb.proxy.perform({ kind: 'listenersChanged' });
    await until(() => refuses(lb.url));
    finish();
    expect((await inFlight).text).toBe('late');
  });

  test('one that was there before keeps its port when others come', async () => {
    const lb = await start();
    lb.proxy.perform({ kind: 'listenersChanged' });
    lb.state.listeners.set(`${listenerArn}-2`, lb.state.listeners.get(listenerArn)!);
    lb.proxy.perform({ kind: 'listenersChanged' });
    await until(() => lb.events.filter(({ type }) => type === 'listenerOpened').length === 2);
    expect(lb.events.map((event) => 'listenerArn' in event && event.listenerArn)).toEqual([
      listenerArn,
      `${listenerArn}-2`,
    ]);
  });

  test('a preferred port is taken when it is free, and another one when it is not', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    const second = await start({}, { preferredPort: () => port });
    expect(new URL(second.url).port).not.toBe(String(port));
    await new Promise((resolve) => free.close(resolve));
    const first = await start({}, { preferredPort: () => port });
    expect(new URL(first.url).port).toBe(String(port));
  });
});

async function refuses(url: string): Promise<true | undefined> {
  return request(url, { headersTimeout: 1 }).then(
    () => undefined,
    (error) => error.code === 'ECONNREFUSED' || undefined,
  );
}

describe('health checks', () => {
  const check = {
    kind: 'checkHealth',
    checkId: 'c-1',
    targetGroupArn: targetGroupArn('web'),
    targetId: 'i-1',
    port: 8888,
    protocol: 'HTTP',
    path: '/healthz',
    timeoutMs: 5_000,
  } as const;
  const result = (lb: ProxyFixture) => until(() => lb.events.find((event) => event.type === 'healthCheckResult'));

  test('are one GET on a connection of their own, and report its status code', async () => {
    const lb = await start();
    lb.lab.ec2.instances.set('i-1', { instance: { InstanceId: 'i-1', PrivateIpAddress: '10.0.1.23' }, console: '' });
    let seen: { method?: string; url?: string; headers: IncomingMessage['headers'] } | undefined;
    await lb.startTarget('i-1', (incoming, response) => {
      seen = { method: incoming.method, url: incoming.url, headers: incoming.headers };
      response.writeHead(503).end('KO: no secrets');
    });
    lb.proxy.perform(check);
    expect(await result(lb)).toEqual({
      service: 'elasticloadbalancing',
      type: 'healthCheckResult',
      targetGroupArn: targetGroupArn('web'),
      targetId: 'i-1',
      port: 8888,
      checkId: 'c-1',
      result: { kind: 'response', statusCode: 503 },
    });
    expect(seen).toMatchObject({
      method: 'GET',
      url: '/healthz',
      headers: { host: '10.0.1.23:8888', connection: 'close', 'user-agent': 'ELB-HealthChecker/2.0' },
    });
    expect(lb.located).toEqual([{ loadBalancerArn, targetId: 'i-1', port: 8888 }]);
  });

  test.each([
    ['a network that drops', (lb: ProxyFixture) => void lb.locations.set('i-1', { kind: 'dropped' })],
    ['a target that does not answer', (lb: ProxyFixture) => lb.startTarget('i-1', () => {})],
  ])('%s: timeout after the time given, in lab time, and not before', async (_, arrange) => {
    const lb = await start();
    await arrange(lb);
    lb.proxy.perform(check);
    await lb.clock.advance(4_999);
    expect(lb.events.filter(({ type }) => type === 'healthCheckResult')).toEqual([]);
    await lb.clock.advance(1);
    expect(await result(lb)).toMatchObject({ result: { kind: 'timeout' } });
  });

  test.each([
    ['a target that refuses', () => {}],
    ['a target that closes', (lb: ProxyFixture) => lb.startRawTarget('i-1', (socket) => socket.end())],
    [
      'a target that does not speak HTTP',
      (lb: ProxyFixture) => lb.startRawTarget('i-1', (socket) => socket.end('no\r\n\r\n')),
    ],
  ])('%s: failed', async (_, arrange) => {
    const lb = await start();
    await arrange(lb);
    lb.proxy.perform(check);
    expect(await result(lb)).toMatchObject({ result: { kind: 'failed' } });
  });

  test('a path that no request line can carry, and an HTTPS target: failed, not thrown', async () => {
    const lb = await start();
    await lb.startTarget('i-1', answerOk);
    lb.proxy.perform({ ...check, path: '/a b' });
    expect(await result(lb)).toMatchObject({ result: { kind: 'failed' } });
    lb.events.length = 0;
    lb.proxy.perform({ ...check, protocol: 'HTTPS' });
    expect(await result(lb)).toMatchObject({ result: { kind: 'failed' } });
  });
});

describe('books', () => {
  test('metrics tell what targets answered, what the load balancer answered, and who is healthy', async () => {
    const lb = await start({
      targetGroups: {
        web: [
          { id: 'i-1', state: 'healthy' },
          { id: 'i-2', state: 'unhealthy' },
          { id: 'i-3', state: 'draining' },
        ],
        empty: [],
      },
      rules: [
        {
          priority: 1,
          conditions: [{ Field: 'path-pattern', Values: ['/empty'] }],
          action: { Type: 'forward', TargetGroupArn: targetGroupArn('empty') },
        },
      ],
    });
    await lb.startTarget('i-1', (incoming, response) => {
      const statusCode = Number(incoming.url?.slice(1));
      if (statusCode === 0) incoming.socket.destroy();
      else response.writeHead(statusCode).end();
    });
    for (const path of ['/200', '/204', '/302', '/404', '/500', '/0', '/empty']) await get(lb.url + path);
    expect(lb.proxy.metrics().loadBalancers[loadBalancerArn]).toMatchObject({
      RequestCount: 7,
      HTTPCode_ELB_5XX_Count: 2,
      HTTPCode_ELB_502_Count: 1,
      HTTPCode_ELB_503_Count: 1,
      HTTPCode_ELB_504_Count: 0,
    });
    expect(lb.proxy.metrics().targetGroups[targetGroupArn('web')]).toMatchObject({
      RequestCount: 6,
      HTTPCode_Target_2XX_Count: 2,
      HTTPCode_Target_3XX_Count: 1,
      HTTPCode_Target_4XX_Count: 1,
      HTTPCode_Target_5XX_Count: 1,
      TargetConnectionErrorCount: 1,
      TargetResponseTime: { count: 5 },
      HealthyHostCount: 1,
      UnHealthyHostCount: 1,
    });
  });

  test('the access log tells who answered what, without the query', async () => {
    const entries: AccessLogEntry[] = [];
    const lb = await start({}, { accessLog: (entry) => entries.push(entry) });
    await lb.startTarget('i-1', answerOk);
    await get(`${lb.url}/w/?token=secret`, { headers: { host: 'hyperbo.la' } });
    expect(entries).toMatchObject([
      {
        listenerArn,
        method: 'GET',
        host: 'hyperbo.la',
        path: '/w/',
        statusCode: 200,
        targetStatusCode: 200,
        target: { targetGroupArn: targetGroupArn('web'), targetId: 'i-1', port: 80 },
        errorReason: undefined,
      },
    ]);
    expect(JSON.stringify(entries)).not.toContain('secret');
  });
});

describe('close', () => {
  test('answers what is in flight with 502, and leaves no port, no connection, no timer and no report', async () => {
    const lb = await start();
    let asked = 0;
    const target = await lb.startTarget('i-1', () => {
      asked += 1;
    });
    lb.locations.set('i-dropped', { kind: 'dropped' });
    const waiting = get(lb.url);
    await until(() => asked === 1);
    lb.proxy.perform({
      kind: 'checkHealth',
      checkId: 'c',
      targetGroupArn: targetGroupArn('web'),
      targetId: 'i-1',
      port: 80,
      protocol: 'HTTP',
      path: '/',
      timeoutMs: 5_000,
    });
    await until(() => asked === 2);
    const before = lb.events.length;
    await lb.proxy.close();
    expect((await waiting).statusCode).toBe(502);
    await until(() => refuses(lb.url));
    await until(async () => (await connections(target.server)) === 0);
    await lb.clock.advance(3_600_000);
    lb.proxy.perform({ kind: 'listenersChanged' });
    expect(lb.events.length).toBe(before);
  });

  test('ends at once while a connection is being dropped and a port is still opening', async () => {
    const lb = await start();
    lb.locations.set('i-1', { kind: 'dropped' });
    const waiting = get(lb.url);
    await until(() => lb.located.length === 1);
    lb.state.listeners.set(`${listenerArn}-2`, lb.state.listeners.get(listenerArn)!);
    lb.proxy.perform({ kind: 'listenersChanged' });
    await lb.proxy.close();
    expect((await waiting).statusCode).toBe(502);
  });
});

function connections(server: {
  getConnections(done: (error: Error | null, count: number) => void): unknown;
}): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });
}
