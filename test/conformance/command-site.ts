// For tests of `directrix secrets`: a lab's Parameter Store on a socket, and the command, as a process or within this one.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { createAwsClients } from '@directrix/aws';
import { createLab, createScaledClock, createSimulatedDataPlane, type Lab, startEndpoint } from '@directrix/lab';
import { createTestIo } from '../../packages/cli/src/io.fixture.js';
import { runProgram } from '../../packages/cli/src/program.js';
import { createWorld } from '../../packages/cli/src/world.js';

const directrix = join(
  dirname(createRequire(import.meta.url).resolve('directrix/package.json')),
  'bin',
  'directrix.js',
);

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** `open` leaves it to `onStart`. */
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly onStart?: (child: ChildProcess) => void;
}

interface InProcessOptions {
  readonly stdin?: string;
  readonly isTerminal?: boolean;
  /** As Ctrl-C while this call is under way: `ssm:PutParameter`. */
  readonly interruptAt?: string;
}

export interface CommandSite {
  readonly lab: Lab;
  readonly endpoint: string;
  readonly ssm: SSMClient;
  /** Where commands run. */
  readonly root: string;
  /** Below `root`: their home, and where they would put temporary files. */
  readonly watched: string;
  /** What a process list showed of every process that was run, and of what those started. */
  readonly commandLines: readonly string[];
  put(name: string, value: string, more?: object): Promise<void>;
  storedValue(name: string): Promise<string | undefined>;
  /** `directrix secrets …args` as a process of its own. */
  spawnCommand(args: readonly string[], options?: RunOptions): Promise<Run>;
  /** The same as one line for a shell. */
  commandLine(args: string): string;
  spawnProgram(file: string, args: readonly string[], options?: RunOptions): Promise<Run>;
  /** `directrix secrets …args` within this process: the same program, and much faster. */
  run(args: readonly string[], options?: InProcessOptions): Promise<Run>;
  close(): Promise<void>;
}

/** Every name that does not begin with a slash is below this path. */
export const path = '/app/production/';

export async function openCommandSite(): Promise<CommandSite> {
  const root = mkdtempSync(join(tmpdir(), 'dx-secrets-'));
  const watched = join(root, 'watched');
  mkdirSync(watched);
  const lab = createLab({ clock: createScaledClock({ speed: 1 }), dataPlane: createSimulatedDataPlane() });
  const endpoint = await startEndpoint(lab, { port: 0 });
  const aws = { AWS_REGION: 'us-west-2', AWS_ACCESS_KEY_ID: 'lab', AWS_SECRET_ACCESS_KEY: 'lab' };
  const environment: Record<string, string> = {
    PATH: process.env.PATH!,
    HOME: watched,
    TMPDIR: watched,
    AWS_ENDPOINT_URL: endpoint.url,
    DIRECTRIX_DEBUG: '1',
    ...aws,
  };
  // The SDK within this process reads them too.
  Object.assign(process.env, aws);
  const credentials = { accessKeyId: 'lab', secretAccessKey: 'lab' };
  const ssm = new SSMClient({ region: 'us-west-2', endpoint: endpoint.url, credentials });
  const commandLines: string[] = [];
  const alive = new Set<ChildProcess>();
  const nameOf = (name: string) => (name.startsWith('/') ? name : `${path}${name}`);

  async function spawnProgram(file: string, args: readonly string[], { stdin = '', env, onStart }: RunOptions = {}) {
    const child = spawn(file, args, { cwd: root, env: { ...environment, ...env }, stdio: 'pipe' });
    alive.add(child);
    const watching = setInterval(() => noteCommandLines(child.pid!, commandLines), 25);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdin.on('error', () => {});
    if (stdin !== 'open') child.stdin.end(stdin);
    onStart?.(child);
    const [code] = (await once(child, 'close')) as [number | null];
    clearInterval(watching);
    alive.delete(child);
    return { code, stdout, stderr };
  }

  return {
    lab,
    endpoint: endpoint.url,
    ssm,
    root,
    watched,
    commandLines,
    spawnProgram,
    spawnCommand: (args, options) => spawnProgram(process.execPath, [directrix, 'secrets', ...args], options),
    commandLine: (args) => `${process.execPath} ${directrix} secrets ${args}`,
    async put(name, Value, more = {}) {
      await ssm.send(
        new PutParameterCommand({ Name: nameOf(name), Value, Type: 'SecureString', Overwrite: true, ...more }),
      );
    },
    async storedValue(name) {
      return (await ssm.send(new GetParameterCommand({ Name: nameOf(name), WithDecryption: true }))).Parameter?.Value;
    },
    async run(args, { stdin = '', isTerminal = false, interruptAt } = {}) {
      const interruption = new AbortController();
      const recorded = createTestIo({ env: environment, isTerminal, signal: interruption.signal });
      const input = { isTTY: isTerminal, readAll: async () => stdin, readHidden: async () => stdin };
      const io = { ...recorded, cwd: root, stdin: input };
      const onCall = (action: string) => {
        if (action === interruptAt) interruption.abort('SIGINT');
      };
      const clients = createAwsClients({ version: 'test', endpoint: endpoint.url, onCall });
      const code = await runProgram(['secrets', ...args], io, { ...createWorld(io), clients });
      clients.destroy();
      return { code, ...recorded.written };
    },
    async close() {
      // One that a failed test left waiting.
      for (const child of alive) child.kill('SIGKILL');
      ssm.destroy();
      await endpoint.close();
      await lab.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function noteCommandLines(pid: number, commandLines: string[]): void {
  try {
    commandLines.push(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    for (const child of children.split(' ').filter(Boolean)) noteCommandLines(Number(child), commandLines);
  } catch {
    // It ended meanwhile.
  }
}
