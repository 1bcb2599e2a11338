// world: what a command that talks to AWS needs besides the terminal. Made once per command; a test hands in its own.
import { hostname, userInfo } from 'node:os';
import {
  type AccountChoice,
  type AwsClients,
  chooseAccount,
  createAwsClients,
  createAwsClock,
  type Fetch,
  type LeaseHolder,
} from '@directrix/aws';
import { createHttpTransport, type Post, type Transport } from '@directrix/watch';
import { createDeployerClock, type DeployerClock } from './clock.js';
import type { Io } from './io.js';
import { identifyProcess, isProcessGone } from './process-identity.js';
import { version } from './version.js';

export interface World {
  readonly clients: AwsClients;
  /** What the command line or the settings chose of the account. Absent: as the environment says. */
  readonly choice?: AccountChoice;
  /** AWS's time, as far as its answers have shown it. */
  readonly clock: DeployerClock;
  /** How far AWS's clock is ahead of this machine's, in milliseconds. Absent: not measured. */
  readonly awsClockOffsetMs?: () => number;
  readonly fetch: Fetch;
  /** How webhooks are called. Absent: as any other server. */
  readonly post?: Post;
  /** How users' requests are made. */
  readonly transport: Transport;
  /** This process, as the lease names it. */
  readonly holder: LeaseHolder;
  /** Whether the holder's process is known to have ended. */
  readonly isProcessGone: (holder: LeaseHolder) => boolean;
  /** Names a rollout: sorts by time, and no other has it. */
  newRolloutId(): string;
  /** What nobody can guess: only requests that name it reach an instance that is tried. */
  newToken(): string;
}

export type { AccountChoice };

/** How long a person may take to type the code of an MFA device. */
const mfaPatienceMs = 120_000;

/** The real one. Reads the environment of `io`, and nothing of AWS until the first call. */
export function createWorld(io: Io, choice: AccountChoice = {}): World {
  const local = createDeployerClock(io.env.DIRECTRIX_CLOCK);
  const awsClock = createAwsClock(local);
  const clock = { ...local, now: () => awsClock.now() };
  return {
    choice,
    clients: createAwsClients({
      version,
      endpoint: io.env.AWS_ENDPOINT_URL || undefined,
      clock: awsClock,
      ...chooseAccount(choice, { env: io.env, askMfaCode: askMfaCode(io) }),
    }),
    clock,
    awsClockOffsetMs: () => awsClock.offsetMs,
    fetch: (url, init) => fetch(url, init),
    transport: createHttpTransport({ now: () => clock.now(), elapsed: () => performance.now() }),
    holder: {
      id: crypto.randomUUID(),
      name: `${userName()}@${hostname()}`,
      pid: process.pid,
      process: identifyProcess(),
    },
    isProcessGone,
    newRolloutId: () => nameRollout(clock.now(), crypto.randomUUID()),
    newToken: () => crypto.randomUUID(),
  };
}

/** `20181111-080400-1f9c`: to be read aloud, and to be found in a list by its day. */
function nameRollout(at: number, random: string): string {
  const time = new Date(at)
    .toISOString()
    .replace(/[-:]|\..*$/g, '')
    .replace('T', '-');
  return `${time}-${random.replaceAll('-', '').slice(0, 8)}`;
}

function askMfaCode({ stdin }: Io): ((serialNumber: string) => Promise<string>) | undefined {
  if (stdin?.isTTY !== true) return undefined;
  // In the middle of a rollout nobody may be there to answer: what waits must have an end.
  return (serialNumber) =>
    stdin.readHidden(`Code of the MFA device ${serialNumber}: `, AbortSignal.timeout(mfaPatienceMs));
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a user without a name.
    return `uid ${process.getuid?.() ?? '?'}`;
  }
}
