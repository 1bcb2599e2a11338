// Last-known-good: what was read before, for when the network is down. Loud, capped in age, and only for transport errors: a refusal or a
// missing key is the store's answer, and stale values would hide it.
//
//   K1. A file never holds a value in clear: AES-256-GCM, with what was asked for as associated data, so that one release's values
//       are not another's.
//   K2. Values older than `maxAgeMs` are never used.
//   K3. A file that cannot be read, or that another key wrote, is as good as none.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { StoredParameter, StoredParameters } from './parameter-store.js';
import { refuse } from './secrets-error.js';

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
  /** Rejects when the file cannot be written. */
  remember(found: Remembered): Promise<void>;
  /** What was remembered, when it is not older than allowed. */
  recall(now: number): Promise<Remembered | undefined>;
}

/**
 * A memory as the option says; without the option it remembers nothing. `identity` is what was asked for.
 *
 * @throws SecretsError SECRETS_KEY_INVALID.
 */
export function createMemory(option: LastKnownGood | undefined, identity: string): Memory {
  if (option === undefined) return { remember: async () => {}, recall: async () => undefined };
  const store = option.kind === 'memory' ? inMemory() : inFile(option.path, option.key, identity);
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

const keyBytes = 32;
const ivBytes = 12;
const tagBytes = 16;

function inFile(file: string, key: Uint8Array, identity: string): Memory {
  if (key.length !== keyBytes) {
    throw refuse(
      'configuration',
      'SECRETS_KEY_INVALID',
      `the key of last-known-good has ${key.length} bytes, and ${keyBytes} are needed`,
    );
  }
  return {
    async remember({ parameters, readAt }) {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(identity));
      const text = JSON.stringify({ readAt, parameters: [...parameters] });
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await writeAtomically(file, Buffer.concat([iv, cipher.getAuthTag(), sealed]));
    },
    async recall() {
      try {
        const bytes = await readFile(file);
        const iv = bytes.subarray(0, ivBytes);
        const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes });
        decipher.setAAD(Buffer.from(identity)).setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
        const sealed = bytes.subarray(ivBytes + tagBytes);
        const text = Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8');
        return readKept(JSON.parse(text));
      } catch {
        return undefined; // K3
      }
    },
  };
}

/** Undefined for what another version of this library kept in another shape: K3. */
function readKept(value: unknown) {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('readAt' in value && typeof value.readAt === 'number')) return undefined;
  if (!('parameters' in value && Array.isArray(value.parameters))) return undefined;
  const { readAt, parameters } = value;
  return parameters.every(isEntry) ? { readAt, parameters: new Map<string, StoredParameter>(parameters) } : undefined;
}

function isEntry(value: unknown): value is [string, StoredParameter] {
  if (!Array.isArray(value)) return false;
  const [name, parameter] = value as readonly unknown[];
  if (typeof name !== 'string' || typeof parameter !== 'object' || parameter === null) return false;
  return (
    'value' in parameter &&
    typeof parameter.value === 'string' &&
    'version' in parameter &&
    typeof parameter.version === 'number'
  );
}

/** Written beside and moved, so that a kill leaves the old one or the new one. */
async function writeAtomically(file: string, bytes: Uint8Array): Promise<void> {
  const beside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    // wx: never through a link that somebody else put there.
    await writeFile(beside, bytes, { mode: 0o600, flag: 'wx' });
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
