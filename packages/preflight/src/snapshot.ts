// Everything that preflight looks at, as the SDK types it. What could not be read is `unread`, with the reason: a check that needs it says
// so in a note (PREFLIGHT_NOT_READ), and never guesses.
import type {
  AutoScalingGroup,
  InstanceRefresh,
  LifecycleHook,
  ScheduledUpdateGroupAction,
  WarmPoolConfiguration,
} from '@aws-sdk/client-auto-scaling';
import type { Image, InstanceTypeInfo, ResponseLaunchTemplateData } from '@aws-sdk/client-ec2';
import type { LoadBalancer, TargetGroup, TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { NetworkSnapshot, Source } from '@directrix/reachability';
import type { RoutedListener } from './version-route.js';

/** The release that serves now, as its launch template version has it: what a rollout would go back to. */
export interface BaselineSnapshot {
  /** Of the group's own launch template; undefined: no version of it has the image. */
  readonly launchTemplateVersion?: string;
  readonly imageId: string;
  /** Undefined: there is no such image any more. */
  readonly image?: Image;
}

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
  readonly listeners: readonly RoutedListener[];
}

export interface LaunchTemplateSnapshot {
  readonly launchTemplateId: string;
  readonly name: string;
  /** As the group has it: `$Latest`, `$Default` or a number. */
  readonly version: string;
  /** The numbers that the aliases mean now; undefined when that is not known. */
  readonly latestVersion?: string;
  readonly defaultVersion?: string;
  /** Of the version that the group names: what the release's version will have, but for the image. Undefined: there is no such version. */
  readonly data?: ResponseLaunchTemplateData;
}

/** A role and the JSON texts of its policies. `unreadPolicies` names those whose document could not be read. */
export interface RoleSnapshot {
  readonly roleName: string;
  readonly arn: string;
  readonly policies: readonly { readonly name: string; readonly document: string }[];
  readonly unreadPolicies: readonly string[];
  /** The permissions boundary; without a document it could not be read. */
  readonly boundary?: { readonly name: string; readonly document?: string };
}

/** A client of the secrets' path: the fleet, or a builder that needs them too. */
export interface SecretsClient {
  /** The group's name; else the launch template's or the instance's. */
  readonly name: string;
  readonly source: Source;
  /** Undefined: it has no instance profile. */
  readonly role: Read<RoleSnapshot | undefined>;
}

/** A parameter below the secrets' path. There is no member for its value. */
export interface ParameterSnapshot {
  readonly name: string;
  readonly type: string;
  /** Of a SecureString, where it could be read. */
  readonly keyId?: string;
}

/** Where the release reads its secrets, and how that is known. */
export interface SecretsSnapshot {
  readonly path: string;
  readonly saidBy: 'option' | 'image' | 'role';
  /** From the release's manifest; undefined when it has none. */
  readonly expectedNames?: readonly string[];
  readonly parameters: Read<readonly ParameterSnapshot[]>;
}

/** Another rollout of the group that is alive, or one that was left unfinished. */
export interface OtherRollout {
  readonly rolloutId: string;
  readonly holder: string;
  readonly isActive: boolean;
}

export interface PreflightSnapshot {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly region: string;
  readonly accountId?: string;
  readonly group: AutoScalingGroup;
  readonly launchTemplate: Read<LaunchTemplateSnapshot | undefined>;
  /** Undefined value: there is no such image. */
  readonly image: Read<Image | undefined>;
  readonly instanceTypes: Read<readonly InstanceTypeInfo[]>;
  readonly targetGroups: Read<readonly TargetGroupSnapshot[]>;
  /** ARNs of target groups that the group is attached to and that do not exist any more. */
  readonly missingTargetGroupArns?: readonly string[];
  /** Of a template: what the group is attached to and another stack makes, or nobody can tell yet. */
  readonly openTargetGroups?: readonly string[];
  /** Undefined: there is none, or its image is named in another way than by its id. */
  readonly baseline?: Read<BaselineSnapshot | undefined>;
  /** Of the deployer's credentials. Epoch milliseconds; `isRenewed`: whoever gave them gives new ones by itself. */
  readonly credentials?: { readonly expireAt: number; readonly isRenewed: boolean };
  readonly loadBalancers: Read<readonly LoadBalancerSnapshot[]>;
  readonly network: Read<NetworkSnapshot>;
  readonly backend: SecretsClient;
  readonly builders: Read<readonly SecretsClient[]>;
  readonly hooks: Read<readonly LifecycleHook[]>;
  readonly scheduledActions: Read<readonly ScheduledUpdateGroupAction[]>;
  readonly instanceRefreshes: Read<readonly InstanceRefresh[]>;
  readonly warmPool: Read<WarmPoolConfiguration | undefined>;
  readonly otherRollout: Read<OtherRollout | undefined>;
  /** Undefined when the release reads none, or nothing says that it does. */
  readonly secrets?: SecretsSnapshot;
  /**
   * Nothing says where the release reads secrets. But its role may read parameters by name; or there is an endpoint for Parameter
   * Store, in the group's VPC, whoever uses it, or in the same stack, where it is there for the group.
   */
  readonly secretsHint?: 'roleReadsNames' | 'endpointInVpc' | 'endpointInStack';
  /** Of a template: what could not be worked out, in words. */
  readonly unresolved?: readonly string[];
  /** What the deployer may do, by action: from IAM's simulation. */
  readonly deployerPermissions: Read<Readonly<Record<string, 'allowed' | 'denied'>>>;
}
