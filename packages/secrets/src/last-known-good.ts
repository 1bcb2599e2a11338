// Last-known-good: what was read before, for when the network is down. Loud, capped in age, and only for transport errors: a refusal or a
// missing key is the store's answer, and stale values would hide it.
//
//   K1. A file never holds a value in clear: AES-256-GCM, the parameters' path as associated data.
//   K2. Values older than `maxAgeMs` are never used.
//   K3. A file that cannot be read, or that another key wrote, is as good as none.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { StoredParameter, StoredParameters } from './parameter-store.js';

export type LastKnownGood =
  /** Survives a refresh that fails, not a restart. */
  | { readonly kind: 'memory'; readonly maxAgeMs: number }
  /** Survives a restart. `path` should be on tmpfs (`/run/…`); `key` is 32 bytes that are kept elsewhere. */
  | { readonly kind: 'file'; readonly path: string; readonly key: Uint8Array; readonly maxAgeMs: number };

export interface Remembered {
  readonly parameters: StoredParameters;
  /** Epoch milliseconds when they were read from the store. */
  readonly readAt: number;
}

export interface Memory {
  remember(found: Remembered): Promise<void>;
  /** What was remembered, when it is not older than allowed. */
  recall(now: number): Promise<Remembered | undefined>;
}

/** A memory as the option says; without the option it remembers nothing. */
export function createMemory(option: LastKnownGood | undefined, path: string): Memory {
  if (option === undefined) return { remember: async () => {}, recall: async () => undefined };
  const store = option.kind === 'memory' ? inMemory() : inFile(option.path, option.key, path);
  return {
    remember: store.remember,
    async recall(now) {
      const found = await store.recall(now);
      // K2. A time in the future is a clock that was set back: of unknown age, and so not used.
      return found && found.readAt <= now && now - found.readAt <= option.maxAgeMs ? found : undefined;
    },
  };
}

function inMemory(): Memory {
  let last: Remembered | undefined;
  return {
    async remember(found) {
      last = found;
    },
    recall: async () => last,
  };
}

const ivBytes = 12;
const tagBytes = 16;

function inFile(file: string, key: Uint8Array, path: string): Memory {
  return {
    async remember({ parameters, readAt }) {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(path));
      const text = JSON.stringify({ readAt, parameters: [...parameters] });
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      // Written beside and moved, so that a kill leaves the old one or the new one.
      const beside = `${file}.${process.pid}`;
      await writeFile(beside, Buffer.concat([iv, cipher.getAuthTag(), sealed]), { mode: 0o600 });
      await rename(beside, file);
    },
    async recall() {
      try {
        const bytes = await readFile(file);
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes)).setAAD(Buffer.from(path));
        decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
        const text = Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]).toString(
          'utf8',
        );
        const { readAt, parameters } = JSON.parse(text) as { readAt: number; parameters: [string, StoredParameter][] };
        return { readAt, parameters: new Map(parameters) };
      } catch {
        return undefined; // K3
      }
    },
  };
}
