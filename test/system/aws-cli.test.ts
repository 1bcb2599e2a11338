// The unmodified AWS CLI against the lab's real endpoint: every service, as an operator would use it.
//
// Each test goes on from where the one before it left the account: this is one tour. AWS_CLI names another `aws` than the
// one on the PATH. The lab is told to the CLI by --endpoint-url, because older CLIs do not read AWS_ENDPOINT_URL.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RealLab, startRealLab, until } from './tools/real-lab.js';

const run = promisify(execFile);
const AWS = process.env.AWS_CLI ?? 'aws';

let real: RealLab;

beforeAll(async () => {
  real = await startRealLab();
});

afterAll(async () => {
  await real.close();
});

/** Runs `aws ARGUMENTS` and gives what it printed. Rejects with `stderr` when it failed. */
async function aws(...words: readonly string[]): Promise<string> {
  const { stdout } = await run(AWS, ['--endpoint-url', real.endpoint.url, ...words], { env: real.environment });
  return stdout.trim();
}

// biome-ignore lint/suspicious/noExplicitAny: the CLI's JSON is judged by what the test expects of it.
async function awsJson(...words: readonly string[]): Promise<any> {
  const text = await aws(...words, '--output', 'json');
  return text === '' ? undefined : JSON.parse(text);
}

/** The one value that `query` selects. */
async function awsText(query: string, ...words: readonly string[]): Promise<string> {
  return aws(...words, '--query', query, '--output', 'text');
}

const TRUST =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}';
const READ_PARAMETERS = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ssm:Get*","Resource":"*"}]}';

/** What the tour has made so far. */
const made: Record<string, string> = {};

describe('STS and IAM', () => {
  test('the operator is the administrator', async () => {
    expect(await awsJson('sts', 'get-caller-identity')).toMatchObject({
      Account: '123456789012',
      Arn: 'arn:aws:iam::123456789012:root',
    });
  });

  test('a role, its policies and an instance profile', async () => {
    const role = ['--role-name', 'web'];
    await aws('iam', 'create-role', ...role, '--assume-role-policy-document', TRUST);
    await aws('iam', 'put-role-policy', ...role, '--policy-name', 'read', '--policy-document', READ_PARAMETERS);
    await aws(
      'iam',
      'attach-role-policy',
      ...role,
      '--policy-arn',
      'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore',
    );
    await aws('iam', 'create-instance-profile', '--instance-profile-name', 'web');
    await aws('iam', 'add-role-to-instance-profile', '--instance-profile-name', 'web', ...role);
    const { InstanceProfile } = await awsJson('iam', 'get-instance-profile', '--instance-profile-name', 'web');
    expect(InstanceProfile.Roles[0].AssumeRolePolicyDocument).toEqual(JSON.parse(TRUST));
    expect((await awsJson('iam', 'get-role-policy', ...role, '--policy-name', 'read')).PolicyDocument).toEqual(
      JSON.parse(READ_PARAMETERS),
    );
    expect(await awsText('AttachedPolicies[].PolicyName', 'iam', 'list-attached-role-policies', ...role)).toBe(
      'AmazonSSMManagedInstanceCore',
    );
  });
});

describe('Parameter Store', () => {
  test('secrets are put, read by path, labelled and listed', async () => {
    for (const name of ['database', 'email', 'session']) {
      await aws(
        'ssm',
        'put-parameter',
        '--name',
        `/app/production/${name}`,
        '--value',
        `${name}-secret`,
        '--type',
        'SecureString',
      );
    }
    const read = ['ssm', 'get-parameters-by-path', '--path', '/app/production', '--recursive', '--with-decryption'];
    const { Parameters } = await awsJson(...read, '--page-size', '2');
    expect(Parameters.map(({ Value }: { Value: string }) => Value)).toEqual([
      'database-secret',
      'email-secret',
      'session-secret',
    ]);
    await aws('ssm', 'label-parameter-version', '--name', '/app/production/email', '--labels', 'live');
    expect(await awsText('Parameter.Version', 'ssm', 'get-parameter', '--name', '/app/production/email:live')).toBe(
      '1',
    );
    expect(await awsText('length(Parameters)', 'ssm', 'describe-parameters')).toBe('3');
  });

  test('a lease is created once', async () => {
    const put = [
      'ssm',
      'put-parameter',
      '--name',
      '/directrix/web/epoch/1',
      '--value',
      'me',
      '--type',
      'String',
      '--no-overwrite',
    ];
    await aws(...put);
    await expect(aws(...put)).rejects.toThrow(
      'An error occurred (ParameterAlreadyExists) when calling the PutParameter operation: The parameter already exists.',
    );
  });
});

describe('EC2', () => {
  test('a VPC with two subnets, its routes and its attributes', async () => {
    const vpc = await awsText('Vpc.VpcId', 'ec2', 'create-vpc', '--cidr-block', '10.0.0.0/16');
    made.vpc = vpc;
    await aws('ec2', 'modify-vpc-attribute', '--vpc-id', vpc, '--enable-dns-hostnames', '{"Value":true}');
    const attribute = ['ec2', 'describe-vpc-attribute', '--vpc-id', vpc, '--attribute', 'enableDnsHostnames'];
    expect(await awsText('EnableDnsHostnames.Value', ...attribute)).toBe('True');
    for (const [name, zone, cidr] of [
      ['subnetA', 'us-west-2a', '10.0.1.0/24'],
      ['subnetB', 'us-west-2b', '10.0.2.0/24'],
    ] as const) {
      const create = ['ec2', 'create-subnet', '--vpc-id', vpc, '--availability-zone', zone, '--cidr-block', cidr];
      made[name] = await awsText('Subnet.SubnetId', ...create);
    }
    const tables = await awsJson('ec2', 'describe-route-tables', '--filters', `Name=vpc-id,Values=${vpc}`);
    expect(tables.RouteTables[0].Routes).toMatchObject([{ DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local' }]);
  });

  test('security groups, whose rules are added, described and revoked', async () => {
    const create = [
      'ec2',
      'create-security-group',
      '--group-name',
      'backend',
      '--description',
      'backend',
      '--vpc-id',
      made.vpc!,
    ];
    made.group = await awsText('GroupId', ...create);
    const rule = ['--group-id', made.group, '--protocol', 'tcp', '--port', '8888', '--cidr', '10.0.0.0/16'];
    const { SecurityGroupRules } = await awsJson('ec2', 'authorize-security-group-ingress', ...rule);
    expect(SecurityGroupRules).toMatchObject([
      { FromPort: 8888, ToPort: 8888, CidrIpv4: '10.0.0.0/16', IsEgress: false },
    ]);
    await expect(aws('ec2', 'authorize-security-group-ingress', ...rule)).rejects.toThrow(
      '(InvalidPermission.Duplicate)',
    );
    const described = await awsJson('ec2', 'describe-security-groups', '--group-ids', made.group);
    expect(described.SecurityGroups[0].IpPermissions).toMatchObject([{ IpProtocol: 'tcp', FromPort: 8888 }]);
    await aws('ec2', 'revoke-security-group-ingress', ...rule);
    await aws('ec2', 'authorize-security-group-ingress', ...rule);
  });

  test('an interface endpoint with private DNS', async () => {
    const { VpcEndpoint } = await awsJson(
      'ec2',
      'create-vpc-endpoint',
      '--vpc-id',
      made.vpc!,
      '--vpc-endpoint-type',
      'Interface',
      '--service-name',
      'com.amazonaws.us-west-2.ssm',
      '--subnet-ids',
      made.subnetA!,
      made.subnetB!,
      '--security-group-ids',
      made.group!,
      '--private-dns-enabled',
    );
    expect(VpcEndpoint).toMatchObject({ VpcEndpointType: 'Interface', PrivateDnsEnabled: true });
    const describe = ['ec2', 'describe-vpc-endpoints', '--vpc-endpoint-ids', VpcEndpoint.VpcEndpointId];
    await until(
      () => awsText('VpcEndpoints[0].State', ...describe),
      (state) => state === 'available',
    );
  });

  test('images and a launch template with versions', async () => {
    for (const version of ['0.149.1', '0.149.2']) {
      made[version] = await awsText(
        'ImageId',
        'ec2',
        'register-image',
        '--name',
        `hyperbola-${version}`,
        '--image-location',
        `simulated:{"bootMs":20000,"version":"${version}"}`,
      );
      await aws('ec2', 'create-tags', '--resources', made[version]!, '--tags', `Key=Version,Value=${version}`);
    }
    const images = ['ec2', 'describe-images', '--owners', 'self', '--filters', 'Name=tag:Version,Values=0.149.2'];
    expect(await awsText('Images[].ImageId', ...images)).toBe(made['0.149.2']);
    const data = JSON.stringify({
      ImageId: made['0.149.1'],
      InstanceType: 't3.micro',
      SecurityGroupIds: [made.group],
      IamInstanceProfile: { Name: 'web' },
      UserData: Buffer.from('#!/bin/sh\n').toString('base64'),
    });
    const template = ['--launch-template-name', 'web'];
    await aws('ec2', 'create-launch-template', ...template, '--launch-template-data', data);
    const next = ['--source-version', '1', '--launch-template-data', JSON.stringify({ ImageId: made['0.149.2'] })];
    await aws('ec2', 'create-launch-template-version', ...template, ...next);
    const { LaunchTemplateVersions } = await awsJson('ec2', 'describe-launch-template-versions', ...template);
    expect(LaunchTemplateVersions).toMatchObject([
      {
        VersionNumber: 2,
        DefaultVersion: false,
        LaunchTemplateData: { ImageId: made['0.149.2'], InstanceType: 't3.micro' },
      },
      { VersionNumber: 1, DefaultVersion: true, LaunchTemplateData: { ImageId: made['0.149.1'] } },
    ]);
  });
});

describe('Elastic Load Balancing', () => {
  test('a load balancer, a target group and a listener', async () => {
    const lb = [
      'elbv2',
      'create-load-balancer',
      '--name',
      'web',
      '--subnets',
      made.subnetA!,
      made.subnetB!,
      '--security-groups',
      made.group!,
    ];
    made.loadBalancer = await awsText('LoadBalancers[0].LoadBalancerArn', ...lb);
    made.targetGroup = await awsText(
      'TargetGroups[0].TargetGroupArn',
      'elbv2',
      'create-target-group',
      '--name',
      'web',
      '--protocol',
      'HTTP',
      '--port',
      '80',
      '--vpc-id',
      made.vpc!,
      '--health-check-path',
      '/healthz',
      '--health-check-port',
      '8888',
      '--health-check-interval-seconds',
      '10',
      '--healthy-threshold-count',
      '2',
    );
    const attribute = ['--attributes', 'Key=deregistration_delay.timeout_seconds,Value=30'];
    await aws('elbv2', 'modify-target-group-attributes', '--target-group-arn', made.targetGroup, ...attribute);
    made.listener = await awsText(
      'Listeners[0].ListenerArn',
      'elbv2',
      'create-listener',
      '--load-balancer-arn',
      made.loadBalancer,
      '--protocol',
      'HTTP',
      '--port',
      '80',
      '--default-actions',
      `Type=forward,TargetGroupArn=${made.targetGroup}`,
    );
    const { Rules } = await awsJson('elbv2', 'describe-rules', '--listener-arn', made.listener);
    expect(Rules).toMatchObject([{ Priority: 'default', IsDefault: true, Conditions: [] }]);
    expect(await awsJson('elbv2', 'describe-target-health', '--target-group-arn', made.targetGroup)).toEqual({
      TargetHealthDescriptions: [],
    });
  });

  test('a listener rule by header', async () => {
    const { Rules } = await awsJson(
      'elbv2',
      'create-rule',
      '--listener-arn',
      made.listener!,
      '--priority',
      '10',
      '--conditions',
      'Field=http-header,HttpHeaderConfig={HttpHeaderName=X-Probe,Values=[token]}',
      '--actions',
      'Type=fixed-response,FixedResponseConfig={StatusCode=204}',
    );
    expect(Rules).toMatchObject([
      { Priority: '10', Conditions: [{ HttpHeaderConfig: { HttpHeaderName: 'X-Probe' } }] },
    ]);
    await aws('elbv2', 'delete-rule', '--rule-arn', Rules[0].RuleArn);
  });
});

describe('Auto Scaling', () => {
  const group = ['--auto-scaling-group-name', 'web'];
  const instances = async (): Promise<readonly { InstanceId: string; LifecycleState: string }[]> =>
    (await awsJson('autoscaling', 'describe-auto-scaling-groups', '--auto-scaling-group-names', 'web'))
      .AutoScalingGroups[0].Instances;
  const inService = (count: number) =>
    until(
      instances,
      (all) => all.length === count && all.every(({ LifecycleState }) => LifecycleState === 'InService'),
    );

  test('a group comes into service behind its target group', async () => {
    await aws(
      'autoscaling',
      'create-auto-scaling-group',
      ...group,
      '--launch-template',
      'LaunchTemplateName=web,Version=1',
      '--min-size',
      '1',
      '--max-size',
      '5',
      '--desired-capacity',
      '2',
      '--vpc-zone-identifier',
      `${made.subnetA},${made.subnetB}`,
      '--target-group-arns',
      made.targetGroup!,
      '--health-check-type',
      'ELB',
      '--health-check-grace-period',
      '300',
      '--tags',
      'Key=Name,Value=web,PropagateAtLaunch=true',
    );
    await inService(2);
    const health = ['elbv2', 'describe-target-health', '--target-group-arn', made.targetGroup!];
    await until(
      () => awsText('TargetHealthDescriptions[].TargetHealth.State', ...health),
      (states) => states === 'healthy\thealthy',
    );
    const { Activities } = await awsJson('autoscaling', 'describe-scaling-activities', ...group, '--max-items', '1');
    expect(Activities).toMatchObject([
      { StatusCode: 'Successful', Description: expect.stringContaining('Launching a new EC2 instance') },
    ]);
  });

  test("its instances are EC2's, with their tags, profile and console", async () => {
    const [first] = await instances();
    const { Reservations } = await awsJson('ec2', 'describe-instances', '--instance-ids', first!.InstanceId);
    expect(Reservations[0].Instances[0]).toMatchObject({
      ImageId: made['0.149.1'],
      State: { Name: 'running' },
      IamInstanceProfile: { Arn: 'arn:aws:iam::123456789012:instance-profile/web' },
      Tags: expect.arrayContaining([{ Key: 'aws:autoscaling:groupName', Value: 'web' }]),
    });
    const output = ['ec2', 'get-console-output', '--instance-id', first!.InstanceId];
    await until(
      () => awsText('Output', ...output),
      (text) => text.includes('listening'),
    );
  });

  test('processes are suspended and resumed', async () => {
    await aws('autoscaling', 'suspend-processes', ...group, '--scaling-processes', 'AZRebalance', 'AlarmNotification');
    const query = 'sort(AutoScalingGroups[0].SuspendedProcesses[].ProcessName)';
    expect(await awsText(query, 'autoscaling', 'describe-auto-scaling-groups')).toBe(
      'AZRebalance\tAlarmNotification'.split('\t').sort().join('\t'),
    );
    await aws('autoscaling', 'resume-processes', ...group);
    expect(await awsText(query, 'autoscaling', 'describe-auto-scaling-groups')).toBe('');
  });

  test('a new version is added by surge, and the old ones leave through Standby', async () => {
    const old = (await instances()).map(({ InstanceId }) => InstanceId);
    await aws(
      'autoscaling',
      'update-auto-scaling-group',
      ...group,
      '--launch-template',
      'LaunchTemplateName=web,Version=2',
    );
    await aws('autoscaling', 'set-desired-capacity', ...group, '--desired-capacity', '4');
    await inService(4);
    await aws(
      'autoscaling',
      'enter-standby',
      ...group,
      '--instance-ids',
      ...old,
      '--should-decrement-desired-capacity',
    );
    await until(instances, (all) => all.filter(({ LifecycleState }) => LifecycleState === 'Standby').length === 2);
    for (const id of old) {
      // A Standby instance is ended by hand: ExitStandby first would raise the capacity again.
      await aws(
        'autoscaling',
        'terminate-instance-in-auto-scaling-group',
        '--instance-id',
        id,
        '--no-should-decrement-desired-capacity',
      );
    }
    const left = await inService(2);
    expect(left.filter(({ InstanceId }) => old.includes(InstanceId))).toEqual([]);
  });

  test('a group that is deleted takes its instances with it', async () => {
    await aws('autoscaling', 'delete-auto-scaling-group', ...group, '--force-delete');
    const names = [
      'autoscaling',
      'describe-auto-scaling-groups',
      '--query',
      'AutoScalingGroups[].AutoScalingGroupName',
      '--output',
      'text',
    ];
    await until(
      () => aws(...names),
      (text) => text === '',
    );
    const states = [
      'ec2',
      'describe-instances',
      '--filters',
      'Name=tag:Name,Values=web',
      'Name=instance-state-name,Values=running,pending',
    ];
    await until(
      () => awsText('Reservations[].Instances[].InstanceId', ...states),
      (text) => text === '',
    );
  });
});

describe('refusals', () => {
  test.each<[words: readonly string[], text: string]>([
    [['ssm', 'get-parameter', '--name', '/nothing'], '(ParameterNotFound)'],
    [
      ['ssm', 'send-command', '--document-name', 'x', '--instance-ids', 'i-1'],
      'ssm:SendCommand is not emulated by the lab',
    ],
    [['ec2', 'describe-vpcs', '--vpc-ids', 'vpc-0123456789abcdef0'], '(InvalidVpcID.NotFound)'],
    [['ec2', 'describe-spot-price-history'], 'ec2:DescribeSpotPriceHistory is not emulated by the lab'],
    [
      ['autoscaling', 'set-desired-capacity', '--auto-scaling-group-name', 'none', '--desired-capacity', '1'],
      '(ValidationError)',
    ],
    [['elbv2', 'describe-target-groups', '--names', 'none'], '(TargetGroupNotFound)'],
    [['iam', 'get-role', '--role-name', 'none'], '(NoSuchEntity)'],
    [['sqs', 'list-queues'], 'not emulated by the lab'],
  ])('%j', async (words, text) => {
    await expect(aws(...words)).rejects.toThrow(text);
  });

  test('nothing that the tour did was a defect of the lab', () => {
    expect(real.defects).toEqual([]);
  });
});

describe('CloudWatch and CloudWatch Logs', async () => {
  // The first major version has no `logs tail`.
  const { stdout, stderr } = await run(AWS, ['--version']);
  const hasTail = !/aws-cli\/1\./.test(`${stdout}${stderr}`);
  const group = ['--log-group-name', '/web'];

  test('what an agent ships is found', async () => {
    await aws('logs', 'create-log-group', ...group);
    await aws('logs', 'put-retention-policy', ...group, '--retention-in-days', '30');
    await aws('logs', 'create-log-stream', ...group, '--log-stream-name', 'i-1/0.149.2');
    const timestamp = Date.parse(await labDate());
    const events = ['first line of the boot', 'KO: no secrets'].map((message, index) => ({
      timestamp: timestamp + index,
      message: JSON.stringify({ message, id: String(index) }),
    }));
    await aws(
      'logs',
      'put-log-events',
      ...group,
      '--log-stream-name',
      'i-1/0.149.2',
      '--log-events',
      JSON.stringify(events),
    );
    const found = await awsJson('logs', 'filter-log-events', ...group, '--filter-pattern', '{ $.message = "KO*" }');
    expect(found.events).toMatchObject([{ logStreamName: 'i-1/0.149.2', message: events[1]?.message }]);
    const { logGroups } = await awsJson('logs', 'describe-log-groups');
    expect(logGroups).toMatchObject([{ logGroupName: '/web', retentionInDays: 30 }]);
  });

  test.skipIf(!hasTail)('aws logs tail --follow shows what is there and what comes', async () => {
    const words = ['--endpoint-url', real.endpoint.url, 'logs', 'tail', '/web', '--follow', '--since', '1d'];
    // Python keeps what it writes to a pipe.
    const child = spawn(AWS, words, {
      env: { ...real.environment, PYTHONUNBUFFERED: '1' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    const ended = once(child, 'close');
    const seen = (what: string) =>
      until(
        async () => {
          await sleep(50);
          return text;
        },
        (all) => all.includes(what),
      );
    try {
      await seen('first line of the boot');
      await seen('KO: no secrets');
      const events = [{ timestamp: Date.parse(await labDate()), message: 'came later' }];
      await aws(
        'logs',
        'put-log-events',
        ...group,
        '--log-stream-name',
        'i-1/0.149.2',
        '--log-events',
        JSON.stringify(events),
      );
      await seen('came later');
    } finally {
      child.kill('SIGINT');
      await ended;
    }
  });

  test('a metric is read back as statistics', async () => {
    const metric = ['--namespace', 'site', '--metric-name', 'queue'];
    await aws('cloudwatch', 'put-metric-data', ...metric, '--value', '3.5');
    const now = Date.parse(await labDate());
    const range = [
      '--start-time',
      new Date(now - 3_600_000).toISOString(),
      '--end-time',
      new Date(now + 3_600_000).toISOString(),
    ];
    const { Datapoints } = await awsJson(
      ...['cloudwatch', 'get-metric-statistics', ...metric, ...range, '--period', '60', '--statistics', 'Sum'],
    );
    expect(Datapoints).toMatchObject([{ Sum: 3.5 }]);
  });

  /** The lab's time runs by itself. */
  async function labDate(): Promise<string> {
    const response = await fetch(real.endpoint.url);
    return response.headers.get('date') ?? '';
  }
});
