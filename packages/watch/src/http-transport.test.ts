import { webcrypto } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createSocketServer, type Server as SocketServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createHttpTransport } from './http-transport.js';
import { isConnected } from './request.js';

const time = { now: () => 1_000, elapsed: () => performance.now() };
const servers: (Server | SocketServer)[] = [];
const never = new AbortController().signal;

afterEach(async () => {
  for (const server of servers.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen<S extends SocketServer>(server: S, host = '127.0.0.1'): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return (server.address() as AddressInfo).port;
}

async function serve(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(listener))}`;
}

describe('an answer', () => {
  test('is told whole, with every phase that it went through', async () => {
    const url = await serve((_request, response) => response.writeHead(201, { 'x-version': '2' }).end('hello'));
    const result = await createHttpTransport(time)({ url: `${url}/path` }, never);
    expect(result).toMatchObject({
      kind: 'answer',
      at: 1_000,
      statusCode: 201,
      headers: expect.objectContaining({ 'x-version': '2' }),
      body: 'hello',
      address: '127.0.0.1',
    });
    expect(Object.keys(result.phases)).toEqual(['connect', 'firstByte', 'body']);
    const sum = Object.values(result.phases).reduce((all, each) => all + each, 0);
    // The phases are the whole of it, but for how floating point adds.
    expect(sum).toBeCloseTo(result.durationMs, 6);
  });

  test('of a server with a name is preceded by resolving it', async () => {
    const port = await listen(
      createServer((_request, response) => response.end()),
      '127.0.0.1',
    );
    const result = await createHttpTransport(time)({ url: `http://localhost:${port}/`, family: 4 }, never);
    expect(result.kind).toBe('answer');
    expect(Object.keys(result.phases)).toEqual(['resolve', 'connect', 'firstByte', 'body']);
  });

  test('over IPv6 comes from a server that has no other address, and over IPv4 there is none', async () => {
    const server = createServer((_request, response) => response.end());
    const port = await listen(server, '::1').catch(() => undefined);
    // A machine without IPv6 cannot tell.
    if (port === undefined) return;
    const transport = createHttpTransport(time);
    const answer = { kind: 'answer', address: '::1' };
    expect(await transport({ url: `http://[::1]:${port}/` }, never)).toMatchObject(answer);
    const url = `http://localhost:${port}/`;
    expect(await transport({ url, family: 4 }, never)).toMatchObject({ kind: 'failure', phase: 'connect' });
    // Not every machine has an IPv6 address for this name; then it fails where it should.
    const isNamed = await lookup('localhost', { family: 6 }).catch(() => undefined);
    expect(await transport({ url, family: 6 }, never)).toMatchObject(
      isNamed === undefined ? { kind: 'failure', phase: 'resolve' } : answer,
    );
  });

  test('comes on a connection of its own, with the method and the headers that were asked for', async () => {
    const seen: unknown[] = [];
    const url = await serve((request, response) => {
      seen.push([request.method, request.headers.host, request.headers.connection, request.socket.remotePort]);
      response.end();
    });
    const transport = createHttpTransport(time);
    const request = { url, method: 'HEAD', headers: { host: 'hyperbo.la' } };
    await transport(request, never);
    await transport(request, never);
    expect(seen).toMatchObject([
      ['HEAD', 'hyperbo.la', 'close', expect.any(Number)],
      ['HEAD', 'hyperbo.la', 'close', expect.any(Number)],
    ]);
    expect((seen[0] as unknown[])[3]).not.toBe((seen[1] as unknown[])[3]);
  });

  test('that is large is read to its end and kept in part', async () => {
    const url = await serve((_request, response) => response.end('x'.repeat(300_000)));
    const result = await createHttpTransport(time)({ url, bodyBytesMax: 10 }, never);
    expect(result).toMatchObject({ kind: 'answer', body: 'xxxxxxxxxx' });
  });
});

describe('a failure names the phase in which it came about', () => {
  test('connect: nothing listens', async () => {
    const port = await listen(createSocketServer());
    await new Promise((resolve) => servers.pop()?.close(resolve));
    const result = await createHttpTransport(time)({ url: `http://127.0.0.1:${port}/` }, never);
    expect(result).toMatchObject({ kind: 'failure', phase: 'connect', code: 'ECONNREFUSED' });
    expect(isConnected(result)).toBe(false);
  });

  test('resolve: there is no such name', async () => {
    const result = await createHttpTransport(time)({ url: 'http://nothing.invalid/' }, never);
    expect(result).toMatchObject({ kind: 'failure', phase: 'resolve' });
    expect(isConnected(result)).toBe(false);
  });

  test('first byte: the server hangs up without an answer', async () => {
    const port = await listen(createSocketServer((socket) => socket.once('data', () => socket.destroy())));
    const result = await createHttpTransport(time)({ url: `http://127.0.0.1:${port}/` }, never);
    expect(result).toMatchObject({ kind: 'failure', phase: 'firstByte', code: 'ECONNRESET' });
    expect(isConnected(result)).toBe(true);
  });

  test('body: the server hangs up half-way', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('half', () => response.destroy());
    });
    const result = await createHttpTransport(time)({ url }, never);
    expect(result).toMatchObject({ kind: 'failure', phase: 'body', code: 'ECONNRESET' });
  });

  test('a signal ends it in whatever phase it is', async () => {
    const asked = new AbortController();
    const url = await serve(() => asked.abort(Object.assign(new Error('no answer within 5 s'), { code: 'TIMEOUT' })));
    const result = await createHttpTransport(time)({ url }, asked.signal);
    expect(result).toMatchObject({
      kind: 'failure',
      phase: 'firstByte',
      code: 'TIMEOUT',
      message: 'no answer within 5 s',
    });
  });

  test.each(['ftp://example.com/', 'nonsense'])(
    'an address that is none is a failure, not an exception: %s',
    async (url) => {
      expect(await createHttpTransport(time)({ url }, never)).toMatchObject({ kind: 'failure' });
    },
  );
});

describe('over TLS', () => {
  async function serveTls() {
    const { key, certificate } = await issueCertificate();
    const server = createSecureServer({ key, cert: certificate }, (_request, response) => response.end('safe'));
    return { port: await listen(server), certificate };
  }

  test('the handshake is a phase of its own, and the days of the certificate are known', async () => {
    const { port, certificate } = await serveTls();
    const transport = createHttpTransport(time, { ca: certificate });
    const result = await transport({ url: `https://localhost:${port}/`, family: 4 }, never);
    expect(result).toMatchObject({ kind: 'answer', body: 'safe', certificate: { subject: 'localhost' } });
    expect(Object.keys(result.phases)).toEqual(['resolve', 'connect', 'tls', 'firstByte', 'body']);
    expect(result.certificate?.expiresAt).toBe(Math.floor(expiresAt / 1000) * 1000);
  });

  test('a certificate that nobody vouches for is a failure of the handshake', async () => {
    const { port } = await serveTls();
    const result = await createHttpTransport(time)({ url: `https://localhost:${port}/`, family: 4 }, never);
    expect(result).toMatchObject({ kind: 'failure', phase: 'tls', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  });
});

const expiresAt = Date.now() + 20 * 86_400_000;

async function issueCertificate() {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(webcrypto);
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=localhost',
    notBefore: new Date(Date.now() - 86_400_000),
    notAfter: new Date(expiresAt),
    signingAlgorithm: algorithm,
    keys,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }])],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    certificate: made.toString('pem'),
    key: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`,
  };
}
