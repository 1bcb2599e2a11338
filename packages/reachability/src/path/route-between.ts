import type { AddressSet } from '../address.js';

/** Whether a rule at the far end recognises the security groups of the near one. `unknown`: the snapshot does not say. */
export type GroupsKept = 'yes' | 'no' | 'unknown';

/** How the packets get from one place to another. */
export interface RouteBetween {
  readonly keepsGroups: GroupsKept;
  /** An edit may name the other end's group. */
  readonly mayNameGroups: boolean;
  /** Notes the hops of the way there. */
  readonly there: () => void;
  /** Notes the hops of the way back, when they can differ. */
  readonly back: () => void;
  /** What the destination takes the client for, when a NAT gateway is between. */
  readonly seenAs?: AddressSet;
}
