import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { type Settings, settingsFrom } from './settings.js';
import { createSite } from './site.js';

const settings: Settings = {
  secretKey: 'k',
  databaseUrl: 'mysql://db.internal/hyperbola',
  contactAddress: 'a@b.example',
};

async function ask(path: string, given: Settings = settings): Promise<{ status: number; text: string }> {
  const server = createSite('0.149.2', given).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
    return { status: response.status, text: await response.text() };
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

  it('says who answers, which version, and OK', async () => {
    expect(await ask('/healthz')).toEqual({ status: 200, text: `VERSION: 0.149.2\nFQDN: ${hostname()}\nOK\n` });
  });

  it('says KO, and why, without the value, when a setting is unusable', async () => {
    const { status, text } = await ask('/healthz', { ...settings, databaseUrl: 'hunter2' });
    expect(status).toBe(503);
    expect(text).toContain('KO: DATABASE_URL is not a URL');
    expect(text).not.toContain('hunter2');
  });

  it('answers 404 for a page that it does not have', async () => {
    expect((await ask('/wp-login.php')).status).toBe(404);
  });

  it('never shows the secret key', async () => {
    expect((await ask('/contact/', { ...settings, secretKey: 'correct-horse' })).text).not.toContain('correct-horse');
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
