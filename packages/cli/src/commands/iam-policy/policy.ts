// policy: the least policy of a deployer, as IAM takes it.
import {
  deployerPermissions,
  type PermissionScope,
  type PermissionSet,
  type PermissionUse,
} from '@directrix/preflight';
import { partitionOf } from '@directrix/reachability';

export interface PolicyRequest {
  /** Of the groups that may be changed; empty: every group. */
  readonly groupNames: readonly string[];
  /** Where the state of a group is: `/directrix/groups/web`. */
  readonly statePathOf: (groupName: string) => string;
  readonly uses: ReadonlySet<PermissionUse>;
  /** With its slash at the end. Undefined: no statement is about secrets. */
  readonly secretsPath?: string;
  /** Undefined: no statement is about logs. */
  readonly logGroup?: string;
  /** Default: every one. */
  readonly region?: string;
  readonly account?: string;
}

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly object[];
}

/** A statement for each set of permissions that is in use, with the resources that it is about. */
export function describePolicy(request: PolicyRequest): PolicyDocument {
  const sets = deployerPermissions.filter(({ use }) => request.uses.has(use));
  return { Version: '2012-10-17', Statement: sets.map((set) => describeStatement(set, request)) };
}

function describeStatement({ sid, scope, actions, condition }: PermissionSet, request: PolicyRequest): object {
  const resources = resourcesOf(scope, request);
  return {
    Sid: `Directrix${sid}`,
    Effect: 'Allow',
    Action: actions,
    Resource: resources.length === 1 ? resources[0] : resources,
    ...(condition === undefined ? {} : { Condition: condition }),
  };
}

function resourcesOf(scope: PermissionScope, request: PolicyRequest): readonly string[] {
  const { groupNames, statePathOf, secretsPath = '/', logGroup = '*', region = '*', account = '*' } = request;
  const arn = (service: string, rest: string) => `arn:${partitionOf(region)}:${service}:${region}:${account}:${rest}`;
  switch (scope) {
    case 'any':
    case 'launch':
      return ['*'];
    case 'group':
      return namesOr(groupNames.map(literal), '*').map((name) =>
        arn('autoscaling', `autoScalingGroup:*:autoScalingGroupName/${name}`),
      );
    case 'launchTemplate':
      return [arn('ec2', 'launch-template/*')];
    case 'instance':
      return [arn('ec2', 'instance/*')];
    case 'state':
      return groupNames.length === 0
        ? [arn('ssm', 'parameter/directrix/*')]
        : groupNames.map((name) => arn('ssm', `parameter${statePathOf(name)}/*`));
    case 'logs':
      return [arn('logs', `log-group:${logGroup}:*`)];
    case 'secrets':
      // The path itself is asked about too, without the slash at its end.
      return [arn('ssm', `parameter${secretsPath.slice(0, -1)}`), arn('ssm', `parameter${secretsPath}*`)];
  }
}

/** A name in an ARN of a policy, where `*` and `?` would stand for others. */
function literal(name: string): string {
  return name.replace(/[*?$]/g, (character) => `\${${character}}`);
}

function namesOr(names: readonly string[], all: string): readonly string[] {
  return names.length === 0 ? [all] : names;
}
