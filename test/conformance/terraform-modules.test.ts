// The Terraform modules. Their provider is not at hand here: what a plan of them says is written down, held against the resources that the
// modules have, and read by preflight and reach as any plan is. Where terraform is installed, it says that the modules are well formed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  type Planned,
  type PlannedModule,
  planOf,
  ref,
} from '../../packages/reachability/src/fixtures/terraform-plan.js';

// Each starts the command or loads aws-cdk-lib anew: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const root = fileURLToPath(new URL('../..', import.meta.url));
const command = join(root, 'packages/cli/bin/directrix.js');

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'dx-terraform-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const parameters = 'arn:aws:ssm:us-west-2:123456789012:parameter';
const statement = {
  Sid: 'ReadSecrets',
  Effect: 'Allow',
  Action: ['ssm:GetParameter', 'ssm:GetParameters', 'ssm:GetParametersByPath'],
  Resource: [`${parameters}/app/production`, `${parameters}/app/production/*`],
};
const policyOf = (more: object) => JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, ...more }] });

type Call = PlannedModule & { readonly inputs: Readonly<Record<string, readonly string[]>> };

const domain: Call = {
  inputs: {
    vpc_id: ['aws_vpc.site.id'],
    subnet_ids: ['aws_subnet.management_a.id', 'aws_subnet.management_b.id'],
  },
  outputs: { security_group_id: ['aws_security_group.this.id'] },
  resources: [
    { type: 'aws_security_group', name: 'this', unknown: { vpc_id: true }, expressions: { vpc_id: ref('var.vpc_id') } },
    {
      type: 'aws_vpc_endpoint',
      name: 'ssm',
      values: {
        service_name: 'com.amazonaws.us-west-2.ssm',
        vpc_endpoint_type: 'Interface',
        private_dns_enabled: true,
        policy: policyOf({ Principal: '*' }),
      },
      unknown: { vpc_id: true, subnet_ids: true, security_group_ids: true },
      expressions: {
        vpc_id: ref('var.vpc_id'),
        subnet_ids: ref('var.subnet_ids'),
        security_group_ids: ref('aws_security_group.this.id'),
      },
    },
  ],
};

function client(group: string): Call {
  const rule = (direction: string, own: string, other: string): Planned => ({
    type: `aws_vpc_security_group_${direction}_rule`,
    name: 'this',
    values: { ip_protocol: 'tcp', from_port: 443, to_port: 443 },
    unknown: { security_group_id: true, referenced_security_group_id: true },
    expressions: { security_group_id: ref(own), referenced_security_group_id: ref(other) },
  });
  const [own, domains] = ['var.security_group_id', 'var.domain_security_group_id'];
  return {
    inputs: {
      security_group_id: [`aws_security_group.${group}.id`],
      domain_security_group_id: ['module.management.security_group_id'],
    },
    resources: [rule('egress', own, domains), rule('ingress', domains, own)],
  };
}

const fleet: Call = {
  inputs: {
    vpc_id: ['aws_vpc.site.id'],
    subnet_ids: ['aws_subnet.private_a.id', 'aws_subnet.private_b.id'],
    security_group_ids: ['aws_security_group.backend.id'],
    instance_profile_arn: ['aws_iam_instance_profile.web.arn'],
  },
  outputs: { target_group_arn: ['aws_lb_target_group.this.arn'] },
  resources: [
    {
      type: 'aws_launch_template',
      name: 'this',
      values: { name: 'web', image_id: 'ami-0123456789abcdef0', instance_type: 't3.micro', iam_instance_profile: [{}] },
      unknown: { vpc_security_group_ids: true, iam_instance_profile: [{ arn: true }] },
      expressions: {
        vpc_security_group_ids: ref('var.security_group_ids'),
        iam_instance_profile: [{ arn: ref('var.instance_profile_arn') }],
      },
    },
    {
      type: 'aws_lb_target_group',
      name: 'this',
      values: {
        name: 'web',
        port: 80,
        protocol: 'HTTP',
        deregistration_delay: '30',
        health_check: [
          { enabled: true, path: '/healthz', port: 'traffic-port', interval: 10, timeout: 5, matcher: '200' },
        ],
      },
      unknown: { vpc_id: true, arn: true },
      expressions: { vpc_id: ref('var.vpc_id') },
    },
    {
      type: 'aws_autoscaling_group',
      name: 'this',
      values: {
        name: 'web',
        min_size: 2,
        max_size: 5,
        health_check_type: 'ELB',
        health_check_grace_period: 300,
        launch_template: [{ version: '$Latest' }],
      },
      unknown: { vpc_zone_identifier: true, target_group_arns: true, launch_template: [{ id: true, name: true }] },
      expressions: {
        vpc_zone_identifier: ref('var.subnet_ids'),
        target_group_arns: ref('aws_lb_target_group.this.arn'),
        launch_template: [{ id: ref('aws_launch_template.this.id'), version: { constant_value: '$Latest' } }],
      },
    },
  ],
};

/** A site of the modules; what is around them is the user's. */
function siteOf(clients: readonly string[]): object {
  const inVpc = { unknown: { vpc_id: true }, expressions: { vpc_id: ref('aws_vpc.site.id') } };
  const subnet = (name: string, cidr: string, zone: string, isPublic = false): Planned => ({
    type: 'aws_subnet',
    name,
    values: { cidr_block: cidr, availability_zone: `us-west-2${zone}`, map_public_ip_on_launch: isPublic },
    ...inVpc,
  });
  const group = (name: string, egress: readonly object[] = []): Planned => ({
    type: 'aws_security_group',
    name,
    values: egress.length > 0 ? { egress } : {},
    ...inVpc,
  });
  const everywhere = { protocol: '-1', from_port: 0, to_port: 0, cidr_blocks: ['0.0.0.0/0'] };
  const role = (type: string, values: object, unknown: object, expressions: object): Planned =>
    ({ type, name: 'web', values, unknown, expressions }) as Planned;
  return planOf({
    resources: [
      // As the modules ask it, too.
      { type: 'aws_caller_identity', name: 'current', isData: true, values: { account_id: '123456789012' } },
      {
        type: 'aws_vpc',
        name: 'site',
        values: { cidr_block: '10.0.0.0/16', enable_dns_support: true, enable_dns_hostnames: true },
      },
      subnet('public_a', '10.0.0.0/24', 'a', true),
      subnet('private_a', '10.0.10.0/24', 'a'),
      subnet('private_b', '10.0.11.0/24', 'b'),
      subnet('management_a', '10.0.20.0/27', 'a'),
      subnet('management_b', '10.0.21.0/27', 'b'),
      group('backend'),
      group('packer', [everywhere]),
      role('aws_iam_role', { name: 'web' }, {}, {}),
      role(
        'aws_iam_role_policy',
        { name: 'secrets', policy: policyOf({}) },
        { role: true },
        { role: ref('aws_iam_role.web.id') },
      ),
      role('aws_iam_instance_profile', {}, { role: true, arn: true }, { role: ref('aws_iam_role.web.name') }),
      {
        type: 'aws_launch_template',
        name: 'packer',
        values: {
          name: 'packer',
          tags: { 'directrix:builder': 'true' },
          network_interfaces: [{ associate_public_ip_address: 'true' }],
        },
        unknown: { network_interfaces: [{ security_groups: true, subnet_id: true }] },
        expressions: {
          network_interfaces: [
            { security_groups: ref('aws_security_group.packer.id'), subnet_id: ref('aws_subnet.public_a.id') },
          ],
        },
      },
    ],
    modules: {
      management: domain,
      web: fleet,
      ...Object.fromEntries(clients.map((name) => [`${name}_client`, client(name)])),
    },
  });
}

function directrix(...args: string[]) {
  const { status, stdout } = spawnSync(process.execPath, [command, ...args, '--json'], { encoding: 'utf8', cwd: home });
  return { status, document: JSON.parse(stdout) };
}

function write(name: string, plan: object): string {
  const path = join(home, name);
  writeFileSync(path, JSON.stringify(plan));
  return path;
}

const toSecrets = (plan: string, from: string) =>
  directrix('reach', '--from', from, '--to', 'ssm:443', '--template', plan);

test.each([
  ['management-domain', domain],
  ['management-client', client('backend')],
  ['immutable-fleet', fleet],
])('the plan has the resources of the module %s', (name, { resources = [] }) => {
  const text = readFileSync(join(root, 'terraform', name, 'main.tf'), 'utf8');
  const written = [...text.matchAll(/^resource "(\w+)" "(\w+)"/gm)].map(([, type, own]) => `${type}.${own}`);
  expect(resources.map(({ type, name: own }) => `${type}.${own}`).sort()).toEqual(written.sort());
});

test('a fleet and a builder that are clients of the domain reach Parameter Store, as the plan says it', () => {
  const plan = write('site.json', siteOf(['backend', 'packer']));
  expect(toSecrets(plan, 'group:module.web.aws_autoscaling_group.this')).toMatchObject({ status: 0 });
  expect(toSecrets(plan, 'lt:aws_launch_template.packer')).toMatchObject({ status: 0 });
  const { document } = directrix('preflight', '--template', plan, '--secrets-path', '/app/production/');
  const found = (document.findings as { code: string; severity: string }[]).filter(
    ({ severity }) => severity !== 'note',
  );
  // The load balancer is not the modules'.
  expect(found.map(({ code }) => code)).toEqual(['TARGET_GROUP_UNUSED']);
});

test('the client that was forgotten is named', () => {
  const without = write('without-packer.json', siteOf(['backend']));
  expect(toSecrets(without, 'lt:aws_launch_template.packer')).toMatchObject({ status: 2 });
  const { document } = directrix('preflight', '--template', without, '--secrets-path', '/app/production/');
  expect(document.findings).toContainEqual(
    expect.objectContaining({
      severity: 'warning',
      subject: expect.stringContaining('builder aws_launch_template.packer'),
    }),
  );
});

const terraform = spawnSync('terraform', ['version'], { encoding: 'utf8' });
test.skipIf(terraform.status !== 0)('terraform finds the modules well formed', () => {
  const { status, stdout } = spawnSync('terraform', ['fmt', '-check', '-recursive', join(root, 'terraform')], {
    encoding: 'utf8',
  });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
});

test('every variable and output of the modules says what it is', () => {
  for (const module of readdirSync(join(root, 'terraform'), { withFileTypes: true }).filter((one) =>
    one.isDirectory(),
  )) {
    const text = readFileSync(join(root, 'terraform', module.name, 'main.tf'), 'utf8');
    const blocks = [...text.matchAll(/^(?:variable|output) "(\w+)" \{\n([\s\S]*?)^\}/gm)];
    expect(blocks.filter(([, , body]) => !/^ {2}description +=/m.test(body!)).map(([, name]) => name)).toEqual([]);
  }
});
