// deploy-policy: what a deployer of one group must be allowed, as `directrix iam-policy` says it.
import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { deployerPermissions, manifest, type PermissionSet } from './manifest';
import { pathArns } from './secrets-path';

/** What the deployer does besides a plain deploy. */
export interface DeployGrantOptions {
  /**
   * It waits for alarms: `deploy --alarm`.
   *
   * @default false
   */
  readonly alarms?: boolean;

  /**
   * It gives a release a share of users' requests first: `deploy --canary`.
   *
   * @default false
   */
  readonly canary?: boolean;

  /**
   * It labels the versions of the secrets: `deploy --label-secrets`.
   *
   * @default false
   */
  readonly labelSecrets?: boolean;
}

/** What the statements are about. */
export interface DeployedGroup {
  readonly groupName: string;
  /** Undefined where it is not known: then any. */
  readonly launchTemplateId: string | undefined;
  readonly secretsPaths: string[];
}

/** One grant of all that is needed, whole or not at all a success. */
export function grantDeploy(
  scope: IConstruct,
  grantee: iam.IGrantable,
  group: DeployedGroup,
  options: DeployGrantOptions,
): iam.Grant {
  const uses = new Set(['read', 'preflight', 'deploy', 'prove']);
  if (group.secretsPaths.length > 0) uses.add('secrets');
  if (options.alarms === true) uses.add('alarms');
  if (options.canary === true) uses.add('canary');
  if (options.labelSecrets === true) uses.add('labels');
  const grants = deployerPermissions
    .filter(({ use }) => uses.has(use))
    .map((set) =>
      iam.Grant.addToPrincipal({
        grantee,
        actions: [...set.actions],
        resourceArns: resourcesOf(scope, set, group),
        ...(set.condition !== undefined && { conditions: set.condition }),
      }),
    );
  return grants.reduce((all, one) => all.combine(one));
}

function resourcesOf(scope: IConstruct, { scope: about }: PermissionSet, group: DeployedGroup): string[] {
  const stack = Stack.of(scope);
  const arn = (service: string, resource: string, resourceName: string) =>
    stack.formatArn({ service, resource, resourceName });
  switch (about) {
    case 'group':
      return [arn('autoscaling', 'autoScalingGroup:*:autoScalingGroupName', group.groupName)];
    case 'launchTemplate':
      return [arn('ec2', 'launch-template', group.launchTemplateId ?? '*')];
    case 'instance':
      return [arn('ec2', 'instance', '*')];
    case 'state':
      return [arn('ssm', `parameter${stateFolder(group.groupName)}`, '*')];
    case 'secrets':
      return group.secretsPaths.flatMap((path) => pathArns(stack, path));
    default:
      return ['*'];
  }
}

function stateFolder(groupName: string): string {
  return `${manifest.statePath}${groupName}`;
}
