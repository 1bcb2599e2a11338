// release: looks at the repository, runs the checks, and writes, commits and tags.
import {
  createGit,
  findRoot,
  type Git,
  performRelease,
  planRelease,
  type Released,
  type ReleasePlan,
  readRepository,
  requireClean,
  runChild,
  undoUnfinished,
} from '@directrix/images/release';
import { DirectrixError, shell } from '@directrix/rollout';
import type { CommandContext } from '../../command-context.js';
import { type ExitCode, exitCode } from '../../exit-code.js';
import { describeFailure, isExplained, writeFailure } from '../../failure.js';
import type { Io } from '../../io.js';
import { writeText } from '../../text/lines.js';
import { count } from '../../text/quantities.js';
import { writeJson } from '../lab/perform.js';

export interface ReleaseOptions {
  readonly version?: string | undefined;
  readonly versionFile?: readonly string[];
  readonly changelog?: string;
  readonly check?: readonly string[];
  readonly push?: string | true;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** The contract of `directrix release --json`; docs/images.md has it. */
interface ReleaseDocument {
  readonly schema: 'directrix.release/1';
  readonly mode: 'dry-run' | 'apply';
  readonly previous?: string | undefined;
  readonly version: string;
  readonly tag: string;
  readonly changelog: string;
  readonly files: readonly string[];
  readonly commit?: string;
  readonly branch?: string;
  readonly pushedTo?: string | undefined;
}

const schema = 'directrix.release/1';

export async function runRelease(context: CommandContext, options: ReleaseOptions): Promise<void> {
  const { io } = context;
  try {
    const document = await release(context, options);
    if (options.json) writeJson(context, document);
    else writeText(io.stdout, formatRelease(document));
    context.setExitCode(exitCode.done);
  } catch (error) {
    writeFailure(io, error);
    if (options.json) writeJson(context, { schema, error: describeFailure(error) });
    context.setExitCode(exitCodeOf(error, io));
  }
}

function exitCodeOf(error: unknown, io: Io): ExitCode {
  const code = isExplained(error) ? error.code : undefined;
  if (code === 'RELEASE_NOT_UNDONE' || code === 'RELEASE_PUSH_UNKNOWN') return exitCode.needsHuman;
  return io.signal.aborted ? exitCode.interrupted : exitCode.refused;
}

async function release({ io, world }: CommandContext, options: ReleaseOptions): Promise<ReleaseDocument> {
  const git = createGit(io.cwd, io.env);
  const root = await findRoot(git, io.cwd);
  // Paths are the tree's from here on.
  const place = { git: createGit(root, io.env), root };
  await tellUnfinished(io, await undoUnfinished(place));
  const before = await requireClean(place.git);
  const today = new Date(world?.clock.now() ?? Date.now()).toISOString().slice(0, 'yyyy-mm-dd'.length);
  const plan = await planFrom(place.git, root, io, options, today);
  if (options.dryRun) return documentOf(plan, 'dry-run');
  for (const command of options.check ?? []) await runCheck(command, io);
  if ((options.check ?? []).length > 0) await refuseMoved(place.git, before);
  io.mustFinish?.();
  const pushTo = options.push === true ? 'origin' : options.push;
  const released = await performRelease(place, plan, { before, pushTo, signal: io.signal });
  return { ...documentOf(plan, 'apply', released), pushedTo: pushTo };
}

async function planFrom(git: Git, root: string, io: Io, options: ReleaseOptions, date: string): Promise<ReleasePlan> {
  const { version, versionFile: versionFiles = [], changelog } = options;
  const state = await readRepository(git, { root, directory: io.cwd, versionFiles, changelog });
  return planRelease(state, { version, date });
}

/** Throws RELEASE_NOT_UNDONE when somebody changed what a killed release had left. */
async function tellUnfinished(io: Io, left: Awaited<ReturnType<typeof undoUnfinished>>): Promise<void> {
  if (left === undefined) return;
  if (left.length === 0) return io.stderr.write('A release that was interrupted was undone first.\n');
  throw new DirectrixError(
    'RELEASE_NOT_UNDONE',
    `A release was interrupted, and somebody has changed what it left: ${left.map(({ what, name }) => `${what} ${name}`).join(', ')}.`,
    { kind: 'conflict', hint: 'look at it with git status and git log, then release again' },
  );
}

const shownLines = 20;

async function runCheck(command: string, io: Io): Promise<void> {
  io.stderr.write(`check: ${command}\n`);
  const { code, stdout, stderr } = await runChild('sh', ['-c', command], {
    directory: io.cwd,
    env: io.env,
    signal: io.signal,
  });
  if (code === 0) return;
  const last = `${stdout}${stderr}`.trimEnd().split('\n').slice(-shownLines);
  for (const line of last) io.stderr.write(`  | ${line}\n`);
  throw new DirectrixError('RELEASE_CHECK_FAILED', `The check "${command}" ended with ${code ?? 'a signal'}.`, {
    source: '--check',
  });
}

/** A check may write files, and somebody may have committed while it ran. */
async function refuseMoved(git: Git, before: string): Promise<void> {
  if ((await requireClean(git)) === before) return;
  throw new DirectrixError('TREE_NOT_CLEAN', 'The branch has moved while the checks ran.', {
    kind: 'conflict',
    source: 'git rev-parse HEAD',
    hint: 'release again',
  });
}

function documentOf(plan: ReleasePlan, mode: ReleaseDocument['mode'], released?: Released): ReleaseDocument {
  return {
    schema,
    mode,
    previous: plan.previous,
    version: plan.version,
    tag: plan.tag,
    changelog: plan.section,
    files: plan.files.map(({ path }) => path),
    ...(released === undefined ? {} : { commit: released.commit, branch: released.branch }),
  };
}

function formatRelease(document: ReleaseDocument): string {
  const { mode, version, previous, tag, files, changelog, commit = '', branch = '', pushedTo } = document;
  const from = previous === undefined ? 'the first release' : `from ${previous}`;
  const done =
    mode === 'dry-run'
      ? [
          `${version} (${from}) would change ${count(files.length, 'file')}: ${files.join(', ')}; and make the tag ${tag}.`,
        ]
      : [
          `Released ${version} (${from}): commit ${commit.slice(0, 12)} on ${branch}, tag ${tag}.`,
          pushedTo === undefined
            ? `Nothing was pushed: ${shell`git push --atomic origin ${branch} ${tag}`}`
            : `Pushed to ${pushedTo}.`,
        ];
  return `${changelog}\n${done.join('\n')}\n`;
}
