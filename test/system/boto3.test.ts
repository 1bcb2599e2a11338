// boto3, the client of the incident of 2018, against the lab's real endpoint: its paginators, waiters and exceptions.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCloudWatchSink } from '../../packages/agent/src/cloudwatch-sink.js';
import { eventsOf } from '../../packages/agent/src/event.js';
import { noMask } from '../../packages/agent/src/masks.js';
import { type RealLab, startRealLab } from './tools/real-lab.js';

const run = promisify(execFile);
const PYTHON = process.env.PYTHON ?? 'python3';

let real: RealLab;

beforeAll(async () => {
  real = await startRealLab();
});

afterAll(async () => {
  await real.close();
});

const PREAMBLE = `
import boto3, json, sys
def client(name):
    return boto3.client(name, endpoint_url=sys.argv[1], region_name='us-west-2')
`;

/** Runs a script whose last line prints JSON. */
async function python(script: string): Promise<unknown> {
  const { stdout } = await run(PYTHON, ['-c', PREAMBLE + script, real.endpoint.url], { env: real.environment });
  return JSON.parse(stdout);
}

test('a path of parameters is read page by page', async () => {
  const script = `
ssm = client('ssm')
for index in range(23):
    ssm.put_parameter(Name=f'/app/production/key{index:02}', Value=f'värde <{index}> & "more"', Type='SecureString')
pages = ssm.get_paginator('get_parameters_by_path').paginate(Path='/app/production', WithDecryption=True)
sizes, values = [], []
for page in pages:
    sizes.append(len(page['Parameters']))
    values += [parameter['Value'] for parameter in page['Parameters']]
print(json.dumps([sizes, values[0], values[22]]))
`;
  expect(await python(script)).toEqual([[10, 10, 3], 'värde <0> & "more"', 'värde <22> & "more"']);
});

test('errors are the exceptions of their service', async () => {
  const script = `
ssm, iam, asg, elb, ec2 = map(client, ['ssm', 'iam', 'autoscaling', 'elbv2', 'ec2'])
seen = []
def refused(call, exception):
    try:
        call()
    except exception as error:
        seen.append([error.response['Error']['Code'], error.response['ResponseMetadata']['HTTPStatusCode']])
refused(lambda: ssm.get_parameter(Name='/nothing'), ssm.exceptions.ParameterNotFound)
refused(lambda: iam.get_role(RoleName='none'), iam.exceptions.NoSuchEntityException)
refused(lambda: elb.describe_target_groups(Names=['none']), elb.exceptions.TargetGroupNotFoundException)
refused(lambda: asg.set_desired_capacity(AutoScalingGroupName='none', DesiredCapacity=1), asg.exceptions.ClientError)
refused(lambda: ec2.describe_instances(InstanceIds=['i-0123456789abcdef0']), ec2.exceptions.ClientError)
print(json.dumps(seen))
`;
  expect(await python(script)).toEqual([
    ['ParameterNotFound', 400],
    ['NoSuchEntity', 404],
    ['TargetGroupNotFound', 400],
    ['ValidationError', 400],
    ['InvalidInstanceID.NotFound', 400],
  ]);
});

test('empty answers are empty lists', async () => {
  const script = `
print(json.dumps([
    client('ec2').describe_images(Owners=['self'])['Images'],
    client('autoscaling').describe_auto_scaling_groups()['AutoScalingGroups'],
    client('elbv2').describe_load_balancers()['LoadBalancers'],
    client('iam').list_roles()['Roles'],
    client('ssm').get_parameters_by_path(Path='/empty')['Parameters'],
]))
`;
  expect(await python(script)).toEqual([[], [], [], [], []]);
});

test('an instance is launched, waited for, described by resource and terminated', async () => {
  const script = `
ec2 = client('ec2')
vpc = ec2.create_vpc(CidrBlock='10.0.0.0/16')['Vpc']['VpcId']
subnet = ec2.create_subnet(VpcId=vpc, CidrBlock='10.0.1.0/24', AvailabilityZone='us-west-2a')['Subnet']['SubnetId']
image = ec2.register_image(Name='web', ImageLocation='simulated:{"bootMs":1000,"version":"1"}')['ImageId']
launched = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnet, InstanceType='t3.micro',
                             UserData='#!/bin/sh', TagSpecifications=[{'ResourceType': 'instance', 'Tags': [{'Key': 'Name', 'Value': 'one'}]}])
instance = launched['Instances'][0]['InstanceId']
wait = {'Delay': 1, 'MaxAttempts': 60}
ec2.get_waiter('instance_running').wait(InstanceIds=[instance], WaiterConfig=wait)
machine = boto3.resource('ec2', endpoint_url=sys.argv[1], region_name='us-west-2').Instance(instance)
told = [machine.state['Name'], machine.tags, machine.private_ip_address.startswith('10.0.1.'), machine.launch_time.tzinfo is not None]
ec2.terminate_instances(InstanceIds=[instance])
ec2.get_waiter('instance_terminated').wait(InstanceIds=[instance], WaiterConfig=wait)
print(json.dumps(told))
`;
  expect(await python(script)).toEqual(['running', [{ Key: 'Name', Value: 'one' }], true, true]);
});

test('an image is made of an instance as Packer makes it, and goes with its snapshots', async () => {
  const script = `
ec2 = client('ec2')
wait = {'Delay': 1, 'MaxAttempts': 60}
material = ec2.create_key_pair(KeyName='packer_1')['KeyMaterial']
vpc = ec2.create_vpc(CidrBlock='10.1.0.0/16')['Vpc']['VpcId']
subnet = ec2.create_subnet(VpcId=vpc, CidrBlock='10.1.1.0/24')['Subnet']['SubnetId']
base = ec2.register_image(Name='base', ImageLocation='simulated:{"bootMs":1000,"version":"1"}')['ImageId']
launched = ec2.run_instances(ImageId=base, MinCount=1, MaxCount=1, SubnetId=subnet, InstanceType='t3.micro', KeyName='packer_1',
                             IamInstanceProfile={'Name': ''})
instance = launched['Instances'][0]['InstanceId']
ec2.get_waiter('instance_running').wait(InstanceIds=[instance], WaiterConfig=wait)
ec2.stop_instances(InstanceIds=[instance])
ec2.get_waiter('instance_stopped').wait(InstanceIds=[instance], WaiterConfig=wait)
image = ec2.create_image(InstanceId=instance, Name='baked')['ImageId']
ec2.get_waiter('image_available').wait(ImageIds=[image], WaiterConfig=wait)
snapshot = ec2.describe_images(ImageIds=[image])['Images'][0]['BlockDeviceMappings'][0]['Ebs']['SnapshotId']
ec2.get_waiter('snapshot_completed').wait(SnapshotIds=[snapshot], WaiterConfig=wait)
ec2.create_tags(Resources=[image, snapshot], Tags=[{'Key': 'Version', 'Value': '1'}])
volumes = ec2.describe_volumes(Filters=[{'Name': 'attachment.instance-id', 'Values': [instance]}])['Volumes']
refused = ''
try:
    ec2.delete_snapshot(SnapshotId=snapshot)
except ec2.exceptions.ClientError as error:
    refused = error.response['Error']['Code']
ec2.terminate_instances(InstanceIds=[instance])
ec2.get_waiter('instance_terminated').wait(InstanceIds=[instance], WaiterConfig=wait)
ec2.deregister_image(ImageId=image)
ec2.delete_snapshot(SnapshotId=snapshot)
ec2.delete_key_pair(KeyName='packer_1')
left = [len(ec2.describe_snapshots(OwnerIds=['self'])['Snapshots']), len(ec2.describe_key_pairs()['KeyPairs']), len(ec2.describe_volumes()['Volumes'])]
print(json.dumps([material.splitlines()[0], len(volumes), refused, left]))
`;
  expect(await python(script)).toEqual(['-----BEGIN RSA PRIVATE KEY-----', 1, 'InvalidSnapshot.InUse', [0, 0, 0]]);
});

test('a throttled call succeeds when boto3 tries again', async () => {
  real.lab.faults.add({ service: 'autoscaling', kind: 'throttle', times: 1 });
  const script = `
answer = client('autoscaling').describe_auto_scaling_groups()
print(json.dumps(answer['ResponseMetadata']['RetryAttempts']))
`;
  expect(await python(script)).toBe(1);
});

test('nothing of this was a defect of the lab', () => {
  expect(real.defects).toEqual([]);
});

test('metrics are put and read, and an alarm follows them', async () => {
  const script = `
import datetime, time
cloudwatch = client('cloudwatch')
date = cloudwatch.list_metrics()['ResponseMetadata']['HTTPHeaders']['date']
now = datetime.datetime.strptime(date, '%a, %d %b %Y %H:%M:%S GMT')
queue = dict(Namespace='site', MetricName='queue')
cloudwatch.put_metric_alarm(AlarmName='queue', Statistic='Sum', Period=60, EvaluationPeriods=1, Threshold=1,
                            ComparisonOperator='GreaterThanThreshold', **queue)
cloudwatch.put_metric_data(Namespace='site', MetricData=[dict(MetricName='queue', Value=3.5)])
cloudwatch.get_waiter('alarm_exists').wait(AlarmNames=['queue'])
state = 'INSUFFICIENT_DATA'
for attempt in range(600):
    state = cloudwatch.describe_alarms(AlarmNames=['queue'])['MetricAlarms'][0]['StateValue']
    if state == 'ALARM':
        break
    time.sleep(0.05)
hour = datetime.timedelta(hours=1)
points = cloudwatch.get_metric_statistics(StartTime=now - hour, EndTime=now + hour, Period=60, Statistics=['Sum'], **queue)
print(json.dumps([state, [point['Sum'] for point in points['Datapoints']]]))
`;
  expect(await python(script)).toEqual(['ALARM', [3.5]]);
});

test('what the instance of a halted rollout shipped is read when it is gone: filtered, in pages, and by Insights', async () => {
  const client = new CloudWatchLogsClient({
    region: 'us-west-2',
    endpoint: real.endpoint.url,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const sink = createCloudWatchSink(client, {
    logGroupName: '/boto',
    logStreamName: 'i-0bad/0.149.2',
    retentionDays: 7,
  });
  const format = { format: 'json', fields: [], mask: noMask } as const;
  const startedAt = await labNow();
  const events = Array.from({ length: 25 }, (_, index) => {
    const realtimeUs = (startedAt - 60_000 + index) * 1_000;
    const message = index === 24 ? 'KO: cannot reach SSM' : `line ${index}`;
    const fields = { SYSLOG_IDENTIFIER: 'app', _PID: '402', PRIORITY: index === 24 ? '3' : '6' };
    const cursor = `s=1;i=${index};b=b1;m=${index};t=${index};x=${index}`;
    return eventsOf({ cursor, realtimeUs, bootId: 'b1', message, fields }, format);
  }).flat();
  expect(await sink.put(events, new AbortController().signal)).toEqual({ kind: 'acknowledged', rejected: [] });
  client.destroy();

  const script = `
import datetime, time
logs = client('logs')
group = dict(logGroupName='/boto')
told = {}
errors = logs.filter_log_events(filterPattern='{ $.priority = "err" && $.message = "KO*" }', **group)['events']
told['filtered'] = [[event['logStreamName'], json.loads(event['message'])['message']] for event in errors]
pages = logs.get_paginator('filter_log_events').paginate(PaginationConfig={'PageSize': 10}, **group)
told['pages'] = [len(page['events']) for page in pages]
stream = dict(logStreamName='i-0bad/0.149.2', limit=10, **group)
read, token = [], None
while True:
    page = logs.get_log_events(startFromHead=True, **stream, **({'nextToken': token} if token else {}))
    read += [json.loads(event['message'])['message'] for event in page['events']]
    if page['nextForwardToken'] == token:
        break
    token = page['nextForwardToken']
told['read'] = [len(read), read[0], read[-1]]
told['streams'] = [each['logStreamName'] for each in logs.describe_log_streams(**group)['logStreams']]
told['retention'] = logs.describe_log_groups(logGroupNamePrefix='/boto')['logGroups'][0]['retentionInDays']
ms = errors[0]['timestamp']
query = logs.start_query(startTime=ms // 1000 - 3600, endTime=ms // 1000 + 3600, **group,
                         queryString='filter not ispresent(directrix) | stats count(*) as lines by priority | sort lines desc')['queryId']
for attempt in range(600):
    answer = logs.get_query_results(queryId=query)
    if answer['status'] == 'Complete':
        break
    time.sleep(0.05)
told['insights'] = [{field['field']: field['value'] for field in row} for row in answer['results']]
refused = []
for call, exception in [
    (lambda: logs.filter_log_events(filterPattern='%(a|b)%', **group), logs.exceptions.InvalidParameterException),
    (lambda: logs.start_query(startTime=0, endTime=1, queryString='pattern @message', **group), logs.exceptions.MalformedQueryException),
    (lambda: logs.get_log_events(logGroupName='/none', logStreamName='a'), logs.exceptions.ResourceNotFoundException),
]:
    try:
        call()
    except exception as error:
        refused.append(error.response['Error']['Code'])
told['refused'] = refused
print(json.dumps(told))
`;
  expect(await python(script)).toEqual({
    filtered: [['i-0bad/0.149.2', 'KO: cannot reach SSM']],
    pages: [10, 10, 5],
    read: [25, 'line 0', 'KO: cannot reach SSM'],
    streams: ['i-0bad/0.149.2'],
    retention: 7,
    insights: [
      { priority: 'info', lines: '24' },
      { priority: 'err', lines: '1' },
    ],
    refused: ['InvalidParameterException', 'MalformedQueryException', 'ResourceNotFoundException'],
  });
});

/** The lab's time, epoch milliseconds, by the date of an answer. */
async function labNow(): Promise<number> {
  const script = `
import email.utils
date = client('logs').describe_log_groups()['ResponseMetadata']['HTTPHeaders']['date']
print(json.dumps(email.utils.parsedate_to_datetime(date).timestamp() * 1000))
`;
  return Number(await python(script));
}
