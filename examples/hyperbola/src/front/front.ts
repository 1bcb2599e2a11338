// The front: what nginx is on the real machines. It takes requests on 80 (from the load balancer) and 8888 (its health checks),
// forwards them to the application, and answers 502 when the application is not there.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Pool } from 'undici';

const badGateway = '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n';

// Headers that belong to one connection, and so are not forwarded (RFC 9110, section 7.6.1).
const connectionHeaders = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Told when the application stops or starts to answer, not of every request: a console is not an error log. */
type UpstreamListener = (isThere: boolean, reason: string) => void;

/** The front before `upstream` (for example `http://127.0.0.1:8000`), not yet listening. */
export function createFront(upstream: string, onUpstream: UpstreamListener = () => {}): Server {
  let wasThere = true;
  const note = (isThere: boolean, reason: string) => {
    if (isThere !== wasThere) onUpstream(isThere, reason);
    wasThere = isThere;
  };
  const pool = new Pool(upstream, { connections: 128, keepAliveTimeout: 30_000 });
  const server = createServer((request, response) => {
    forward(pool, request, response).then(
      () => note(true, 'it answers'),
      (error: NodeJS.ErrnoException) => {
        note(false, error.code ?? error.message);
        refuse(response);
      },
    );
  });
  // Longer than a load balancer's idle timeout of 60 s, so that the load balancer is always the one to close.
  server.keepAliveTimeout = 75_000;
  server.on('close', () => void pool.close());
  return server;
}

async function forward(pool: Pool, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const hasBody = request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined;
  const answer = await pool.request({
    method: request.method as 'GET',
    path: request.url ?? '/',
    headers: withoutConnectionHeaders(request.headers),
    body: hasBody ? request : null,
  });
  response.writeHead(answer.statusCode, withoutConnectionHeaders(answer.headers));
  await pipeline(answer.body, response);
}

function refuse(response: ServerResponse): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(502, { 'content-type': 'text/html', 'content-length': Buffer.byteLength(badGateway) });
  response.end(badGateway);
}

function withoutConnectionHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !connectionHeaders.has(name)) kept[name] = value;
  }
  return kept;
}
