// What the pages show runs: the example of the README as it stands, and the pieces of docs/infrastructure.md one after the other.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';

// Each starts the command or loads aws-cdk-lib anew: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const root = join(__dirname, '../../..');
// Below the root, so that its packages are found.
const home = join(root, 'node_modules', '.cache', `directrix-pages-${process.pid}`);
mkdirSync(home, { recursive: true });
afterAll(() => rmSync(home, { recursive: true, force: true }));

function blocksOf(page: string): string[] {
  return [...readFileSync(join(root, page), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, text]) => text!);
}

function run(name: string, text: string) {
  writeFileSync(join(home, name), text);
  const { status, stderr } = spawnSync(process.execPath, [name], { cwd: home, encoding: 'utf8' });
  return { status, stderr };
}

test('the example of the README synthesizes', () => {
  const [example] = blocksOf('packages/cdk/README.md');
  expect(run('readme.mjs', example!)).toMatchObject({ status: 0 });
});

test('the pieces of docs/infrastructure.md run', () => {
  const prelude = `
    import { App, Aspects, Stack, Validations } from 'aws-cdk-lib';
    import * as ec2 from 'aws-cdk-lib/aws-ec2';
    import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
    import * as iam from 'aws-cdk-lib/aws-iam';
    import { ImmutableFleet, LabEnvironment, ManagementDomain, ParameterStoreEndpoint, PreflightChecks } from '@directrix/cdk';
    const app = new App();
    const stack = new Stack(app, 'Site');
    const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 0 });
    const machineImage = ec2.MachineImage.latestAmazonLinux2023();
    const template = (id) => new ec2.LaunchTemplate(stack, id, { securityGroup: new ec2.SecurityGroup(stack, id + 'Group', { vpc }) });
    const [web, packer] = [template('Client'), template('Packer')];
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
    const deployer = new iam.Role(stack, 'Deployer', { assumedBy: new iam.AccountRootPrincipal() });
    const listener = new elbv2.ApplicationLoadBalancer(stack, 'Balancer', { vpc }).addListener('Http', { port: 80 });
    const group = stack;`;
  const blocks = blocksOf('docs/infrastructure.md');
  expect(blocks.length).toBeGreaterThan(4);
  expect(run('pieces.mjs', `${prelude}\n${blocks.join('\n')}`)).toEqual({ status: 0, stderr: '' });
});
