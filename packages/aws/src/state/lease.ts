// lease: at most one deployer changes a group (S4).
//
// Each holder creates the parameter `/directrix/groups/<group>/epochs/<n>`, where n is one more than the newest; Parameter Store
// lets one creator win. The number is the fencing token: who finds n + 1 has lost, whatever it believed.
//
//   E1. Two deployers never hold the same epoch.
//   E2. A lease is taken over only when it was released, its process on this machine is gone, or neither its holder nor Parameter
//       Store has seen it renewed for the time to live.
//   E3. Before every durable write the holder proves that its epoch exists, is its own, and has no successor.
import { DirectrixError } from '@directrix/rollout';
import type { AwsClients } from '../clients/aws-clients.js';
import { epochName, epochsPath } from './parameter-names.js';
import {
  createParameter,
  deleteParameters,
  getParameters,
  getParametersBelow,
  putParameter,
  type StoredParameter,
} from './parameters.js';

/** Who holds it, as an operator wants to read it, and as another deployer wants to check it. */
export interface LeaseHolder {
  /** `ubuntu@build-7`. */
  readonly name: string;
  readonly pid: number;
  /** Names the machine and its process ids' name space: only there does `pid` mean anything. */
  readonly machine: string;
}

export interface LeaseState {
  readonly epoch: number;
  readonly rolloutId: string;
  /** `deploy`, `rollback`, `resume`, `abort`. */
  readonly command: string;
  readonly holder: LeaseHolder;
  readonly acquiredAt: number;
  readonly renewedAt: number;
  readonly releasedAt?: number;
}

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
  readonly clock: { now(): number };
  /** Whether this machine runs the process. */
  readonly isProcessAlive: (pid: number) => boolean;
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
  self: LeaseHolder,
): Promise<(LeaseState & { readonly isActive: boolean }) | undefined> {
  const newest = (await readEpochs(ports.clients, groupName))[0];
  if (newest === undefined) return undefined;
  return { ...newest.state, isActive: isActive(newest, ports, self) };
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
  if (newest !== undefined && isActive(newest, ports, request.holder))
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
  if (!(await createParameter(ports.clients, name, JSON.stringify(state)))) {
    const winner = (await getParameters(ports.clients, [name])).get(name);
    const other = winner && readState(winner)?.state;
    // A create that AWS carried out but whose answer was lost comes back as "exists": it may be ours.
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
      if (now - state.renewedAt < renewEveryMs) return;
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

// Newest first. What is not a lease of ours (somebody's own parameter) is passed over.
async function readEpochs(clients: AwsClients, groupName: string): Promise<StoredLease[]> {
  const parameters = await getParametersBelow(clients, epochsPath(groupName));
  return parameters
    .flatMap((parameter) => readState(parameter) ?? [])
    .sort((left, right) => right.state.epoch - left.state.epoch);
}

function readState(parameter: StoredParameter): StoredLease | undefined {
  const epoch = Number(parameter.name.split('/').at(-1));
  if (!Number.isSafeInteger(epoch)) return undefined;
  try {
    return { state: { ...(JSON.parse(parameter.value) as LeaseState), epoch }, modifiedAt: parameter.modifiedAt };
  } catch {
    return undefined;
  }
}

function isSameHold(left: LeaseState | undefined, right: LeaseState): boolean {
  return (
    left !== undefined &&
    left.rolloutId === right.rolloutId &&
    left.acquiredAt === right.acquiredAt &&
    left.holder.machine === right.holder.machine &&
    left.holder.pid === right.holder.pid
  );
}

// Two clocks must agree that it is old: the holder's, which may be behind ours, and Parameter Store's. A store that is far ahead of
// us (a lab whose time runs faster) knows nothing of our time, so its word is not heard.
function isActive({ state, modifiedAt }: StoredLease, ports: LeasePorts, self: LeaseHolder): boolean {
  if (state.releasedAt !== undefined) return false;
  if (state.holder.machine === self.machine) return ports.isProcessAlive(state.holder.pid);
  const now = ports.clock.now();
  const seenAt = modifiedAt > now + leaseTimeToLiveMs ? state.renewedAt : Math.max(state.renewedAt, modifiedAt);
  return now - seenAt < leaseTimeToLiveMs;
}

function describeBusy(groupName: string, { holder, command, acquiredAt, rolloutId }: LeaseState): DirectrixError {
  return new DirectrixError(
    'GROUP_BUSY',
    `${groupName} is already being changed: ${command} by ${holder.name} (pid ${holder.pid}) since ${new Date(acquiredAt).toISOString()}.`,
    {
      source: `rollout ${rolloutId}`,
      hint: `wait until it ends (directrix status --group ${groupName}); if its machine is gone, its lease ends ${leaseTimeToLiveMs / 1000} s after its last sign of life, and then directrix resume or directrix abort goes on`,
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
      source: `rollout ${ours.rolloutId}`,
      hint: `nothing more is changed from here; directrix status --group ${groupName} shows who goes on`,
    },
  );
}
