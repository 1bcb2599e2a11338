import type { SSMClient } from '@aws-sdk/client-ssm';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { LastKnownGood } from './last-known-good.js';
import type { NameMapping } from './names.js';
import type { Ports } from './ports.js';

export interface LoadOptions<Output extends object> {
  /** The path below which the parameters are: `/app/production/`. */
  readonly path: string;
  /** Any Standard Schema of an object: zod, valibot, arktype. Its keys are the names below the path, after `mapping`. */
  readonly schema: StandardSchemaV1<unknown, Output>;
  /** Defaults to `AWS_REGION`, then `AWS_DEFAULT_REGION`. It is never guessed from the instance. */
  readonly region?: string;
  /**
   * The names below the path to read, in place of all. Defaults to the schema's own keys where it can tell them and no `mapping` is
   * given. Reading by name costs one round trip for any number; reading by path one for every ten. `byPath` hands the schema all that
   * is below the path; a schema that passes over what it does not know is still asked for by its names. Where ssm:GetParameters is
   * denied and no names are given here, the path is read instead, and the log says so.
   */
  readonly names?: readonly string[] | 'byPath';
  readonly pinned?: Pinned;
  /** What to do about parameters that the schema does not name. Needs reading by path. Default `ignore`. */
  readonly unexpected?: 'ignore' | 'refuse';
  readonly mapping?: NameMapping;
  readonly limits?: Partial<Limits>;
  /** Read again every `ttlMs` (a second at least), give or take a tenth. Off by default. Does not keep the process alive. */
  readonly refresh?: { readonly ttlMs: number };
  readonly lastKnownGood?: LastKnownGood;
  /** A client to use in place of our own; its time limits and attempts are then its owner's. */
  readonly client?: SSMClient;
  /** Default: the machine's clock, randomness and standard error. */
  readonly ports?: Partial<Ports>;
  /** Cancels loading, and later refreshing. */
  readonly signal?: AbortSignal;
}

/**
 * A release's exact versions. By number for each name below the path (names that it does not hold are read as they are now), or by the
 * label that `directrix deploy` put on them: `{ label: 'release-0.149.2' }`. A name without that label is refused, or with
 * `ifMissing: 'current'` read as it is now, loudly and at the cost of another round trip.
 */
export type Pinned =
  | Readonly<Record<string, number>>
  | { readonly label: string; readonly ifMissing?: 'refuse' | 'current' };

/** All in milliseconds. */
export interface Limits {
  /** Default 2,000. */
  readonly connectMs: number;
  /** From the request to its answer. Default 5,000. */
  readonly requestMs: number;
  /** Everything, retries included. Default 20,000. A network that drops is named within 5,000 whatever this is. */
  readonly totalMs: number;
}

export const defaultLimits: Limits = { connectMs: 2_000, requestMs: 5_000, totalMs: 20_000 };
