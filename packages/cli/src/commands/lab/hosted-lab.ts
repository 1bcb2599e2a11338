// hosted lab: a lab in this process, with its record on disk. The foreground and the daemon are both hosts.

import { startProcessLab } from '@directrix/lab';
import { adoptRunDirectory, deleteRunDirectory, type LabRecord, writeLabRecord } from '@directrix/lab/run-directory';
import { z } from 'zod';
import type { LabIdentity, LabUpDocument } from './lab-document.js';

export interface HostedLab {
  readonly document: Omit<LabUpDocument, 'description'>;
  /** Resolves when the lab has ended, by `close` or by `lab down`. */
  readonly closed: Promise<void>;
  /** Ends everything, and deletes the run directory. */
  close(): Promise<void>;
}

/** What a lab is hosted with; the daemon reads it from its argument. */
export const hostOptions = z.object({
  directory: z.string().min(1),
  port: z.number().int().min(0).max(65_535),
  speed: z.number().positive(),
});
export type HostOptions = Readonly<z.infer<typeof hostOptions>>;

/** Starts a lab in a directory made by createRunDirectory. When it rejects, it has deleted the directory. */
export async function hostLab({ directory, port, speed }: HostOptions): Promise<HostedLab> {
  const record = adoptRunDirectory(directory);
  let markClosed = () => {};
  const closed = new Promise<void>((resolve) => {
    markClosed = resolve;
  });
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= lab.close().finally(() => {
      deleteRunDirectory(directory);
      markClosed();
    });
    return closing;
  };
  const identity = describeIdentity(record, directory);
  const lab = await startProcessLab({
    port,
    speed,
    runDirectory: directory,
    describe: () => identity,
    onDown: () => void close(),
  }).catch((error: unknown) => {
    deleteRunDirectory(directory);
    throw error;
  });
  const { env, endpoint } = lab;
  writeLabRecord(directory, { ...record, endpoint: endpoint.url });
  return { document: { ...identity, endpoint: endpoint.url, region: env.AWS_REGION, env }, closed, close };
}

function describeIdentity(record: LabRecord, runDirectory: string): LabIdentity {
  const { id, pid, startedAt, speed, scenario } = record;
  return { schema: 'directrix.lab/1', id, pid, startedAt, speed, scenario, runDirectory };
}
