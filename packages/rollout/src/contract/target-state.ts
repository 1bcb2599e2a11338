/** What one target group says of one instance that is not healthy in it. */
export interface TargetState {
  readonly targetGroupName: string;
  /** AWS's word; `absent`: not registered. */
  readonly state: string;
  readonly reason?: string;
  readonly description?: string;
}

/** An instance and why it does not serve. `targets` is empty when it is healthy in every target group. */
export interface InstanceState {
  readonly instanceId: string;
  readonly lifecycleState: string;
  readonly targets: readonly TargetState[];
}

/** How a target group asks whether a target is healthy. */
export interface HealthCheck {
  readonly targetGroupName: string;
  /** `HTTP`, `HTTPS`, `TCP` and so on: AWS's word. */
  readonly protocol: string;
  /** `8888`; of `traffic-port` the port to which requests go. */
  readonly port: string;
  /** Where the protocol has one. */
  readonly path?: string;
  /** The codes that are well: `200`, `200-299`; of gRPC its own. Where the protocol has them. */
  readonly matcher?: string;
}

/** By the name of the target group: protocol, port, path and matcher, '' where there is none. A record has little room. */
export type KeptHealthChecks = Readonly<Record<string, readonly [string, string, string, string]>>;
