import type {
  Listener,
  LoadBalancer,
  LoadBalancerAttribute,
  Rule,
  Tag,
  TargetDescription,
  TargetGroup,
  TargetGroupAttribute,
  TargetHealth,
} from '@aws-sdk/client-elastic-load-balancing-v2';

/** One registered target and its health, as DescribeTargetHealth shows it. */
export interface TargetRecord {
  readonly target: TargetDescription;
  /** Differs for each registration, so that a late check result of an earlier one is ignored. */
  readonly registrationId: string;
  /** How often the load balancer has begun to check it; a timer or a result of an earlier beginning is ignored. */
  checkEpoch: number;
  /** Checks sent since then, and the latest of them that was answered: answers that arrive out of order are ignored. */
  checksSent: number;
  lastAnsweredCheck: number;
  health: TargetHealth;
  consecutiveSuccesses: number;
  consecutiveFailures: number;
  registeredAt: number;
  healthySince?: number;
  drainingSince?: number;
}

export interface TargetGroupRecord {
  readonly targetGroup: TargetGroup;
  readonly attributes: Map<string, TargetGroupAttribute>;
  /** By `<target id>:<port>`. */
  readonly targets: Map<string, TargetRecord>;
}

export interface ListenerRecord {
  readonly listener: Listener;
  /** The default rule included; in order of priority, `default` last. */
  readonly rules: Map<string, Rule>;
}

export interface ElbV2State {
  readonly loadBalancers: Map<
    string,
    { readonly loadBalancer: LoadBalancer; readonly attributes: Map<string, LoadBalancerAttribute> }
  >;
  readonly targetGroups: Map<string, TargetGroupRecord>;
  readonly listeners: Map<string, ListenerRecord>;
  /** By resource ARN. */
  readonly tags: Map<string, Tag[]>;
  /**
   * By listener ARN: the loopback URL on which the data plane serves it, written when its port opens. DescribeTags shows it as the
   * tag `directrix:url` of the listener, which is where a deployer that cannot reach the load balancer by its DNS name looks.
   */
  readonly listenerUrls: Map<string, string>;
}

export function createElbV2State(): ElbV2State {
  return {
    loadBalancers: new Map(),
    targetGroups: new Map(),
    listeners: new Map(),
    tags: new Map(),
    listenerUrls: new Map(),
  };
}
