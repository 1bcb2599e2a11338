// bake: cleans up after those before it, looks whether it can succeed, runs packer, and tags or cleans up.
import { createHash } from 'node:crypto';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bakesDirectoryOf } from '@directrix/aws';
import {
  type BakedImage,
  type BakeFailure,
  type BakeRecord,
  emptyStory,
  explainFailure,
  findOverdue,
  forgetBakeRecord,
  type ImageOrigin,
  listBakeRecords,
  type Removed,
  readPackerVersion,
  removeLeftovers,
  runPacker,
  saveBakeRecord,
  signalGroup,
  type TemporaryThings,
  tagImages,
  tagTemporary,
} from '@directrix/images';
import { DirectrixError } from '@directrix/rollout';
import type { CommandContext } from '../../command-context.js';
import { type ExitCode, exitCode } from '../../exit-code.js';
import { describeFailure, writeFailure } from '../../failure.js';
import { identifyChild } from '../../process-identity.js';
import { writeText } from '../../text/lines.js';
import { withWorld } from '../../with-world.js';
import type { World } from '../../world.js';
import { writeJson } from '../lab/perform.js';
import { readManifest } from '../secrets/manifest.js';
import { checkBake } from './check.js';
import { findCommit, findVersion } from './find-origin.js';
import { type GivenTemplate, readGivenTemplate } from './given-template.js';
import type { BakeOptions } from './options.js';
import { type BakeDocument, formatBaked, formatFailed, tellRemoved } from './output.js';

const schema = 'directrix.bake/1';
const defaultTimeoutMs = 2 * 3600 * 1000;
/** How long Packer may take to terminate its builder after it was interrupted. */
const graceMs = 10 * 60 * 1000;

export async function runBake(context: CommandContext, options: BakeOptions): Promise<void> {
  const { io } = context;
  try {
    context.setExitCode(
      await withWorld(context, (world) =>
        options.clean ? clean(context, world, options) : bake(context, world, options),
      ),
    );
  } catch (error) {
    writeFailure(io, error);
    if (options.json) writeJson(context, { schema, error: describeFailure(error) });
    context.setExitCode(io.signal.aborted ? exitCode.interrupted : exitCode.refused);
  }
}

async function clean(context: CommandContext, world: World, options: BakeOptions): Promise<ExitCode> {
  const removed = await cleanBefore(context, world);
  if (options.json) writeJson(context, { schema, removed });
  else writeText(context.io.stdout, removed.length === 0 ? 'Nothing was left by any bake.\n' : '');
  return removed.some(({ kind }) => kind === 'failed') ? exitCode.needsHuman : exitCode.done;
}

/** What killed bakes of this machine have left, and what any bake has left whose time is over. */
async function cleanBefore({ io }: CommandContext, world: World): Promise<readonly Removed[]> {
  const directory = bakesDirectoryOf(io.env);
  const dead = (await listBakeRecords(directory)).filter((record) =>
    world.isProcessGone({ id: '', name: '', pid: record.pid, ...(record.process && { process: record.process }) }),
  );
  const removed: Removed[] = [];
  const remove = async (bakeId: string, made: TemporaryThings) => {
    const gone = await removeLeftovers(world.clients, { bakeId, made, areImagesUnwanted: true }, world.clock);
    for (const one of gone) writeText(io.stderr, `${tellRemoved(one)} (of bake ${bakeId})\n`);
    removed.push(...gone);
    if (gone.every(({ kind }) => kind === 'removed')) await forgetBakeRecord(directory, bakeId);
  };
  for (const { bakeId, made, packer } of dead) {
    endPacker(world, packer);
    await remove(bakeId, made);
  }
  for (const bakeId of await findOverdue(world.clients, world.clock.now()))
    if (!dead.some((record) => record.bakeId === bakeId)) await remove(bakeId, emptyStory.made);
  return removed;
}

/** A packer whose directrix was killed goes on, and would make more. It is ended when it is known to be that one. */
function endPacker(world: World, packer: BakeRecord['packer']): void {
  if (packer === undefined || world.isProcessGone({ id: '', name: '', ...packer })) return;
  const present = identifyChild(packer.pid);
  if (present?.startTicks !== packer.process.startTicks || present.bootId !== packer.process.bootId) return;
  signalGroup(packer.pid, 'SIGKILL');
}

async function bake(context: CommandContext, world: World, options: BakeOptions): Promise<ExitCode> {
  const { io } = context;
  const given = await readGivenTemplate(options.template, io.cwd, options);
  const tools = { packer: options.packer, directory: given.directory, env: io.env, signal: io.signal, graceMs };
  const packerVersion = await readPackerVersion(tools);
  const origin = await findOrigin(context, options, given);
  await cleanBefore(context, world);
  if (options.preflight) await checkBake(context, world, given, options, packerVersion);
  return await build(context, world, options, given, origin);
}

async function findOrigin({ io }: CommandContext, options: BakeOptions, given: GivenTemplate): Promise<ImageOrigin> {
  const manifest =
    options.secretsManifest === undefined
      ? undefined
      : await readManifest(resolve(io.cwd, options.secretsManifest), options.secretsManifest);
  const digest = createHash('sha256');
  for (const { text } of given.texts) digest.update(text);
  return {
    version: await findVersion(options.version, io),
    commit: await findCommit(io),
    templateDigest: digest.digest('hex'),
    secretsPath: options.secretsPath ?? manifest?.path,
    secretNames: manifest?.names,
  };
}

async function build(
  context: CommandContext,
  world: World,
  options: BakeOptions,
  given: GivenTemplate,
  origin: ImageOrigin,
): Promise<ExitCode> {
  const { io } = context;
  const startedAt = world.clock.now();
  const bakeId = `bake-${world.newRolloutId()}`;
  const directory = bakesDirectoryOf(io.env);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const logFile = join(directory, `${bakeId}.log`);
  const log = createWriteStream(logFile, { mode: 0o600 });
  const timeoutMs = options.timeout ?? defaultTimeoutMs;
  const deadline = startedAt + timeoutMs;
  const timeout = AbortSignal.timeout(Math.ceil(timeoutMs / (world.clock.speed ?? 1)));
  let packer: BakeRecord['packer'];
  const save = (made: TemporaryThings) =>
    saveBakeRecord(directory, {
      schema: 1,
      bakeId,
      startedAt,
      pid: world.holder.pid,
      ...(world.holder.process && { process: world.holder.process }),
      ...(packer && { packer }),
      made,
    });
  await save(emptyStory.made);
  io.mustFinish?.();
  writeText(io.stderr, `${bakeId}: the builder's log is ${logFile}\n`);
  const end = await runPacker({
    packer: options.packer,
    words: [
      'build',
      '-machine-readable',
      ...given.words,
      ...(options.only === undefined ? [] : [`-only=${options.only}`]),
      given.path,
    ],
    directory: given.directory,
    env: io.env,
    signal: AbortSignal.any([io.signal, timeout]),
    graceMs,
    onStart: (pid) => {
      const identity = identifyChild(pid);
      if (identity !== undefined) packer = { pid, process: identity };
    },
    onRaw: (line) => log.write(`${line}\n`),
    onText: (text) => io.stderr.write(`  ${text}\n`),
    // First noted here, then tagged there: a kill between finds it by its names.
    onMade: async ({ made }) => {
      await save(made);
      await tagTemporary(world.clients, bakeId, deadline, made).catch(() => undefined);
    },
  });
  await closeLog(log);
  const isBaked = end.code === 0 && end.story.images.length > 0;
  const removed = await removeLeftovers(
    world.clients,
    { bakeId, made: end.story.made, areImagesUnwanted: !isBaked },
    world.clock,
  );
  for (const one of removed) writeText(io.stderr, `${tellRemoved(one)}\n`);
  const isClean = removed.every(({ kind }) => kind === 'removed');
  if (isClean) await forgetBakeRecord(directory, bakeId);
  const about = { bakeId, log: logFile, seconds: Math.round((world.clock.now() - startedAt) / 1000), removed };
  if (!isBaked) return fail(context, options, about, explainFailure(end.story), isClean, timeout.aborted);
  const tagged = await tagImages(world.clients, end.story.images, origin);
  const document: BakeDocument = {
    schema,
    ...about,
    ...origin,
    images: end.story.images as readonly BakedImage[],
    baseImageId: tagged.baseImageId,
  };
  if (options.json) writeJson(context, document);
  else writeText(io.stdout, formatBaked(document));
  return isClean ? exitCode.done : exitCode.needsHuman;
}

function closeLog(log: WriteStream): Promise<void> {
  return new Promise((done) => {
    log.on('error', () => done());
    log.end(() => done());
  });
}

function fail(
  context: CommandContext,
  { json }: BakeOptions,
  about: Omit<BakeDocument, 'schema' | 'version' | 'templateDigest' | 'images' | 'baseImageId'>,
  failure: BakeFailure,
  isClean: boolean,
  isLate: boolean,
): ExitCode {
  const { io } = context;
  const error = new DirectrixError(isLate ? 'BAKE_TIMEOUT' : 'BAKE_FAILED', formatFailed(failure, isLate), {
    source: about.log,
  });
  for (const line of failure.lastLines) io.stderr.write(`  | ${line}\n`);
  writeFailure(io, error);
  if (json) writeJson(context, { schema, ...about, failure, error: describeFailure(error) });
  if (!isClean) return exitCode.needsHuman;
  return io.signal.aborted ? exitCode.interrupted : exitCode.failed;
}
