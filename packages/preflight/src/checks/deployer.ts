// What the deployer's own credentials may do.
import type { Check } from '../check.js';
import { groupSubject, readValue } from '../check.js';
import { draft } from '../draft.js';

export const checkDeployer: Check = ({ snapshot }) => {
  const denied = Object.entries(readValue(snapshot.deployerPermissions) ?? {})
    .filter(([, verdict]) => verdict === 'denied')
    .map(([action]) => action)
    .sort();
  if (denied.length === 0) return [];
  return [
    draft('DEPLOYER_NOT_ALLOWED', {
      subject: groupSubject(snapshot),
      message: `The deployer's credentials may not do ${denied.join(', ')}.`,
      evidence: denied.map((id) => ({ id, what: "denied, says IAM's simulation" })),
    }),
  ];
};

/** What a rollout asks for; docs/cli.md has the same list. */
export const deployerActions: readonly string[] = [
  'autoscaling:DescribeAutoScalingGroups',
  'autoscaling:DescribeScalingActivities',
  'autoscaling:UpdateAutoScalingGroup',
  'autoscaling:SuspendProcesses',
  'autoscaling:ResumeProcesses',
  'autoscaling:EnterStandby',
  'autoscaling:ExitStandby',
  'autoscaling:DetachInstances',
  'autoscaling:TerminateInstanceInAutoScalingGroup',
  'ec2:DescribeInstances',
  'ec2:DescribeImages',
  'ec2:DescribeLaunchTemplates',
  'ec2:DescribeLaunchTemplateVersions',
  'ec2:CreateLaunchTemplateVersion',
  'ec2:DeleteLaunchTemplateVersions',
  'ec2:ModifyLaunchTemplate',
  'ec2:CreateTags',
  'ec2:GetConsoleOutput',
  'ec2:RunInstances',
  'elasticloadbalancing:DescribeTargetGroups',
  'elasticloadbalancing:DescribeTargetHealth',
  'elasticloadbalancing:DescribeListeners',
];
