// The site: an HTTP server for the pages and the health page. It listens where only the front can reach it.
import { createServer, type Server, type ServerResponse } from 'node:http';
import { hostname } from 'node:os';
import { checkHealth, type Readiness } from './health.js';
import {
  renderContact,
  renderFrontPage,
  renderLifestream,
  renderNotFound,
  renderUnavailable,
  renderWritings,
} from './pages.js';
import type { Settings } from './settings.js';

/** The application's own port: the front forwards to it. */
export const sitePort = 8000;

/** The server of one release, not yet listening. `look` is asked for every request. */
export function createSite(version: string, look: () => Readiness): Server {
  const pages: Readonly<Record<string, (settings: Settings) => string>> = {
    '/': renderFrontPage,
    '/w/': renderWritings,
    '/lifestream/': renderLifestream,
    '/contact/': (settings) => renderContact(settings, new Date().toISOString().slice(0, 10)),
  };
  return createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://site').pathname;
    // A body that nobody reads would keep the connection from being used again.
    request.resume();
    // A prober sees by it whose answer a page was.
    response.setHeader('x-version', version);
    const readiness = look();
    if (path === '/healthz') {
      const health = checkHealth(version, hostname(), readiness);
      send(response, health.statusCode, 'text/plain; charset=utf-8', health.body);
      return;
    }
    if (!readiness.isReady) {
      send(response, 503, 'text/html; charset=utf-8', renderUnavailable());
      return;
    }
    const render = pages[path];
    const html = render ? render(readiness.settings) : renderNotFound();
    send(response, render ? 200 : 404, 'text/html; charset=utf-8', html);
  });
}

/** Serves until SIGTERM, then finishes what is in flight. The signal that it returns aborts when it begins to close. */
export function serveSite(version: string, look: () => Readiness): AbortSignal {
  const server = createSite(version, look);
  const closing = new AbortController();
  // Longer than the front keeps a connection open, so that the front is always the one to close.
  server.keepAliveTimeout = 75_000;
  server.listen(sitePort, '127.0.0.1', () => console.log(`hyperbola ${version} listens on 127.0.0.1:${sitePort}`));
  process.once('SIGTERM', () => {
    console.log('SIGTERM: closing');
    closing.abort();
    server.close();
    server.closeIdleConnections();
  });
  return closing.signal;
}

function send(response: ServerResponse, statusCode: number, contentType: string, body: string): void {
  response.writeHead(statusCode, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
