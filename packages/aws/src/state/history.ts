import type { Release } from '@directrix/rollout';
import type { AwsClients } from '../clients/aws-clients.js';
import { historyName } from './parameter-names.js';
import { getParameters, putParameter } from './parameters.js';

/** A release that every instance of the group was of, at the end of a rollout or before the first one. */
export interface GoodRelease extends Release {
  readonly launchTemplateVersion: string;
  /** When it was found good. Epoch milliseconds. */
  readonly at: number;
  readonly rolloutId: string;
}

/** Releases that are remembered. */
const keptReleases = 10;

/** The good releases of the group, newest first. */
export async function loadHistory(clients: AwsClients, groupName: string): Promise<GoodRelease[]> {
  const name = historyName(groupName);
  const value = (await getParameters(clients, [name])).get(name)?.value;
  try {
    const releases = value === undefined ? [] : (JSON.parse(value) as GoodRelease[]);
    return Array.isArray(releases) ? releases : [];
  } catch {
    // It only spares the operator a flag of rollback; a broken one is written anew by the next good release.
    return [];
  }
}

/** Puts `releases` in front; one that was known is known by its newest time. */
export async function recordGoodReleases(
  clients: AwsClients,
  groupName: string,
  releases: readonly GoodRelease[],
): Promise<void> {
  const all = [...releases, ...(await loadHistory(clients, groupName))];
  const newest = all.filter(
    (release, index) =>
      all.findIndex(({ imageId, version }) => imageId === release.imageId && version === release.version) === index,
  );
  await putParameter(clients, historyName(groupName), JSON.stringify(newest.slice(0, keptReleases)));
}
