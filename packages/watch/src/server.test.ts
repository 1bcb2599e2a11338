import { afterEach, describe, expect, test } from 'vitest';
import { createMetrics } from './metrics.js';
import type { Reception } from './places/places.js';
import { startWatchServer, type WatchServer } from './server.js';
import type { Watch, WatchStatus } from './watch.js';

const status: WatchStatus = {
  place: 'home',
  isCutOff: false,
  others: [{ name: 'oregon', isHeard: true, heardAt: 1 }],
  subjects: [
    { name: 'front page', verdict: 'down', incident: { kind: 'well' } },
    { name: 'search', verdict: 'unknown', incident: { kind: 'well' } },
  ],
  deploys: [],
  lostCount: 0,
};
let server: WatchServer;
afterEach(() => server.close());

async function open(received: unknown[] = [], reception: Reception = 'accepted') {
  const watch: Watch = {
    status: () => status,
    receive: (document) => {
      received.push(document);
      return reception;
    },
    stop: async () => {},
  };
  const metrics = createMetrics();
  metrics.note({
    kind: 'looked',
    check: 'front page',
    look: { at: 0, outcome: 'bad', durationMs: 5, phases: { connect: 5 } },
    certificateExpiresAt: 86_400_000,
  });
  metrics.note({ kind: 'delivery', channel: 'slack 1', id: 'a', outcome: 'failed', code: 'HTTP_500' });
  server = await startWatchServer({ host: '127.0.0.1', port: 0, token: 'secret', watch: () => watch, metrics });
  return `http://127.0.0.1:${server.port}`;
}

const report = (url: string, authorization: string, body = '{"a":1}') =>
  fetch(`${url}/reports`, { method: 'POST', headers: { authorization }, body });

describe('a report', () => {
  test('is taken with the token, and only with it', async () => {
    const received: unknown[] = [];
    const url = await open(received);
    expect((await report(url, 'Bearer secret')).status).toBe(204);
    expect((await report(url, 'Bearer other')).status).toBe(401);
    expect((await report(url, '')).status).toBe(401);
    expect(received).toEqual([{ a: 1 }]);
  });

  test('that is not taken says why; one that is too large is not read', async () => {
    const url = await open([], 'old');
    const answer = await report(url, 'Bearer secret');
    expect([answer.status, await answer.text()]).toEqual([400, 'old']);
    expect((await report(url, 'Bearer secret', 'x'.repeat(2_000_001))).status).toBe(413);
  });
});

describe('what is read', () => {
  test('the metrics are as Prometheus wants them; what is not known is absent', async () => {
    const url = await open();
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toContain('directrix_watch_up{check="front page"} 0');
    expect(text).not.toContain('directrix_watch_up{check="search"}');
    expect(text).toContain('directrix_watch_looks_total{check="front page",outcome="bad"} 1');
    expect(text).toContain('directrix_watch_phase_seconds_sum{check="front page",phase="connect"} 0.005');
    expect(text).toContain('directrix_watch_certificate_expires_timestamp_seconds{check="front page"} 86400');
    expect(text).toContain('directrix_watch_alert_deliveries_total{channel="slack 1",outcome="failed"} 1');
    expect(text).toContain('directrix_watch_place_heard{place="oregon"} 1');
  });

  test('a page of a browser does not get it under another name', async () => {
    const url = await open();
    const { request } = await import('node:http');
    const statusCode = await new Promise((resolve, reject) => {
      request(`${url}/status`, { headers: { host: 'evil.example' } }, (response) =>
        resolve(response.resume().statusCode),
      )
        .on('error', reject)
        .end();
    });
    expect(statusCode).toBe(401);
    expect((await fetch(`${url}/status`)).status).toBe(200);
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
    expect((await fetch(`${url}/status`, { method: 'DELETE' })).status).toBe(405);
  });
});
