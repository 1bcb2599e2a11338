// cursor file: the position, kept so that a kill or a power cut at any instant leaves the old one or the new one.
//
//   C1. save() resolves once the new position is on the disk: written aside, synced, renamed, and the directory synced.
//   C2. A file that is not a position of this schema is 'unreadable', never taken for one and never for none.
import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { PositionStore, StoredPosition } from './ports.js';
import { type Position, positionSchema } from './position.js';

const MOST_BYTES = 64 * 1024;

/** The calls that can fail half-way; a test passes its own. */
export interface CursorFileSystem {
  /** Writes and syncs a file that only its owner can read. */
  writeDurably(path: string, text: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  syncDirectory(path: string): Promise<void>;
  /** Undefined when there is no such file. */
  read(path: string): Promise<string | undefined>;
}

export function createCursorFile(
  path: string,
  instanceId: string,
  files: CursorFileSystem = nodeFileSystem,
): PositionStore {
  return {
    async load() {
      const text = await files.read(path);
      return text === undefined ? { kind: 'none' } : parsePosition(text, instanceId);
    },
    async save(position) {
      const aside = `${path}.new`;
      await files.writeDurably(aside, `${JSON.stringify(position)}\n`);
      await files.rename(aside, path);
      await files.syncDirectory(dirname(path));
    },
  };
}

function parsePosition(text: string, instanceId: string): StoredPosition {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { kind: 'unreadable', reason: 'it is not JSON' };
  }
  const result = positionSchema.safeParse(parsed);
  if (!result.success) {
    const [issue] = result.error.issues;
    return {
      kind: 'unreadable',
      reason: `${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'is not valid'}`,
    };
  }
  const position: Position = result.data;
  // Baked into the image by the machine that it was made from: this instance has shipped nothing yet.
  return position.instanceId === instanceId ? { kind: 'position', position } : { kind: 'none' };
}

const nodeFileSystem: CursorFileSystem = {
  async writeDurably(path, text) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(path, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  },
  rename,
  async syncDirectory(path) {
    const directory = await open(path, 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  },
  async read(path) {
    try {
      // Whoever put something huge there did not put a position there.
      if ((await stat(path)).size > MOST_BYTES) return 'too large';
      return await readFile(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  },
};
