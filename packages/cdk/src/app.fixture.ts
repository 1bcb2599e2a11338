// A small site to change one thing of: a VPC with public and isolated subnets, and a group of instances in it.
import { rmSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';

const written: string[] = [];

/** An app whose assembly is deleted by `deleteAssemblies`. */
export function createApp(): App {
  const app = new App({ analyticsReporting: false, treeMetadata: false });
  written.push(app.outdir);
  return app;
}

export function deleteAssemblies(): void {
  for (const directory of written.splice(0)) rmSync(directory, { recursive: true, force: true });
}

export function createStack(app: App = createApp(), name = 'Site'): Stack {
  return new Stack(app, name, { env: { account: '123456789012', region: 'us-west-2' } });
}

export function createVpc(stack: Stack, props: ec2.VpcProps = {}): ec2.Vpc {
  return new ec2.Vpc(stack, 'Vpc', {
    availabilityZones: ['us-west-2a', 'us-west-2b'],
    natGateways: 0,
    restrictDefaultSecurityGroup: false,
    subnetConfiguration: [
      { name: 'Public', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 24 },
      { name: 'Backend', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
    ],
    ...props,
  });
}

/** A launch template in a group that lets nothing out but what is opened for it. */
export function createClient(stack: Stack, vpc: ec2.IVpc, id = 'Client'): ec2.LaunchTemplate {
  return new ec2.LaunchTemplate(stack, id, {
    instanceType: new ec2.InstanceType('t3.micro'),
    machineImage: ec2.MachineImage.genericLinux({ 'us-west-2': 'ami-0123456789abcdef0' }),
    securityGroup: new ec2.SecurityGroup(stack, `${id}Group`, { vpc, allowAllOutbound: false }),
  });
}

/** What the synthesis says when it fails; empty when it does not. */
export function faultsOf(stack: Stack): string[] {
  try {
    Template.fromStack(stack);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n').flatMap((line) => /^\s*\[[^\]]*\] (.*)$/.exec(line)?.[1] ?? []);
  }
}
