// import: what a .env file would change, and with --apply the change. One parameter at a time and below the quota, so that a kill or a
// refusal leaves a prefix of the plan, and running it again does the rest.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type NewValue, readParameters } from '@directrix/aws';
import { DirectrixError } from '@directrix/rollout';
import type { CommandContext } from '../../command-context.js';
import { type ExitCode, exitCode } from '../../exit-code.js';
import { describeFailure, writeFailure } from '../../failure.js';
import { type DotenvFile, readDotenv } from './dotenv-file.js';
import { type ImportStep, isBlocking, planImport } from './import-plan.js';
import { describeNotices, describeSteps, describeUnread, formatSteps } from './import-report.js';
import type { JsonOption, WriteOptions } from './options.js';
import { countOf } from './output.js';
import { normalizePath, refuseName } from './parameter-limits.js';
import { performSecrets, type SecretsWork, secretsSchema, writeJson } from './perform-secrets.js';
import { drawProgress } from './progress.js';
import { type WriteOutcome, writeUntilKnown } from './write-attempts.js';

export interface ImportOptions extends WriteOptions, JsonOption {
  readonly to: string;
  readonly apply?: boolean;
  readonly overwrite?: boolean;
  /** Names (or `line:7`) whose reading was accepted. */
  readonly accept?: readonly string[];
  readonly rate: number;
}

export async function runImport(context: CommandContext, file: string, options: ImportOptions): Promise<void> {
  await performSecrets(context, options, async (tools) => {
    const { io } = context;
    const path = normalizePath(options.to);
    const read = await readFileOf(resolve(io.cwd, file), file);
    const unread = read.unreadLines.filter((line) => !options.accept?.includes(`line:${line}`));
    refuseUnknownNames(read, options.accept ?? [], file);
    const names = [...read.values.keys()]
      .map((key) => `${path}${key}`)
      .filter((name) => refuseName(name) === undefined);
    const current = await readParameters(tools.ssm, names, { isDecrypted: true });
    const steps = planImport(path, read, current, options);
    if (!options.json) io.stdout.write(formatSteps(path, steps));
    io.stderr.write(`${describeNotices(read)}${describeUnread(unread)}`);
    const isBlocked = unread.length > 0 || steps.some(isBlocking);
    const applied = options.apply === true && !isBlocked ? await apply(context, tools, steps, options.rate) : undefined;
    if (applied?.failed?.kind === 'refused' && applied.written.length === 0) throw applied.failed.error;
    const incomplete = applied?.failed && describeIncomplete(applied, applied.failed);
    if (incomplete) writeFailure(io, incomplete);
    if (options.json) {
      const error = incomplete && describeFailure(incomplete);
      writeJson(context, { schema: secretsSchema, path, ...describeSteps(steps, unread, applied), error });
    }
    if (incomplete) return exitCode.needsHuman;
    return conclude(context, steps, unread, applied);
  });
}

async function readFileOf(absolute: string, file: string): Promise<DotenvFile> {
  const bytes = await readFile(absolute).catch(({ code }: NodeJS.ErrnoException) => {
    throw new DirectrixError('FILE_UNREADABLE', `${file} cannot be read: ${code}.`, { source: file });
  });
  const read = readDotenv(bytes);
  if (read === undefined) {
    throw new DirectrixError('FILE_UNREADABLE', `${file} is UTF-16, and .env files are UTF-8.`, {
      source: file,
      hint: 'write it as UTF-8',
    });
  }
  if (read.values.size > 0) return read;
  throw new DirectrixError('FILE_EMPTY', `${file} has no NAME=value line.`, { source: file });
}

/** Somebody who accepts a name that is not there means another. */
function refuseUnknownNames({ values, unreadLines }: DotenvFile, accepted: readonly string[], file: string): void {
  const known = new Set([...values.keys(), ...unreadLines.map((line) => `line:${line}`)]);
  const unknown = accepted.filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new DirectrixError('USAGE', `There is nothing to accept as ${unknown.join(', ')} in ${file}.`, {
    source: '--accept',
    hint: 'write the name as it is in the file, or line:7 for a line that is not read',
  });
}

type Failed = Exclude<WriteOutcome, { readonly kind: 'written' }> & { readonly name: string };

interface Applied {
  readonly written: readonly string[];
  /** What ended it before the last. */
  readonly failed?: Failed;
  readonly left: readonly string[];
}

async function apply(
  { io }: CommandContext,
  tools: SecretsWork,
  steps: readonly ImportStep[],
  rate: number,
): Promise<Applied> {
  const writes = steps.flatMap(({ write }) => write ?? []);
  const namesOf = (values: readonly NewValue[]) => values.map(({ name }) => name);
  for (const [index, write] of writes.entries()) {
    // What sleeping says of an interruption is said better here.
    if (index > 0) await tools.world.clock.sleep(1_000 / rate, io.signal).catch(() => {});
    if (io.signal.aborted) throw interrupted(index, writes.length);
    const outcome = await writeUntilKnown(tools, write, io.signal);
    if (outcome.kind === 'refused' && io.signal.aborted) throw interrupted(index, writes.length);
    if (outcome.kind !== 'written') {
      const rest = { written: namesOf(writes.slice(0, index)), left: namesOf(writes.slice(index)) };
      return { ...rest, failed: { ...outcome, name: write.name } };
    }
    drawProgress(io.stderr, index + 1, writes.length);
  }
  return { written: namesOf(writes), left: [] };
}

function describeIncomplete({ written, left }: Applied, failed: Failed): DirectrixError {
  const what =
    failed.kind === 'refused' ? failed.error.message : `${failed.name} may have been written: ${failed.error.code}.`;
  return new DirectrixError(
    'SECRETS_PARTLY_WRITTEN',
    `Written: ${written.join(', ') || 'nothing'}. ${what} Not written: ${left.filter((name) => failed.kind === 'refused' || name !== failed.name).join(', ') || 'nothing else'}.`,
    {
      source: 'directrix secrets import',
      hint: `${failed.error.hint ?? 'fix what was refused'}; then run it again: what is written is unchanged then`,
    },
  );
}

function conclude(
  { io }: CommandContext,
  steps: readonly ImportStep[],
  unread: readonly number[],
  applied: Applied | undefined,
): ExitCode {
  const blocking = steps.filter(isBlocking).length;
  const reasons = [
    ...(blocking > 0 ? [`${countOf(blocking, 'name')} cannot be written as asked`] : []),
    ...(unread.length > 0 ? [`${countOf(unread.length, 'line')} could not be read`] : []),
  ];
  if (reasons.length > 0) {
    io.stderr.write(`${reasons.join(', ')}; nothing was changed\n`);
    return exitCode.refused;
  }
  const toWrite = steps.filter(({ write }) => write !== undefined).length;
  if (applied) io.stderr.write(`${countOf(applied.written.length, 'parameter')} written\n`);
  else io.stderr.write(`${countOf(toWrite, 'parameter')} would be written; nothing was changed. --apply does it\n`);
  return exitCode.done;
}

function interrupted(written: number, total: number): DirectrixError {
  return new DirectrixError('INTERRUPTED', `Stopped after ${written} of ${total} parameters.`, {
    source: 'directrix secrets import',
    hint: 'run it again: what is written is unchanged then',
  });
}
