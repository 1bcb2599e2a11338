// What other packages of the house own and the constructs keep to. Written by scripts/cdk-manifest.mjs: change the owner, not this file.
export interface PermissionSet {
  readonly sid: string;
  readonly use: string;
  readonly scope: string;
  readonly actions: readonly string[];
  readonly condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export const manifest = {
  "healthPath": "/healthz",
  "startTimeoutSeconds": 300,
  "statePath": "/directrix/groups/",
  "statePlainCharacters": "A-Za-z0-9_-",
  "builderTag": "directrix:builder",
  "drainSeconds": 30,
  "leastBootSeconds": 15,
  "codes": [
    "BAD_STATE",
    "BAD_STATE_ROUTE",
    "BASELINE_DEGRADED",
    "BASELINE_IMAGE_MISSING",
    "BYSTANDER_BROKEN",
    "CANARY_ROUTE_UNFIT",
    "CREDENTIALS_EXPIRE",
    "DEPLOYER_NOT_ALLOWED",
    "DEREGISTRATION_DELAY_LONG",
    "DEREGISTRATION_DELAY_ZERO",
    "DISCONNECTED_VPCS",
    "DNS_CUSTOM_RESOLVER",
    "DNS_NAME_NOT_FOUND",
    "DNS_PHZ_OVERRIDE",
    "DNS_PRIVATE_DISABLED",
    "DNS_VPC_ATTRIBUTES",
    "ENDPOINT_MISSING",
    "ENDPOINT_STATE",
    "ENDPOINT_WRONG_TYPE",
    "ENI_SG_RULES_MISMATCH",
    "FAIL_OPEN",
    "FORECAST",
    "GROUP_BUSY",
    "GROUP_EMPTY",
    "HEALTH_CHECK_ACCEPTS_ERRORS",
    "HEALTH_CHECK_DISABLED",
    "HEALTH_CHECK_GRACE",
    "HEALTH_CHECK_SUSPENDED",
    "HEALTH_CHECK_TIMEOUT",
    "HEALTH_CHECK_TYPE",
    "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
    "IMAGE_AMBIGUOUS",
    "IMAGE_ARCHITECTURE",
    "IMAGE_DEPRECATED",
    "IMAGE_FOREIGN",
    "IMAGE_NOT_AVAILABLE",
    "IMAGE_NOT_FOUND",
    "IMDS_DISABLED",
    "INSTANCE_PROFILE_MISSING",
    "INSTANCE_REFRESH_ACTIVE",
    "INSTANCE_TYPE_UNKNOWN",
    "KMS_CMK_DECRYPT",
    "KMS_KEY_UNKNOWN",
    "LAUNCH_TEMPLATE_AHEAD",
    "LAUNCH_TEMPLATE_FLOATING",
    "LAUNCH_TEMPLATE_MISSING",
    "LIFECYCLE_HOOK",
    "LIFECYCLE_HOOK_TIMEOUT",
    "LOGS_NOT_ALLOWED",
    "LOGS_UNREACHABLE",
    "MORE_SPECIFIC_ROUTE",
    "NACL_RETURN_EPHEMERAL",
    "NETWORK_NOT_DECIDED",
    "NO_BASELINE",
    "NO_CAPACITY_HEADROOM",
    "NO_HEALTHY_BASELINE",
    "NO_LAUNCH_TEMPLATE",
    "NO_ROUTE_TO_DESTINATION",
    "NO_TARGET_GROUP",
    "PARTIAL_AZ",
    "PATH_EMPTY",
    "POLICY_ENDPOINT",
    "POLICY_IAM_CONDITIONAL",
    "POLICY_IAM_PATH",
    "PREFLIGHT_NOT_READ",
    "PROCESS_SUSPENDED",
    "PUBLIC_NO_EGRESS",
    "RELEASE_VERSION_UNKNOWN",
    "ROLLOUT_UNFINISHED",
    "SCHEDULED_ACTION",
    "SECRETS_UNDECLARED",
    "SECRET_MISSING",
    "SG_HAS_NO_RULES",
    "SG_REFERENCES_NOT_PRESERVED",
    "SG_SHARED_NO_SELF_RULE",
    "SPOT_CAPACITY",
    "SUBNET_ACL_RESTRICTION",
    "SUBNET_ADDRESSES",
    "SURGE_LIMITED",
    "TARGET_GROUP_MISSING",
    "TARGET_GROUP_UNUSED",
    "TEMPLATE_NOT_RESOLVED",
    "TGW_ROUTE_AZ_RESTRICTION",
    "UNKNOWN_RESOURCE",
    "VERSION_NOT_HEARD",
    "VERSION_ROUTE_UNKNOWN",
    "VPC_BLOCK_PUBLIC_ACCESS_ENABLED",
    "WARM_POOL",
    "ZONE_NOT_ENABLED"
  ]
};

export const deployerPermissions: readonly PermissionSet[] = [
  {
    "sid": "ReadGroups",
    "use": "read",
    "scope": "any",
    "actions": [
      "autoscaling:DescribeAutoScalingGroups",
      "autoscaling:DescribeLifecycleHooks",
      "autoscaling:DescribeScalingActivities",
      "ec2:DescribeImages",
      "ec2:DescribeInstances",
      "ec2:DescribeLaunchTemplateVersions",
      "ec2:DescribeLaunchTemplates",
      "elasticloadbalancing:DescribeListeners",
      "elasticloadbalancing:DescribeLoadBalancers",
      "elasticloadbalancing:DescribeRules",
      "elasticloadbalancing:DescribeTags",
      "elasticloadbalancing:DescribeTargetGroupAttributes",
      "elasticloadbalancing:DescribeTargetGroups",
      "elasticloadbalancing:DescribeTargetHealth"
    ]
  },
  {
    "sid": "ReadState",
    "use": "read",
    "scope": "state",
    "actions": [
      "ssm:GetParameters",
      "ssm:GetParametersByPath"
    ]
  },
  {
    "sid": "ReadForPreflight",
    "use": "preflight",
    "scope": "any",
    "actions": [
      "autoscaling:DescribeInstanceRefreshes",
      "autoscaling:DescribeScheduledActions",
      "autoscaling:DescribeWarmPool",
      "ec2:DescribeDhcpOptions",
      "ec2:DescribeInstanceTypes",
      "ec2:DescribeInternetGateways",
      "ec2:DescribeManagedPrefixLists",
      "ec2:DescribeNatGateways",
      "ec2:DescribeNetworkAcls",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeRouteTables",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets",
      "ec2:DescribeTransitGatewayRouteTables",
      "ec2:DescribeTransitGatewayVpcAttachments",
      "ec2:DescribeVpcAttribute",
      "ec2:DescribeVpcEndpoints",
      "ec2:DescribeVpcPeeringConnections",
      "ec2:DescribeVpcs",
      "ec2:GetManagedPrefixListEntries",
      "ec2:GetTransitGatewayRouteTableAssociations",
      "ec2:SearchTransitGatewayRoutes",
      "iam:GetInstanceProfile",
      "iam:GetPolicy",
      "iam:GetPolicyVersion",
      "iam:GetRole",
      "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies",
      "iam:ListRolePolicies",
      "iam:SimulatePrincipalPolicy",
      "route53:ListHostedZonesByVPC",
      "route53:ListResourceRecordSets"
    ]
  },
  {
    "sid": "ReadSecretNames",
    "use": "secrets",
    "scope": "secrets",
    "actions": [
      "ssm:GetParameterHistory",
      "ssm:GetParametersByPath"
    ]
  },
  {
    "sid": "ChangeGroup",
    "use": "deploy",
    "scope": "group",
    "actions": [
      "autoscaling:CreateOrUpdateTags",
      "autoscaling:DeleteTags",
      "autoscaling:DetachInstances",
      "autoscaling:EnterStandby",
      "autoscaling:ExitStandby",
      "autoscaling:ResumeProcesses",
      "autoscaling:SuspendProcesses",
      "autoscaling:TerminateInstanceInAutoScalingGroup",
      "autoscaling:UpdateAutoScalingGroup"
    ]
  },
  {
    "sid": "ChangeLaunchTemplate",
    "use": "deploy",
    "scope": "launchTemplate",
    "actions": [
      "ec2:CreateLaunchTemplateVersion",
      "ec2:DeleteLaunchTemplateVersions",
      "ec2:ModifyLaunchTemplate"
    ]
  },
  {
    "sid": "KeepEvidence",
    "use": "deploy",
    "scope": "instance",
    "actions": [
      "ec2:CreateTags",
      "ec2:GetConsoleOutput"
    ]
  },
  {
    "sid": "WriteState",
    "use": "deploy",
    "scope": "state",
    "actions": [
      "ssm:DeleteParameters",
      "ssm:PutParameter"
    ]
  },
  {
    "sid": "Launch",
    "use": "deploy",
    "scope": "launch",
    "actions": [
      "ec2:RunInstances"
    ]
  },
  {
    "sid": "TagAtLaunch",
    "use": "deploy",
    "scope": "launch",
    "actions": [
      "ec2:CreateTags"
    ],
    "condition": {
      "StringEquals": {
        "ec2:CreateAction": "RunInstances"
      }
    }
  },
  {
    "sid": "PassRole",
    "use": "deploy",
    "scope": "launch",
    "actions": [
      "iam:PassRole"
    ],
    "condition": {
      "StringLike": {
        "iam:PassedToService": "ec2.amazonaws.com*"
      }
    }
  },
  {
    "sid": "ProveRelease",
    "use": "prove",
    "scope": "any",
    "actions": [
      "autoscaling:DescribeAutoScalingInstances",
      "ec2:DescribeSubnets",
      "elasticloadbalancing:CreateRule",
      "elasticloadbalancing:CreateTargetGroup",
      "elasticloadbalancing:DeleteRule",
      "elasticloadbalancing:DeleteTargetGroup",
      "elasticloadbalancing:RegisterTargets"
    ]
  },
  {
    "sid": "TagShadow",
    "use": "prove",
    "scope": "any",
    "actions": [
      "elasticloadbalancing:AddTags"
    ],
    "condition": {
      "StringLike": {
        "elasticloadbalancing:CreateAction": "Create*"
      }
    }
  },
  {
    "sid": "ProveInGroup",
    "use": "prove",
    "scope": "group",
    "actions": [
      "autoscaling:AttachInstances"
    ]
  },
  {
    "sid": "EndProof",
    "use": "prove",
    "scope": "instance",
    "actions": [
      "ec2:DeleteTags",
      "ec2:TerminateInstances"
    ]
  },
  {
    "sid": "ReadCanary",
    "use": "canary",
    "scope": "any",
    "actions": [
      "cloudwatch:GetMetricData"
    ]
  },
  {
    "sid": "ShiftUsers",
    "use": "canary",
    "scope": "any",
    "actions": [
      "elasticloadbalancing:ModifyListener",
      "elasticloadbalancing:ModifyRule"
    ]
  },
  {
    "sid": "ReadAlarms",
    "use": "alarms",
    "scope": "any",
    "actions": [
      "cloudwatch:DescribeAlarms"
    ]
  },
  {
    "sid": "ReadLogs",
    "use": "logs",
    "scope": "logs",
    "actions": [
      "logs:FilterLogEvents"
    ]
  },
  {
    "sid": "LabelSecrets",
    "use": "labels",
    "scope": "secrets",
    "actions": [
      "ssm:GetParameters",
      "ssm:LabelParameterVersion",
      "ssm:UnlabelParameterVersion"
    ]
  }
];
