// service-front: the AWS services as an instance meets them, over TLS.
//
//   F1. A request is answered by the control plane, with the route by which its connection came.
//   F2. A server shows the certificate of the service whose address was called, whatever name the client asked for.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import type { Route } from '../control-plane/types.js';
import type { ControlPlanePort, LabHttpRequest } from '../data-plane.js';
import type { CertificateAuthority } from './certificate-authority.js';

const LOOPBACK = '127.0.0.1';
/** EC2's own limit is smaller; this one only keeps a runaway client from filling memory. */
const LARGEST_BODY_BYTES = 8 * 1024 * 1024;

// Longer than an SDK keeps an idle connection, so that none is closed under a request that is on its way.
const KEEP_ALIVE_TIMEOUT_MS = 75_000;

/** Where one instance's connections to one service arrive, by one route. */
export interface Entrance {
  readonly route: Route & { readonly instanceId: string };
  /** The names that the server's certificate bears. */
  readonly names: readonly string[];
}

export interface ServiceFront {
  /** The loopback port of an entrance, opened when it is first asked for. Rejects after close(). */
  open(entrance: Entrance): Promise<{ readonly host: string; readonly port: number }>;
  /** Closes an instance's entrances and cuts its connections. */
  closeEntrancesOf(instanceId: string): void;
  close(): void;
}

interface OpenEntrance {
  readonly instanceId: string;
  readonly server: Server;
  readonly sockets: Set<Socket>;
  readonly listening: Promise<number>;
}

export function createServiceFront(
  controlPlane: ControlPlanePort,
  authority: Promise<CertificateAuthority>,
): ServiceFront {
  const entrances = new Map<string, OpenEntrance>();
  const certificates = new Map<string, Promise<SecureContext>>();
  const routes = new WeakMap<object, Route>();
  let isClosed = false;
  const http = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  http.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = routes.get(request.socket);
    const body = await readBody(request);
    if (route === undefined || body === undefined) {
      response.writeHead(413).end();
      request.destroy();
      return;
    }
    const reply = await controlPlane.handle(toLabRequest(request, body), route);
    response.writeHead(reply.statusCode, reply.headers).end(reply.body);
  }

  function certificateOf(names: readonly string[]): Promise<SecureContext> {
    const key = names.join(' ');
    const known = certificates.get(key) ?? authority.then((issuer) => issuer.issue(names));
    certificates.set(key, known);
    return known;
  }

  function listen({ route, names }: Entrance): OpenEntrance {
    const sockets = new Set<Socket>();
    const secureContext = certificateOf(names);
    const server = createTcpServer((socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      void secureContext.then((context) => {
        const secure = new TLSSocket(socket, { isServer: true, secureContext: context });
        // A client that does not trust us, or hangs up, is its own affair.
        secure.on('error', () => socket.destroy());
        routes.set(secure, route);
        http.emit('connection', secure);
      });
    });
    const listening = secureContext.then(
      () =>
        new Promise<number>((fulfil, reject) => {
          server.once('error', reject);
          server.listen(0, LOOPBACK, () => fulfil((server.address() as AddressInfo).port));
        }),
    );
    return { instanceId: route.instanceId, server, sockets, listening };
  }

  function closeEntrance(entrance: OpenEntrance): void {
    entrance.server.close();
    for (const socket of entrance.sockets) socket.destroy();
  }

  function closeWhere(matches: (entrance: OpenEntrance) => boolean): void {
    for (const [key, entrance] of entrances) {
      if (!matches(entrance)) continue;
      entrances.delete(key);
      // One that is still opening would listen after it was closed.
      void entrance.listening.catch(() => undefined).then(() => closeEntrance(entrance));
      closeEntrance(entrance);
    }
  }

  return {
    async open(entrance) {
      if (isClosed) throw new Error('The lab is closing.');
      const key = JSON.stringify(entrance);
      const known = entrances.get(key) ?? listen(entrance);
      entrances.set(key, known);
      return { host: LOOPBACK, port: await known.listening };
    },
    closeEntrancesOf: (instanceId) => closeWhere((entrance) => entrance.instanceId === instanceId),
    close() {
      isClosed = true;
      closeWhere(() => true);
    },
  };
}

function toLabRequest(request: IncomingMessage, body: Uint8Array): LabHttpRequest {
  const [path = '/', query = ''] = splitOnce(request.url ?? '/', '?');
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  return { method: request.method ?? 'GET', path, query, headers, body };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** Undefined when the body is too large, or the client went away. */
async function readBody(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.byteLength;
      if (bytes > LARGEST_BODY_BYTES) return undefined;
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks);
}
