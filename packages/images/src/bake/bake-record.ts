// bake record: what a bake has made so far, on this machine, so that the next command can remove it when this one was killed.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const processSchema = z.object({ bootId: z.string(), namespace: z.string(), startTicks: z.string() });

const recordSchema = z.object({
  schema: z.literal(1),
  bakeId: z.string(),
  startedAt: z.number(),
  pid: z.number(),
  process: processSchema.optional(),
  /** The packer that runs, where it can be told from others. */
  packer: z.object({ pid: z.number(), process: processSchema }).optional(),
  made: z.object({
    keyPairNames: z.array(z.string()).readonly(),
    securityGroupNames: z.array(z.string()).readonly(),
    instanceIds: z.array(z.string()).readonly(),
  }),
});
export type BakeRecord = Readonly<z.infer<typeof recordSchema>>;

/** Written whole or not at all, for its owner alone. */
export async function saveBakeRecord(directory: string, record: BakeRecord): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, `${record.bakeId}.json`);
  await writeFile(`${file}.new`, JSON.stringify(record), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

export async function forgetBakeRecord(directory: string, bakeId: string): Promise<void> {
  await rm(join(directory, `${bakeId}.json`), { force: true });
}

/** Those that can be read; a file that is none is nobody's bake. */
export async function listBakeRecords(directory: string): Promise<readonly BakeRecord[]> {
  const names = await readdir(directory).catch(() => []);
  const records = await Promise.all(
    names
      .filter((name) => name.endsWith('.json'))
      .map(async (name) => {
        try {
          return [recordSchema.parse(JSON.parse(await readFile(join(directory, name), 'utf8')))];
        } catch {
          return [];
        }
      }),
  );
  return records.flat();
}
