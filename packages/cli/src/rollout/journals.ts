// journals: what rollouts left on this machine, by group and rollout.
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { stateDirectoryOf } from '@directrix/aws';
import type { RolloutEvent } from '@directrix/rollout';
import { z } from 'zod';
import type { Io } from '../io.js';

export interface JournalFile {
  readonly groupName: string;
  readonly rolloutId: string;
  readonly path: string;
}

/** The journals of a group, or of every group; the oldest first where their names tell. */
export async function listJournals(env: Io['env'], groupName?: string): Promise<JournalFile[]> {
  const found: JournalFile[] = [];
  for (const directory of await listDirectories(env, groupName)) {
    for (const name of (await readNames(directory.path)).sort())
      if (name.endsWith('.jsonl'))
        found.push({
          groupName: directory.groupName,
          rolloutId: basename(name, '.jsonl'),
          path: join(directory.path, name),
        });
  }
  return found;
}

/** The bundles that were kept of quarantined instances. */
export async function listBundles(
  env: Io['env'],
  groupName?: string,
): Promise<(JournalFile & { instanceId: string })[]> {
  const found: (JournalFile & { instanceId: string })[] = [];
  for (const directory of await listDirectories(env, groupName))
    for (const rolloutId of (await readNames(directory.path)).sort()) {
      const names = rolloutId.endsWith('.jsonl') ? [] : await readNames(join(directory.path, rolloutId));
      for (const name of names.sort())
        if (/^i-\w+\.json$/.test(name))
          found.push({
            groupName: directory.groupName,
            rolloutId,
            instanceId: basename(name, '.json'),
            path: join(directory.path, rolloutId, name),
          });
    }
  return found;
}

async function listDirectories(env: Io['env'], groupName: string | undefined) {
  if (groupName !== undefined) return [{ groupName, path: stateDirectoryOf(groupName, env) }];
  const root = dirname(stateDirectoryOf('any', env));
  const names = (await readNames(root)).sort();
  return names.flatMap((name) => {
    const decoded = decode(name);
    return decoded === undefined ? [] : [{ groupName: decoded, path: join(root, name) }];
  });
}

/** Nothing where there is no such directory. */
async function readNames(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []);
}

function decode(name: string): string | undefined {
  try {
    return decodeURIComponent(name);
  } catch {
    return undefined;
  }
}

/** What every version of a journal has in a line. What else it has, whoever tells it must look at. */
const line = z.looseObject({ at: z.number(), rolloutId: z.string(), kind: z.string() });

export interface JournalLines {
  readonly events: readonly RolloutEvent[];
  /** Lines that were cut off, or are none of ours. */
  readonly unreadableCount: number;
}

/** The event of a line; undefined when it is none of ours. */
export function parseEvent(text: string): RolloutEvent | undefined {
  const checked = line.safeParse(parse(text));
  return checked.success ? (checked.data as unknown as RolloutEvent) : undefined;
}

export async function readEvents(path: string): Promise<JournalLines> {
  const events: RolloutEvent[] = [];
  let unreadableCount = 0;
  for (const text of (await readFile(path, 'utf8')).split('\n')) {
    if (text.trim() === '') continue;
    const event = parseEvent(text);
    if (event !== undefined) events.push(event);
    else unreadableCount += 1;
  }
  return { events, unreadableCount };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
