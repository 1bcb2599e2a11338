// world: what a command that talks to AWS needs besides the terminal. Made once per command; a test hands in its own.
import { readlinkSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { type AwsClients, createAwsClients, type Fetch, type LeaseHolder } from '@directrix/aws';
import { createDeployerClock, type DeployerClock } from './clock.js';
import type { Io } from './io.js';
import { version } from './version.js';

export interface World {
  readonly clients: AwsClients;
  readonly clock: DeployerClock;
  readonly fetch: Fetch;
  /** This process, as the lease names it. */
  readonly holder: LeaseHolder;
  readonly isProcessAlive: (pid: number) => boolean;
  /** Names a rollout: sorts by time, and no other has it. */
  newRolloutId(): string;
}

/** The real one. Reads the environment of `io`, and nothing of AWS until the first call. */
export function createWorld(io: Io): World {
  const clock = createDeployerClock(io.env.DIRECTRIX_CLOCK);
  return {
    clients: createAwsClients({ version, endpoint: io.env.AWS_ENDPOINT_URL || undefined }),
    clock,
    fetch: (url, init) => fetch(url, init),
    holder: { name: `${userName()}@${hostname()}`, pid: process.pid, machine: machineName() },
    isProcessAlive,
    newRolloutId: () => nameRollout(clock.now(), crypto.randomUUID()),
  };
}

/** `20181111-080400-1f9c`: to be read aloud, and to be found in a list by its day. */
export function nameRollout(at: number, random: string): string {
  const time = new Date(at)
    .toISOString()
    .replace(/[-:]|\..*$/g, '')
    .replace('T', '-');
  return `${time}-${random.replaceAll('-', '').slice(0, 8)}`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a user without a name.
    return `uid ${process.getuid?.() ?? '?'}`;
  }
}

// Two containers may share a host name; then their process ids are of different worlds.
function machineName(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
