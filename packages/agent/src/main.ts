// main: `directrix-agent`, from the words of the command line to an exit code.
import { fileURLToPath } from 'node:url';
import { AgentError } from './agent-error.js';
import { configText, install, unitText } from './install.js';
import {
  type AgentOptions,
  DEFAULT_CONFIG_FILE,
  loadOptions,
  type ParsedArguments,
  parseArguments,
} from './options.js';
import { runAgent } from './run-agent.js';
import { HEARTBEAT_SECONDS } from './stream.js';
import { systemClock } from './system-clock.js';

export interface MainIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts when the agent must stop. Default: SIGTERM and SIGINT. */
  readonly signal?: AbortSignal;
  out(text: string): void;
  warn(line: string): void;
}

const USAGE = `Usage: directrix-agent [install [--print]] --group NAME [options]

Ships this machine's journal to CloudWatch Logs, at least once, from the first
line of the boot.

  --group NAME           the log group
  --release VERSION      the release of this instance; part of the stream's
                         name (default: unknown)
  --unit UNIT            only this unit; may be given again
  --priority PRIORITY    only this priority and more urgent ones: warning
  --format json|message  an object with fields, or a text (default: json)
  --field NAME           a further journal field in JSON; may be given again
  --join-from REGEX      join lines that do not match to the message before
  --retention-days N     set when the agent creates the log group
  --mask PATH            mask the values below this path of Parameter Store;
                         may be given again
  --without-masks WHAT   while those cannot be read: hold (default) or ship
  --flush-seconds S      how long an entry waits for others (default: 1)
  --heartbeat-seconds S  how often the stream says how far it is; 0 is never
                         (default: ${HEARTBEAT_SECONDS})
  --config FILE          the same options as JSON
                         (default: ${DEFAULT_CONFIG_FILE})
  --instance-id, --region, --endpoint, --state-directory, --socket,
  --journalctl

  install                write the configuration and a systemd unit, and say
                         how to start it
  install --print        print them instead
`;

const INVALID = 2;

/** Resolves with the exit code: 0 when it was asked to stop, 2 when it could not begin. */
export async function main(argv: readonly string[], io: MainIo = processIo): Promise<number> {
  try {
    const isPrint = argv.includes('--print');
    const parsed = parseArguments(argv.filter((word) => word !== '--print'));
    if (parsed.isHelp) {
      io.out(USAGE);
      return 0;
    }
    checkWords(parsed.words);
    const options = await loadOptions(parsed);
    if (parsed.words[0] === 'install') await runInstall(options, parsed, isPrint, io);
    else await runUntilSignal(options, io);
    return 0;
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    io.warn(`directrix-agent: ${error.code}: ${error.message}`);
    if (error.hint !== undefined) io.warn(`directrix-agent: ${error.hint}`);
    return INVALID;
  }
}

function checkWords(words: readonly string[]): void {
  const [first, second] = words;
  const unknown = first === undefined || first === 'install' ? second : first;
  if (unknown !== undefined)
    throw new AgentError('INVALID_ARGUMENT', `there is no ${JSON.stringify(unknown)}`, {
      hint: 'directrix-agent --help lists what it takes.',
    });
}

async function runInstall(
  options: AgentOptions,
  { configFile }: ParsedArguments,
  isPrint: boolean,
  io: MainIo,
): Promise<void> {
  const parts = {
    node: process.execPath,
    script: fileURLToPath(new URL('../bin/directrix-agent.js', import.meta.url)),
    configFile: configFile ?? DEFAULT_CONFIG_FILE,
  };
  if (isPrint) return io.out(`# ${parts.configFile}\n${configText(options)}\n${unitText(parts)}`);
  const written = await install(options, parts);
  io.out(
    `Wrote ${written.configFile} and ${written.unitFile}.\nStart it: systemctl daemon-reload && systemctl enable --now directrix-agent\n`,
  );
}

async function runUntilSignal(options: AgentOptions, io: MainIo): Promise<void> {
  const { signal, leave } = io.signal === undefined ? listenToSignals() : { signal: io.signal, leave: () => undefined };
  try {
    await runAgent(
      options,
      { clock: systemClock(io.env), random: Math.random, env: io.env, warn: (line) => io.warn(line) },
      signal,
    );
  } finally {
    leave();
  }
}

function listenToSignals() {
  const stopping = new AbortController();
  const stop = () => stopping.abort(new Error('a signal asks to stop'));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  return {
    signal: stopping.signal,
    leave: () => {
      process.off('SIGTERM', stop);
      process.off('SIGINT', stop);
    },
  };
}

const processIo: MainIo = {
  env: process.env,
  out: (text) => void process.stdout.write(text),
  warn: (line) => void process.stderr.write(`${line}\n`),
};
