// protocol: what a guest and the lab say to each other over the control socket, one JSON object a line.
//
//   G1. The guest says hello first, and once. Whatever comes before it, or is not understood, ends the connection.
//   G2. Every question has a number of the guest's choosing; the lab answers each at most once, in any order.
//   G3. The end of the connection is the end of the lab: the guest's process ends at once, whatever it is doing.

/** Who a process is. The lab puts it into the environment as JSON, in `GUEST_IDENTITY`. */
export interface GuestIdentity {
  readonly controlSocket: string;
  /** Where the services of this instance claim their ports: see port-claim.ts. */
  readonly portsDirectory: string;
  readonly instanceId: string;
  /** One hop further from the instance metadata service. */
  readonly inContainer: boolean;
  readonly hostName: string;
  readonly privateAddress: string;
  readonly netmask: string;
  readonly macAddress: string;
}

export const GUEST_IDENTITY = 'DIRECTRIX_LAB_GUEST';

/** Throws an Error that names the member that is missing: a process that was given half an identity does not start. */
export function readIdentity(text: string): GuestIdentity {
  const value: unknown = JSON.parse(text);
  const given = typeof value === 'object' && value !== null ? value : {};
  for (const [name, type] of Object.entries(identityMembers)) {
    const member: unknown = given[name as keyof typeof given];
    if (typeof member !== type) throw new Error(`${GUEST_IDENTITY} has no ${name}: a ${type} is expected.`);
  }
  return given as GuestIdentity;
}

// The guest has no dependency, so no schema library either.
const identityMembers: Readonly<Record<keyof GuestIdentity, 'string' | 'boolean'>> = {
  controlSocket: 'string',
  portsDirectory: 'string',
  instanceId: 'string',
  inContainer: 'boolean',
  hostName: 'string',
  privateAddress: 'string',
  netmask: 'string',
  macAddress: 'string',
};

export type GuestMessage =
  | { readonly kind: 'hello'; readonly instanceId: string; readonly pid: number; readonly inContainer: boolean }
  | { readonly kind: 'connect'; readonly id: number; readonly address: string; readonly port: number }
  | { readonly kind: 'resolve'; readonly id: number; readonly name: string }
  /** The question is no longer interesting: its socket was closed. */
  | { readonly kind: 'cancel'; readonly id: number };

/** What became of a connection attempt. Nothing is said while the packets are dropped. */
export type ConnectVerdict =
  | { readonly kind: 'open'; readonly host: string; readonly port: number }
  | { readonly kind: 'timedOut' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unreachable' };

/** What the resolver of the instance's VPC answers. `tryAgain`: it does not answer, or nobody knows what it would. */
export type NameAnswer =
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] }
  | { readonly kind: 'notFound' }
  | { readonly kind: 'tryAgain' };

export type LabMessage =
  | { readonly kind: 'verdict'; readonly id: number; readonly verdict: ConnectVerdict }
  | { readonly kind: 'name'; readonly id: number; readonly answer: NameAnswer };

/** Longer lines are not ours. */
export const LONGEST_LINE_CHARACTERS = 16_384;
