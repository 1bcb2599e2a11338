// port-claim: which process of an instance listens on which of the instance's ports.
//
// listen() must say EADDRINUSE before it returns, also between two services of one instance, so the book is a directory that
// every process of the instance writes synchronously: one file per port, made with link(), which fails when the name exists.
//
//   P1. A port has at most one claim. A claim is seen whole or not at all.
//   P2. A claim is published after its loopback port listens, so that whoever finds the claim can connect.
//   P3. The lab takes back the claims of a process that ended without doing so itself.
import { linkSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface PortClaim {
  readonly pid: number;
  /** What the application asked for: `0.0.0.0`, `::`, `127.0.0.1`, or the instance's private address. */
  readonly address: string;
  /** The instance's port, which may be below 1024. */
  readonly port: number;
  /** Where the process really listens, on 127.0.0.1. */
  readonly loopbackPort: number;
}

/** Publishes the claim; false when the port is taken. */
export function claimPort(directory: string, claim: PortClaim): boolean {
  const draft = join(directory, `draft-${claim.pid}-${claim.loopbackPort}`);
  writeFileSync(draft, JSON.stringify(claim), { mode: 0o600 });
  try {
    linkSync(draft, claimPath(directory, claim.port));
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    unlinkSync(draft);
  }
}

/** Does nothing when the claim, or the whole instance, is already gone. */
export function releasePort(directory: string, port: number): void {
  try {
    unlinkSync(claimPath(directory, port));
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}

export function findClaim(directory: string, port: number): PortClaim | undefined {
  try {
    const claim: unknown = JSON.parse(readFileSync(claimPath(directory, port), 'utf8'));
    if (isClaim(claim)) return claim;
    throw new Error(`${claimPath(directory, port)} is no claim of a port.`);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

// The guest has no dependency, so no schema library either.
function isClaim(value: unknown): value is PortClaim {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, address, port, loopbackPort } = value as Partial<Record<keyof PortClaim, unknown>>;
  return typeof address === 'string' && [pid, port, loopbackPort].every((number) => Number.isInteger(number));
}

/** Takes back what a process that ended had claimed: P3. */
export function releasePortsOf(directory: string, pid: number): void {
  for (const name of listDirectory(directory)) {
    const port = Number(name);
    if (Number.isInteger(port) && findClaim(directory, port)?.pid === pid) releasePort(directory, port);
  }
}

/** Whether a connection to `address`, an address of this instance, arrives at this listener. */
export function listensOn(claim: PortClaim, address: string): boolean {
  if (claim.address === '0.0.0.0' || claim.address === '::') return true;
  if (isLoopbackAddress(claim.address)) return isLoopbackAddress(address);
  return claim.address === address;
}

/** `0.0.0.0` and `::` as a destination mean this host, as on Linux. */
export function isLoopbackAddress(address: string): boolean {
  return address.startsWith('127.') || address === '::1' || address === '0.0.0.0' || address === '::';
}

function claimPath(directory: string, port: number): string {
  return join(directory, String(port));
}

function listDirectory(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
