// A machine with a journald of its own: a mount namespace in which /run is empty and the boot has an id that we give. Needs root and
// Debian's systemd; nothing of this machine's own journal is touched.
import { type ChildProcess, type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from './real-lab.js';

/** Looks again and again, for at most two minutes. */
export async function untilSo(isSo: () => boolean): Promise<void> {
  await until(async () => {
    await sleep(20);
    return isSo();
  }, Boolean);
}

const PREPARE = `set -e
mount --make-rprivate /
mount -t tmpfs tmpfs /run
mkdir -p /run/log/journal /run/systemd/journal /run/systemd/journald.conf.d
printf '[Journal]\\nStorage=volatile\\nReadKMsg=no\\nRateLimitBurst=0\\nRuntimeMaxFileSize=512K\\n' > /run/systemd/journald.conf.d/test.conf
mount --bind "$1" /proc/sys/kernel/random/boot_id
echo "ready $$"
exec sleep infinity`;

export class JournaldMachine {
  readonly #bootIdFile: string;
  readonly #holder: ChildProcessByStdio<null, Readable, null>;
  #target = '';
  #journald: ChildProcess | undefined;
  #cat: ChildProcessByStdio<Writable, null, null> | undefined;

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true });
    this.#bootIdFile = join(directory, 'boot_id');
    writeFileSync(this.#bootIdFile, `${randomUUID()}\n`);
    this.#holder = spawn(
      'unshare',
      ['--mount', '--fork', '--kill-child', 'sh', '-c', PREPARE, 'sh', this.#bootIdFile],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
  }

  static async open(directory: string): Promise<JournaldMachine> {
    const machine = new JournaldMachine(directory);
    const [ready] = (await once(machine.#holder.stdout, 'data')) as [Buffer];
    machine.#target = /ready (\d+)/.exec(ready.toString())?.[1] ?? '';
    await machine.#boot();
    return machine;
  }

  /** The words that run a program on this machine. */
  enter(...words: readonly string[]): readonly string[] {
    return ['nsenter', '--mount', '--target', this.#target, ...words];
  }

  async #boot(): Promise<void> {
    this.#journald = this.#start('/lib/systemd/systemd-journald');
    await untilSo(() => this.#run('test', '-S', '/run/systemd/journal/stdout').status === 0);
    const [program = '', ...words] = this.enter('systemd-cat', '--identifier', 'app');
    this.#cat = spawn(program, words, { stdio: ['pipe', 'inherit', 'inherit'] });
    this.#cat.stdin.on('error', () => undefined);
  }

  /** Everything that was written is in the journal when the next boot begins. */
  async reboot(): Promise<void> {
    await this.#closeCat();
    this.#journald?.kill('SIGTERM');
    await ended(this.#journald);
    this.#run('rm', '-f', '/run/systemd/journal/stdout');
    writeFileSync(this.#bootIdFile, `${randomUUID()}\n`);
    await this.#boot();
  }

  write(line: string): void {
    this.#cat?.stdin.write(`${line}\n`);
  }

  /** The messages of the journal that `write` wrote, oldest first. */
  read(): string[] {
    const { stdout } = this.#run('journalctl', '--quiet', '--output', 'cat', '--identifier', 'app');
    return stdout.split('\n').filter(Boolean);
  }

  /** Begins a new file. */
  async rotate(): Promise<void> {
    const count = () => this.#run('sh', '-c', 'ls /run/log/journal/*/*.journal | wc -l').stdout.trim();
    const before = Number(count());
    this.#journald?.kill('SIGUSR2');
    await untilSo(() => Number(count()) > before);
  }

  /** Removes the oldest files until so many archived ones are left. */
  vacuum(files: number): void {
    this.#run('journalctl', '--quiet', `--vacuum-files=${files}`);
  }

  async close(): Promise<void> {
    await this.#closeCat();
    this.#journald?.kill('SIGKILL');
    await ended(this.#journald);
    this.#holder.kill('SIGKILL');
    await ended(this.#holder);
  }

  async #closeCat(): Promise<void> {
    this.#cat?.stdin.end();
    await ended(this.#cat);
  }

  #start(...words: readonly string[]): ChildProcess {
    const [program = '', ...rest] = this.enter(...words);
    return spawn(program, rest, { stdio: 'ignore' });
  }

  #run(...words: readonly string[]) {
    const [program = '', ...rest] = this.enter(...words);
    return spawnSync(program, rest, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  }
}

async function ended(child: ChildProcess | undefined): Promise<void> {
  if (child !== undefined && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
