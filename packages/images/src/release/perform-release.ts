// perform release: writes, commits and tags, and undoes all of it when one step fails.
//
//   R1. After a failure the branch, the index, the files and the tags are what they were.
//   R2. What a killed release has left is undone by the next one: a note in the git directory says what there may be.
//   R3. Nothing of others is touched: a branch that has moved, a tag that is not ours and a file that was edited meanwhile stay.
import { createHash } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DirectrixError, shell } from '@directrix/rollout';
import { z } from 'zod';
import type { Git } from './git.js';
import type { ReleasePlan } from './plan-release.js';

export interface Released {
  readonly version: string;
  readonly tag: string;
  readonly commit: string;
  readonly branch: string;
  readonly files: readonly string[];
}

const noteSchema = z.object({
  schema: z.literal(1),
  /** The commit that the branch was at. */
  before: z.string(),
  /** `refs/heads/main`. */
  branch: z.string(),
  tag: z.string(),
  message: z.string(),
  files: z.array(z.object({ path: z.string(), digest: z.string() })),
});
/** What a release is about to do, so that anybody can undo it. */
type ReleaseNote = Readonly<z.infer<typeof noteSchema>>;

/** What was not undone, because somebody changed it meanwhile. */
export interface Left {
  readonly what: 'branch' | 'tag' | 'file';
  readonly name: string;
}

interface ReleasePlace {
  readonly git: Git;
  /** The top of the working tree. */
  readonly root: string;
}

export interface ReleaseOptions {
  /** The commit that HEAD is at. */
  readonly before: string;
  /** The remote that the branch and the tag are pushed to; undefined: none. */
  readonly pushTo?: string | undefined;
  /** Looked at between two steps: an interrupted release is undone. */
  readonly signal: AbortSignal;
}

/** Whether the release's own files are all that stands between the repository and what it was. Undoes it. */
export async function undoUnfinished(place: ReleasePlace): Promise<readonly Left[] | undefined> {
  const file = await notePath(place);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const note = parseNote(text);
  // A note that was cut off was written before anything else was.
  const left = note === undefined ? [] : await undo(place, note);
  await rm(file, { force: true });
  return left;
}

function parseNote(text: string): ReleaseNote | undefined {
  try {
    return noteSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/**
 * Rejects with RELEASE_UNDONE when a step failed, RELEASE_NOT_UNDONE when something of it is left, RELEASE_PUSH_UNKNOWN when it is not
 * known whether the remote has it.
 */
export async function performRelease(
  place: ReleasePlace,
  plan: ReleasePlan,
  { before, pushTo, signal }: ReleaseOptions,
): Promise<Released> {
  const { git, root } = place;
  const branch = await git.run('symbolic-ref', 'HEAD');
  const message = `Release ${plan.version}`;
  const paths = plan.files.map(({ path }) => path);
  const note: ReleaseNote = {
    schema: 1,
    before,
    branch,
    tag: plan.tag,
    message,
    files: plan.files.map(({ path, text }) => ({ path, digest: digestOf(text) })),
  };
  const file = await notePath(place);
  await writeWhole(file, JSON.stringify(note));
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    if (signal.aborted) throw new DirectrixError('INTERRUPTED', 'Interrupted.', { source: String(signal.reason) });
    return work();
  };
  try {
    for (const { path, text } of plan.files) await step(() => writeFile(join(root, path), text));
    await step(() => git.run('add', '--', ...paths));
    await step(() => git.run('commit', '--quiet', '-m', message, '--', ...paths));
    const commit = await step(() => git.run('rev-parse', 'HEAD'));
    const annotation = `${message}\n\n${plan.section}`;
    await step(() => git.run('tag', '-a', plan.tag, '-m', annotation, '--cleanup=verbatim', commit));
    if (pushTo !== undefined) await step(() => push(git, pushTo, branch, plan.tag));
    await rm(file, { force: true });
    return { version: plan.version, tag: plan.tag, commit, branch: branch.replace(/^refs\/heads\//, ''), files: paths };
  } catch (error) {
    if (error instanceof DirectrixError && error.code === 'RELEASE_PUSH_UNKNOWN') {
      // Undone here, it could be there: what is here stays.
      await rm(file, { force: true });
      throw error;
    }
    return await undoAndTell(place, note, file, error);
  }
}

/** Both or none. A push that failed may have arrived: the remote is asked. */
async function push(git: Git, remote: string, branch: string, tag: string): Promise<void> {
  try {
    await git.run('push', '--quiet', '--atomic', remote, branch, `refs/tags/${tag}`);
  } catch (error) {
    const there = await git.run('ls-remote', remote, `refs/tags/${tag}`).catch(() => undefined);
    if (there === '') throw error;
    if (there !== undefined) return;
    throw new DirectrixError(
      'RELEASE_PUSH_UNKNOWN',
      `${error instanceof Error ? error.message : String(error)} Whether ${remote} has the release is not known; here it is made.`,
      { kind: 'passing', cause: error, hint: shell`git push --atomic ${remote} ${branch} ${`refs/tags/${tag}`}` },
    );
  }
}

async function undoAndTell(place: ReleasePlace, note: ReleaseNote, file: string, error: unknown): Promise<never> {
  const why = error instanceof Error ? error.message : String(error);
  const left = await undo(place, note).catch((cause: unknown) => {
    throw new DirectrixError('RELEASE_NOT_UNDONE', `${why} It could not be undone.`, {
      kind: 'refused',
      hint: 'fix what failed and run directrix release again: it undoes what is left first',
      cause: cause instanceof Error ? cause : error,
    });
  });
  await rm(file, { force: true });
  if (left.length > 0)
    throw new DirectrixError(
      'RELEASE_NOT_UNDONE',
      `${why} Not undone, because somebody changed it meanwhile: ${left.map(({ what, name }) => `${what} ${name}`).join(', ')}.`,
      { kind: 'conflict', hint: 'look at it with git status and git log', cause: error },
    );
  throw new DirectrixError('RELEASE_UNDONE', `${why} The repository is as it was.`, { kind: 'refused', cause: error });
}

/** From the last step to the first. Each looks whether it is still ours. */
async function undo({ git, root }: ReleasePlace, note: ReleaseNote): Promise<readonly Left[]> {
  const left: Left[] = [];
  const commit = await ownCommit(git, note);
  const tagged = await git.ask('rev-parse', '--verify', '--quiet', `refs/tags/${note.tag}^{commit}`);
  if (tagged !== undefined) {
    if (tagged === commit) await git.run('tag', '-d', note.tag);
    else left.push({ what: 'tag', name: note.tag });
  }
  const present = await git.ask('rev-parse', '--verify', '--quiet', note.branch);
  if (present !== note.before) {
    const isBack = commit !== undefined && (await moveBack(git, note, commit));
    // The files are those of a commit that stays.
    if (!isBack) return [...left, { what: 'branch', name: note.branch }];
  }
  for (const { path, digest } of note.files) {
    const was = await git.ask('cat-file', '-e', `${note.before}:${path}`);
    const now = await readIfThere(join(root, path));
    // A hook may have formatted what was committed.
    const isCommitted = commit !== undefined && (await git.ask('diff', '--quiet', commit, '--', path)) !== undefined;
    const isOurs = now === 'absent' || (now !== 'unreadable' && digestOf(now.text) === digest) || isCommitted;
    if (was === undefined) {
      await git.run('rm', '--cached', '--quiet', '--ignore-unmatch', '--', path);
      if (isOurs) await rm(join(root, path), { force: true });
    } else if (isOurs) await git.run('checkout', '--quiet', note.before, '--', path);
    else await git.run('reset', '--quiet', '--', path);
    if (!isOurs && !(await isUnchanged(git, note, path))) left.push({ what: 'file', name: path });
  }
  return left;
}

/** A file that was not written yet is as it was. */
async function isUnchanged(git: Git, note: ReleaseNote, path: string): Promise<boolean> {
  return (await git.ask('diff', '--quiet', note.before, '--', path)) !== undefined;
}

/** The commit of this release, when the branch is at it. */
async function ownCommit(git: Git, { before, branch, message }: ReleaseNote): Promise<string | undefined> {
  const said = await git.ask('log', '-1', '--format=%H%n%P%n%s', branch);
  const [commit, parent, subject] = said?.split('\n') ?? [];
  return parent === before && subject === message ? commit : undefined;
}

/** Compare and set: false when somebody committed meanwhile. */
async function moveBack(git: Git, { branch, before }: ReleaseNote, commit: string): Promise<boolean> {
  return (await git.ask('update-ref', '-m', 'directrix release: undone', branch, before, commit)) !== undefined;
}

async function readIfThere(file: string): Promise<{ readonly text: string } | 'absent' | 'unreadable'> {
  try {
    return { text: await readFile(file, 'utf8') };
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'absent' : 'unreadable';
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function notePath({ git, root }: ReleasePlace): Promise<string> {
  return join(root, await git.run('rev-parse', '--git-path', 'directrix-release.json'));
}

async function writeWhole(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
