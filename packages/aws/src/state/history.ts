// history: which releases of a group can be gone back to.
//
//   1. Good is a release that every instance was of, at the end of a rollout or before one.
//   2. A release that was rolled away from is withdrawn: it is not good again until a rollout to it ends well.
//   3. What a rollout came to is remembered once, whoever remembers it: the deployer that ended it, or, when that one was killed before
//      it could, the next that reads its record.
import {
  DirectrixError,
  judgeReleases,
  keptReleases,
  type Release,
  type RolloutRecord,
  shell,
} from '@directrix/rollout';
import { z } from 'zod';
import type { AwsClients } from '../clients/aws-clients.js';
import { historyName } from './parameter-names.js';
import { getParameters, putParameter } from './parameters.js';
import { parseJson } from './parse-json.js';

const goodRelease = z.object({
  version: z.string(),
  imageId: z.string(),
  launchTemplateVersion: z.string(),
  /** When it was found good. Epoch milliseconds. */
  at: z.number(),
  rolloutId: z.string(),
  /** When it was rolled away from. */
  withdrawnAt: z.number().optional(),
});
/** A release on record. */
export type GoodRelease = Readonly<z.infer<typeof goodRelease>>;

/** A Standard parameter holds 4,096. */
const maximumBytes = 4_000;

/** The releases on record, newest first, withdrawn ones among them. Throws HISTORY_UNREADABLE. */
export async function loadHistory(clients: AwsClients, groupName: string): Promise<readonly GoodRelease[]> {
  const name = historyName(groupName);
  const value = (await getParameters(clients, [name])).get(name)?.value;
  if (value === undefined) return [];
  const history = parseJson(z.array(goodRelease), value);
  if (history !== undefined) return history;
  throw new DirectrixError('HISTORY_UNREADABLE', `The good releases of ${groupName} cannot be read.`, {
    kind: 'invalid',
    source: name,
    hint: shell`use the release of Directrix that wrote them, or begin anew: aws ssm delete-parameter --name ${name}`,
  });
}

/** Remembers what an ended rollout came to; does nothing when that is on record, or when it did not end by itself. */
export async function rememberRollout(clients: AwsClients, record: RolloutRecord, at: number): Promise<void> {
  const history = await loadHistory(clients, record.groupName);
  const next = addRollout(history, record, at);
  if (next !== history) await writeHistory(clients, record.groupName, next);
}

/** From now on the release is not one to go back to. Written before a rollout away from it changes anything. */
export async function withdrawRelease(clients: AwsClients, groupName: string, release: GoodRelease): Promise<void> {
  const history = await loadHistory(clients, groupName);
  const known = history.find((other) => isSameRelease(other, release));
  if (known?.withdrawnAt !== undefined) return;
  const others = history.filter((other) => other !== known);
  await writeHistory(clients, groupName, [{ ...release, withdrawnAt: release.at }, ...others]);
}

/** `history` and what the rollout came to. The same object when there is nothing to add. */
export function addRollout(history: readonly GoodRelease[], record: RolloutRecord, at: number): readonly GoodRelease[] {
  const { outcome, rolloutId } = record;
  if (history.some((release) => release.rolloutId === rolloutId && release.withdrawnAt === undefined)) return history;
  const verdicts = judgeReleases(record);
  const [first, ...more] = verdicts.good;
  if (first === undefined) return history;
  const find = (release: Release) => history.find((other) => isSameRelease(other, release));
  // Only a rollout to it that ended well makes a release good again.
  const present = { ...first, at, rolloutId, withdrawnAt: outcome === 'done' ? undefined : find(first)?.withdrawnAt };
  const before = more
    .filter((release) => !isSameRelease(release, first))
    .map((release) => ({ ...release, at, rolloutId, withdrawnAt: find(release)?.withdrawnAt }));
  const withdrawn = verdicts.withdrawn.flatMap((release): readonly GoodRelease[] => {
    // One that never served has nothing to be remembered for.
    const known = find(release);
    return known === undefined ? [] : [{ ...known, withdrawnAt: known.withdrawnAt ?? at }];
  });
  const named = [present, ...before, ...withdrawn];
  return [...named, ...history.filter((other) => !named.some((release) => isSameRelease(other, release)))];
}

function isSameRelease(left: Release, right: Release): boolean {
  return left.imageId === right.imageId && left.version === right.version;
}

async function writeHistory(clients: AwsClients, groupName: string, history: readonly GoodRelease[]): Promise<void> {
  let kept = history.slice(0, keptReleases);
  while (kept.length > 1 && Buffer.byteLength(JSON.stringify(kept)) > maximumBytes) kept = kept.slice(0, -1);
  await putParameter(clients, historyName(groupName), JSON.stringify(kept));
}
