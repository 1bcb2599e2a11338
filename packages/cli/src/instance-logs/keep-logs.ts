// keep logs: the journal of an instance that was put into quarantine, beside its bundle, so that it is here when the instance is gone.
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readBundle } from '@directrix/aws';
import { describeFailure } from '../failure.js';
import type { Io } from '../io.js';
import { listBundles } from '../rollout/journals.js';
import type { World } from '../world.js';
import { readLogGroups } from './image-log-groups.js';
import { type LogLine, LogReader } from './log-lines.js';
import { waitForShipped } from './shipped.js';

const mostLines = 20_000;
const mostBytes = 8 * 1_048_576;

interface KeptLogs {
  readonly instanceId: string;
  readonly path: string;
  readonly lines: number;
  /** Epoch milliseconds up to which all of it is there. Undefined: its agent did not say so in time. */
  readonly until?: number;
  /** Whether more is in CloudWatch Logs than was kept. */
  readonly isCut: boolean;
}

/** Of `i-0abc.json`, the bundle: `i-0abc.log`. */
export function logFileOf(bundlePath: string): string {
  return bundlePath.replace(/\.json$/, '.log');
}

/**
 * Waits (bounded) until all that the instance wrote before now is in CloudWatch Logs, then writes it to a file that only its owner can
 * read. Rejects when AWS refuses, when the file cannot be written, and when the signal aborts.
 */
async function keepLogs(
  world: World,
  { instanceId, logGroupName, path }: { instanceId: string; logGroupName: string; path: string },
  signal: AbortSignal,
): Promise<KeptLogs> {
  const outcome = await waitForShipped(world, { logGroupName, instanceId, wanted: world.clock.now() }, signal);
  const reader = new LogReader(world.clients, { logGroupName, instanceId }, 0);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(`${path}.part`, 'w', 0o600);
  let lines = 0;
  let bytes = 0;
  let isCut = false;
  try {
    for await (const line of reader.readNew(signal)) {
      isCut = lines >= mostLines || bytes >= mostBytes;
      if (isCut) break;
      const { bytesWritten } = await file.write(`${textOf(line)}\n`);
      lines += 1;
      bytes += bytesWritten;
    }
  } finally {
    await file.close();
  }
  await rename(`${path}.part`, path);
  return { instanceId, path, lines, isCut, until: outcome.kind === 'shipped' ? outcome.until : undefined };
}

/** `2018-11-11T08:04:12.000Z app[402]: text`, as the file has it. */
export function textOf(line: LogLine): string {
  const at = new Date(line.at).toISOString();
  if (line.kind === 'rollout') return at;
  const { event } = line;
  if (event.kind === 'loss') return `${at} ${event.code}: ${event.text}`;
  return `${at} ${event.source === undefined ? '' : `${event.source}: `}${event.text}`;
}

/** For each bundle of a rollout whose instance's image says where its journal goes. Never throws: it warns. */
export async function keepLogsOfRollout(
  io: Io,
  world: World,
  { groupName, rolloutId }: { readonly groupName: string; readonly rolloutId: string },
): Promise<void> {
  if (io.signal.aborted) return;
  try {
    const bundles = (await listBundles(io.env, groupName)).filter((bundle) => bundle.rolloutId === rolloutId);
    // A bundle that cannot be read names no image.
    const images = await Promise.all(bundles.map(async ({ path }) => (await readBundle(path))?.instance?.imageId));
    const names = await readLogGroups(
      world.clients,
      images.flatMap((imageId) => imageId ?? []),
    );
    await Promise.all(
      bundles.map(async ({ instanceId, path }, index) => {
        const logGroupName = names.get(images[index] ?? '');
        if (logGroupName === undefined) return;
        tell(io, await keepLogs(world, { instanceId, logGroupName, path: logFileOf(path) }, io.signal));
      }),
    );
  } catch (error) {
    if (io.signal.aborted) return;
    const { code, message } = describeFailure(error);
    io.stderr.write(`warning: the journals of quarantined instances are not kept here: ${code}: ${message}\n`);
  }
}

function tell(io: Io, { instanceId, path, until, isCut }: KeptLogs): void {
  const rest = isCut ? '; more is in CloudWatch Logs' : '';
  if (until !== undefined) io.stderr.write(`the journal of ${instanceId} is kept in ${path}${rest}\n`);
  else
    io.stderr.write(
      `warning: what ${instanceId} shipped of its journal is kept in ${path}${rest}; its agent did not say that this is all\n`,
    );
}
