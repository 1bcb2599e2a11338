import { describe, expect, test } from 'vitest';
import { createTestIo } from '../../io.fixture.js';
import { runProgram } from '../../program.js';

interface Statement {
  readonly Sid: string;
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
}

async function iamPolicy(...argv: readonly string[]) {
  const io = createTestIo();
  const code = await runProgram(['iam-policy', ...argv], io);
  return { code, ...io.written };
}

async function statementsOf(...argv: readonly string[]): Promise<readonly Statement[]> {
  const { code, stdout, stderr } = await iamPolicy(...argv);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return (JSON.parse(stdout) as { Statement: readonly Statement[] }).Statement;
}

const sids = (statements: readonly Statement[]) => statements.map(({ Sid }) => Sid.replace('Directrix', ''));

test('what is printed fits into one managed policy, whose limit is 6,144 characters without white space', async () => {
  const { stdout } = await iamPolicy(
    '--group',
    'web',
    '--secrets-path',
    '/a/',
    '--label-secrets',
    '--alarms',
    '--canary',
  );
  expect(JSON.stringify(JSON.parse(stdout)).length).toBeLessThan(6_144);
});

describe('what is not asked for is not allowed', () => {
  test('to read, nothing is changed', async () => {
    const statements = await statementsOf('--read-only');
    expect(sids(statements)).toEqual(['ReadGroups', 'ReadState', 'ReadForPreflight']);
    const actions = statements.flatMap(({ Action }) => Action);
    expect(actions.filter((action) => !/:(Describe|Get|List|Search|Simulate)/.test(action))).toEqual([]);
  });

  test.each<[readonly string[], string]>([
    [['--secrets-path', '/app/production/'], 'ReadSecretNames'],
    [['--alarms'], 'ReadAlarms'],
    [['--canary'], 'ReadCanary'],
    [['--canary'], 'ShiftUsers'],
    [['--secrets-path', '/app/production/', '--label-secrets'], 'LabelSecrets'],
  ])('%j brings %s', async (argv, sid) => {
    expect(sids(await statementsOf())).not.toContain(sid);
    expect(sids(await statementsOf(...argv))).toContain(sid);
  });
});

describe('what is named is all that it is about', () => {
  const about = async (sid: string, ...argv: readonly string[]) =>
    (await statementsOf(...argv)).find(({ Sid }) => Sid === `Directrix${sid}`)?.Resource;

  test.each<[string, readonly string[], string | readonly string[]]>([
    ['ChangeGroup', [], 'arn:aws:autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/*'],
    [
      'ChangeGroup',
      ['--group', 'web', '--group', 'api', '--region', 'us-west-2', '--account', '123456789012'],
      [
        'arn:aws:autoscaling:us-west-2:123456789012:autoScalingGroup:*:autoScalingGroupName/web',
        'arn:aws:autoscaling:us-west-2:123456789012:autoScalingGroup:*:autoScalingGroupName/api',
      ],
    ],
    [
      'ChangeGroup',
      ['--group', 'web*$'],
      `arn:aws:autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/web\${*}\${$}`,
    ],
    ['WriteState', ['--group', 'web'], 'arn:aws:ssm:*:*:parameter/directrix/groups/web/*'],
    ['WriteState', [], 'arn:aws:ssm:*:*:parameter/directrix/*'],
    [
      'ReadSecretNames',
      ['--secrets-path', '/app/production', '--region', 'cn-north-1'],
      [
        'arn:aws-cn:ssm:cn-north-1:*:parameter/app/production',
        'arn:aws-cn:ssm:cn-north-1:*:parameter/app/production/*',
      ],
    ],
  ])('%s, with %j', async (sid, argv, resource) => expect(await about(sid, ...argv)).toEqual(resource));
});

test.each([
  [['--label-secrets'], '--label-secrets is about secrets, and no path of them is named.'],
  [
    ['--read-only', '--alarms'],
    '--read-only is for no deploy, and --label-secrets, --alarms and --canary are for one.',
  ],
  [
    ['--canary', '--no-prove'],
    'A canary is the instance that was tried outside of the group, and --no-prove tries none.',
  ],
  [['--secrets-path', 'app'], '"app" is not a path of Parameter Store.'],
])('%j is refused', async (argv, message) => {
  const { code, stdout, stderr } = await iamPolicy(...argv);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(`error USAGE: ${message}\n`);
});
