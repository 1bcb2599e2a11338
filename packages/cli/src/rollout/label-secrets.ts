// label-secrets: the versions of a release's secrets that are in force when it is rolled out get its label, so that an application that
// pins to the label of its release has the same secrets whenever that release comes back.
//
//   1. Nothing is labelled but what lies at the path that the release names (the image's tag `directrix:secrets`).
//   2. No value is read.
//   3. A label of a release that can still be gone back to after this one is never taken away.
import {
  GetParameterHistoryCommand,
  LabelParameterVersionCommand,
  UnlabelParameterVersionCommand,
} from '@aws-sdk/client-ssm';
import { awsCodeOf, describeImages, loadHistory } from '@directrix/aws';
import { DirectrixError, type Release } from '@directrix/rollout';
import { releaseLabel } from '@directrix/secrets';
import { readBelow, readNamed, type StoredSecret } from '../commands/secrets/store.js';
import type { World } from '../world.js';

export interface LabelRequest {
  readonly groupName: string;
  readonly release: Release;
  /** In place of the image's tag. */
  readonly secretsPath?: string;
}

/** Labels a second: the quota is the account's, and other writers share it. */
const labelsPerSecond = 3;
/** Good releases on record. */
const keptReleases = 10;

/** Returns how many parameters have the label now. Throws SECRETS_UNDECLARED, SECRET_MISSING, SECRETS_LABEL_LIMIT. */
export async function labelSecrets(world: World, { groupName, release, secretsPath }: LabelRequest): Promise<number> {
  const secrets = await findSecrets(world, release, secretsPath);
  const label = releaseLabel(release.version);
  for (const [index, { name, version }] of secrets.entries()) {
    if (index > 0) await world.clock.sleep(1_000 / labelsPerSecond);
    await labelVersion(world, groupName, name, version, label);
  }
  return secrets.length;
}

async function findSecrets(world: World, release: Release, secretsPath: string | undefined): Promise<StoredSecret[]> {
  const tags = (await describeImages(world.clients, [release.imageId])).get(release.imageId)?.Tags ?? [];
  const tagOf = (key: string) => tags.find(({ Key }) => Key === key)?.Value;
  const given = secretsPath ?? tagOf('directrix:secrets');
  if (given === 'none') return [];
  if (given === undefined) {
    throw new DirectrixError(
      'SECRETS_UNDECLARED',
      `The image of ${release.version} does not say where its secrets are.`,
      {
        source: release.imageId,
        hint: 'tag it directrix:secrets=/your/path/ (or =none), or say --secrets-path',
      },
    );
  }
  const path = given.endsWith('/') ? given : `${given}/`;
  const names = tagOf('directrix:secret-names')?.split(' ').filter(Boolean);
  if (names === undefined) return readBelow(world.clients.ssm, path, { isDecrypted: false });
  const wanted = names.map((name) => `${path}${name}`);
  const found = await readNamed(world.clients.ssm, wanted, { isDecrypted: false });
  const missing = wanted.filter((name) => !found.has(name));
  if (missing.length === 0) return [...found.values()];
  throw new DirectrixError('SECRET_MISSING', `${release.version} expects what is not there: ${missing.join(', ')}.`, {
    source: 'directrix:secret-names',
    hint: 'directrix secrets set',
  });
}

async function labelVersion(
  world: World,
  groupName: string,
  name: string,
  version: number,
  label: string,
): Promise<void> {
  const { ssm } = world.clients;
  const command = () =>
    ssm.send(new LabelParameterVersionCommand({ Name: name, ParameterVersion: version, Labels: [label] }));
  try {
    await command();
  } catch (error) {
    if (awsCodeOf(error) !== 'ParameterVersionLabelLimitExceeded') throw error;
    await freeLabel(world, groupName, name, version);
    await command();
  }
}

/**
 * A version has at most ten labels. One of ours goes whose release will not be among the good ones on record when this one is: the
 * record holds ten, and this one will be the newest.
 */
async function freeLabel(world: World, groupName: string, name: string, version: number): Promise<void> {
  const { ssm } = world.clients;
  const history = await loadHistory(world.clients, groupName);
  const kept = new Set(history.slice(0, keptReleases - 1).map((good) => releaseLabel(good.version)));
  const labels = await readLabels(world, name, version);
  const [idle] = labels.filter((label) => label.startsWith('release-') && !kept.has(label));
  if (idle === undefined) {
    throw new DirectrixError(
      'SECRETS_LABEL_LIMIT',
      `${name} version ${version} has ten labels, and none of them is free.`,
      {
        source: 'ssm:LabelParameterVersion',
        hint: 'take one away (`aws ssm unlabel-parameter-version`), or write the value again: a new version has none',
      },
    );
  }
  await ssm.send(new UnlabelParameterVersionCommand({ Name: name, ParameterVersion: version, Labels: [idle] }));
}

async function readLabels(world: World, name: string, version: number): Promise<readonly string[]> {
  let NextToken: string | undefined;
  do {
    const answer = await world.clients.ssm.send(
      new GetParameterHistoryCommand({ Name: name, WithDecryption: false, NextToken }),
    );
    const found = answer.Parameters?.find(({ Version }) => Version === version);
    if (found) return found.Labels ?? [];
    NextToken = answer.NextToken;
  } while (NextToken);
  return [];
}
