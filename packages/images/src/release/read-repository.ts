// read repository: what a release is planned by. Changes nothing.
import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { DirectrixError } from '@directrix/rollout';
import type { Git } from './git.js';
import { lastReleaseTag, type RepositoryState } from './plan-release.js';
import type { VersionFile } from './version-file.js';

/** Files that say a version, where the project has them. */
const usualFiles = ['package.json', 'package-lock.json', 'npm-shrinkwrap.json', 'pyproject.toml'];
const namedPaths = 5;

/** The top of the working tree. Throws NOT_A_REPOSITORY. */
export async function findRoot(git: Git, directory: string): Promise<string> {
  const root = await git.ask('rev-parse', '--show-toplevel');
  if (root !== undefined && root !== '') return root;
  throw new DirectrixError('NOT_A_REPOSITORY', `${directory} is not in the working tree of a git repository.`, {
    kind: 'missing',
    source: directory,
  });
}

/** Throws TREE_NOT_CLEAN, which names what differs, and DETACHED_HEAD. Returns HEAD's commit. */
export async function requireClean(git: Git): Promise<string> {
  if ((await git.ask('symbolic-ref', '--quiet', 'HEAD')) === undefined)
    throw new DirectrixError(
      'DETACHED_HEAD',
      'HEAD is on no branch, so that nobody would find the commit of the release.',
      {
        source: 'git symbolic-ref HEAD',
        hint: 'git switch to the branch that you release from',
      },
    );
  const changed = (await git.run('status', '--porcelain', '-z'))
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => entry.slice(3));
  const head = await git.ask('rev-parse', '--verify', '--quiet', 'HEAD');
  if (head === undefined)
    throw new DirectrixError('NOTHING_TO_RELEASE', 'The branch has no commit yet.', { source: 'git rev-parse HEAD' });
  if (changed.length === 0) return head;
  const more = changed.length - namedPaths;
  throw new DirectrixError(
    'TREE_NOT_CLEAN',
    `${changed.length} ${changed.length === 1 ? 'file differs' : 'files differ'} from HEAD: ${changed.slice(0, namedPaths).join(', ')}${more > 0 ? ` and ${more} more` : ''}.`,
    { source: 'git status', hint: 'commit them, stash them, or let git ignore them: a release is what is committed' },
  );
}

interface RepositoryQuestion {
  readonly root: string;
  /** Where the command was called. */
  readonly directory: string;
  /** As --version-file says, from `directory`. */
  readonly versionFiles: readonly string[];
  /** From `directory`; undefined: CHANGELOG.md of the project. */
  readonly changelog?: string | undefined;
}

/** Throws FILE_UNREADABLE for a file that is named, USAGE for one outside of the repository. */
export async function readRepository(git: Git, question: RepositoryQuestion): Promise<RepositoryState> {
  const pathOf = (path: string, source: string) => pathIn(question, path, source);
  const [tags, allTags] = await Promise.all([listTags(git, '--merged', 'HEAD'), listTags(git)]);
  const lastTag = lastReleaseTag(tags);
  const project = await findProject(question);
  const usual = await readUsual(project, question.root);
  const named = await Promise.all(
    question.versionFiles.map((path) => readNamed(question.root, pathOf(path, '--version-file'))),
  );
  const changelog =
    question.changelog === undefined
      ? relative(question.root, join(project, 'CHANGELOG.md'))
      : pathOf(question.changelog, '--changelog');
  const text = await readFile(join(question.root, changelog), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw unreadable(changelog, '--changelog', error);
  });
  return {
    versionFiles: [...usual, ...named],
    changelog: text === undefined ? { path: changelog, text } : { path: changelog, text },
    tags,
    allTags,
    commits: await listCommits(git, lastTag),
  };
}

/** Where the command was called, when that directory says a version; else the top of the tree. */
async function findProject({ root, directory }: RepositoryQuestion): Promise<string> {
  return (await readUsual(directory, root)).length > 0 ? directory : root;
}

async function readUsual(directory: string, root: string): Promise<VersionFile[]> {
  const found = usualFiles.map((name) => {
    const file = join(directory, name);
    return readFile(file, 'utf8').then(
      (text) => [{ path: relative(root, file), text }],
      () => [],
    );
  });
  return (await Promise.all(found)).flat();
}

function pathIn({ root, directory }: RepositoryQuestion, path: string, source: string): string {
  const found = relative(root, resolve(directory, path));
  if (found !== '' && !found.startsWith('..')) return found;
  throw new DirectrixError('USAGE', `${path} is outside of the repository.`, { kind: 'invalid', source });
}

async function readNamed(root: string, path: string): Promise<VersionFile> {
  try {
    return { path, text: await readFile(join(root, path), 'utf8') };
  } catch (error) {
    throw unreadable(path, '--version-file', error as Error);
  }
}

function unreadable(path: string, source: string, cause: Error): DirectrixError {
  return new DirectrixError('FILE_UNREADABLE', `${path} cannot be read: ${cause.message}`, {
    kind: 'invalid',
    source,
    cause,
  });
}

async function listTags(git: Git, ...which: readonly string[]): Promise<string[]> {
  return (await git.run('tag', '--list', ...which)).split('\n').filter((tag) => tag !== '');
}

async function listCommits(git: Git, since: string | undefined): Promise<{ hash: string; message: string }[]> {
  const range = since === undefined ? 'HEAD' : `refs/tags/${since}..HEAD`;
  const text = await git.run('log', '--no-merges', '-z', '--format=%H%n%B', range, '--');
  return text
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [hash = '', ...message] = entry.split('\n');
      return { hash, message: message.join('\n').trim() };
    });
}
