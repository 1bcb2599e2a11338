// label-secrets: the versions of a release's secrets that are in force when it is rolled out get its label, so that an application that
// pins to the label of its release has the same secrets whenever that release comes back.
//
//   1. Nothing is labelled but what lies at the path that the release names (the image's tag `directrix:secrets`).
//   2. No value is read.
//   3. A label of a release that can still be gone back to after this one is never taken away.
//   4. What fails when a label was moved already, or may have been, is told as such: nothing was changed is said only where it is so.
import {
  awsCodeOf,
  describeImages,
  isPassing,
  loadHistory,
  type ParameterLabel,
  putParameterLabel,
  readParameterLabels,
  readParameters,
  readParametersBelow,
  type StoredParameter,
  takeParameterLabel,
} from '@directrix/aws';
import { DirectrixError, failureOf, keptReleases, type Release } from '@directrix/rollout';
import { releaseLabel } from '@directrix/secrets';
import type { World } from '../world.js';
import { UnexpectedUnderLease } from './unexpected-under-lease.js';

interface LabelRequest {
  readonly groupName: string;
  readonly release: Release;
  /** In place of the image's tag. */
  readonly secretsPath?: string;
}

/** Labels a second: the quota is the account's, and other writers share it. */
const labelsPerSecond = 3;

/**
 * Returns how many parameters have the label now. Throws SECRETS_UNDECLARED, SECRET_MISSING, SECRETS_LABEL_LIMIT or AWS's refusal where
 * nothing was changed, and UnexpectedUnderLease with SECRETS_LABELLED_IN_PART where something was, or may have been.
 */
export async function labelSecrets(world: World, request: LabelRequest): Promise<number> {
  const { groupName, release, secretsPath } = request;
  const secrets = await findSecrets(world, release, secretsPath);
  const label = releaseLabel(release.version);
  let done = 0;
  for (const { name, version } of secrets) {
    if (done > 0) await world.clock.sleep(1_000 / labelsPerSecond);
    const write: Write = { isUnderWay: false };
    try {
      await labelVersion(world, groupName, { name, version, label }, write);
    } catch (error) {
      if (done === 0 && !write.isUnderWay) throw error;
      throw new UnexpectedUnderLease(describePart(request, { done, of: secrets.length, name, error }));
    }
    done += 1;
  }
  return secrets.length;
}

/** Whether a label was changed, or may have been. */
interface Write {
  isUnderWay: boolean;
}

function describePart(
  { release, groupName }: LabelRequest,
  part: { readonly done: number; readonly of: number; readonly name: string; readonly error: unknown },
): DirectrixError {
  const { kind, code, text } = failureOf(part.error);
  return new DirectrixError(
    'SECRETS_LABELLED_IN_PART',
    `${part.done} of ${part.of} secrets of ${release.version} have its label; ${part.name}: ${code}: ${text}. Nothing of ${groupName} was changed.`,
    {
      kind,
      source: 'ssm:LabelParameterVersion',
      hint: 'deploy again with --label-secrets: it labels what is not labelled yet',
      cause: part.error,
    },
  );
}

async function findSecrets(
  world: World,
  release: Release,
  secretsPath: string | undefined,
): Promise<StoredParameter[]> {
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
  if (names === undefined) return readParametersBelow(world.clients.ssm, path, { isDecrypted: false });
  const wanted = names.map((name) => `${path}${name}`);
  const found = await readParameters(world.clients.ssm, wanted, { isDecrypted: false });
  const missing = wanted.filter((name) => !found.has(name));
  if (missing.length === 0) return [...found.values()];
  throw new DirectrixError('SECRET_MISSING', `${release.version} expects what is not there: ${missing.join(', ')}.`, {
    source: 'directrix:secret-names',
    hint: 'directrix secrets set',
  });
}

async function labelVersion(world: World, groupName: string, label: ParameterLabel, write: Write): Promise<void> {
  const command = () => tryWrite(world, write, (ssm) => putParameterLabel(ssm, label));
  try {
    await command();
  } catch (error) {
    if (awsCodeOf(error) !== 'ParameterVersionLabelLimitExceeded') throw error;
    await freeLabel(world, groupName, label, write);
    await command();
  }
}

/** One write. What AWS refused was not done; of one whose answer was lost nobody knows. */
async function tryWrite(world: World, write: Write, send: (ssm: World['clients']['ssm']) => Promise<unknown>) {
  const before = write.isUnderWay;
  write.isUnderWay = true;
  try {
    await send(world.clients.ssm);
  } catch (error) {
    if (!isPassing(error)) write.isUnderWay = before;
    throw error;
  }
}

/**
 * A version has at most ten labels. One of ours goes whose release will not be among the good ones on record when this one is: the
 * record holds ten, and this one will be the newest.
 */
async function freeLabel(
  world: World,
  groupName: string,
  { name, version }: ParameterLabel,
  write: Write,
): Promise<void> {
  const history = await loadHistory(world.clients, groupName);
  const kept = new Set(history.slice(0, keptReleases - 1).map((good) => releaseLabel(good.version)));
  const labels = await readParameterLabels(world.clients.ssm, name, version);
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
  await tryWrite(world, write, (ssm) => takeParameterLabel(ssm, { name, version, label: idle }));
}
