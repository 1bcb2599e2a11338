import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { Readiness } from './health.js';
import { type Settings, settingsFrom } from './settings.js';
import { createSite } from './site.js';

const settings: Settings = {
  secretKey: 'k',
  databaseUrl: 'mysql://db.internal/hyperbola',
  contactAddress: 'a@b.example',
};

async function ask(path: string, readiness?: Readiness): Promise<{ status: number; text: string }> {
  const response = await answer(path, readiness);
  return { status: response.status, text: await response.text() };
}

async function answer(path: string, readiness: Readiness = { isReady: true, settings }): Promise<Response> {
  const server = createSite('0.149.2', () => readiness).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
    return new Response(await response.arrayBuffer(), response);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('the site', () => {
  it.each(['/', '/w/', '/contact/', '/lifestream/'])('serves %s', async (path) => {
    const { status, text } = await ask(path);
    expect(status).toBe(200);
    expect(text).toContain('<nav>');
  });

  it.each(['/', '/healthz', '/nothing'])('names its version in the answer of %s', async (path) => {
    expect((await answer(path)).headers.get('x-version')).toBe('0.149.2');
  });

  it('says who answers, which version, and OK', async () => {
    expect(await ask('/healthz')).toEqual({ status: 200, text: `VERSION: 0.149.2\nFQDN: ${hostname()}\nOK\n` });
  });

  it('says KO, and why, without the value, when a setting is unusable', async () => {
    const { status, text } = await ask('/healthz', {
      isReady: true,
      settings: { ...settings, databaseUrl: 'hunter2' },
    });
    expect(status).toBe(503);
    expect(text).toContain('KO: DATABASE_URL is not a URL');
    expect(text).not.toContain('hunter2');
  });

  it('says who it is and what keeps it, while it cannot serve, and serves no page', async () => {
    const blind: Readiness = { isReady: false, why: 'secrets: DNS_PRIVATE_DISABLED …' };
    expect(await ask('/healthz', blind)).toEqual({
      status: 503,
      text: `VERSION: 0.149.2\nFQDN: ${hostname()}\nKO: secrets: DNS_PRIVATE_DISABLED …\n`,
    });
    expect((await ask('/', blind)).status).toBe(503);
  });

  it('answers 404 for a page that it does not have', async () => {
    expect((await ask('/wp-login.php')).status).toBe(404);
  });

  it('never shows the secret key', async () => {
    expect(
      (await ask('/contact/', { isReady: true, settings: { ...settings, secretKey: 'correct-horse' } })).text,
    ).not.toContain('correct-horse');
  });
});

describe('settings', () => {
  it('names every setting that is missing, and where it looked', () => {
    expect(() => settingsFrom(new Map([['SECRET_KEY', 'x']]), '/app/production/')).toThrow(
      '/app/production/ has no DATABASE_URL, CONTACT_ADDRESS',
    );
  });

  it('takes an empty value for a missing one', () => {
    expect(() => settingsFrom(new Map([['SECRET_KEY', '']]), 'settings.env')).toThrow('SECRET_KEY');
  });
});
