// boto3, the client of the incident of 2018, against the lab's real endpoint: its paginators, waiters and exceptions.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
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
