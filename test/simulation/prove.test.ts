// S3: no user reaches a release before an instance of it was tried outside of their traffic, and nothing of the trial is left.
import { CreateRuleCommand, ModifyListenerCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, describe, expect, test } from 'vitest';
import { createMortalClients } from './mortal-clients.js';
import { Site, type SiteOptions } from './site.js';

let site: Site;
afterEach(() => site.close());

type Behaviour = Parameters<Site['registerRelease']>[1];

async function open(options: SiteOptions = {}, behaviour: Behaviour = {}): Promise<void> {
  site = await Site.create({ desired: 2, max: 4, ...options });
  site.startTraffic();
  await site.registerRelease('2', behaviour);
}

const leftovers = () => site.leftovers();
const deploy = (...more: readonly string[]) => site.deploy('2', ['--start-timeout', '60s', ...more]);

describe('a good release', () => {
  test('is tried outside of the group, and the instance that was tried joins it', async () => {
    await open();
    const calls: string[] = [];
    const { exitCode, document, stderr } = await site.deploy('2', [], { onCall: (action) => calls.push(action) });
    expect({ exitCode, outcome: document.outcome }).toEqual({ exitCode: 0, outcome: 'done' });
    expect(stderr).toContain('2 stayed healthy outside of the group, and answered: 0 of ');
    expect(await site.serving()).toEqual(['2', '2']);
    expect(calls.filter((action) => action === 'ec2:RunInstances')).toHaveLength(1);
    // Two of the release were launched: the one that was tried, and one by the group.
    const launched = [...site.lab.state.ec2.instances.values()].filter(
      ({ instance }) =>
        site.lab.state.ec2.tags.get(instance.ImageId!)?.find(({ Key }) => Key === 'Version')?.Value === '2',
    );
    expect(launched).toHaveLength(2);
    expect(leftovers()).toEqual([]);
    expect(site.traffic()).toMatchObject({ failed: 0 });
    // The group knows what it is of.
    expect(await site.deploy('2')).toMatchObject({ document: { outcome: 'unchanged' } });
  });

  test.each<[string, SiteOptions, readonly string[]]>([
    ['without any room, which is lent', { desired: 1, min: 1, max: 1 }, []],
    ['without any room to lend', { desired: 1, min: 1, max: 2 }, ['--keep-max-size']],
    ['behind two target groups', { targetGroups: 2 }, []],
  ])('ships to a group %s', async (_name, options, more) => {
    await open(options);
    const before = await site.picture();
    expect(await deploy(...more)).toMatchObject({ exitCode: 0, document: { outcome: 'done' } });
    expect((await site.picture()).group).toEqual(before.group);
    expect(leftovers()).toEqual([]);
    expect(site.traffic()).toMatchObject({ failed: 0 });
  });

  test('is not tried where the operator says so', async () => {
    await open();
    const { document, stderr } = await deploy('--no-prove');
    expect(document.outcome).toBe('done');
    expect(stderr).not.toContain('prove:');
  });
});

test('before roll is approved, a proved release meets no user either', async () => {
  await open({ desired: 1 });
  const running = site.start([
    'deploy',
    '--group',
    'web',
    '--version',
    '2',
    '--json',
    '--bake',
    '0',
    '--approve-before',
    'roll',
  ]);
  await site.advance(300_000);
  expect(await site.serving()).toEqual(['1']);
  await site.directrix(['approve', '--group', 'web'], { machine: 'desk' });
  expect(await site.run(running)).toMatchObject({ exitCode: 0, document: { outcome: 'done' } });
  expect(await site.serving()).toEqual(['2']);
  expect(leftovers()).toEqual([]);
});

describe('a bad release meets no user', () => {
  test.each<[string, Behaviour, string]>([
    ['never starts', { fault: 'neverStarts' }, 'START_TIMEOUT'],
    ['answers 500 to everything but health checks', { errorRate: 1 }, 'PROOF_FAILED'],
    ['answers every third request with 500', { errorRate: 0.34 }, 'PROOF_FAILED'],
    ['answers after 5 s', { slowRate: 1, slowAnswerMs: 5_000 }, 'PROOF_FAILED'],
    ['dies after 20 s', { crashAfterMs: 20_000 }, 'UNHEALTHY_AGAIN'],
    ['reports another version', { version: '3' }, 'WRONG_VERSION'],
  ])('that %s', async (_name, behaviour, code) => {
    await open({}, behaviour);
    const before = await site.picture();
    const { exitCode, document } = await deploy();
    expect(document.evidence.map((evidence) => evidence.code)).toEqual([code]);
    expect({ exitCode, outcome: document.outcome }).toEqual({ exitCode: 1, outcome: 'rolledBack' });
    expect(await site.picture()).toEqual(before);
    const { failed, byRelease } = site.traffic();
    expect({ failed, releases: Object.keys(byRelease) }).toEqual({ failed: 0, releases: ['1'] });
    // What failed is kept, and nothing else.
    expect(document.quarantined).toHaveLength(1);
    expect(leftovers()).toEqual([]);
  });
});

describe('where it cannot be tried', () => {
  test.each<[string, (clients: Site['clients']) => void, string]>([
    ['no rule may be made', (clients) => refuse(clients, 'CreateRule'), 'openShadow: ACCESS_DENIED'],
    ['no instance may be launched', (clients) => refuse(clients, 'RunInstances'), 'launchProof: ACCESS_DENIED'],
  ])('because %s, the first one is verified alone, and that is said', async (_name, prepare, words) => {
    await open();
    const { exitCode, document, stderr } = await site.deploy('2', [], {
      wrapClients: (clients) => {
        prepare(clients);
        return clients;
      },
    });
    expect({ exitCode, outcome: document.outcome }).toEqual({ exitCode: 0, outcome: 'done' });
    expect(document.notices.map(({ code }) => code)).toContain('PROOF_BY_HEALTH_ALONE');
    expect(stderr).toContain(words);
    expect(stderr).toContain('DesiredCapacity 3');
    expect(leftovers()).toEqual([]);
    expect(site.traffic()).toMatchObject({ failed: 0 });
  });

  test('because no listener leads plain requests to the group, the first one is verified alone', async () => {
    await open();
    const { elbv2 } = site.clients;
    const [ListenerArn] = [...site.lab.state.elbv2.listeners.keys()];
    const [TargetGroupArn] = [...site.lab.state.elbv2.targetGroups.keys()];
    const Conditions = [{ Field: 'path-pattern', Values: ['/app/*'] }];
    const Actions = [{ Type: 'forward' as const, TargetGroupArn }];
    await site.run(elbv2.send(new CreateRuleCommand({ ListenerArn, Priority: 5, Conditions, Actions })));
    const DefaultActions = [{ Type: 'fixed-response' as const, FixedResponseConfig: { StatusCode: '404' } }];
    await site.run(elbv2.send(new ModifyListenerCommand({ ListenerArn, DefaultActions })));
    const { exitCode, document } = await site.deploy('2', ['--no-probe', '--skip', 'all']);
    expect(document.notices).toContainEqual(expect.objectContaining({ code: 'PROOF_BY_HEALTH_ALONE' }));
    expect({ exitCode, outcome: document.outcome }).toEqual({ exitCode: 0, outcome: 'done' });
    expect(leftovers()).toHaveLength(1);
  });
});

function refuse(clients: Site['clients'], name: string): void {
  for (const client of [clients.ec2, clients.elbv2])
    (client as typeof clients.ec2).middlewareStack.add(
      (next, context) => (args) => {
        if (context.commandName !== `${name}Command`) return next(args);
        throw Object.assign(new Error('not allowed'), { name: 'AccessDenied' });
      },
      { name: 'refuse', step: 'initialize', priority: 'low' },
    );
}

/** The changes of a proof, from the first that it makes until its instance is in the group. */
const changesOfProof = { first: 7, last: 25 };

test('resume and abort after a kill in the midst of a proof leave nothing of it', { timeout: 240_000 }, async () => {
  const died: string[] = [];
  for (let atChange = changesOfProof.first; atChange <= changesOfProof.last; atChange += 1) {
    const command = atChange % 2 === 0 ? 'resume' : 'abort';
    await open({ desired: 1 });
    const before = await site.picture();
    const mortal = createMortalClients({ atChange, isCarriedOut: atChange % 4 < 2 });
    void site.start(['deploy', '--group', 'web', '--version', '2', '--json', '--bake', '0'], {
      wrapClients: mortal.wrapClients,
    });
    const place = `${command} after ${await site.run(mortal.died)} (change ${atChange})`;
    died.push(place);
    await site.advance(5_000);
    const { exitCode } = await site.directrix([command, '--group', 'web', '--json']);
    const { group } = await site.picture();
    const isNew = command === 'resume';
    expect({ place, exitCode, group, left: leftovers(), serving: await site.serving() }).toEqual({
      place,
      exitCode: isNew ? 0 : 1,
      group: before.group,
      left: [],
      serving: [isNew ? '2' : '1'],
    });
    expect({ place, failed: site.traffic().failed }).toEqual({ place, failed: 0 });
    if (atChange < changesOfProof.last) await site.close();
  }
  const places = died.join();
  for (const change of ['CreateTargetGroup', 'CreateRule', 'RunInstances', 'RegisterTargets', 'AttachInstances'])
    expect(places).toContain(change);
});
