// lease: at most one deployer changes a group (S4).
//
// Each holder creates the parameter `/directrix/groups/<group>/epochs/<n>`, where n is one more than the newest; Parameter Store
// lets one creator win. The number is the fencing token: who finds n + 1 has lost, whatever it believed.
//
//   E1. Two deployers never hold the same epoch.
//   E2. A lease is taken over only when it was released, its process is known to have ended, or Parameter Store has not seen it renewed
//       for the time to live. Its age is Parameter Store's date against AWS's time; no deployer's clock has a part in it.
//   E3. Before every durable write the holder proves that its epoch exists, is its own, and has no successor.
import { DirectrixError, shell } from '@directrix/rollout';
import { z } from 'zod';
import type { AwsClients } from '../clients/aws-clients.js';
import { isPassing } from '../clients/aws-failure.js';
import { epochName, epochsPath } from './parameter-names.js';
import {
  createParameter,
  deleteParameters,
  getParameters,
  getParametersBelow,
  putParameter,
  type StoredParameter,
} from './parameters.js';
import { parseJson } from './parse-json.js';

/** One process for good, whatever its process id: that is used again. */
const processIdentity = z.object({
  /** Linux's boot_id: another one after each boot, and on each machine. */
  bootId: z.string(),
  /** The namespace in which the process id means something. */
  namespace: z.string(),
  /** Clock ticks from the boot to the start of the process. */
  startTicks: z.string(),
});
export type ProcessIdentity = Readonly<z.infer<typeof processIdentity>>;

const leaseHolder = z.object({
  /** Of this run of a command; no other one has it. Empty in the leases of earlier releases. */
  id: z.string().default(''),
  /** `ubuntu@build-7`: for people. */
  name: z.string(),
  pid: z.number(),
  /** Absent where the operating system does not tell: then the time to live alone decides. */
  process: processIdentity.optional(),
});
/** Who holds it, as an operator wants to read it, and as another deployer wants to check it. */
export type LeaseHolder = Readonly<z.infer<typeof leaseHolder>>;

const leaseState = z.object({
  rolloutId: z.string(),
  /** `deploy`, `rollback`, `resume`, `abort`. */
  command: z.string(),
  holder: leaseHolder,
  /** AWS's time, as the holder knew it. For people: no decision rests on it. */
  acquiredAt: z.number(),
  renewedAt: z.number(),
  releasedAt: z.number().optional(),
});
/** What the parameter of an epoch says. */
export type LeaseState = Readonly<z.infer<typeof leaseState>> & { readonly epoch: number };

export interface Lease {
  readonly epoch: number;
  /** Says that the holder lives, when the last time was long enough ago to say it again. */
  renewIfDue(): Promise<void>;
  /** Throws LEASE_LOST unless the lease is still ours. */
  check(): Promise<void>;
  /** Lets others have it. Does nothing when it is lost. */
  release(): Promise<void>;
}

export interface LeasePorts {
  readonly clients: AwsClients;
  /** AWS's time. */
  readonly clock: { now(): number };
  /** Whether the holder's process is known to have ended. False when nothing is known of it. */
  readonly isProcessGone: (holder: LeaseHolder) => boolean;
}

/** Without a renewal for this long the holder is taken for dead. */
export const leaseTimeToLiveMs = 120_000;
const renewEveryMs = 30_000;
/** Epochs that are kept for a reader of the past. */
const keptEpochs = 5;

/** The newest lease of the group and whether somebody lives behind it; undefined when there never was one. */
export async function readLease(
  ports: LeasePorts,
  groupName: string,
): Promise<(LeaseState & { readonly isActive: boolean }) | undefined> {
  const newest = (await readEpochs(ports.clients, groupName))[0];
  if (newest === undefined) return undefined;
  return { ...newest.state, isActive: isActive(newest, ports) };
}

/** Takes the lease of the group. Throws GROUP_BUSY when somebody has it, and says who. */
export async function acquireLease(
  ports: LeasePorts,
  request: {
    readonly groupName: string;
    readonly rolloutId: string;
    readonly command: string;
    readonly holder: LeaseHolder;
  },
): Promise<Lease> {
  const epochs = await readEpochs(ports.clients, request.groupName);
  const newest = epochs[0];
  if (newest !== undefined && !isSameHolder(newest.state.holder, request.holder) && isActive(newest, ports))
    throw describeBusy(request.groupName, newest.state);
  const epoch = (newest?.state.epoch ?? 0) + 1;
  const now = ports.clock.now();
  const state: LeaseState = {
    epoch,
    rolloutId: request.rolloutId,
    command: request.command,
    holder: request.holder,
    acquiredAt: now,
    renewedAt: now,
  };
  const name = epochName(request.groupName, epoch);
  let trouble: unknown;
  const isCreated = await createParameter(ports.clients, name, JSON.stringify(state)).catch((error: unknown) => {
    if (!isPassing(error)) throw error;
    trouble = error;
    return false;
  });
  if (!isCreated) {
    const winner = (await getParameters(ports.clients, [name])).get(name);
    const other = winner && readState(winner)?.state;
    // A create that AWS carried out but whose answer was lost comes back as "exists", or not at all: it may be ours.
    if (other === undefined && trouble !== undefined) throw trouble;
    if (other !== undefined && !isSameHold(other, state)) throw describeBusy(request.groupName, other);
  }
  const old = epochs.slice(keptEpochs - 1).map((parameter) => epochName(request.groupName, parameter.state.epoch));
  await deleteParameters(ports.clients, old.slice(0, 50));
  return holdLease(ports, request.groupName, state);
}

function holdLease(ports: LeasePorts, groupName: string, initial: LeaseState): Lease {
  let state = initial;
  const name = epochName(groupName, state.epoch);
  const write = async (next: LeaseState) => {
    await putParameter(ports.clients, name, JSON.stringify(next));
    state = next;
  };
  const check = async () => {
    const successor = epochName(groupName, state.epoch + 1);
    const found = await getParameters(ports.clients, [name, successor]);
    const ours = found.get(name);
    const isOurs = ours !== undefined && isSameHold(readState(ours)?.state, state);
    if (isOurs && !found.has(successor)) return;
    const next = found.get(successor);
    throw describeLoss(groupName, state, next && readState(next)?.state);
  };
  return {
    epoch: state.epoch,
    check,
    async renewIfDue() {
      const now = ports.clock.now();
      // A clock that was set back meanwhile must not put off the next renewal.
      if (Math.abs(now - state.renewedAt) < renewEveryMs) return;
      // A put would bring a deleted epoch back to life; so look first.
      await check();
      await write({ ...state, renewedAt: now });
    },
    async release() {
      try {
        await check();
      } catch (error) {
        if (error instanceof DirectrixError && error.code === 'LEASE_LOST') return;
        throw error;
      }
      await write({ ...state, releasedAt: ports.clock.now() });
    },
  };
}

interface StoredLease {
  readonly state: LeaseState;
  readonly modifiedAt: number;
}

// Newest first. What is not named by a number is somebody's own parameter, and is passed over.
async function readEpochs(clients: AwsClients, groupName: string): Promise<StoredLease[]> {
  const parameters = await getParametersBelow(clients, epochsPath(groupName));
  return parameters
    .filter((parameter) => epochOf(parameter) !== undefined)
    .map((parameter) => requireState(parameter, groupName))
    .sort((left, right) => right.state.epoch - left.state.epoch);
}

function requireState(parameter: StoredParameter, groupName: string): StoredLease {
  const stored = readState(parameter);
  if (stored !== undefined) return stored;
  throw new DirectrixError('LEASE_UNREADABLE', `The lease of ${groupName} in ${parameter.name} cannot be read.`, {
    kind: 'invalid',
    source: parameter.name,
    hint: shell`use the release of Directrix that wrote it, or, when nobody is changing the group, delete the parameter: aws ssm delete-parameter --name ${parameter.name}`,
  });
}

function epochOf({ name }: StoredParameter): number | undefined {
  const epoch = Number(name.split('/').at(-1));
  return Number.isSafeInteger(epoch) && epoch > 0 ? epoch : undefined;
}

function readState(parameter: StoredParameter): StoredLease | undefined {
  const epoch = epochOf(parameter);
  const state = parseJson(leaseState, parameter.value);
  if (epoch === undefined || state === undefined) return undefined;
  return { state: { ...state, epoch }, modifiedAt: parameter.modifiedAt };
}

function isSameHold(left: LeaseState | undefined, right: LeaseState): boolean {
  return left?.rolloutId === right.rolloutId && isSameHolder(left.holder, right.holder);
}

/** Whether the two are one run of one command. */
export function isSameHolder(left: LeaseHolder, right: LeaseHolder): boolean {
  return left.id !== '' && left.id === right.id;
}

// The holder proves that it lives by writing; how long ago that was, Parameter Store knows. A process that is alive and has not written
// for the time to live (stopped, or cut off) has lost the group like any other: its epoch fences it.
function isActive({ state, modifiedAt }: StoredLease, ports: LeasePorts): boolean {
  if (state.releasedAt !== undefined || ports.isProcessGone(state.holder)) return false;
  return ports.clock.now() - modifiedAt < leaseTimeToLiveMs;
}

function describeBusy(groupName: string, { holder, command, acquiredAt, rolloutId }: LeaseState): DirectrixError {
  return new DirectrixError(
    'GROUP_BUSY',
    `${groupName} is already being changed: ${command} by ${holder.name} (pid ${holder.pid}) since ${new Date(acquiredAt).toISOString()}.`,
    {
      kind: 'conflict',
      source: `rollout ${rolloutId}`,
      hint: `wait until it ends (${shell`directrix status --group ${groupName}`}); if its machine is gone, its lease ends ${leaseTimeToLiveMs / 1000} s after its last sign of life, and then directrix resume or directrix abort goes on`,
    },
  );
}

function describeLoss(groupName: string, ours: LeaseState, theirs: LeaseState | undefined): DirectrixError {
  const taker =
    theirs === undefined ? 'its parameter is gone' : `${theirs.command} by ${theirs.holder.name} took it over`;
  return new DirectrixError(
    'LEASE_LOST',
    `The lease of ${groupName} (epoch ${ours.epoch}) is not ours any more: ${taker}.`,
    {
      kind: 'conflict',
      source: `rollout ${ours.rolloutId}`,
      hint: `nothing more is changed from here; ${shell`directrix status --group ${groupName}`} shows who goes on`,
    },
  );
}
