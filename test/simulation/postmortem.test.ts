// The postmortem of incidents that happen here, from what a deploy and preflight leave behind: nothing is handed in.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateLogGroupCommand, CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateNetworkAclEntryCommand,
  DeleteNetworkAclEntryCommand,
  DescribeNetworkAclsCommand,
  DescribeSecurityGroupsCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import type { Postmortem } from '@directrix/timeline';
import type { World } from 'directrix';
import { afterEach, expect, test } from 'vitest';
import { InstanceLogTail } from '../../packages/cli/src/commands/dashboard/instance-log-tail.js';
import { keepPreflight, readKeptPreflights } from '../../packages/cli/src/preflight/kept-preflights.js';
import { Site } from './site.js';

let site: Site;
afterEach(() => site.close());

const entry = { RuleNumber: 50, Egress: false };

async function closeNetwork(): Promise<string> {
  const { NetworkAcls } = await site.run(site.clients.ec2.send(new DescribeNetworkAclsCommand({})));
  const { NetworkAclId = '' } = NetworkAcls![0]!;
  const denied = { ...entry, NetworkAclId, Protocol: '6', PortRange: { From: 80, To: 80 }, CidrBlock: '0.0.0.0/0' };
  await site.run(site.clients.ec2.send(new CreateNetworkAclEntryCommand({ ...denied, RuleAction: 'deny' })));
  return NetworkAclId;
}

const postmortem = (argv: readonly string[]) => site.directrix(['postmortem', '--group', 'web', ...argv]);

test('a network ACL that a person closes in the middle of a rollout: what it cut, when, and the smallest edit', async () => {
  site = await Site.create({ desired: 2 });
  // The machines of this lab do not ask the network: the release fails by itself, as it would without its secrets.
  await site.registerRelease('2', { errorRate: 0.3 });
  const deploy = site.start(['deploy', '-g', 'web', '--version', '2', '--json', '--bake', '10m', '--no-prove']);
  await site.advance(30_000);
  const aclId = await closeNetwork();
  await site.run(
    site.clients.ssm.send(new PutParameterCommand({ Name: '/web/KEY', Value: 'hunter2-hunter2', Type: 'String' })),
  );
  const { document } = await site.run(deploy);
  expect(document.outcome).not.toBe('done');

  // Somebody opens it again before anybody asks: what the deploy saw at its end still tells.
  await site.run(site.clients.ec2.send(new DeleteNetworkAclEntryCommand({ ...entry, NetworkAclId: aclId })));
  await site.advance(30_000);
  const output = join(site.directory, 'postmortem.md');
  const { exitCode, document: told } = await postmortem([
    document.rolloutId!,
    '--json',
    '--secrets',
    '/web',
    '--output',
    output,
  ]);
  expect(exitCode).toBe(0);
  const { causes, timeline, remediation, impact, requestsFrom } = told as never as Postmortem;
  expect(causes).toContainEqual(
    expect.objectContaining({
      kind: 'network',
      edits: [expect.objectContaining({ id: aclId, kind: 'gained', what: 'entry 50 in: deny tcp 80 from 0.0.0.0/0' })],
    }),
  );
  const page = readFileSync(output, 'utf8');
  expect(page).toContain(aclId);
  expect(page).toContain(`aws ec2 delete-network-acl-entry --network-acl-id ${aclId} --ingress --rule-number 50`);
  expect(page).toContain('The network was changed');
  expect(timeline.map(({ witness }) => witness)).toEqual(
    expect.arrayContaining([
      'rollout',
      'autoScaling',
      'network',
      'networkEdit',
      'preflight',
      'requests',
      'secrets',
      'release',
    ]),
  );
  // It is open again: nothing is left to mend, but such a change can be looked at before.
  expect(remediation.map(({ code }) => code)).toContain('REVIEW_NETWORK_CHANGES');
  expect(remediation.map(({ code }) => code)).not.toContain('FIX_NETWORK');
  expect(requestsFrom).toBe('rollout');
  expect(impact?.failed).toBeGreaterThan(0);
  // No value of a parameter is anywhere in it.
  expect(page).toContain('/web/KEY was written');
  expect(`${page}${JSON.stringify(told)}`).not.toContain('hunter2');

  // Written again, it keeps what people wrote.
  writeFileSync(output, page.replace('## Impact', 'Ours: a drill.\n\n## Impact'));
  const again = await postmortem([document.rolloutId!, '--output', output]);
  expect(again.stderr).toContain('the section "impact" was changed by somebody and stays');
  expect(readFileSync(output, 'utf8')).toContain('Ours: a drill.');
});

test('an outage with no rollout at all: somebody takes a rule out of a security group', async () => {
  site = await Site.create({ desired: 2 });
  await site.directrix(['preflight', '--group', 'web', '--json']);
  const since = site.clock.now();
  await site.advance(60_000);
  const { SecurityGroups } = await site.run(site.clients.ec2.send(new DescribeSecurityGroupsCommand({})));
  const { GroupId = '', IpPermissions = [] } = SecurityGroups!.find(({ GroupName }) => GroupName === 'web')!;
  await site.run(site.clients.ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions })));
  const began = site.clock.now();
  const requests = join(site.directory, 'requests.jsonl');
  const seconds = Array.from({ length: 120 }, (_, index) => {
    const [succeeded, failed] = index < 90 ? [0, 5] : [5, 0];
    return JSON.stringify({ at: began + index * 1_000, succeeded, failed, failures: failed ? { 504: failed } : {} });
  });
  writeFileSync(requests, seconds.join('\n'));
  await site.advance(150_000);
  const span = ['--since', new Date(since).toISOString(), '--until', new Date(site.clock.now()).toISOString()];
  const { document, stdout: json, exitCode } = await postmortem([...span, '--requests', requests, '--json']);
  expect(exitCode).toBe(0);
  const { causes, impact, remediation } = document as never as Postmortem;
  expect(impact).toMatchObject({ requests: 600, failed: 450 });
  expect(causes).toContainEqual(
    expect.objectContaining({ kind: 'network', edits: [expect.objectContaining({ id: GroupId, kind: 'lost' })] }),
  );
  // The rule is still missing: that is to be mended.
  expect(remediation.map(({ code }) => code)).toContain('FIX_NETWORK');
  const { stdout } = await postmortem([...span, '--requests', requests]);
  expect(stdout).toContain(`aws ec2 authorize-security-group-ingress --group-id ${GroupId}`);
  expect(`${stdout}${json}`).not.toContain('the rollout halted');
});

test('what preflight said, and that a rollout overrode it', async () => {
  site = await Site.create({ desired: 1 });
  await site.registerRelease('2');
  await closeNetwork();
  const refused = await site.deploy('2');
  expect(refused.exitCode).toBe(2);
  await site.advance(60_000);
  const { document } = await site.deploy('2', ['--skip', 'all', '--no-prove', '--start-timeout', '2m']);
  const { stdout } = await postmortem([document.rolloutId!]);
  expect(stdout).toMatch(/said before at 2018-11-11 \d\d:\d\d:\d\d, and set aside with --skip/);
  expect(stdout).toMatch(/\| preflight \| said no error; set aside with --skip: /);
  expect(stdout).toMatch(/\| preflight \| said errors? /);
});

test('what the instances logged of trouble, each once, and the same lines on the page as they come', async () => {
  site = await Site.create({ desired: 1 });
  await site.registerRelease('2', { fault: 'refuses' });
  const { document } = await site.deploy('2', ['--no-prove', '--start-timeout', '2m']);
  const [instanceId = ''] = document.quarantined.map((each) => each.instanceId);
  const { logs } = site.clients;
  const stream = { logGroupName: '/web', logStreamName: `${instanceId}/2` };
  const entry = (message: string, id: string) => ({
    timestamp: site.clock.now(),
    message: JSON.stringify({ message, id, identifier: 'app', pid: '7' }),
  });
  await site.run(logs.send(new CreateLogGroupCommand({ logGroupName: '/web' })));
  for (const logStreamName of [stream.logStreamName, 'i-0fffffffffffffff0/2'])
    await site.run(logs.send(new CreateLogStreamCommand({ logGroupName: '/web', logStreamName })));
  const logEvents = [
    entry('started in 12 ms', 'a1'),
    entry('cannot connect, try 1: password=hunter2 was denied', 'a2'),
    entry('cannot connect, try 2: password=hunter2 was denied', 'a3'),
  ];
  await site.run(logs.send(new PutLogEventsCommand({ ...stream, logEvents })));
  await site.run(
    logs.send(
      new PutLogEventsCommand({
        ...stream,
        logStreamName: 'i-0fffffffffffffff0/2',
        logEvents: [entry('an error of somebody else', 'b1')],
      }),
    ),
  );
  await site.advance(10_000);
  const { stdout } = await postmortem([document.rolloutId!, '--log-group', '/web']);
  expect(stdout).toContain(`| log | ${instanceId}: cannot connect, try 1: password=\\[hidden\\] was denied |`);
  expect(stdout).not.toMatch(/hunter2|try 2|somebody else|started in/);

  const said: string[] = [];
  const board = { say: ({ text }: { readonly text: string }) => void said.push(text) };
  const world = { clients: site.clients, clock: site.clock } as unknown as World;
  const tail = new InstanceLogTail(board, world, '/web');
  await site.run(tail.read('web', new AbortController().signal));
  expect(said).toHaveLength(4);
  expect(said).toContain(`${instanceId} app[7]: started in 12 ms`);
  expect(said.join()).not.toContain('hunter2');
  await site.run(tail.read('web', new AbortController().signal));
  expect(said).toHaveLength(4);
  // Without a tag nobody knows where they are, and the page goes on without them.
  await site.run(new InstanceLogTail(board, world).read('web', new AbortController().signal));
  expect(said).toHaveLength(4);
});

test('looks are kept whole, for their owner alone, and only the last ones', async () => {
  site = await Site.create({ desired: 1 });
  const env = { XDG_STATE_HOME: site.directory };
  for (let at = 1; at <= 40; at += 1) keepPreflight(env, 'a/b', { at });
  const directory = join(site.directory, 'directrix', 'a%2Fb', '+preflight');
  const names = readdirSync(directory);
  expect(names).toHaveLength(30);
  expect(statSync(join(directory, names[0]!)).mode & 0o777).toBe(0o600);
  writeFileSync(join(directory, names.at(-1)!), 'half');
  const looks = readKeptPreflights(env, 'a/b', { since: 35, until: 50 });
  // The one before as well: a change lies between two looks.
  expect(looks.map(({ at }) => at)).toEqual([34, 35, 36, 37, 38, 39]);
  expect(
    readKeptPreflights({ ...env, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, 'a/b', { since: 0, until: 50 }),
  ).toEqual([]);
  expect(readKeptPreflights(env, 'a/b', { since: 86_400_100, until: 86_400_200 })).toEqual([]);
  expect(readKeptPreflights(env, 'other', { since: 0, until: 9 })).toEqual([]);
});
