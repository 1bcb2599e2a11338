// What the page shows, as data. Times are epoch milliseconds.

/** A part of the page that changes by itself, by its name: `groups`, `uptime`, `history`, `rollout/web`. */
export interface Parts {
  /** What may be done from the page. */
  readonly actions: ActionsView;
  readonly groups: readonly GroupRow[];
  /** Why there are no groups. */
  readonly groupsTrouble: string;
  readonly uptime: readonly UptimeCheck[];
  readonly history: readonly PastRollout[];
  readonly [rollout: `rollout/${string}`]: RolloutView;
}

export interface GroupRow {
  readonly name: string;
  readonly inServiceCount: number;
  readonly desiredCapacity: number;
  readonly minSize: number;
  readonly maxSize: number;
  readonly rollout?: {
    readonly rolloutId: string;
    readonly from: string;
    readonly to: string;
    readonly phase: string;
    readonly outcome?: string;
    /** ISO 8601. */
    readonly startedAt: string;
    /** The phase that it waits to begin until somebody approves it. */
    readonly approvalAwaited?: string;
  };
  /** Why the last rollout is not known. */
  readonly trouble?: string;
}

interface ActionsView {
  /** `directrix dashboard --allow-actions`. */
  readonly isAllowed: boolean;
}

export const actionNames = ['approve', 'reject', 'abort'] as const;
export type ActionName = (typeof actionNames)[number];

/** What somebody asks for on the page. */
export interface ActionRequest {
  readonly groupName: string;
  readonly action: ActionName;
  /** The rollout that the page showed: another one is not meant. */
  readonly rolloutId: string;
  /** With `approve` and `reject`: the phase that the page showed. */
  readonly phase?: string;
}

export interface ActionOutcome {
  readonly isDone: boolean;
  /** What became of it, or why it was not done and what to do. */
  readonly text: string;
}

/** Whether new instances of a group reach a destination, and why. */
export interface ReachPicture {
  readonly groupName: string;
  readonly at: number;
  /** `web to ssm.us-west-2.amazonaws.com:443` */
  readonly path: string;
  readonly verdict: ReachVerdict;
  /** Each way that differs from the others; a way for each subnet that instances are launched in. */
  readonly ways: readonly ReachWay[];
  readonly faults: readonly ReachFault[];
  /** What could not be decided. */
  readonly unknowns: readonly string[];
}

/** `partial`: some ways get through. */
export type ReachVerdict = 'reachable' | 'unreachable' | 'partial' | 'unknown';

export interface ReachWay {
  readonly from: string;
  readonly hops: readonly ReachHop[];
  readonly to: string;
  readonly verdict: ReachVerdict;
  /** The others that look the same. */
  readonly alike: readonly string[];
}

interface ReachHop {
  /** `security group out` */
  readonly what: string;
  readonly id: string;
  readonly detail: string;
  readonly outcome: 'pass' | 'stop' | 'unknown';
}

export interface ReachFault {
  readonly code: string;
  readonly text: string;
  readonly fixes: readonly string[];
  readonly commands: readonly string[];
}

export interface PastRollout {
  readonly groupName: string;
  readonly rolloutId: string;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly from?: string;
  readonly to?: string;
  /** `unfinished` while it has none. */
  readonly outcome: string;
  readonly evidence: readonly string[];
}

export interface RolloutView {
  readonly rolloutId: string;
  readonly groupName: string;
  readonly from: string;
  readonly to: string;
  readonly startedAt: number;
  /** Of the last event. */
  readonly at: number;
  readonly phases: readonly { readonly phase: string; readonly at: number }[];
  readonly outcome?: string;
  readonly lanes: readonly Lane[];
  readonly evidence: readonly { readonly at: number; readonly code: string; readonly text: string }[];
  /** What the last wait was for. */
  readonly heldBy: readonly string[];
  /** The phase that it waits to begin until somebody approves it. */
  readonly approvalAwaited?: string;
  readonly requests?: RequestSeries;
  /** What the prober of this machine's deployer heard; the first first. */
  readonly latencies?: readonly LatencySample[];
}

/** An instance of the release, and what became of it. */
export interface Lane {
  readonly instanceId: string;
  readonly zone?: string;
  readonly steps: readonly { readonly at: number; readonly what: string }[];
}

export interface Counts {
  readonly requests: number;
  readonly failures: number;
  readonly slow: number;
}

export interface RequestSample {
  readonly at: number;
  /** Since the rollout began. */
  readonly new: Counts;
  readonly old: Counts;
  readonly unknown: Counts;
}

/** How long answers took in one second, by who gave them. Absent: nobody did. */
export interface LatencySample {
  readonly at: number;
  readonly new?: Latency;
  readonly old?: Latency;
  readonly unknown?: Latency;
}

export interface Latency {
  readonly medianMs: number;
  readonly p95Ms: number;
}

export interface RequestSeries {
  /** The first first. */
  readonly samples: readonly RequestSample[];
  /** Before the release served. */
  readonly baseline: Counts;
}

export interface UptimeCheck {
  readonly place: string;
  readonly name: string;
  readonly days: readonly UptimeDay[];
  readonly openIncident?: { readonly id: string; readonly beganAt: number };
  readonly incidents: readonly { readonly id: string; readonly beganAt: number; readonly endedAt: number }[];
}

export interface UptimeDay {
  /** `2018-11-11`, UTC. */
  readonly day: string;
  readonly goodCount: number;
  readonly badCount: number;
  readonly medianMs?: number;
  readonly p95Ms?: number;
}

export interface LogLine {
  /** Counts up, from 1. */
  readonly number: number;
  readonly at: number;
  /** Empty: of no group alone. */
  readonly groupName: string;
  readonly text: string;
}

/** One message of the stream. */
export type Update =
  | { readonly kind: 'part'; readonly name: string; readonly value: unknown }
  | { readonly kind: 'log'; readonly lines: readonly LogLine[] };
