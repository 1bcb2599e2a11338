import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { NamedFile } from '@directrix/images';
import { DirectrixError } from '@directrix/rollout';
import { glob } from 'tinyglobby';

/** A file of this size names more than a person wrote into it. Bytes. */
const largestFile = 16 * 1024 * 1024;

/**
 * The files that the globs match, from `cwd`. Throws KEEP_FILES_MISSING for a glob that matches none: what it should protect would be deleted. Throws
 * FILE_UNREADABLE.
 */
export async function readNamedFiles(patterns: readonly string[], cwd: string): Promise<NamedFile[]> {
  const paths = new Set<string>();
  for (const pattern of patterns) {
    const found = await glob(pattern, { cwd, dot: true, onlyFiles: true, expandDirectories: false });
    if (found.length === 0)
      throw new DirectrixError('KEEP_FILES_MISSING', `No file matches ${pattern}.`, {
        kind: 'missing',
        source: '--keep-if-named-in',
        hint: `quote it, so that the shell leaves it alone; it is looked for in ${cwd}, and ** goes into directories`,
      });
    for (const path of found) paths.add(path);
  }
  return Promise.all([...paths].sort().map((path) => readNamedFile(path, cwd)));
}

async function readNamedFile(path: string, cwd: string): Promise<NamedFile> {
  const file = resolve(cwd, path);
  try {
    if ((await stat(file)).size > largestFile) throw new Error(`it has more than ${largestFile / 1024 / 1024} MiB`);
    return { path, text: await readFile(file, 'utf8') };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DirectrixError('FILE_UNREADABLE', `${path} cannot be read: ${why}`, {
      kind: 'invalid',
      source: '--keep-if-named-in',
      cause,
    });
  }
}
