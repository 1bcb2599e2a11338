// Shadow: what stands outside of the group while an instance of the release is tried. Plain data of the record.

/** Where users' requests come in, and what tells those of a proof from theirs. */
export interface ShadowPlace {
  /** Of users' requests. */
  readonly listenerArn: string;
  /** Whose settings the shadow target group copies: the one that the listener leads to. */
  readonly targetGroupArn: string;
  /** What the header `proofHeader` must say. Nobody can guess it, so no user gets there. */
  readonly token: string;
}

/** The header that leads to the instance that is tried. */
export const proofHeader = 'x-directrix-proof';

/** Each part is there from before it is asked for until it is known to be gone (S5). */
export interface Shadow {
  /** The target group and the rule. Without an ARN: asked for, and not answered yet. */
  readonly route?: { readonly targetGroupArn?: string };
  /** The instance outside of the group that is tried. */
  readonly instance?: OutsideInstance;
  /** Those that take part in the canary beside it, by their ordinals: 1, 2 and so on. */
  readonly others?: Readonly<Record<string, OutsideInstance>>;
}

/** Without an id: asked for, and not answered yet. */
export interface OutsideInstance {
  readonly availabilityZone: string;
  readonly instanceId?: string;
  /** How many looks for an instance without an id found none. */
  readonly unseenCount?: number;
}

/** What was learned of the instance that is tried. Times are epoch milliseconds. */
export interface Proof {
  /** AWS accepted its launch. */
  readonly launchedAt?: number;
  /** EC2 says `running` since then. */
  readonly runningSince?: number;
  /** Healthy in the shadow target group without a dip since then. */
  readonly healthySince?: number;
  readonly unhealthySince?: number;
  readonly dipCount?: number;
  /** EC2 says that it does not run any more, or does not know it; AWS's words. */
  readonly lost?: { readonly at: number; readonly instanceState: string; readonly cause?: string };
  readonly reportedVersion?: string;
  readonly reportedStatus?: string;
  /** By path. Only answers that can be its own are counted. */
  readonly paths?: Readonly<Record<string, ProofPath>>;
  /** Answers that came from another instance: the rule does not lead there from where we ask. */
  readonly strangers?: number;
  /** Requests that reached no load balancer. */
  readonly unconnected?: number;
  /** The last answers that were failures. */
  readonly examples?: readonly { readonly path: string; readonly statusCode?: number; readonly trouble?: string }[];
  /** Set once. `byHealthAlone`: there could be no proof outside of users' traffic, so the first instance is verified alone. */
  readonly verdict?: 'proved' | 'byHealthAlone';
}

export interface ProofPath {
  readonly requests: number;
  readonly failures: number;
  /** Every answer has been a failure since then. */
  readonly failingSince?: number;
  /** Every answer has been slow since then; how many. */
  readonly slowSince?: number;
  readonly slowInARow?: number;
}
