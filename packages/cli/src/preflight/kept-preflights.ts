// kept-preflights: what each look of preflight saw of the network and said, kept on this machine for the postmortem.
//
//   1. A file is there whole or not at all, for its owner alone. It holds no value of a secret: nobody reads one for it.
//   2. The last looks of a group are kept, and no more.
//   3. What cannot be written is left out: nothing fails for it.
//   4. A look at a lab, or by another region, is none of this group: two groups may have one name.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type AccountChoice, stateDirectoryOf } from '@directrix/aws';
import type { Finding } from '@directrix/preflight';
import type { NetworkSnapshot, Source } from '@directrix/reachability';
import { z } from 'zod';
import type { Io } from '../io.js';

/** A finding as it was kept or printed. */
export const finding = z.looseObject({
  code: z.string(),
  severity: z.string(),
  subject: z.string(),
  message: z.string(),
  fix: z.looseObject({ text: z.string(), commands: z.array(z.string()) }).optional(),
});

const listsOfObjects = z
  .record(z.string(), z.union([z.array(z.looseObject({})), z.looseObject({}), z.string()]))
  .transform((value) => value as unknown as NetworkSnapshot);

const launch = z
  .looseObject({
    kind: z.literal('launch'),
    name: z.string(),
    subnetIds: z.array(z.string()),
    securityGroupIds: z.array(z.string()),
  })
  .transform((value) => value as Source & { readonly kind: 'launch' });

const document = z.object({
  schema: z.literal('directrix.preflight-look/1'),
  /** Epoch milliseconds of AWS's clock, as journals are. */
  at: z.number(),
  /** Which AWS was looked at: a digest of the endpoint, the region and the profile. */
  where: z.string(),
  /** Absent: only the network was looked at. */
  said: z.object({ findings: z.array(finding), skipped: z.array(finding) }).optional(),
  /** Where the release reads its secrets. */
  secretsPath: z.string().optional(),
  /** What was seen of the network, and where the group launches in it. Absent: it could not be read. */
  network: listsOfObjects.optional(),
  launch: launch.optional(),
});

export type KeptPreflight = Readonly<z.output<typeof document>>;

const keptCount = 30;
const beforeMs = 86_400_000;
const bytesMax = 50_000_000;

/** Keeps a look; never throws. */
export function keepPreflight(
  env: Io['env'],
  groupName: string,
  look: {
    readonly at: number;
    readonly said?: { readonly findings: readonly Finding[]; readonly skipped: readonly Finding[] };
    readonly secretsPath?: string;
    readonly network?: NetworkSnapshot;
    readonly launch?: Source;
  },
  choice?: AccountChoice,
): void {
  const directory = directoryOf(env, groupName);
  const name = `${String(Math.round(look.at)).padStart(15, '0')}-${process.pid}.json.gz`;
  const text = JSON.stringify({ schema: 'directrix.preflight-look/1', where: whereOf(env, choice), ...look });
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const beside = join(directory, `.${name}`);
    writeFileSync(beside, gzipSync(text), { mode: 0o600 });
    renameSync(beside, join(directory, name));
    const names = listNames(directory);
    for (const old of names.slice(0, Math.max(0, names.length - keptCount)))
      rmSync(join(directory, old), { force: true });
  } catch {
    // The look itself is worth more than its copy.
  }
}

/** The looks of the group from `since` to `until`, and the last one of the day before; the oldest first. What cannot be read is left out. */
export function readKeptPreflights(
  env: Io['env'],
  groupName: string,
  { since, until }: { readonly since: number; readonly until: number },
  choice?: AccountChoice,
): KeptPreflight[] {
  const directory = directoryOf(env, groupName);
  const all = listNames(directory).filter((name) => Number.parseInt(name, 10) <= until);
  // Of what was longer ago, too much may have changed for good reasons.
  const names = all.filter((name) => Number.parseInt(name, 10) >= since - beforeMs);
  const firstWithin = names.findIndex((name) => Number.parseInt(name, 10) >= since);
  const chosen = firstWithin === -1 ? names.slice(-1) : names.slice(Math.max(0, firstWithin - 1));
  const where = whereOf(env, choice);
  return chosen.flatMap((name) => read(join(directory, name)) ?? []).filter((look) => look.where === where);
}

function read(file: string): KeptPreflight | undefined {
  try {
    const text = gunzipSync(readFileSync(file), { maxOutputLength: bytesMax });
    return document.safeParse(JSON.parse(text.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

function whereOf(
  { AWS_ENDPOINT_URL = '', AWS_REGION = '', AWS_PROFILE = '' }: Io['env'],
  { region = AWS_REGION, profile = AWS_PROFILE }: AccountChoice = {},
): string {
  return createHash('sha256')
    .update(JSON.stringify([AWS_ENDPOINT_URL, region, profile]))
    .digest('hex')
    .slice(0, 16);
}

// A rollout's own directory and journal have its id as their name: it has no +.
function directoryOf(env: Io['env'], groupName: string): string {
  return join(stateDirectoryOf(groupName, env), '+preflight');
}

function listNames(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => /^\d{15}-\d+\.json\.gz$/.test(name))
      .sort();
  } catch {
    return [];
  }
}
