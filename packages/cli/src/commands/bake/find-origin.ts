import { createGit } from '@directrix/images/release';
import { DirectrixError } from '@directrix/rollout';
import type { Io } from '../../io.js';

/** The option, else the version that HEAD is tagged with. Throws BAKE_VERSION_UNKNOWN. */
export async function findVersion(given: string | undefined, io: Io): Promise<string> {
  if (given !== undefined) return given;
  const git = createGit(io.cwd, io.env);
  const tag = await git.ask('describe', '--tags', '--exact-match', 'HEAD').catch(() => undefined);
  const [, version] = /^v?(\d+\.\d+\.\d+.*)$/.exec(tag ?? '') ?? [];
  if (version !== undefined) return version;
  throw new DirectrixError(
    'BAKE_VERSION_UNKNOWN',
    'Nothing says which version the image would hold: HEAD has no tag that is one.',
    {
      kind: 'invalid',
      source: '--version',
      hint: 'add --version, or make a release first: directrix release',
    },
  );
}

/** `0a1b…`, with `-dirty` where files differ; undefined outside of a repository. */
export async function findCommit(io: Io): Promise<string | undefined> {
  const git = createGit(io.cwd, io.env);
  const commit = await git.ask('rev-parse', '--verify', '--quiet', 'HEAD').catch(() => undefined);
  if (commit === undefined) return undefined;
  const changed = await git.ask('status', '--porcelain', '--untracked-files=no');
  return changed === '' ? commit : `${commit}-dirty`;
}
