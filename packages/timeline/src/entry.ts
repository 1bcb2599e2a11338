// entry: one thing that one witness saw, as data. Sentences are made where somebody reads them.
import type { ActivityObservation } from '@directrix/rollout';
import type { JournalEvent } from './journal.js';

/** A change of one target's health, as DescribeTargetHealth showed it. */
export interface TargetHealthChange {
  readonly instanceId: string;
  readonly targetGroup: string;
  /** `healthy`, `unhealthy`, `draining`, … */
  readonly state: string;
  /** `Target.ResponseCodeMismatch`, … */
  readonly reason?: string;
}

/** A path of the network whose verdict differs between two snapshots. It was changed before the time of its entry. */
export interface NetworkChange {
  readonly from: string;
  readonly to: string;
  readonly before: string;
  readonly after: string;
  /** Explanation codes of the faults after the change. */
  readonly codes: readonly string[];
  /** `breaks`, `undecided`, `opens`, `moves`: as `directrix reach diff` has it. */
  readonly kind?: string;
  /** When it was still as it was before, in epoch milliseconds of the reference clock. */
  readonly notBefore?: number;
  readonly explanation?: string;
  /** The smallest edits that let the path through again. */
  readonly edits?: readonly string[];
  /** The edits as commands. */
  readonly commands?: readonly string[];
}

/** What was changed of one resource of the network between two looks. */
export interface NetworkEdit {
  /** `acl-0a1` */
  readonly id: string;
  /** `gained`: it is so since; `lost`: it is so no more. */
  readonly kind: 'gained' | 'lost';
  /** `entry 50 out: deny tcp 443 to 0.0.0.0/0` */
  readonly what: string;
  /** The call that undoes it, where one does. */
  readonly undo?: string;
  /** When it was still as before, in epoch milliseconds of the reference clock. */
  readonly notBefore: number;
}

/** What one run of preflight said. */
export interface PreflightSaid {
  /** Codes of the errors that stood. */
  readonly errors: readonly string[];
  /** Codes of those that the operator set aside. */
  readonly skipped: readonly string[];
}

/** What a prober outside saw of one of its checks. */
export interface ProberSighting {
  /** `alarmed`: enough places agreed. It counts as detection. */
  readonly what: 'began' | 'alarmed' | 'recovered';
  readonly check: string;
  readonly incidentId: string;
  readonly places: readonly string[];
  /** `ECONNREFUSED`, `STATUS_DIFFERS`, … */
  readonly codes: readonly string[];
}

/** What a witness saw. `witness` names the source. */
export type Sighting =
  | { readonly witness: 'rollout'; readonly event: JournalEvent }
  | { readonly witness: 'autoScaling'; readonly activity: ActivityObservation }
  | { readonly witness: 'targetHealth'; readonly change: TargetHealthChange }
  | { readonly witness: 'requests'; readonly what: 'failing' | 'down' | 'recovered'; readonly failures: Failures }
  | ({ readonly witness: 'prober' } & ProberSighting)
  | { readonly witness: 'alarm'; readonly alarmName: string; readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' }
  | { readonly witness: 'log'; readonly instanceId: string; readonly line: string }
  | { readonly witness: 'release'; readonly what: 'tagged' | 'baked'; readonly version: string; readonly id?: string }
  /** Names only: a value never reaches a timeline. */
  | { readonly witness: 'secrets'; readonly what: 'written' | 'deleted' | 'labelled'; readonly name: string }
  | { readonly witness: 'network'; readonly change: NetworkChange }
  | { readonly witness: 'networkEdit'; readonly edit: NetworkEdit }
  | { readonly witness: 'preflight'; readonly said: PreflightSaid }
  /** What a person did or said. `noticed` and `decided` count as detection and decision. No name: a postmortem blames nobody. */
  | { readonly witness: 'person'; readonly what: 'noticed' | 'decided' | 'said'; readonly text: string };

export type Witness = Sighting['witness'];

/** How often each failure was seen: `502`, `ECONNREFUSED`, `timeout`. */
export type Failures = Readonly<Record<string, number>>;

/** A line of the timeline. */
export type TimelineEntry = Sighting & {
  /** Epoch milliseconds on the reference clock: the one that the deployer's journal is written by. */
  readonly at: number;
  /** What the witness's own clock said; differs from `at` by the witness's offset. */
  readonly statedAt: number;
};
