import { expect, test } from 'vitest';
import { colorsFor } from '../../colors.js';
import type { LabStatusDocument, LabUpDocument } from './lab-document.js';
import { formatCleaned, formatEnded, formatExports, formatStatus, formatStory } from './output.js';

const colors = colorsFor({ write: () => {}, isTTY: false, columns: 80 }, {});
const env = {
  AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
  AWS_REGION: 'us-west-2',
  AWS_DEFAULT_REGION: 'us-west-2',
  AWS_ACCESS_KEY_ID: 'lab',
  AWS_SECRET_ACCESS_KEY: 'lab',
  AWS_EC2_METADATA_DISABLED: 'true',
  DIRECTRIX_CLOCK: '10@1763900000000=1763900000500',
};
const up: LabUpDocument = {
  schema: 'directrix.lab/1',
  id: 'lab-3f2a1b',
  pid: 4_242,
  startedAt: '2018-11-11T08:00:00.000Z',
  speed: 10,
  scenario: 'hyperbola:N1',
  runDirectory: '/run/user/1000/directrix-1000/labs/lab-3f2a1b',
  endpoint: env.AWS_ENDPOINT_URL,
  region: 'us-west-2',
  env,
  description: 'hyperbola 0.149.1 on 3 instances',
};
const status: LabStatusDocument = {
  ...up,
  accountId: '123456789012',
  clock: { now: '2018-11-11T08:10:00.000Z', speed: 10 },
  notEmulated: [{ service: 'ec2', operation: 'CreateVpc', what: 'Ipv4IpamPoolId of CreateVpc', count: 2 }],
  groups: [
    {
      name: 'web',
      minSize: 1,
      desiredCapacity: 2,
      maxSize: 7,
      launchTemplate: { name: 'backend', version: '$Latest' },
    },
    { name: 'bare', minSize: 0, desiredCapacity: 0, maxSize: 1, launchTemplate: undefined },
  ],
  instances: [
    {
      instanceId: 'i-00000000000000001',
      group: 'web',
      availabilityZone: 'us-west-2a',
      state: 'running',
      lifecycleState: 'InService',
      imageId: 'ami-1',
      version: '0.149.1',
      privateIpAddress: '10.0.10.12',
      servicesOnHostNetwork: [],
      targets: [{ targetGroup: 'backend', port: 80, state: 'healthy', reason: undefined }],
    },
    {
      instanceId: 'i-00000000000000002',
      group: undefined,
      availabilityZone: 'us-west-2b',
      state: 'pending',
      lifecycleState: undefined,
      imageId: 'ami-2',
      version: undefined,
      privateIpAddress: undefined,
      servicesOnHostNetwork: [],
      targets: [],
    },
  ],
  listeners: [
    { listenerArn: 'arn:1', loadBalancer: 'web', protocol: 'HTTP', port: 80, url: 'http://127.0.0.1:41234' },
    { listenerArn: 'arn:2', loadBalancer: 'web', protocol: 'HTTPS', port: 443, url: undefined },
  ],
};

test('up prints what a shell evaluates, and only that', () => {
  expect(formatExports(env)).toBe(`export AWS_ENDPOINT_URL=http://127.0.0.1:4566
export AWS_REGION=us-west-2
export AWS_DEFAULT_REGION=us-west-2
export AWS_ACCESS_KEY_ID=lab
export AWS_SECRET_ACCESS_KEY=lab
export AWS_EC2_METADATA_DISABLED=true
export DIRECTRIX_CLOCK=10@1763900000000=1763900000500
unset AWS_PROFILE AWS_SESSION_TOKEN
`);
});

test('a value that a shell would read otherwise is quoted', () => {
  expect(formatExports({ ...env, AWS_REGION: "us'; $(reboot)" })).toContain("export AWS_REGION='us'\\''; $(reboot)'\n");
});

test('up tells where the lab is and how it ends', () => {
  expect(
    formatStory(up, true, colors),
  ).toBe(`lab-3f2a1b is up at http://127.0.0.1:4566, its time runs 10 times as fast as yours
hyperbola 0.149.1 on 3 instances
AWS CLI before 2.13 does not read AWS_ENDPOINT_URL: give it --endpoint-url
end it: directrix lab down --lab lab-3f2a1b
`);
  expect(
    formatStory({ ...up, speed: 1, description: undefined }, false, colors),
  ).toBe(`lab-3f2a1b is up at http://127.0.0.1:4566
AWS CLI before 2.13 does not read AWS_ENDPOINT_URL: give it --endpoint-url
Ctrl-C ends it
`);
});

test('down tells what has ended and what was found dead', () => {
  expect(formatEnded({ id: 'lab-1', endpoint: 'http://127.0.0.1:1' })).toBe('lab-1 at http://127.0.0.1:1 is down\n');
  expect(formatEnded({ id: 'lab-1', endpoint: undefined })).toBe('lab-1 is down\n');
  expect(formatCleaned({ id: 'lab-2', endedProcessCount: 1 })).toBe(
    'lab-2 was killed; cleaned up after it (1 process of its machines ended)\n',
  );
});

test('status shows endpoint, clock, groups, instances and where listeners answer', () => {
  expect(formatStatus(status, colors)).toBe(`lab-3f2a1b  http://127.0.0.1:4566  us-west-2  hyperbola:N1
  clock 2018-11-11T08:10:00.000Z, 10x; pid 4242 since 2018-11-11T08:00:00.000Z; files in /run/user/1000/directrix-1000/labs/lab-3f2a1b

  group  min  desired  max  launch template
  web    1    2        7    backend $Latest
  bare   0    0        1    none

  instance             version  zone        state      address     targets
  i-00000000000000001  0.149.1  us-west-2a  InService  10.0.10.12  backend healthy
  i-00000000000000002  ami-2    us-west-2b  pending                in no target group

  load balancer  listener   answers at
  web            HTTP:80    http://127.0.0.1:41234
  web            HTTPS:443  opening

  refused because the lab does not emulate it  times
  ec2: Ipv4IpamPoolId of CreateVpc             2
`);
});

test('an instance with a service on the host’s network is marked', () => {
  const [first] = status.instances;
  if (first === undefined) throw new Error('There is no instance.');
  const text = formatStatus({ ...status, instances: [{ ...first, servicesOnHostNetwork: ['app', 'front'] }] }, colors);
  expect(text).toContain('10.0.10.12 app, front on the host network  backend healthy');
});

test('an empty lab says so', () => {
  const text = formatStatus({ ...status, scenario: undefined, groups: [], instances: [], listeners: [] }, colors);
  expect(text).toContain('\n  no groups\n\n  no instances\n\n  no listeners\n');
});
