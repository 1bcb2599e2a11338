// From users' requests to capacity, all real: HTTP through the load balancer of a lab of processes, the metric that it makes, an alarm, a
// scaling policy, and a new process that serves.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
  PutScalingPolicyCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetMetricStatisticsCommand,
  PutMetricAlarmCommand,
} from '@aws-sdk/client-cloudwatch';
import { DescribeTargetHealthCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { type ProcessLab, startProcessLab } from '@directrix/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prepare } from '../../examples/hyperbola/src/scenario.js';

/** A minute of the lab takes three seconds. */
const SPEED = 20;
const DEADLINE_MS = 150_000;
const THRESHOLD = 20;
const directory = mkdtempSync(join(tmpdir(), 'dx-'));
let lab: ProcessLab;
let clients: { autoScaling: AutoScalingClient; cloudWatch: CloudWatchClient; elb: ElasticLoadBalancingV2Client };

beforeAll(async () => {
  lab = await startProcessLab({ port: 0, speed: SPEED, runDirectory: join(directory, 'run') });
  await prepare({ variant: 'N5', endpoint: lab.endpoint.url, env: { ...lab.env } });
  const { AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = lab.env;
  const config = { region, endpoint: lab.endpoint.url, credentials: { accessKeyId, secretAccessKey } };
  clients = {
    autoScaling: new AutoScalingClient(config),
    cloudWatch: new CloudWatchClient(config),
    elb: new ElasticLoadBalancingV2Client(config),
  };
});

afterAll(async () => {
  for (const client of Object.values(clients ?? {})) client.destroy();
  await lab?.close();
  rmSync(directory, { recursive: true, force: true });
});

async function untilSo<Answer>(ask: () => Promise<Answer>, isSo: (answer: Answer) => boolean): Promise<Answer> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const answer = await ask();
    if (isSo(answer)) return answer;
    if (performance.now() > deadline) throw new Error(`Not in time; the last answer was ${JSON.stringify(answer)}`);
    await sleep(50);
  }
}

async function group() {
  const { AutoScalingGroups = [] } = await clients.autoScaling.send(new DescribeAutoScalingGroupsCommand({}));
  return AutoScalingGroups.find(({ TargetGroupARNs = [] }) => TargetGroupARNs.length > 0)!;
}

async function healthyCount(TargetGroupArn: string): Promise<number> {
  const { TargetHealthDescriptions = [] } = await clients.elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
  return TargetHealthDescriptions.filter(({ TargetHealth }) => TargetHealth?.State === 'healthy').length;
}

test('real requests make a metric, the metric an alarm, and the alarm a new instance that serves', async () => {
  const { autoScaling, cloudWatch } = clients;
  const { AutoScalingGroupName, DesiredCapacity: before = 0, TargetGroupARNs = [] } = await group();
  const [targetGroupArn = ''] = TargetGroupARNs;
  await untilSo(
    () => healthyCount(targetGroupArn),
    (count) => count === before,
  );
  await autoScaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, MaxSize: before + 1 }));
  const { PolicyARN = '' } = await autoScaling.send(
    new PutScalingPolicyCommand({
      AutoScalingGroupName,
      PolicyName: 'more',
      PolicyType: 'StepScaling',
      AdjustmentType: 'ChangeInCapacity',
      StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
    }),
  );
  const listener = lab.status().listeners[0]!;
  const [loadBalancerArn = ''] = [...lab.lab.state.elbv2.loadBalancers.keys()];
  const metric = {
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'RequestCount',
    Dimensions: [{ Name: 'LoadBalancer', Value: loadBalancerArn.split(':loadbalancer/')[1] }],
  };
  await cloudWatch.send(
    new PutMetricAlarmCommand({
      ...metric,
      AlarmName: 'busy',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: THRESHOLD,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [PolicyARN],
    }),
  );
  const state = async () => {
    const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: ['busy'] }));
    return MetricAlarms[0]?.StateValue;
  };
  // Without requests nothing happens.
  await untilSo(state, (value) => value === 'OK');
  expect((await group()).DesiredCapacity).toBe(before);

  let requests = 0;
  await untilSo(
    async () => {
      for (let count = 0; count < THRESHOLD; count += 1) {
        await (await fetch(listener.url!)).text();
        requests += 1;
      }
      return (await group()).DesiredCapacity;
    },
    (capacity) => capacity === before + 1,
  );
  await untilSo(
    () => healthyCount(targetGroupArn),
    (count) => count === before + 1,
  );

  const { Activities = [] } = await autoScaling.send(new DescribeScalingActivitiesCommand({ AutoScalingGroupName }));
  expect(Activities.map(({ Cause }) => Cause).join('\n')).toContain('alarm busy in state ALARM triggered policy more');
  const { AlarmHistoryItems = [] } = await cloudWatch.send(new DescribeAlarmHistoryCommand({ AlarmName: 'busy' }));
  expect(new Set(AlarmHistoryItems.map(({ HistoryItemType }) => HistoryItemType))).toEqual(
    new Set(['ConfigurationUpdate', 'StateUpdate', 'Action']),
  );
  // All requests are counted, and nothing else is.
  const now = lab.clock.now();
  const counted = async () => {
    const { Datapoints = [] } = await cloudWatch.send(
      new GetMetricStatisticsCommand({
        ...metric,
        StartTime: new Date(now - 6 * 3_600_000),
        EndTime: new Date(now + 6 * 3_600_000),
        Period: 3_600,
        Statistics: ['Sum'],
      }),
    );
    return Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
  };
  expect(await untilSo(counted, (sum) => sum >= requests)).toBe(requests);
  // When nobody asks any more, the alarm is over.
  await untilSo(state, (value) => value === 'OK');
}, 500_000);
