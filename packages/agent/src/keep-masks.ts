import { loadSecrets } from '@directrix/secrets';
import { z } from 'zod';
import { createMasking, type Mask, noMask, SHORTEST } from './masks.js';
import type { Clock } from './ports.js';

interface MaskOptions {
  readonly paths: readonly string[];
  readonly region: string;
  readonly withoutMasks: 'hold' | 'ship';
}

interface MaskPorts {
  readonly clock: Clock;
  warn(line: string): void;
}

const RETRY_MS = 30_000;
const REFRESH_MS = 300_000;
const MOST_VALUES = 10_000;

/** The mask in force. */
export interface KeptMasks {
  readonly mask: Mask;
  close(): void;
}

/**
 * Reads what is to be masked, and again every five minutes for what was rotated. With `hold` it resolves once everything is known; with
 * `ship` at once, and what is not known yet is not masked.
 */
export async function keepMasks(options: MaskOptions, ports: MaskPorts, signal: AbortSignal): Promise<KeptMasks> {
  const closing = new AbortController();
  const ended = AbortSignal.any([signal, closing.signal]);
  // By value. What was a secret once stays masked: a rotated password is still in somebody's log line.
  const known = new Map<string, string>();
  let mask = noMask;

  const learn = (values: Readonly<Record<string, string>>): void => {
    for (const [name, value] of Object.entries(values)) known.set(value, name);
    for (const value of [...known.keys()].slice(0, Math.max(0, known.size - MOST_VALUES))) known.delete(value);
    ({ mask } = createMasking(Object.fromEntries([...known.keys()].map((value, index) => [String(index), value]))));
  };

  const readings = options.paths.map((path) => readForever(path, options.region, learn, ports, ended));
  if (options.withoutMasks === 'hold') await Promise.all(readings.map(({ first }) => first));
  return {
    get mask() {
      return (text: string) => mask(text);
    },
    close: () => closing.abort(),
  };
}

function readForever(
  path: string,
  region: string,
  learn: (values: Readonly<Record<string, string>>) => void,
  { clock, warn }: MaskPorts,
  signal: AbortSignal,
): { readonly first: Promise<void> } {
  let isKnown: () => void = () => undefined;
  const first = new Promise<void>((resolve, reject) => {
    isKnown = resolve;
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  first.catch(() => undefined);
  void (async () => {
    while (!signal.aborted) {
      const values = await readValues(path, region, signal);
      if (values !== undefined) {
        tellOfShort(path, values, warn);
        learn(values);
        isKnown();
      }
      await clock.sleep(values === undefined ? RETRY_MS : REFRESH_MS, signal);
    }
  })().catch(() => undefined);
  return { first };
}

function tellOfShort(path: string, values: Readonly<Record<string, string>>, warn: (line: string) => void): void {
  const { tooShort } = createMasking(values);
  if (tooShort.length > 0)
    warn(
      `directrix-agent: MASK_TOO_SHORT: below ${path} these values have fewer than ${SHORTEST} characters and are not masked: ${tooShort.join(', ')}`,
    );
}

/** Undefined when they cannot be read: loadSecrets has told why on standard error. */
async function readValues(
  path: string,
  region: string,
  signal: AbortSignal,
): Promise<Record<string, string> | undefined> {
  try {
    const secrets = await loadSecrets({
      path,
      region,
      schema: z.record(z.string(), z.string()),
      names: 'byPath',
      signal,
    });
    const values = Object.fromEntries(Object.entries(secrets.values).map(([name, secret]) => [name, secret.reveal()]));
    secrets.close();
    return values;
  } catch {
    return undefined;
  }
}
