// `reach diff` of files. A plan laid over an account is in test/conformance/preflight.test.ts.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestIo } from '../../io.fixture.js';
import { runProgram } from '../../program.js';

const cwd = mkdtempSync(join(tmpdir(), 'directrix-diff-'));
const plan = fileURLToPath(new URL('./fixtures/plan.json', import.meta.url));

const template = (port: number, privateDns: boolean) => `
Parameters:
  Range: { Type: String, Default: 10.0.0.0/16 }
Resources:
  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: !Ref Range, EnableDnsHostnames: true } }
  Subnet: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24 } }
  WebGroup: { Type: AWS::EC2::SecurityGroup, Properties: { VpcId: !Ref Vpc, GroupDescription: web } }
  DbGroup:
    Type: AWS::EC2::SecurityGroup
    Properties:
      VpcId: !Ref Vpc
      GroupDescription: db
      SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: ${port}, ToPort: ${port}, SourceSecurityGroupId: !Ref WebGroup }]
  Web: { Type: AWS::EC2::Instance, Properties: { SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref WebGroup] } }
  Db: { Type: AWS::EC2::Instance, Properties: { SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref DbGroup] } }
  EndpointGroup:
    Type: AWS::EC2::SecurityGroup
    Properties:
      VpcId: !Ref Vpc
      GroupDescription: endpoint
      SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: !Ref Range }]
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Vpc
      VpcEndpointType: Interface
      ServiceName: !Sub com.amazonaws.\${AWS::Region}.ssm
      SubnetIds: [!Ref Subnet]
      SecurityGroupIds: [!Ref EndpointGroup]
      PrivateDnsEnabled: ${privateDns}
`;

beforeAll(() => {
  writeFileSync(join(cwd, 'before.yaml'), template(5432, true));
  writeFileSync(join(cwd, 'moved.yaml'), template(5433, true));
  writeFileSync(join(cwd, 'dark.yaml'), template(5432, false));
  writeFileSync(join(cwd, 'questions.yaml'), '- { from: instance:Web, to: ssm }\n');
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

async function diff(...argv: readonly string[]) {
  const io = createTestIo({ env: { AWS_REGION: 'us-west-2' }, cwd });
  const code = await runProgram(['reach', 'diff', ...argv], io);
  return { code, ...io.written };
}
const between = (before: string, after: string, ...more: readonly string[]) =>
  diff('--before', before, '--after', after, ...more);

test('a template and itself: nothing differs, exit code 0', async () => {
  expect(await between('before.yaml', 'before.yaml')).toEqual({
    code: 0,
    stdout: 'The change: no path differs.\n',
    stderr: '',
  });
});

test('what a change breaks and opens, and the exit code', async () => {
  const { code, stdout } = await between('before.yaml', 'moved.yaml');
  expect(code).toBe(2);
  expect(stdout).toMatch(/^The change: breaks 1, opens 1\.\n\nBreaks\n {2}Web to Db:5432\n {4}ENI_SG_RULES_MISMATCH/);
  expect(stdout).toContain('Opens\n  Web to Db:5433\n');
  expect((await between('before.yaml', 'moved.yaml', '--fail-on', 'moves')).code).toBe(0);
});

test('Markdown for a pull request, JSON for a program', async () => {
  const { stdout } = await between('before.yaml', 'dark.yaml', '--markdown');
  expect(stdout).toContain(
    '## Network paths\n\nThe change: breaks 2.\n\n### Breaks\n\n| path | why |\n| --- | --- |\n',
  );
  expect(stdout).toContain('| Web to ssm.us-west-2.amazonaws.com:443 | DNS\\_PRIVATE\\_DISABLED: ');
  const json = JSON.parse((await between('before.yaml', 'dark.yaml', '--json')).stdout);
  expect(json).toMatchObject({
    schema: 'directrix.reach-diff/1',
    breaks: [{ path: 'Web to ssm.us-west-2.amazonaws.com:443', before: 'reachable', after: 'unreachable' }, {}],
    opens: [],
    moves: [],
    undecided: [],
  });
});

test('SARIF at the line of what is at fault, with fingerprints that differ', async () => {
  await between('before.yaml', 'moved.yaml', '--sarif', 'reach.sarif');
  const { results } = JSON.parse(readFileSync(join(cwd, 'reach.sarif'), 'utf8')).runs[0];
  const lines = template(5433, true).split('\n');
  const [breaks] = results;
  expect(breaks).toMatchObject({ ruleId: 'PATH_BREAKS', level: 'error' });
  const { artifactLocation, region } = breaks.locations[0].physicalLocation;
  expect([artifactLocation.uri, lines[region.startLine - 1]]).toEqual(['moved.yaml', '  DbGroup:']);
  const prints = results.map((one: { partialFingerprints: object }) => JSON.stringify(one.partialFingerprints));
  expect(new Set(prints).size).toBe(2);
});

test('the questions of a file are asked in place of all', async () => {
  const { stdout } = await between('before.yaml', 'dark.yaml', '--questions', 'questions.yaml');
  expect(stdout).toMatch(/^The change: breaks 1\./);
});

test('a plan alone is compared with the state that it was made from', async () => {
  const { code, stdout } = await diff('--after', plan);
  expect(code).toBe(0);
  expect(stdout).not.toContain('Breaks');
});

test('a parameter goes to the template that has it', async () => {
  const { code } = await between('before.yaml', 'moved.yaml', '--parameter', 'Range=10.0.0.0/20', '--fail-on', 'moves');
  expect(code).toBe(0);
});

test.each<[readonly string[], string]>([
  [[], 'add --after FILE'],
  [['--after', 'before.yaml'], 'add --before account, or --before FILE'],
  [['--before', 'account', '--after', 'before.yaml'], 'A template is not compared with an account'],
  [['--before', 'before.yaml', '--after', 'nowhere.yaml'], 'TEMPLATE_UNREADABLE'],
  [['--before', 'before.yaml', '--after', 'moved.yaml', '--fail-on', 'all'], 'write one or more of breaks'],
  [['--before', 'before.yaml', '--after', 'moved.yaml', '--questions', 'before.yaml'], 'is no list of questions'],
  [['--before', 'before.yaml', '--after', 'moved.yaml', '--parameter', 'Rnage=x'], 'The template has no parameter for'],
])('refuses %j', async (argv, text) => {
  const { code, stderr } = await diff(...argv);
  expect(code).toBe(2);
  expect(stderr).toContain(text);
});

test('reach itself asks for its ends', async () => {
  const io = createTestIo({ env: {} });
  expect(await runProgram(['reach', '--from', 'group:web'], io)).toBe(2);
  expect(io.written.stderr).toContain('Name where the path leads.');
});
