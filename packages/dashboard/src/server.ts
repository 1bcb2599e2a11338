// Server: the page, on loopback. It changes nothing, unless it was told that it may: then there are three actions.
//
//   V1. Without the token nothing but the page's own script and style is given out.
//   V2. A browser that came here under another name than loopback is refused: a page of somebody else cannot read this one.
//   V3. The page may load from here alone, and runs no script but its own.
//   V4. An action needs the token in a header, and comes from this page: no form and no script of another page can send it.
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createAdaptorServer } from '@hono/node-server';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { streamSSE } from 'hono/streaming';
import { z } from 'zod';
import type { Board } from './board.js';
import { type ActionOutcome, type ActionRequest, actionNames, type ReachPicture, type Update } from './model.js';

export interface DashboardOptions {
  /** 0: any that is free. */
  readonly port: number;
  readonly token: string;
  readonly board: Board;
  /** The postmortem of a rollout as a page of its own; undefined when nothing is known of it. */
  readonly readPostmortem: (groupName: string, rolloutId: string) => Promise<string | undefined>;
  /** Whether new instances of the group reach `to` (`ssm:443`), or why that cannot be told. Absent: nobody is asked. */
  readonly readReach?: (groupName: string, to: string) => Promise<ReachPicture | { readonly trouble: string }>;
  /** Absent: the page changes nothing. Never rejects. */
  readonly act?: (request: ActionRequest) => Promise<ActionOutcome>;
  /** Default: those that were built into the package. */
  readonly assetsDirectory?: string;
}

export interface DashboardServer {
  readonly port: number;
  /** With the token. */
  readonly url: string;
  close(): Promise<void>;
}

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
/** A page of text alone, with its style in it. */
const postmortemPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const aliveEveryMs = 15_000;

/** Whether the page's script and style are there: `npm run build` makes them. */
export function readAssets(directory = join(dirname(fileURLToPath(import.meta.url)), '..', 'assets')) {
  return {
    script: readFileSync(join(directory, 'app.js'), 'utf8'),
    style: readFileSync(join(directory, 'app.css'), 'utf8'),
  };
}

/** Listens on 127.0.0.1. Throws ENOENT when the assets were not built; rejects with Node's own error when it cannot listen. */
export async function startDashboard(options: DashboardOptions): Promise<DashboardServer> {
  const closing = new AbortController();
  const app = createApp(options, closing.signal);
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}/?token=${options.token}`,
    async close() {
      closing.abort(new Error('the dashboard was ended'));
      const closed = new Promise((resolve) => server.close(resolve));
      if ('closeAllConnections' in server) server.closeAllConnections();
      await closed;
    },
  };
}

function createApp(options: DashboardOptions, closing: AbortSignal): Hono {
  const assets = readAssets(options.assetsDirectory);
  const app = new Hono();
  app.use(onlyLoopback, withHeaders);
  if (options.act !== undefined)
    app.post('/actions/:group/:action', onlyFromPage(options.token), smallBody, takeAction(options.act));
  app.get('/app.js', (context) =>
    context.body(assets.script, 200, { 'content-type': 'text/javascript; charset=utf-8' }),
  );
  app.get('/app.css', (context) => context.body(assets.style, 200, { 'content-type': 'text/css; charset=utf-8' }));
  app.use(onlyReading, onlyWithToken(options.token));
  app.get('/', (context) => context.html(page));
  app.get('/events', (context) => streamEvents(context, options.board, closing));
  app.get('/reach/:group', async (context) => {
    const { readReach } = options;
    if (readReach === undefined) return context.json({ trouble: 'AWS is not asked (--offline).' });
    return context.json(await readReach(context.req.param('group'), context.req.query('to') || 'ssm:443'));
  });
  app.get('/postmortem/:group/:rollout', async (context) => {
    const { group, rollout } = context.req.param();
    const html = await options.readPostmortem(group, rollout);
    if (html === undefined) return context.text('Nothing is known of this rollout.', 404);
    context.header('content-security-policy', postmortemPolicy);
    return context.html(html);
  });
  app.notFound((context) => context.text('There is no such page.', 404));
  app.onError((_error, context) => context.text('Something failed that should not.', 500));
  return app;
}

const onlyLoopback: MiddlewareHandler = async (context, next) => {
  const isLoopback = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/.test(context.req.header('host') ?? '');
  return isLoopback ? next() : context.text('This page is for this machine alone.', 421);
};

const onlyReading: MiddlewareHandler = async (context, next) => {
  const isReading = context.req.method === 'GET' || context.req.method === 'HEAD';
  return isReading ? next() : context.text('Nothing is changed here.', 405);
};

const withHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  const { headers } = context.res;
  if (!headers.has('content-security-policy')) headers.set('content-security-policy', policy);
  headers.set('x-content-type-options', 'nosniff');
  headers.set('referrer-policy', 'no-referrer');
  headers.set('cache-control', 'no-store');
  headers.set('cross-origin-opener-policy', 'same-origin');
  headers.set('cross-origin-resource-policy', 'same-origin');
};

function onlyWithToken(token: string): MiddlewareHandler {
  const isToken = compareWith(token);
  return async (context, next) =>
    isToken(context.req.query('token') ?? '')
      ? next()
      : context.text('The address needs the token that directrix dashboard printed.', 401);
}

function compareWith(token: string): (said: string) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = digest(token);
  return (said) => token !== '' && timingSafeEqual(digest(said), expected);
}

// A browser sends neither the header nor JSON to another origin without asking there first, and nobody answers such a question here.
// What it says of where a request comes from is looked at as well.
function onlyFromPage(token: string): MiddlewareHandler {
  const isToken = compareWith(token);
  return async (context, next) => {
    const { req } = context;
    const own = `http://${req.header('host')}`;
    const isOwn =
      (req.header('origin') ?? own) === own && (req.header('sec-fetch-site') ?? 'same-origin') === 'same-origin';
    if (!isOwn) return context.text('This is for the page of this address alone.', 403);
    if (!isToken(req.header('authorization')?.match(/^Bearer (.+)$/)?.[1] ?? ''))
      return context.text('An action needs the token that directrix dashboard printed.', 401);
    if (!/^application\/json\b/.test(req.header('content-type') ?? ''))
      return context.text('An action is said as JSON.', 415);
    return next();
  };
}

const smallBody = bodyLimit({ maxSize: 10_000, onError: (context) => context.text('This is too long.', 413) });

const actionSchema = z.object({
  groupName: z.string().min(1).max(255),
  action: z.enum(actionNames),
  rolloutId: z.string().min(1).max(100),
  phase: z.string().max(100).optional(),
});

function takeAction(act: NonNullable<DashboardOptions['act']>) {
  return async (context: Context) => {
    const { group: groupName, action } = context.req.param();
    const said: unknown = await context.req.json().catch(() => undefined);
    const checked = actionSchema.safeParse({ ...(typeof said === 'object' ? said : {}), groupName, action });
    if (!checked.success) return context.text('This is no action.', 400);
    const outcome = await act(checked.data);
    return context.json(outcome, outcome.isDone ? 200 : 409);
  };
}

function streamEvents(context: Context, board: Board, closing: AbortSignal): Response {
  return streamSSE(context, async (stream) => {
    const waiting: Update[][] = [board.everything()];
    let wake: () => void = () => undefined;
    const unwatch = board.watch((updates) => {
      // Whoever is slow gets everything again rather than a queue without end.
      if (waiting.length > 8) waiting.splice(0, waiting.length, board.everything());
      else waiting.push([...updates]);
      wake();
    });
    if (unwatch === undefined) {
      await stream.writeSSE({ event: 'full', data: '' });
      return;
    }
    const end = () => wake();
    closing.addEventListener('abort', end, { once: true });
    stream.onAbort(end);
    try {
      while (!stream.aborted && !stream.closed && !closing.aborted) {
        const next = waiting.shift();
        if (next !== undefined) {
          await stream.writeSSE({ event: 'updates', data: JSON.stringify(next) });
          continue;
        }
        const isWoken = await new Promise<boolean>((resolve) => {
          const timer = setTimeout(() => resolve(false), aliveEveryMs);
          wake = () => {
            clearTimeout(timer);
            resolve(true);
          };
        });
        // So that a viewer that is gone is noticed.
        if (!isWoken) await stream.writeSSE({ event: 'alive', data: '' });
      }
    } finally {
      unwatch();
      closing.removeEventListener('abort', end);
    }
  });
}

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Directrix</title>
<link rel="stylesheet" href="/app.css">
<link rel="icon" href="data:,">
</head>
<body>
<div id="app"></div>
<noscript>This page needs JavaScript.</noscript>
<script type="module" src="/app.js"></script>
</body>
</html>
`;
