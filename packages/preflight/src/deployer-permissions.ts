// deployer-permissions: what the credentials of a deployer must be allowed. The one owner: `directrix iam-policy`, the check of the
// deployer and docs/cli.md read it here, and test/simulation/permissions.test.ts holds it against the calls that are made.

/** What a statement is about. `any`: these actions take no resource. */
export type PermissionScope =
  | 'any'
  | 'group'
  | 'launchTemplate'
  | 'instance'
  /** Whatever a launch makes and uses: image, subnet, security group, role and more. */
  | 'launch'
  /** What a rollout keeps: parameters below `/directrix/`. */
  | 'state'
  /** The release's secrets: parameters below its path. */
  | 'secrets'
  /** What the instances' agents ship: the log groups. */
  | 'logs';

/**
 * Who needs it: `read` every command; `preflight` also `reach` and each deploy, of which it finds less without; `deploy` whatever changes
 * a group; `prove` a deploy without `--no-prove`, which verifies the first instance alone where it is refused; `canary` a deploy
 * with `--canary`, with `prove`; `alarms` a deploy with `--alarm`; `secrets` preflight, to look whether they are there; `labels` a deploy with `--label-secrets`;
 * `logs` `directrix logs`, `status`, `evidence` and a halted rollout, of instances that ship their journal.
 */
export type PermissionUse =
  | 'read'
  | 'preflight'
  | 'deploy'
  | 'prove'
  | 'canary'
  | 'alarms'
  | 'secrets'
  | 'labels'
  | 'logs';

export interface PermissionSet {
  /** The statement's name in a policy. */
  readonly sid: string;
  readonly use: PermissionUse;
  readonly scope: PermissionScope;
  readonly actions: readonly string[];
  readonly condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /**
   * Never called by us: AWS asks whether the caller may, with another call. Auto Scaling does, when a group is pointed at a launch
   * template version; Elastic Load Balancing, when something is made with tags.
   * https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html
   */
  readonly isAskedAlong?: true;
}

export const deployerPermissions: readonly PermissionSet[] = [
  {
    sid: 'ReadGroups',
    use: 'read',
    scope: 'any',
    actions: [
      'autoscaling:DescribeAutoScalingGroups',
      'autoscaling:DescribeLifecycleHooks',
      'autoscaling:DescribeScalingActivities',
      'ec2:DescribeImages',
      'ec2:DescribeInstances',
      'ec2:DescribeLaunchTemplateVersions',
      'ec2:DescribeLaunchTemplates',
      'elasticloadbalancing:DescribeListeners',
      'elasticloadbalancing:DescribeLoadBalancers',
      'elasticloadbalancing:DescribeRules',
      'elasticloadbalancing:DescribeTags',
      'elasticloadbalancing:DescribeTargetGroupAttributes',
      'elasticloadbalancing:DescribeTargetGroups',
      'elasticloadbalancing:DescribeTargetHealth',
    ],
  },
  { sid: 'ReadState', use: 'read', scope: 'state', actions: ['ssm:GetParameters', 'ssm:GetParametersByPath'] },
  {
    sid: 'ReadForPreflight',
    use: 'preflight',
    scope: 'any',
    actions: [
      'autoscaling:DescribeInstanceRefreshes',
      'autoscaling:DescribeScheduledActions',
      'autoscaling:DescribeWarmPool',
      'ec2:DescribeDhcpOptions',
      'ec2:DescribeInstanceTypes',
      'ec2:DescribeInternetGateways',
      'ec2:DescribeManagedPrefixLists',
      'ec2:DescribeNatGateways',
      'ec2:DescribeNetworkAcls',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeRouteTables',
      'ec2:DescribeSecurityGroups',
      'ec2:DescribeSubnets',
      'ec2:DescribeTransitGatewayRouteTables',
      'ec2:DescribeTransitGatewayVpcAttachments',
      'ec2:DescribeVpcAttribute',
      'ec2:DescribeVpcEndpoints',
      'ec2:DescribeVpcPeeringConnections',
      'ec2:DescribeVpcs',
      'ec2:GetManagedPrefixListEntries',
      'ec2:GetTransitGatewayRouteTableAssociations',
      'ec2:SearchTransitGatewayRoutes',
      'iam:GetInstanceProfile',
      'iam:GetPolicy',
      'iam:GetPolicyVersion',
      'iam:GetRole',
      'iam:GetRolePolicy',
      'iam:ListAttachedRolePolicies',
      'iam:ListRolePolicies',
      'iam:SimulatePrincipalPolicy',
      'route53:ListHostedZonesByVPC',
      'route53:ListResourceRecordSets',
    ],
  },
  {
    sid: 'ReadSecretNames',
    use: 'secrets',
    scope: 'secrets',
    actions: ['ssm:GetParameterHistory', 'ssm:GetParametersByPath'],
  },
  {
    sid: 'ChangeGroup',
    use: 'deploy',
    scope: 'group',
    actions: [
      'autoscaling:CreateOrUpdateTags',
      'autoscaling:DeleteTags',
      'autoscaling:DetachInstances',
      'autoscaling:EnterStandby',
      'autoscaling:ExitStandby',
      'autoscaling:ResumeProcesses',
      'autoscaling:SuspendProcesses',
      'autoscaling:TerminateInstanceInAutoScalingGroup',
      'autoscaling:UpdateAutoScalingGroup',
    ],
  },
  {
    sid: 'ChangeLaunchTemplate',
    use: 'deploy',
    scope: 'launchTemplate',
    actions: ['ec2:CreateLaunchTemplateVersion', 'ec2:DeleteLaunchTemplateVersions', 'ec2:ModifyLaunchTemplate'],
  },
  { sid: 'KeepEvidence', use: 'deploy', scope: 'instance', actions: ['ec2:CreateTags', 'ec2:GetConsoleOutput'] },
  { sid: 'WriteState', use: 'deploy', scope: 'state', actions: ['ssm:DeleteParameters', 'ssm:PutParameter'] },
  // Called where an instance is proved outside of the group; else Auto Scaling asks for it.
  { sid: 'Launch', use: 'deploy', scope: 'launch', actions: ['ec2:RunInstances'] },
  {
    sid: 'TagAtLaunch',
    use: 'deploy',
    scope: 'launch',
    actions: ['ec2:CreateTags'],
    condition: { StringEquals: { 'ec2:CreateAction': 'RunInstances' } },
    isAskedAlong: true,
  },
  {
    sid: 'PassRole',
    use: 'deploy',
    scope: 'launch',
    actions: ['iam:PassRole'],
    condition: { StringLike: { 'iam:PassedToService': 'ec2.amazonaws.com*' } },
    isAskedAlong: true,
  },
  {
    sid: 'ProveRelease',
    use: 'prove',
    scope: 'any',
    actions: [
      'autoscaling:DescribeAutoScalingInstances',
      'ec2:DescribeSubnets',
      'elasticloadbalancing:CreateRule',
      'elasticloadbalancing:CreateTargetGroup',
      'elasticloadbalancing:DeleteRule',
      'elasticloadbalancing:DeleteTargetGroup',
      'elasticloadbalancing:RegisterTargets',
    ],
  },
  {
    sid: 'TagShadow',
    use: 'prove',
    scope: 'any',
    actions: ['elasticloadbalancing:AddTags'],
    condition: { StringLike: { 'elasticloadbalancing:CreateAction': 'Create*' } },
    isAskedAlong: true,
  },
  { sid: 'ProveInGroup', use: 'prove', scope: 'group', actions: ['autoscaling:AttachInstances'] },
  { sid: 'EndProof', use: 'prove', scope: 'instance', actions: ['ec2:DeleteTags', 'ec2:TerminateInstances'] },
  { sid: 'ReadCanary', use: 'canary', scope: 'any', actions: ['cloudwatch:GetMetricData'] },
  {
    sid: 'ShiftUsers',
    use: 'canary',
    scope: 'any',
    actions: ['elasticloadbalancing:ModifyListener', 'elasticloadbalancing:ModifyRule'],
  },
  { sid: 'ReadAlarms', use: 'alarms', scope: 'any', actions: ['cloudwatch:DescribeAlarms'] },
  { sid: 'ReadLogs', use: 'logs', scope: 'logs', actions: ['logs:FilterLogEvents'] },
  {
    sid: 'LabelSecrets',
    use: 'labels',
    scope: 'secrets',
    actions: ['ssm:GetParameters', 'ssm:LabelParameterVersion', 'ssm:UnlabelParameterVersion'],
  },
];

/** AWS answers these whatever the policies say. */
export const freeActions: readonly string[] = ['sts:GetCallerIdentity'];
