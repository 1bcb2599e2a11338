// Configuration: what a watch is to do, with everything filled in.
import type { Check } from '../check.js';

export interface WatchConfiguration {
  /** The name of the place that watches. */
  readonly place: string;
  readonly checks: readonly WatchedCheck[];
  /** Addresses of others: when none of them answers, it is our own network that is down. */
  readonly control: readonly string[];
  readonly agreement: Agreement;
  readonly listen?: { readonly host: string; readonly port: number };
  readonly alerts: AlertSettings;
  readonly deadMansSwitch?: { readonly url: string; readonly everyMs: number };
  readonly maintenance: readonly MaintenanceWindow[];
  readonly historyDays: number;
}

export interface WatchedCheck {
  /** Unique. One that is made over IPv4 and IPv6 is two: `front page over IPv6`. */
  readonly name: string;
  /** As it is written: what `maintenance` names. */
  readonly writtenName: string;
  readonly check: Check;
  readonly everyMs: number;
  readonly confirmations: number;
  readonly confirmAfterMs: number;
  /** The Auto Scaling group whose rollouts are told with an incident. */
  readonly groupName?: string;
  /** The certificate must be good for so many days. An incident of its own: the site still answers. */
  readonly certificateDaysLeast?: number;
}

export interface Agreement {
  /** How many places must see a check down. */
  readonly agree: number;
  /** The places, ours too. */
  readonly placeNames: readonly string[];
  /** Where our reports go. */
  readonly reportTo: readonly { readonly name: string; readonly url: string }[];
  /** What each place shows to the others. Absent: there is one place. */
  readonly token?: string;
}

interface AlertSettings {
  readonly resendEveryMs: number;
  readonly recoverAfterMs: number;
  readonly channels: readonly ChannelSettings[];
}

/** Where alerts go. Addresses may be secrets: none is ever printed. */
export type ChannelSettings =
  | { readonly kind: 'webhook'; readonly url: string; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'slack'; readonly url: string }
  | { readonly kind: 'email'; readonly smtp: string; readonly from: string; readonly to: readonly string[] }
  | { readonly kind: 'sns'; readonly topicArn: string };

/** Planned work: incidents are recorded, and nobody is woken. Epoch milliseconds. */
interface MaintenanceWindow {
  readonly from: number;
  readonly until: number;
  readonly note: string;
  /** Undefined: all. */
  readonly checks?: readonly string[];
}
