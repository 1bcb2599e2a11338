// CloudWatch as its clients see it: what is put is got, what the load balancer and the group did is published, and alarms act.
import {
  DescribePoliciesCommand,
  EnableMetricsCollectionCommand,
  PutScalingPolicyCommand,
  SuspendProcessesCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  ListTagsForResourceCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CreateTargetGroupCommand,
  ModifyListenerCommand,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createWeb, GROUP, type Web } from '../../machines/simulated/testing/create-web.js';

const MINUTE_MS = 60_000;
let web: Web;
let cloudWatch: CloudWatchClient;

async function open(options: Parameters<typeof createWeb>[0] = {}): Promise<void> {
  web = await createWeb(options);
  cloudWatch = new CloudWatchClient({
    region: 'us-west-2',
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'test' },
    requestHandler: web.lab.requestHandler,
    maxAttempts: 1,
  });
}

beforeEach(() => open());
afterEach(async () => {
  cloudWatch.destroy();
  await web.lab.close();
});

const send: CloudWatchClient['send'] = ((command: never) => web.ask(cloudWatch.send(command))) as never;
const at = (ms: number) => new Date(web.clock.now() + ms);

async function statistics(
  name: string,
  more: Partial<ConstructorParameters<typeof GetMetricStatisticsCommand>[0]> = {},
) {
  const { Datapoints = [] } = await send(
    new GetMetricStatisticsCommand({
      Namespace: 'site',
      MetricName: name,
      StartTime: at(-60 * MINUTE_MS),
      EndTime: at(60 * MINUTE_MS),
      Period: 60,
      Statistics: ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount'],
      ...more,
    }),
  );
  return Datapoints;
}

const stateOf = async (name: string) => {
  const { MetricAlarms = [], CompositeAlarms = [] } = await send(
    new DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
  );
  return (MetricAlarms[0] ?? CompositeAlarms[0])?.StateValue;
};

const putAlarm = (more: Partial<PutMetricAlarmCommandInput> = {}) =>
  send(
    new PutMetricAlarmCommand({
      AlarmName: 'queue',
      Namespace: 'site',
      MetricName: 'queue',
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 10,
      ComparisonOperator: 'GreaterThanThreshold',
      ...more,
    }),
  );

const measure = (value: number) =>
  send(new PutMetricDataCommand({ Namespace: 'site', MetricData: [{ MetricName: 'queue', Value: value }] }));

describe('metric data', () => {
  test('of one minute are one datapoint, however they were put', async () => {
    const MetricData = [
      { MetricName: 'queue', Value: 1, Unit: 'Count' as const },
      { MetricName: 'queue', Values: [2, 3], Counts: [2, 1], Unit: 'Count' as const },
      {
        MetricName: 'queue',
        StatisticValues: { SampleCount: 2, Sum: 10, Minimum: 4, Maximum: 6 },
        Unit: 'Count' as const,
      },
    ];
    await send(new PutMetricDataCommand({ Namespace: 'site', MetricData }));
    expect(await statistics('queue')).toEqual([
      {
        Timestamp: new Date(Math.floor(web.clock.now() / MINUTE_MS) * MINUTE_MS),
        SampleCount: 6,
        Sum: 18,
        Average: 3,
        Minimum: 1,
        Maximum: 6,
        Unit: 'Count',
      },
    ]);
  });

  test('have percentiles and percentile ranks, except where a statistic set hides the values', async () => {
    const Values = Array.from({ length: 100 }, (_, index) => index + 1);
    await send(new PutMetricDataCommand({ Namespace: 'site', MetricData: [{ MetricName: 'ms', Values }] }));
    const [point] = await statistics('ms', { Statistics: undefined, ExtendedStatistics: ['p50', 'p99', 'p100'] });
    expect(point?.ExtendedStatistics).toEqual({ p50: 50, p99: 99, p100: 100 });
    const ranks = ['PR(:30)', 'PR(30:50)', 'PR(99.5:)'];
    const [ranked] = await statistics('ms', { Statistics: undefined, ExtendedStatistics: ranks });
    expect(ranked?.ExtendedStatistics).toEqual({ 'PR(:30)': 30, 'PR(30:50)': 20, 'PR(99.5:)': 1 });
    const StatisticValues = { SampleCount: 2, Sum: 3, Minimum: 1, Maximum: 2 };
    await send(new PutMetricDataCommand({ Namespace: 'site', MetricData: [{ MetricName: 'set', StatisticValues }] }));
    const [hidden] = await statistics('set', { Statistics: undefined, ExtendedStatistics: ['p50'] });
    expect(hidden?.ExtendedStatistics ?? {}).toEqual({});
  });

  test('are apart by their dimensions, in whatever order these stand', async () => {
    const [zone, host] = [
      { Name: 'zone', Value: 'a' },
      { Name: 'host', Value: '1' },
    ];
    const put = (Dimensions: { Name: string; Value: string }[], Value: number) =>
      send(new PutMetricDataCommand({ Namespace: 'site', MetricData: [{ MetricName: 'n', Dimensions, Value }] }));
    await put([zone, host], 1);
    await put([host, zone], 2);
    await put([zone], 10);
    const [both] = await statistics('n', { Dimensions: [host, zone] });
    expect(both?.Sum).toBe(3);
    expect(await statistics('n')).toEqual([]);
    const { Metrics } = await send(new ListMetricsCommand({ Namespace: 'site', Dimensions: [{ Name: 'host' }] }));
    expect(Metrics).toEqual([{ Namespace: 'site', MetricName: 'n', Dimensions: [host, zone] }]);
  });

  test.each([
    [
      'a namespace of AWS',
      { Namespace: 'AWS/EC2', MetricData: [{ MetricName: 'n', Value: 1 }] },
      'InvalidParameterValue',
    ],
    ['no value', { Namespace: 'site', MetricData: [{ MetricName: 'n' }] }, 'MissingParameter'],
    [
      'two kinds of value',
      { Namespace: 'site', MetricData: [{ MetricName: 'n', Value: 1, Values: [1] }] },
      'InvalidParameterCombination',
    ],
    [
      'a time of last month',
      { Namespace: 'site', MetricData: [{ MetricName: 'n', Value: 1, Timestamp: new Date('2018-10-01') }] },
      'InvalidParameterValue',
    ],
    [
      'counts that do not fit',
      { Namespace: 'site', MetricData: [{ MetricName: 'n', Values: [1, 2], Counts: [1] }] },
      'InvalidParameterValue',
    ],
  ])('with %s are refused, all of them', async (_name, input, code) => {
    const good = { MetricName: 'good', Value: 1 };
    const command = new PutMetricDataCommand({ ...input, MetricData: [good, ...input.MetricData] });
    await expect(send(command)).rejects.toMatchObject({ Code: code });
    expect(await statistics('good')).toEqual([]);
  });

  test('are computed with, page by page', async () => {
    for (const value of [1, 2, 3]) {
      await measure(value);
      await web.clock.advance(MINUTE_MS);
    }
    const metric = { Metric: { Namespace: 'site', MetricName: 'queue' }, Period: 60, Stat: 'Sum' };
    const query = {
      StartTime: at(-10 * MINUTE_MS),
      EndTime: at(0),
      ScanBy: 'TimestampAscending' as const,
      MetricDataQueries: [
        { Id: 'q', MetricStat: metric, ReturnData: false },
        { Id: 'twice', Expression: 'q * 2', Label: 'twice as many' },
      ],
      MaxDatapoints: 2,
    };
    const first = await send(new GetMetricDataCommand(query));
    expect(first.MetricDataResults).toMatchObject([
      { Id: 'twice', Label: 'twice as many', Values: [2, 4], StatusCode: 'PartialData' },
    ]);
    const second = await send(new GetMetricDataCommand({ ...query, NextToken: first.NextToken }));
    expect(second).toMatchObject({ MetricDataResults: [{ Values: [6], StatusCode: 'Complete' }] });
    expect(second.NextToken).toBeUndefined();
  });

  test('of a period that begins before StartTime are whole', async () => {
    const beginsAt = Math.ceil(web.clock.now() / 300_000) * 300_000;
    await web.clock.advance(beginsAt - web.clock.now());
    for (const value of [1, 2, 3, 4, 5]) {
      await measure(value);
      await web.clock.advance(MINUTE_MS);
    }
    const metric = { Metric: { Namespace: 'site', MetricName: 'queue' }, Period: 300, Stat: 'Sum' };
    const { MetricDataResults } = await send(
      new GetMetricDataCommand({
        StartTime: new Date(beginsAt + 3 * MINUTE_MS),
        EndTime: at(0),
        MetricDataQueries: [{ Id: 'q', MetricStat: metric }],
      }),
    );
    expect(MetricDataResults).toMatchObject([{ Timestamps: [new Date(beginsAt)], Values: [15] }]);
  });
});

describe('what AWS publishes', () => {
  test('of the load balancer is what requests did', async () => {
    await open({ good: { errorRate: 0.25 } });
    const url = [...web.lab.state.elbv2.listenerUrls.values()][0]!;
    web.dataPlane.startTraffic({ url, requestsPerSecond: 4 });
    await web.clock.advance(5 * MINUTE_MS);
    const { Metrics = [] } = await send(new ListMetricsCommand({ Namespace: 'AWS/ApplicationELB' }));
    const names = new Set(Metrics.map(({ MetricName }) => MetricName));
    for (const name of [
      'RequestCount',
      'HTTPCode_Target_2XX_Count',
      'HTTPCode_Target_5XX_Count',
      'TargetResponseTime',
      'HealthyHostCount',
      'RequestCountPerTarget',
    ])
      expect([...names]).toContain(name);
    const Dimensions = Metrics.find(
      ({ MetricName, Dimensions }) => MetricName === 'RequestCount' && Dimensions?.length === 1,
    )!.Dimensions;
    expect(Dimensions).toEqual([{ Name: 'LoadBalancer', Value: expect.stringMatching(/^app\/[^/]+\/[0-9a-f]+$/) }]);
    const read = async (name: string) =>
      (await statistics(name, { Namespace: 'AWS/ApplicationELB', Dimensions })).slice(1, -1).map(({ Sum }) => Sum);
    expect(new Set(await read('RequestCount'))).toEqual(new Set([240]));
    const [good, bad] = [await read('HTTPCode_Target_2XX_Count'), await read('HTTPCode_Target_5XX_Count')];
    for (const [index, count] of good.entries()) expect(count! + bad[index]!).toBe(240);
  });

  test('of each target group are its own, and weights share the requests exactly', async () => {
    const { elb, listenerArn: ListenerArn, targetGroupArn: web1 } = web;
    const { targetGroup } = web.lab.state.elbv2.targetGroups.get(web1)!;
    const { Port, VpcId } = targetGroup;
    const other = { Name: 'shadow', Protocol: 'HTTP' as const, Port, VpcId };
    const made = await web.ask(elb.send(new CreateTargetGroupCommand(other)));
    const shadow = made.TargetGroups![0]!.TargetGroupArn!;
    const [instanceId] = await web.inService();
    await web.ask(elb.send(new RegisterTargetsCommand({ TargetGroupArn: shadow, Targets: [{ Id: instanceId }] })));
    const TargetGroups = [
      { TargetGroupArn: web1, Weight: 950 },
      { TargetGroupArn: shadow, Weight: 50 },
    ];
    const DefaultActions = [{ Type: 'forward' as const, ForwardConfig: { TargetGroups } }];
    await web.ask(elb.send(new ModifyListenerCommand({ ListenerArn, DefaultActions })));
    await web.clock.advance(2 * MINUTE_MS);
    web.dataPlane.startTraffic({ url: web.url, requestsPerSecond: 10 });
    await web.clock.advance(4 * MINUTE_MS);
    const { Metrics = [] } = await send(new ListMetricsCommand({ Namespace: 'AWS/ApplicationELB' }));
    const read = async (name: string) => {
      const found = Metrics.find(
        ({ MetricName, Dimensions = [] }) =>
          MetricName === 'RequestCount' && Dimensions.some(({ Value }) => Value?.startsWith(`targetgroup/${name}/`)),
      );
      return (await statistics('RequestCount', { Namespace: 'AWS/ApplicationELB', Dimensions: found?.Dimensions }))
        .slice(1, -1)
        .map(({ Sum }) => Sum);
    };
    expect(new Set(await read('shadow'))).toEqual(new Set([30]));
    expect(new Set(await read(targetGroup.TargetGroupName!))).toEqual(new Set([570]));
  });

  test('of a group are its sizes, where somebody asked for them', async () => {
    await web.clock.advance(2 * MINUTE_MS);
    const list = async () => (await send(new ListMetricsCommand({ Namespace: 'AWS/AutoScaling' }))).Metrics!.length;
    expect(await list()).toBe(0);
    await web.ask(
      web.autoScaling.send(new EnableMetricsCollectionCommand({ AutoScalingGroupName: GROUP, Granularity: '1Minute' })),
    );
    await web.clock.advance(2 * MINUTE_MS);
    const Dimensions = [{ Name: 'AutoScalingGroupName', Value: GROUP }];
    const points = await statistics('GroupInServiceInstances', { Namespace: 'AWS/AutoScaling', Dimensions });
    expect(points.at(-1)?.Average).toBe((await web.inService()).length);
  });
});

describe('an alarm', () => {
  test('goes to ALARM and back by what is measured, and its history tells', async () => {
    await putAlarm({ Tags: [{ Key: 'team', Value: 'web' }] });
    expect(await stateOf('queue')).toBe('INSUFFICIENT_DATA');
    await measure(11);
    await web.clock.advance(1.1 * MINUTE_MS);
    expect(await stateOf('queue')).toBe('ALARM');
    await measure(9);
    await web.clock.advance(MINUTE_MS);
    expect(await stateOf('queue')).toBe('OK');
    const { AlarmHistoryItems = [] } = await send(new DescribeAlarmHistoryCommand({ AlarmName: 'queue' }));
    expect(AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary)).toEqual([
      'Alarm updated from ALARM to OK',
      'Alarm updated from INSUFFICIENT_DATA to ALARM',
      'Alarm "queue" created',
    ]);
    const ResourceARN = 'arn:aws:cloudwatch:us-west-2:123456789012:alarm:queue';
    expect((await send(new ListTagsForResourceCommand({ ResourceARN }))).Tags).toEqual([{ Key: 'team', Value: 'web' }]);
  });

  test('of ten seconds sees within ten seconds', async () => {
    await putAlarm({ Period: 10 });
    const MetricData = [{ MetricName: 'queue', Value: 11, StorageResolution: 1 }];
    await send(new PutMetricDataCommand({ Namespace: 'site', MetricData }));
    await web.clock.advance(11_000);
    expect(await stateOf('queue')).toBe('ALARM');
  });

  test('of others follows them at once, and keeps them from being deleted', async () => {
    await putAlarm();
    await send(new PutCompositeAlarmCommand({ AlarmName: 'any', AlarmRule: 'ALARM(queue)' }));
    const set = (StateValue: 'ALARM' | 'OK') =>
      send(new SetAlarmStateCommand({ AlarmName: 'queue', StateValue, StateReason: 'by hand' }));
    await set('ALARM');
    expect(await stateOf('any')).toBe('ALARM');
    await set('OK');
    expect(await stateOf('any')).toBe('OK');
    await expect(send(new DeleteAlarmsCommand({ AlarmNames: ['queue'] }))).rejects.toMatchObject({
      Code: 'ValidationError',
    });
    await send(new DeleteAlarmsCommand({ AlarmNames: ['queue', 'any', 'nobody'] }));
    expect(await stateOf('queue')).toBeUndefined();
  });

  test.each([
    ['a period that is none', { Period: 45 }, 'InvalidParameterValue'],
    ['no statistic', { Statistic: undefined }, 'InvalidParameterCombination'],
    ['more to breach than is looked at', { EvaluationPeriods: 1, DatapointsToAlarm: 2 }, 'ValidationError'],
    ['more than a day to look at', { Period: 600, EvaluationPeriods: 200 }, 'ValidationError'],
    ['an action that is no ARN', { AlarmActions: ['mail somebody'] }, 'ValidationError'],
  ])('with %s is refused', async (_name, more, code) => {
    await expect(putAlarm(more)).rejects.toMatchObject({ Code: code });
    expect(await stateOf('queue')).toBeUndefined();
  });

  test('that is put is not there until it is there', async () => {
    await expect(
      send(new SetAlarmStateCommand({ AlarmName: 'queue', StateValue: 'OK', StateReason: '' })),
    ).rejects.toMatchObject({ name: 'ResourceNotFound' });
  });
});

describe('scaling policies', () => {
  const desired = async () => (await web.group()).DesiredCapacity;
  const putPolicy = (input: object) =>
    web.ask(
      web.autoScaling.send(new PutScalingPolicyCommand({ AutoScalingGroupName: GROUP, PolicyName: 'out', ...input })),
    );
  const step = {
    PolicyType: 'StepScaling',
    AdjustmentType: 'ChangeInCapacity',
    EstimatedInstanceWarmup: 60,
    StepAdjustments: [
      { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 1 },
      { MetricIntervalLowerBound: 10, ScalingAdjustment: 2 },
    ],
  };

  test.each([
    [15, 1],
    [25, 2],
    [9, 0],
  ])('act on an alarm by how far it is breached: %d adds %d', async (value, added) => {
    const before = (await desired())!;
    const { PolicyARN } = await putPolicy(step);
    await putAlarm({ AlarmActions: [PolicyARN!] });
    await measure(value);
    await web.clock.advance(1.1 * MINUTE_MS);
    expect(await desired()).toBe(before + added);
    if (added > 0)
      expect((await web.activities())[0]?.Cause).toContain('a monitor alarm queue in state ALARM triggered policy out');
    const { ScalingPolicies } = await web.ask(web.autoScaling.send(new DescribePoliciesCommand({})));
    expect(ScalingPolicies![0]?.Alarms).toMatchObject([{ AlarmName: 'queue' }]);
  });

  test('are repeated once a minute by an alarm of minutes, also beside one of ten seconds', async () => {
    const { PolicyARN } = await putPolicy(step);
    await putAlarm({ AlarmName: 'short', MetricName: 'other', Period: 10 });
    await putAlarm({ AlarmActions: [PolicyARN!] });
    for (let minute = 0; minute < 3; minute += 1) {
      await measure(15);
      await web.clock.advance(MINUTE_MS);
    }
    await web.clock.advance(0.1 * MINUTE_MS);
    const { AlarmHistoryItems = [] } = await send(
      new DescribeAlarmHistoryCommand({ AlarmName: 'queue', HistoryItemType: 'Action' }),
    );
    expect(AlarmHistoryItems).toHaveLength(3);
  });

  test('do not act while AlarmNotification is suspended', async () => {
    const before = await desired();
    const { PolicyARN } = await putPolicy(step);
    await putAlarm({ AlarmActions: [PolicyARN!] });
    await web.ask(
      web.autoScaling.send(
        new SuspendProcessesCommand({ AutoScalingGroupName: GROUP, ScalingProcesses: ['AlarmNotification'] }),
      ),
    );
    await measure(25);
    await web.clock.advance(1.1 * MINUTE_MS);
    expect(await desired()).toBe(before);
  });

  test('track requests for each target, which real requests made: out, and in again', async () => {
    await open({ group: { MinSize: 1, DesiredCapacity: 1, MaxSize: 4 } });
    const [loadBalancerArn, targetGroupArn] = [
      [...web.lab.state.elbv2.loadBalancers.keys()][0]!,
      [...web.lab.state.elbv2.targetGroups.keys()][0]!,
    ];
    const ResourceLabel = `${loadBalancerArn.split(':loadbalancer/')[1]}/${targetGroupArn.split(':').at(-1)}`;
    const TargetTrackingConfiguration = {
      PredefinedMetricSpecification: { PredefinedMetricType: 'ALBRequestCountPerTarget' as const, ResourceLabel },
      TargetValue: 100,
    };
    await putPolicy({ PolicyType: 'TargetTrackingScaling', EstimatedInstanceWarmup: 120, TargetTrackingConfiguration });
    const url = [...web.lab.state.elbv2.listenerUrls.values()][0]!;
    const traffic = web.dataPlane.startTraffic({ url, requestsPerSecond: 5 });
    await web.clock.advance(8 * MINUTE_MS);
    // 300 requests a minute, of which a target is to have 100.
    expect(await desired()).toBe(3);
    traffic.stop();
    const quiet = web.dataPlane.startTraffic({ url, requestsPerSecond: 1 });
    await web.clock.advance(30 * MINUTE_MS);
    expect(await desired()).toBe(1);
    quiet.stop();
    const { ScalingPolicies } = await web.ask(web.autoScaling.send(new DescribePoliciesCommand({})));
    expect(
      ScalingPolicies![0]?.Alarms?.map(({ AlarmName }) => AlarmName?.replace(/-[0-9a-f-]{36}$/, '')).sort(),
    ).toEqual([`TargetTracking-${GROUP}-AlarmHigh`, `TargetTracking-${GROUP}-AlarmLow`]);
  });
});

test('older tools speak to it in the query protocol', async () => {
  const ask = async (body: string) => {
    const answer = await web.ask(
      web.lab.handle(
        {
          method: 'POST',
          path: '/',
          query: '',
          headers: {
            'content-type': 'application/x-www-form-urlencoded',
            authorization:
              'AWS4-HMAC-SHA256 Credential=AKIATEST/20181111/us-west-2/monitoring/aws4_request, SignedHeaders=host, Signature=0',
          },
          body: Buffer.from(body),
        },
        { kind: 'endpoint' },
      ),
    );
    return { statusCode: answer.statusCode, text: Buffer.from(answer.body).toString() };
  };
  const put =
    'Action=PutMetricData&Version=2010-08-01&Namespace=site&MetricData.member.1.MetricName=queue&MetricData.member.1.Value=4';
  expect(await ask(put)).toMatchObject({ statusCode: 200 });
  expect((await statistics('queue'))[0]?.Sum).toBe(4);
  const listed = await ask('Action=ListMetrics&Version=2010-08-01&Namespace=site');
  expect(listed.text).toContain('<MetricName>queue</MetricName>');
  const unknown = await ask('Action=SetAlarmState&Version=2010-08-01&AlarmName=a&StateValue=OK&StateReason=r');
  expect(unknown).toMatchObject({ statusCode: 404, text: expect.stringContaining('<Code>ResourceNotFound</Code>') });
});
