import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DirectrixError } from '@directrix/rollout';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import type { ImportOptions } from './command.js';
import { type DotenvFile, readDotenv } from './dotenv-file.js';
import { type ImportStep, isBlocking, planImport } from './import-plan.js';
import { countOf, formatTable } from './output.js';
import { normalizePath, refuseName } from './parameter-limits.js';
import { performSecrets, type SecretsWork, secretsSchema, writeJson } from './perform-secrets.js';
import { drawProgress } from './progress.js';
import { readNamed, writeSecret } from './store.js';

export async function runImport(context: CommandContext, file: string, options: ImportOptions): Promise<void> {
  await performSecrets(context, options, async (tools) => {
    const { io } = context;
    const path = normalizePath(options.to);
    const read = await readFileOf(resolve(io.cwd, file), file);
    const names = [...read.values.keys()]
      .map((key) => `${path}${key}`)
      .filter((name) => refuseName(name) === undefined);
    const current = await readNamed(tools.ssm, names, { isDecrypted: true });
    const steps = planImport(path, read.values, current, options);
    if (!options.json) io.stdout.write(format(path, steps));
    warn(context, read);
    const blocking = steps.filter(isBlocking);
    const isApplied = options.apply === true && blocking.length === 0;
    const written = isApplied ? await apply(context, tools, steps, options.rate) : 0;
    if (options.json) writeJson(context, describeImport(path, steps, isApplied, written));
    return conclude(context, steps, blocking.length, options.apply === true, written);
  });
}

async function readFileOf(absolute: string, file: string): Promise<DotenvFile> {
  const text = await readFile(absolute, 'utf8').catch(({ code }: NodeJS.ErrnoException) => {
    throw new DirectrixError('FILE_UNREADABLE', `${file} cannot be read: ${code}.`, { source: file });
  });
  const read = readDotenv(text);
  if (read.values.size > 0) return read;
  throw new DirectrixError('FILE_EMPTY', `${file} has no NAME=value line.`, { source: file });
}

/** One at a time and below the quota, so that a kill leaves a prefix of the plan, and running it again does the rest. */
async function apply(
  { io }: CommandContext,
  { ssm, world }: SecretsWork,
  steps: readonly ImportStep[],
  rate: number,
): Promise<number> {
  const writes = steps.flatMap(({ write }) => write ?? []);
  let written = 0;
  for (const write of writes) {
    // What sleeping says of an interruption is said better here.
    if (written > 0) await world.clock.sleep(1_000 / rate, io.signal).catch(() => {});
    if (io.signal.aborted) throw interrupted(written, writes.length);
    await writeSecret(ssm, write);
    written += 1;
    drawProgress(io.stderr, written, writes.length);
  }
  return written;
}

function conclude(
  { io }: CommandContext,
  steps: readonly ImportStep[],
  blocking: number,
  isAsked: boolean,
  written: number,
): number {
  if (blocking > 0) {
    io.stderr.write(`${countOf(blocking, 'name')} cannot be written as asked; nothing was changed\n`);
    return exitCode.refused;
  }
  const toWrite = steps.filter(({ write }) => write !== undefined).length;
  if (isAsked) io.stderr.write(`${countOf(written, 'parameter')} written\n`);
  else io.stderr.write(`${countOf(toWrite, 'parameter')} would be written; nothing was changed. --apply does it\n`);
  return exitCode.done;
}

function warn({ io }: CommandContext, { repeated, unreadLines }: DotenvFile): void {
  if (repeated.length > 0) io.stderr.write(`more than once in the file, the last counts: ${repeated.join(', ')}\n`);
  if (unreadLines > 0)
    io.stderr.write(`${countOf(unreadLines, 'line')} of the file could not be read, and is not shown here\n`);
}

function format(path: string, steps: readonly ImportStep[]): string {
  const rows = steps.map(({ name, state, type, version, because }) => [
    name.slice(path.length),
    state,
    type,
    version === undefined ? '' : `v${version}`,
    because ?? '',
  ]);
  return formatTable(['name', '', 'type', 'now', ''], rows);
}

function describeImport(path: string, steps: readonly ImportStep[], isApplied: boolean, written: number): object {
  return {
    schema: secretsSchema,
    path,
    isApplied,
    written,
    steps: steps.map(({ name, state, type, version, because }) => ({ name, state, type, version, because })),
  };
}

function interrupted(written: number, total: number): DirectrixError {
  return new DirectrixError('INTERRUPTED', `Stopped after ${written} of ${total} parameters.`, {
    source: 'directrix secrets import',
    hint: 'run it again: what is written is unchanged then',
  });
}
