// The site: an HTTP server for the pages and the health page. It listens where only the front can reach it.
import { createServer, type Server, type ServerResponse } from 'node:http';
import { hostname } from 'node:os';
import { checkHealth } from './health.js';
import { renderContact, renderFrontPage, renderLifestream, renderNotFound, renderWritings } from './pages.js';
import type { Settings } from './settings.js';

/** The application's own port: the front forwards to it. */
export const sitePort = 8000;

/** The server of one release, not yet listening. */
export function createSite(version: string, settings: Settings): Server {
  const pages: Readonly<Record<string, () => string>> = {
    '/': renderFrontPage,
    '/w/': renderWritings,
    '/lifestream/': renderLifestream,
    '/contact/': () => renderContact(settings, new Date().toISOString().slice(0, 10)),
  };
  return createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://site').pathname;
    // A body that nobody reads would keep the connection from being used again.
    request.resume();
    if (path === '/healthz') {
      const health = checkHealth(version, hostname(), settings);
      send(response, health.statusCode, 'text/plain; charset=utf-8', health.body);
      return;
    }
    const render = pages[path];
    send(response, render ? 200 : 404, 'text/html; charset=utf-8', render ? render() : renderNotFound());
  });
}

/** Serves until SIGTERM, then finishes what is in flight. */
export function serveSite(version: string, settings: Settings): void {
  const server = createSite(version, settings);
  // Longer than the front keeps a connection open, so that the front is always the one to close.
  server.keepAliveTimeout = 75_000;
  server.listen(sitePort, '127.0.0.1', () => console.log(`hyperbola ${version} serves on 127.0.0.1:${sitePort}`));
  process.once('SIGTERM', () => {
    console.log('SIGTERM: closing');
    server.close();
    server.closeIdleConnections();
  });
}

function send(response: ServerResponse, statusCode: number, contentType: string, body: string): void {
  response.writeHead(statusCode, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
