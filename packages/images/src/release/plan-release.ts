// plan release: from what the repository says to what a release writes. Pure.
import { DirectrixError } from '@directrix/rollout';
import semver from 'semver';
import { type Change, type GitCommit, insertSection, readChange, recommendBump, writeSection } from './commits.js';
import { isReadable, readVersion, type VersionFile, writeVersion } from './version-file.js';

export interface RepositoryState {
  /** Of the working tree, which is clean, with those of --version-file. */
  readonly versionFiles: readonly VersionFile[];
  readonly changelog: VersionFile | { readonly path: string; readonly text: undefined };
  /** Every tag that HEAD descends from. */
  readonly tags: readonly string[];
  /** Every tag of the repository. */
  readonly allTags: readonly string[];
  /** Of HEAD since the last release, newest first. */
  readonly commits: readonly GitCommit[];
}

export interface ReleaseRequest {
  /** `patch`, `minor`, `major` or a version; undefined: as the commits ask for. */
  readonly version?: string | undefined;
  /** ISO 8601, for the changelog: `2018-11-11`. */
  readonly date: string;
}

export interface ReleasePlan {
  /** Undefined: this is the first release. */
  readonly previous: string | undefined;
  readonly version: string;
  readonly tag: string;
  readonly changes: readonly Change[];
  /** The section of the changelog. */
  readonly section: string;
  readonly files: readonly VersionFile[];
}

/** The newest tag that is a version, with or without a v. */
export function lastReleaseTag(tags: readonly string[]): string | undefined {
  return tags
    .filter((tag) => versionOfTag(tag) !== undefined)
    .sort((left, right) => semver.rcompare(left, right, true))[0];
}

/** `0.149.2` of `v0.149.2`; undefined for a tag that is no version. */
export function versionOfTag(tag: string): string | undefined {
  return /^v?\d+\.\d+\.\d+/.test(tag) ? (semver.parse(tag, true)?.version ?? undefined) : undefined;
}

/** Throws a code of its own for each reason why this cannot be released. */
export function planRelease(state: RepositoryState, request: ReleaseRequest): ReleasePlan {
  const lastTag = lastReleaseTag(state.tags);
  const previous = presentVersion(state, lastTag);
  const changes = state.commits.map(readChange);
  if (changes.length === 0)
    throw new DirectrixError('NOTHING_TO_RELEASE', `There is no commit since ${lastTag ?? 'the beginning'}.`, {
      source: 'git log',
    });
  const version = nextVersion(request.version, previous, changes);
  const tag = `${lastTag === undefined || lastTag.startsWith('v') ? 'v' : ''}${version}`;
  const taken = state.allTags.find((one) => versionOfTag(one) === version);
  if (taken !== undefined)
    throw new DirectrixError('TAG_EXISTS', `${version} has been released before: the tag ${taken} is there.`, {
      kind: 'conflict',
      source: 'git tag',
      hint: 'release the next version; a tag that others may have is not moved',
    });
  const section = writeSection(version, request.date, changes);
  const { path, text } = state.changelog;
  return {
    previous,
    version,
    tag,
    changes,
    section,
    files: [
      ...versionFilesOf(state).map((file) => ({
        path: file.path,
        text: writeVersion(file, previous ?? '0.0.0', version),
      })),
      { path, text: insertSection(text, section) },
    ],
  };
}

/** Files whose version is dynamic, or which have none, are not written. */
function versionFilesOf({ versionFiles }: RepositoryState): readonly VersionFile[] {
  return versionFiles.filter((file) => !isReadable(file.path) || readVersion(file) !== undefined);
}

function presentVersion(state: RepositoryState, lastTag: string | undefined): string | undefined {
  const said = state.versionFiles
    .filter(({ path }) => isReadable(path))
    .flatMap((file) => {
      const version = readVersion(file);
      return version === undefined ? [] : [{ path: file.path, version }];
    });
  const versions = new Set(said.map(({ version }) => version));
  if (versions.size > 1)
    throw new DirectrixError(
      'VERSION_FILES_DIFFER',
      `The files do not agree: ${said.map(({ path, version }) => `${path} says ${version}`).join(', ')}.`,
      { kind: 'invalid', source: said.map(({ path }) => path).join(', ') },
    );
  return said[0]?.version ?? (lastTag === undefined ? undefined : versionOfTag(lastTag));
}

const parts = ['patch', 'minor', 'major'] as const;

function nextVersion(asked: string | undefined, previous: string | undefined, changes: readonly Change[]): string {
  const base = previous ?? '0.0.0';
  const present = semver.parse(base);
  if (present === null)
    throw new DirectrixError('VERSION_INVALID', `The present version "${base}" is no semantic version.`, {
      kind: 'invalid',
      hint: 'say the next one: directrix release 1.2.3',
    });
  const part = asked === undefined ? recommendBump(changes, present.major === 0) : parts.find((one) => one === asked);
  if (part !== undefined) return semver.inc(base, part) ?? base;
  const version = semver.valid(asked);
  if (version === null)
    throw new DirectrixError('VERSION_INVALID', `"${asked}" is no semantic version, nor patch, minor or major.`, {
      kind: 'invalid',
      source: 'version',
    });
  if (semver.lte(version, base))
    throw new DirectrixError('VERSION_NOT_HIGHER', `${version} is not higher than ${base}.`, {
      kind: 'invalid',
      source: 'version',
    });
  return version;
}
