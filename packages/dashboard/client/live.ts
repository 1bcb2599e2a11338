// live: what the server tells, as it comes. The connection is opened again by the browser when it is lost.
import { useEffect, useState } from 'preact/hooks';
import type { LogLine, Parts, Update } from '../src/model.js';

export type Connection = 'connecting' | 'live' | 'lost' | 'full';

export interface Live {
  readonly connection: Connection;
  readonly parts: Readonly<Record<string, unknown>>;
  readonly log: readonly LogLine[];
}

const logLineCountMax = 500;

export const token = new URLSearchParams(location.search).get('token') ?? '';

/** The address of something of the server's, with the token. */
export function addressOf(path: string): string {
  return `${path}?token=${encodeURIComponent(token)}`;
}

export function useLive(): Live {
  const [live, setLive] = useState<Live>({ connection: 'connecting', parts: {}, log: [] });
  useEffect(() => {
    const source = new EventSource(addressOf('/events'));
    const connect = (connection: Connection) => setLive((before) => ({ ...before, connection }));
    source.addEventListener('open', () => connect('live'));
    source.addEventListener('error', () => connect('lost'));
    source.addEventListener('full', () => {
      source.close();
      connect('full');
    });
    source.addEventListener('updates', (event) => {
      const updates = JSON.parse((event as MessageEvent<string>).data) as Update[];
      setLive((before) => updates.reduce(apply, { ...before, connection: 'live' }));
    });
    return () => source.close();
  }, []);
  return live;
}

function apply(live: Live, update: Update): Live {
  if (update.kind === 'part') return { ...live, parts: { ...live.parts, [update.name]: update.value } };
  const last = live.log.at(-1)?.number ?? 0;
  // A server that was started again counts from 1 again.
  const isAnew = update.lines.some(({ number }) => number === 1) && last > 1;
  const before = isAnew ? [] : live.log;
  const fresh = update.lines.filter(({ number }) => isAnew || number > last);
  return { ...live, log: [...before, ...fresh].slice(-logLineCountMax) };
}

export function partOf<Name extends keyof Parts & string>(live: Live, name: Name): Parts[Name] | undefined {
  return live.parts[name] as Parts[Name] | undefined;
}
