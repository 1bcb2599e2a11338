// What is seen of a group in one tick: data only, AWS's words. packages/aws makes it, decide() reads it.
//
// Times are epoch milliseconds. A state of AWS that we do not know stays a string, and means wait.

/** A launch template as a group names it. `version` as the group has it: a number in decimal, `$Latest` or `$Default`. */
export interface LaunchTemplateReference {
  readonly launchTemplateId: string;
  readonly launchTemplateName: string;
  readonly version: string;
}

export interface InstanceObservation {
  readonly instanceId: string;
  readonly lifecycleState: string;
  readonly healthStatus: string;
  readonly availabilityZone: string;
  /** The number frozen at launch; undefined for an instance from a launch configuration. */
  readonly launchTemplateVersion?: string;
  readonly imageId?: string;
  /** EC2's state (`running`), undefined when DescribeInstances did not answer it (yet). */
  readonly instanceState?: string;
  /** `ip-10-0-1-23.us-west-2.compute.internal`: what the instance's health page calls FQDN. */
  readonly privateDnsName?: string;
  readonly launchedAt?: number;
  readonly isProtectedFromScaleIn: boolean;
}

export interface TargetObservation {
  readonly instanceId: string;
  readonly port: number;
  readonly state: string;
  readonly reason?: string;
  readonly description?: string;
}

export interface TargetGroupObservation {
  readonly targetGroupArn: string;
  readonly name: string;
  readonly healthCheckIntervalMs: number;
  readonly healthyThresholdCount: number;
  readonly deregistrationDelayMs: number;
  readonly targets: readonly TargetObservation[];
}

export interface ActivityObservation {
  readonly activityId: string;
  readonly statusCode: string;
  readonly statusMessage?: string;
  readonly cause: string;
  readonly description?: string;
  readonly startedAt: number;
}

/** What one instance said of itself through the load balancer. */
export interface VersionReport {
  readonly at: number;
  /** The instance, found by its FQDN; undefined when no instance of the group has that name. */
  readonly instanceId?: string;
  readonly fqdn: string;
  readonly version: string;
  /** `OK`, or the reason after `KO:`. */
  readonly status: string;
  readonly statusCode: number;
}

export interface GroupObservation {
  readonly name: string;
  readonly minSize: number;
  readonly maxSize: number;
  readonly desiredCapacity: number;
  /** Undefined: a launch configuration or a mixed instances policy, which are refused before a rollout starts. */
  readonly launchTemplate?: LaunchTemplateReference;
  readonly healthCheckType: string;
  readonly healthCheckGracePeriodMs: number;
  readonly suspendedProcesses: readonly string[];
  readonly instances: readonly InstanceObservation[];
  /** Newest first; at least those since the rollout began. */
  readonly activities: readonly ActivityObservation[];
}

export interface Observation {
  readonly at: number;
  readonly group: GroupObservation;
  /** Every target group that is attached to the group. */
  readonly targetGroups: readonly TargetGroupObservation[];
  /** The launch template's numbers that `$Latest` and `$Default` mean now. */
  readonly launchTemplate: { readonly latestVersion: string; readonly defaultVersion: string };
  /** Instances outside the group that the record names (quarantined), with EC2's state. */
  readonly detached: readonly { readonly instanceId: string; readonly instanceState: string }[];
  /** New reports since the last tick. */
  readonly reports: readonly VersionReport[];
  /** Of new instances that the load balancer does not reach: what keeps them, by their own words on their console. */
  readonly consoles?: readonly { readonly instanceId: string; readonly status: string }[];
}
