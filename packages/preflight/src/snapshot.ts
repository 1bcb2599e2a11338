// Everything that preflight looks at, as the SDK types it. What could not be read is `unread`, with the reason: a check that needs it says
// so in a note (PREFLIGHT_NOT_READ), and never guesses.
import type {
  Activity,
  AutoScalingGroup,
  InstanceRefresh,
  LifecycleHook,
  ScheduledUpdateGroupAction,
  WarmPoolConfiguration,
} from '@aws-sdk/client-auto-scaling';
import type { Image, InstanceTypeInfo, ResponseLaunchTemplateData } from '@aws-sdk/client-ec2';
import type {
  Listener,
  LoadBalancer,
  Rule,
  TargetGroup,
  TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { NetworkSnapshot } from '@directrix/reachability';

/** A part of the account: read, or not, and then why. */
export type Read<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'unread'; readonly because: string };

export interface TargetGroupSnapshot {
  readonly targetGroup: TargetGroup;
  readonly attributes: Readonly<Record<string, string>>;
  readonly health: readonly TargetHealthDescription[];
}

export interface LoadBalancerSnapshot {
  readonly loadBalancer: LoadBalancer;
  readonly attributes: Readonly<Record<string, string>>;
  readonly listeners: readonly { readonly listener: Listener; readonly rules: readonly Rule[] }[];
}

/** A role and the JSON texts of its policies. `unread` names managed policies whose document could not be read. */
export interface RoleSnapshot {
  readonly roleName: string;
  readonly arn: string;
  readonly policies: readonly { readonly name: string; readonly document: string }[];
  readonly unreadPolicies: readonly string[];
}

/** A client of the secrets' path: the fleet, or a builder that needs them too. */
export interface SecretsClient {
  /** `backend` for the group's instances; else the launch template's or instance's name. */
  readonly name: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly associatePublicIpAddress?: boolean;
  readonly role: Read<RoleSnapshot | undefined>;
}

export interface PreflightSnapshot {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly region: string;
  readonly accountId: string;
  readonly group: AutoScalingGroup;
  /** The data of the launch template version that the release would have, image replaced. */
  readonly launchTemplateData: Read<ResponseLaunchTemplateData>;
  readonly image: Read<Image | undefined>;
  readonly instanceTypes: Read<readonly InstanceTypeInfo[]>;
  readonly targetGroups: readonly TargetGroupSnapshot[];
  readonly loadBalancers: Read<readonly LoadBalancerSnapshot[]>;
  readonly network: Read<NetworkSnapshot>;
  readonly backend: SecretsClient;
  readonly builders: Read<readonly SecretsClient[]>;
  readonly hooks: Read<readonly LifecycleHook[]>;
  readonly scheduledActions: Read<readonly ScheduledUpdateGroupAction[]>;
  readonly instanceRefreshes: Read<readonly InstanceRefresh[]>;
  readonly warmPool: Read<WarmPoolConfiguration | undefined>;
  readonly activities: Read<readonly Activity[]>;
  /** The lease of another rollout that is alive. */
  readonly activeRollout: Read<{ readonly rolloutId: string; readonly holder: string } | undefined>;
  /** The parameters' names (never values) below the secrets' path, and their KMS keys; undefined when the release names no path. */
  readonly secrets?: {
    readonly path: string;
    /** From the release's manifest; undefined when it has none. */
    readonly expectedNames?: readonly string[];
    readonly parameters: Read<readonly { readonly name: string; readonly type: string; readonly keyId?: string }[]>;
  };
  /** What the deployer may do, by action: from IAM's simulation, or from dry runs. */
  readonly deployerPermissions: Read<Readonly<Record<string, 'allowed' | 'denied'>>>;
}
