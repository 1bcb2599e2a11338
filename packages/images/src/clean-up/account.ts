// account: what clean-up has read of an AWS account, as data. A part that could not be read says so, and is never taken for empty.
import type { AutoScalingGroup, InstanceRefresh, LaunchConfiguration } from '@aws-sdk/client-auto-scaling';
import type {
  FleetData,
  Image,
  ImageReference,
  Instance,
  LaunchPermission,
  LaunchTemplate,
  LaunchTemplateVersion,
  Snapshot,
  SpotFleetRequestConfig,
  SpotInstanceRequest,
} from '@aws-sdk/client-ec2';
import type { GoodRelease } from '@directrix/aws';
import type { Read } from '@directrix/preflight';
import type { RolloutRecord } from '@directrix/rollout';

/** A parameter that is not encrypted, as it is now. */
export interface PlainParameter {
  readonly name: string;
  readonly value: string;
}

/** A file that the user names: what is named in it stays. */
export interface NamedFile {
  readonly path: string;
  readonly text: string;
}

/** What Directrix remembers of a group. */
export interface GroupMemory {
  readonly groupName: string;
  /** Newest first, withdrawn ones among them. */
  readonly history: readonly GoodRelease[];
  /** The last rollout, finished or not. */
  readonly record: RolloutRecord | undefined;
  /** Below this path are its parameters: `/directrix/groups/web`. */
  readonly ownPath: string;
  /** Of the launch templates that the group names, and that its last rollout named. */
  readonly launchTemplateIds: readonly string[];
}

/** What other accounts have of an image, by EC2's usage report; undefined when there is no report that says it. */
export type ForeignUse =
  | { readonly kind: 'reported'; readonly uses: readonly { readonly accountId: string; readonly count: number }[] }
  | { readonly kind: 'noReport' };

/** Who else may use an image. */
export interface Sharing {
  readonly permissions: readonly LaunchPermission[];
  /** Undefined where it is shared with nobody. */
  readonly use?: ForeignUse;
}

export interface CleanUpAccount {
  /** When it was read. Epoch milliseconds, by AWS's clock. */
  readonly at: number;
  readonly region: string;
  /** This account's own, with disabled and deprecated ones. */
  readonly images: readonly Image[];
  readonly snapshots: readonly Snapshot[];
  readonly groups: Read<readonly AutoScalingGroup[]>;
  readonly launchConfigurations: Read<readonly LaunchConfiguration[]>;
  /** Those that have not ended. */
  readonly instanceRefreshes: Read<readonly InstanceRefresh[]>;
  readonly launchTemplates: Read<readonly LaunchTemplate[]>;
  readonly launchTemplateVersions: Read<readonly LaunchTemplateVersion[]>;
  /** Those that are not terminated: running, stopped, in Standby, in a warm pool, quarantined. */
  readonly instances: Read<readonly Instance[]>;
  readonly spotRequests: Read<readonly SpotInstanceRequest[]>;
  readonly spotFleets: Read<readonly SpotFleetRequestConfig[]>;
  readonly fleets: Read<readonly FleetData[]>;
  readonly parameters: Read<readonly PlainParameter[]>;
  /** How many parameters are encrypted: their values are not looked at. */
  readonly encryptedParameters: number;
  /** By the reference as it is written (`/web/image:3`): the value of a parameter's version or label; undefined where it does not exist. */
  readonly resolved: ReadonlyMap<string, Read<string | undefined>>;
  /** Recipes of Image Builder and what else EC2 itself finds beyond instances, launch templates and parameters. */
  readonly imageReferences: Read<readonly ImageReference[]>;
  readonly memories: Read<readonly GroupMemory[]>;
  /** By image id, of images that nothing of this account names. */
  readonly sharing: ReadonlyMap<string, Read<Sharing>>;
  /** By snapshot id: accounts that may make volumes of it, of snapshots that could go. */
  readonly snapshotSharing: ReadonlyMap<string, Read<readonly string[]>>;
  /** In the Recycle Bin: their snapshots are needed to restore them. */
  readonly recycledImageIds: Read<readonly string[]>;
  readonly files: readonly NamedFile[];
}

/** The parts of an account in which an image may be named. Each must have been read before an image goes. */
export const referenceSources = [
  'groups',
  'launchConfigurations',
  'instanceRefreshes',
  'launchTemplates',
  'launchTemplateVersions',
  'instances',
  'spotRequests',
  'spotFleets',
  'fleets',
  'parameters',
  'imageReferences',
  'memories',
] as const satisfies readonly (keyof CleanUpAccount)[];

export type ReferenceSource = (typeof referenceSources)[number];
