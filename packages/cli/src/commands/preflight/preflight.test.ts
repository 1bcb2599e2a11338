// What needs no account: templates, SARIF, and what is refused. The checks over an account are in test/conformance/preflight.test.ts.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FindingCode } from '@directrix/preflight';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestIo } from '../../io.fixture.js';
import { setAside } from '../../preflight/perform-preflight.js';
import { runProgram } from '../../program.js';

const directory = mkdtempSync(join(tmpdir(), 'directrix-template-'));
const path = join(directory, 'Web.template.json');

const ref = (Ref: string) => ({ Ref });
const group = (egress: object[], ingress: object[]) => ({
  Type: 'AWS::EC2::SecurityGroup',
  Properties: { VpcId: ref('Vpc'), GroupDescription: 'x', SecurityGroupEgress: egress, SecurityGroupIngress: ingress },
});
const rule = (port: number, peer: object) => ({ IpProtocol: 'tcp', FromPort: port, ToPort: port, ...peer });

/** A group behind a load balancer, with an endpoint for Parameter Store that has private DNS. */
function template(privateDns: boolean, healthPort = 8888) {
  return {
    Resources: {
      Vpc: {
        Type: 'AWS::EC2::VPC',
        Properties: { CidrBlock: '10.0.0.0/16', EnableDnsSupport: true, EnableDnsHostnames: true },
      },
      Subnet: {
        Type: 'AWS::EC2::Subnet',
        Properties: { VpcId: ref('Vpc'), CidrBlock: '10.0.1.0/24', AvailabilityZone: 'us-west-2a' },
      },
      AlbGroup: group([rule(80, { CidrIp: '10.0.0.0/16' }), rule(8888, { CidrIp: '10.0.0.0/16' })], []),
      WebGroup: group(
        [rule(443, { CidrIp: '10.0.0.0/16' })],
        [rule(80, { SourceSecurityGroupId: ref('AlbGroup') }), rule(8888, { SourceSecurityGroupId: ref('AlbGroup') })],
      ),
      EndpointGroup: group([], [rule(443, { CidrIp: '10.0.0.0/16' })]),
      Endpoint: {
        Type: 'AWS::EC2::VPCEndpoint',
        Properties: {
          VpcId: ref('Vpc'),
          // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's.
          ServiceName: { 'Fn::Sub': 'com.amazonaws.${AWS::Region}.ssm' },
          VpcEndpointType: 'Interface',
          SubnetIds: [ref('Subnet')],
          SecurityGroupIds: [ref('EndpointGroup')],
          PrivateDnsEnabled: privateDns,
        },
      },
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          Policies: [
            {
              PolicyName: 'secrets',
              PolicyDocument: {
                Statement: [
                  {
                    Effect: 'Allow',
                    Action: 'ssm:GetParametersByPath',
                    Resource: {
                      // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's.
                      'Fn::Sub': 'arn:aws:ssm:${AWS::Region}:${AWS::AccountId}:parameter/app/production',
                    },
                  },
                ],
              },
            },
          ],
        },
      },
      Profile: { Type: 'AWS::IAM::InstanceProfile', Properties: { Roles: [ref('Role')] } },
      Template: {
        Type: 'AWS::EC2::LaunchTemplate',
        Properties: {
          LaunchTemplateData: {
            InstanceType: 't3.micro',
            SecurityGroupIds: [ref('WebGroup')],
            IamInstanceProfile: { Arn: { 'Fn::GetAtt': ['Profile', 'Arn'] } },
          },
        },
      },
      Balancer: {
        Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
        Properties: { Subnets: [ref('Subnet')], SecurityGroups: [ref('AlbGroup')] },
      },
      Listener: {
        Type: 'AWS::ElasticLoadBalancingV2::Listener',
        Properties: {
          LoadBalancerArn: ref('Balancer'),
          DefaultActions: [{ Type: 'forward', TargetGroupArn: ref('Targets') }],
        },
      },
      Targets: {
        Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
        Properties: { Port: 80, HealthCheckPort: String(healthPort), VpcId: ref('Vpc') },
      },
      Asg: {
        Type: 'AWS::AutoScaling::AutoScalingGroup',
        Properties: {
          MinSize: '2',
          MaxSize: '5',
          HealthCheckType: 'ELB',
          HealthCheckGracePeriod: 120,
          VPCZoneIdentifier: [ref('Subnet')],
          TargetGroupARNs: [ref('Targets')],
          LaunchTemplate: {
            LaunchTemplateId: ref('Template'),
            Version: { 'Fn::GetAtt': ['Template', 'LatestVersionNumber'] },
          },
        },
      },
    },
  };
}

beforeAll(() => writeFileSync(path, JSON.stringify(template(true), null, 2)));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function run(argv: readonly string[], options: Parameters<typeof createTestIo>[0] = {}) {
  const io = createTestIo(options);
  return { code: await runProgram(['preflight', ...argv], io), ...io.written };
}

function write(document: object): string {
  const file = join(directory, `${Math.abs(JSON.stringify(document).length)}.json`);
  writeFileSync(file, JSON.stringify(document, null, 2));
  return file;
}

describe('a template', () => {
  test('in which nothing is wrong passes, and says what only an account knows', async () => {
    const { code, stdout } = await run(['--template', path]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^PASS: Asg of .*: no errors, no warnings/);
    expect(stdout).toContain('PREFLIGHT_NOT_READ Not checked: the names below /app/production.');
  });

  test('with several faults names all of them, with exit code 2, and no call to AWS for what has no id yet', async () => {
    const { code, stdout } = await run(['--template', write(template(false, 9999)), '--json']);
    const document = JSON.parse(stdout);
    const errors = document.findings.filter((one: { severity: string }) => one.severity === 'error');
    expect([code, document.verdict]).toEqual([2, 'fail']);
    expect(errors.map((one: { code: string }) => one.code)).toEqual([
      'DNS_PRIVATE_DISABLED',
      'ENI_SG_RULES_MISMATCH',
      'ENI_SG_RULES_MISMATCH',
    ]);
    expect(errors.flatMap((one: { fix: { commands: string[] } }) => one.fix.commands)).toEqual([]);
  });

  test('whose role may not read the path it is told', async () => {
    const { stdout } = await run(['--template', path, '--secrets-path', '/other/', '--json']);
    expect(JSON.parse(stdout).findings.map((one: { code: string }) => one.code)).toContain('POLICY_IAM_PATH');
  });

  test.each([
    [['--template', '/nowhere.json'], 'TEMPLATE_UNREADABLE'],
    [['--template', path, '--group', 'Other'], 'say --group with one of Asg'],
    [['--template', path, '--skip', 'NOPE'], 'No finding has the code NOPE.'],
    [[], 'add --group NAME, or --template FILE'],
  ])('refuses %j with what to do', async (argv, hint) => {
    const { code, stdout, stderr } = await run([...argv, '--json']);
    expect(code).toBe(2);
    expect(stderr).toContain(hint);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'directrix.preflight/1', error: { code: expect.any(String) } });
  });
});

test('there is colour on a terminal only, and never with NO_COLOR', async () => {
  expect((await run(['--template', path], { isTerminal: true })).stdout).toContain('\u001b[');
  expect((await run(['--template', path], { isTerminal: true, env: { NO_COLOR: '1' } })).stdout).not.toContain(
    '\u001b',
  );
  expect((await run(['--template', path])).stdout).not.toContain('\u001b');
});

test('SARIF has a result for each finding, at the line of the resource that it names', async () => {
  const file = write(template(false));
  const sarif = join(directory, 'out.sarif');
  await run(['--template', file, '--sarif', sarif]);
  const { version, runs } = JSON.parse(readFileSync(sarif, 'utf8'));
  const { tool, results } = runs[0];
  expect(version).toBe('2.1.0');
  const fault = results.find((one: { ruleId: string }) => one.ruleId === 'DNS_PRIVATE_DISABLED');
  expect(fault.level).toBe('error');
  expect(tool.driver.rules[fault.ruleIndex].id).toBe('DNS_PRIVATE_DISABLED');
  const { startLine } = fault.locations[0].physicalLocation.region;
  expect(readFileSync(file, 'utf8').split('\n')[startLine - 1]).toContain('"Endpoint":');
});

describe('a template in YAML, with short forms', () => {
  const yaml = new URL('fixtures/web.template.yaml', import.meta.url).pathname;
  const codes = (stdout: string) => JSON.parse(stdout).findings.map((one: { code: string }) => one.code);

  test('with its parameters passes', async () => {
    const { code, stdout } = await run([
      '--template',
      yaml,
      '--parameter',
      'EndpointPort=443',
      '--skip',
      'INSTANCE_PROFILE_MISSING',
      '--json',
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'pass' });
    expect(codes(stdout)).not.toContain('TEMPLATE_NOT_RESOLVED');
    expect(code).toBe(0);
  });

  test('with a port that is not open fails, at the line of the group in the YAML', async () => {
    const sarif = join(directory, 'yaml.sarif');
    const { code } = await run(['--template', yaml, '--parameter', 'EndpointPort=8443', '--sarif', sarif]);
    const [{ results }] = JSON.parse(readFileSync(sarif, 'utf8')).runs;
    const fault = results.find((one: { ruleId: string }) => one.ruleId === 'ENI_SG_RULES_MISMATCH');
    const { startLine } = fault.locations[0].physicalLocation.region;
    expect(readFileSync(yaml, 'utf8').split('\n')[startLine - 1]).toMatch(
      /^ {2}(EndpointGroup|WebGroup|Endpoint|Asg):/,
    );
    expect(code).toBe(2);
  });

  test('with what decides the path left open is not decided: no pass, unless that is allowed', async () => {
    const open = await run(['--template', yaml]);
    expect(open.stdout).toMatch(/^NOT DECIDED: Asg of /);
    expect(open.stdout).toContain('parameter EndpointPort');
    expect(open.code).toBe(2);
    expect((await run(['--template', yaml, '--allow-undecided'])).code).toBe(0);
  });

  test('with another stage, whose endpoint has no private DNS', async () => {
    const parameters = ['--parameter', 'EndpointPort=443', '--parameter', 'Stage=test'];
    const { stdout } = await run(['--template', yaml, ...parameters, '--json']);
    expect(codes(stdout)).toContain('DNS_PRIVATE_DISABLED');
  });

  test.each([
    ['Resources: [', 'is neither JSON nor YAML'],
    ['a: &x [*x]\nResources: {}', 'cannot be read'],
    ['- Resources', 'has no Resources'],
  ])('that is none is refused: %j', async (text, why) => {
    const file = join(directory, 'broken.yaml');
    writeFileSync(file, text);
    const { code, stderr } = await run(['--template', file]);
    expect(stderr.replace(/\s+/g, ' ')).toContain(why);
    expect(code).toBe(2);
  });

  test('a parameter that the template does not have is refused', async () => {
    const { code, stderr } = await run(['--template', yaml, '--parameter', 'EndpointProt=443']);
    expect(stderr.replace(/\s+/g, ' ')).toContain('with one of Stage, EndpointPort');
    expect(code).toBe(2);
  });
});

describe('--skip', () => {
  const finding = (code: FindingCode, severity: 'error' | 'warning') => ({
    code,
    severity,
    check: 'x',
    subject: 'x',
    message: 'x',
    evidence: [],
  });
  const found = [finding('PATH_EMPTY', 'error'), finding('GROUP_EMPTY', 'error'), finding('PATH_EMPTY', 'warning')];

  test.each([
    [['PATH_EMPTY'], ['GROUP_EMPTY', 'PATH_EMPTY'], ['PATH_EMPTY']],
    [['all'], ['PATH_EMPTY'], ['PATH_EMPTY', 'GROUP_EMPTY']],
    [[], ['PATH_EMPTY', 'GROUP_EMPTY', 'PATH_EMPTY'], []],
  ])('%j sets aside errors only', (skip, stands, skipped) => {
    const result = setAside(found, skip);
    expect(result.findings.map(({ code }) => code)).toEqual(stands);
    expect(result.skipped.map(({ code }) => code)).toEqual(skipped);
  });
});
