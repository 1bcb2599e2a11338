import { cleanStaleLabs, createRunDirectory, deleteRunDirectory, labsDirectory } from '@directrix/lab/run-directory';
import { colorsFor } from '../../colors.js';
import type { CommandContext } from '../../command-context.js';
import { type ExitCode, exitCode } from '../../exit-code.js';
import type { HostedLab, HostOptions } from './hosted-lab.js';
import type { LabUpDocument } from './lab-document.js';
import { formatCleaned, formatExports, formatStory } from './output.js';
import { perform, writeJson } from './perform.js';
import { findScenario, prepareScenario, type Scenario } from './scenario.js';

export interface UpOptions {
  readonly port: number;
  readonly speed: number;
  readonly detach?: boolean;
  readonly scenario?: string;
  readonly json?: boolean;
}

/** A lab that listens, here or in the background. */
interface ListeningLab {
  readonly document: HostedLab['document'];
  /** Takes it down again. */
  end(): Promise<void>;
  /** What is left to do once it is ready: wait for its end, or let it go. */
  finish(): Promise<void>;
}

export async function runUp(context: CommandContext, options: UpOptions): Promise<void> {
  await perform(context, { json: options.json, schema: 'directrix.lab/1' }, () => up(context, options));
}

async function up(context: CommandContext, options: UpOptions): Promise<ExitCode> {
  const { io } = context;
  const scenario = options.scenario === undefined ? undefined : findScenario(options.scenario, io.cwd);
  const labs = labsDirectory(io.env);
  for (const cleaned of cleanStaleLabs(labs)) io.stderr.write(formatCleaned(cleaned));
  const { directory } = createRunDirectory(labs, { speed: options.speed, scenario: options.scenario });
  const hostOptions: HostOptions = { directory, port: options.port, speed: options.speed };
  const lab = await start(hostOptions, options.detach === true, io.signal).catch((error: unknown) => {
    deleteRunDirectory(directory);
    if (io.signal.aborted) return undefined;
    throw error;
  });
  if (lab === undefined) return exitCode.interrupted;
  try {
    const description = await build(context, lab, scenario);
    present(context, options, { ...lab.document, description });
  } catch (error) {
    await lab.end();
    if (io.signal.aborted) return exitCode.interrupted;
    throw error;
  }
  await lab.finish();
  return exitCode.done;
}

async function start(options: HostOptions, isDetached: boolean, signal: AbortSignal): Promise<ListeningLab> {
  if (isDetached) {
    const { startDaemon } = await import('./start-daemon.js');
    const daemon = await startDaemon(options, signal);
    return { ...daemon, finish: () => daemon.keep() };
  }
  const { hostLab } = await import('./hosted-lab.js');
  const lab = await hostLab(options);
  return { document: lab.document, end: () => lab.close(), finish: () => untilEnded(lab, signal) };
}

/** Ctrl-C and SIGTERM end a lab in the foreground, and so does `lab down` from elsewhere. */
async function untilEnded(lab: HostedLab, signal: AbortSignal): Promise<void> {
  const end = () => void lab.close();
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  await lab.closed;
  signal.removeEventListener('abort', end);
}

async function build(
  { io }: CommandContext,
  { document }: ListeningLab,
  scenario: Scenario | undefined,
): Promise<string | undefined> {
  if (scenario === undefined) return undefined;
  const { endpoint, env } = document;
  const stage = { endpoint, env: { ...env }, signal: io.signal, say: (text: string) => io.stderr.write(`${text}\n`) };
  const { description } = await prepareScenario(scenario, stage);
  return description;
}

function present(context: CommandContext, options: UpOptions, document: LabUpDocument): void {
  const { io } = context;
  io.stderr.write(formatStory(document, options.detach === true, colorsFor(io.stderr, io.env)));
  if (options.json) writeJson(context, document);
  else io.stdout.write(formatExports(document.env));
}
