// machines: what of an app runs code of its own in a VPC, and so may ask Parameter Store by its name.
import { CfnResource } from 'aws-cdk-lib';
import type { CfnLaunchConfiguration } from 'aws-cdk-lib/aws-autoscaling';
import type { CfnInstance, CfnLaunchTemplate } from 'aws-cdk-lib/aws-ec2';
import { CfnSecurityGroup, CfnSubnet } from 'aws-cdk-lib/aws-ec2';
import type { CfnService } from 'aws-cdk-lib/aws-ecs';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { nameOf, recordsOf, textOf, textsOf } from './named-values';

export interface Machine {
  readonly construct: CfnResource;
  /** Ids, or names as `nameOf` gives them. */
  readonly groups: string[];
  readonly subnets: string[];
}

/** Instances, launch templates, launch configurations, functions and services of the whole app that name a group or a subnet. */
export function findMachines(root: IConstruct): Machine[] {
  return resourcesBelow(root)
    .map(machineOf)
    .filter((one) => one !== undefined)
    .filter(({ groups, subnets }) => groups.length + subnets.length > 0);
}

export function resourcesBelow(root: IConstruct): CfnResource[] {
  return root.node.findAll().filter((one): one is CfnResource => CfnResource.isCfnResource(one));
}

// The types are looked at by their names, so that no service's module is loaded for it.
function machineOf(construct: CfnResource): Machine | undefined {
  switch (construct.cfnResourceType) {
    case 'AWS::EC2::Instance': {
      const { securityGroupIds, subnetId, networkInterfaces } = construct as CfnInstance;
      return wired(construct, [securityGroupIds], [subnetId], networkInterfaces, 'groupSet');
    }
    case 'AWS::EC2::LaunchTemplate': {
      const [data = {}] = recordsOf(construct, (construct as CfnLaunchTemplate).launchTemplateData);
      return wired(construct, [data.securityGroupIds], [], data.networkInterfaces, 'groups');
    }
    case 'AWS::AutoScaling::LaunchConfiguration':
      return wired(construct, [(construct as CfnLaunchConfiguration).securityGroups], [], undefined, '');
    case 'AWS::Lambda::Function': {
      const [vpc = {}] = recordsOf(construct, (construct as CfnFunction).vpcConfig);
      return wired(construct, [vpc.securityGroupIds], [vpc.subnetIds], undefined, '');
    }
    case 'AWS::ECS::Service': {
      const [network = {}] = recordsOf(construct, (construct as CfnService).networkConfiguration);
      const [vpc = {}] = recordsOf(construct, network.awsvpcConfiguration);
      return wired(construct, [vpc.securityGroups], [vpc.subnets], undefined, '');
    }
    default:
      return undefined;
  }
}

function wired(
  construct: CfnResource,
  groups: unknown[],
  subnets: unknown[],
  interfaces: unknown,
  groupsKey: string,
): Machine {
  const own = recordsOf(construct, interfaces);
  return {
    construct,
    groups: [...groups, ...own.map((one) => one[groupsKey])].flatMap((one) => textsOf(construct, one)),
    subnets: [...subnets, ...own.map((one) => one.subnetId)].flatMap((one) => textsOf(construct, one)),
  };
}

/** Which VPC of the app a machine is in, by its groups, else its subnets; undefined when the app does not say it. */
export function vpcOf(root: IConstruct, machine: Machine): string | undefined {
  for (const construct of root.node.findAll()) {
    const isIts =
      (construct instanceof CfnSecurityGroup && machine.groups.includes(nameOf(construct))) ||
      (construct instanceof CfnSubnet && machine.subnets.includes(nameOf(construct)));
    if (isIts) return textOf(construct, construct.vpcId);
  }
  return undefined;
}
