// A share of users' requests meets the release before the group does, by the commands that a user runs: failures never exceed the share, a
// good release fails nobody, and the listener is as it was on every path.
import {
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DescribeListenersCommand,
  DescribeRulesCommand,
  ModifyListenerCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { DeleteParametersCommand } from '@aws-sdk/client-ssm';
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

const canary = ['--canary', '10%', '--canary-time', '1m', '--start-timeout', '60s'];
const deploy = (...more: readonly string[]) => site.deploy('2', [...canary, ...more]);

/** Every action that leads users' requests on, in AWS's words. */
async function listActions() {
  const { elbv2 } = site.clients;
  const [LoadBalancerArn] = [...site.lab.state.elbv2.loadBalancers.keys()];
  const { Listeners = [] } = await site.run(elbv2.send(new DescribeListenersCommand({ LoadBalancerArn })));
  const rules = await Promise.all(
    Listeners.map(
      async ({ ListenerArn }) => (await site.run(elbv2.send(new DescribeRulesCommand({ ListenerArn })))).Rules,
    ),
  );
  return { listeners: Listeners.map(({ DefaultActions }) => DefaultActions), rules };
}

describe('a good release', () => {
  test.each<[string, readonly string[], readonly number[]]>([
    ['one share', [], [100]],
    ['several shares', ['--canary-steps', '5%:1m,50%:1m'], [50, 500]],
  ])('gets %s of users, joins, and fails nobody', async (_name, more, weights) => {
    await open();
    const before = await listActions();
    const seen: (number | undefined)[] = [];
    const options = more.length === 0 ? canary : ['--start-timeout', '60s', ...more];
    const { exitCode, document, stderr } = await site.deploy('2', options, {
      onCall: (action) => {
        if (action !== 'elasticloadbalancing:DescribeListeners') return;
        const weight = shadowWeight();
        if (weight !== undefined && seen.at(-1) !== weight) seen.push(weight);
      },
    });
    expect({ exitCode, outcome: document.outcome }).toEqual({ exitCode: 0, outcome: 'done' });
    expect(seen).toEqual(weights);
    expect(stderr).toContain("of users' requests to the canary");
    expect(stderr).toContain("of users' requests: 0 of ");
    expect(await site.serving()).toEqual(['2', '2']);
    expect(await listActions()).toEqual(before);
    expect(site.leftovers()).toEqual([]);
    expect(site.traffic()).toMatchObject({ failed: 0 });
  });
});

test('--plan tells the shares, and takes as long as it says', async () => {
  await open();
  const options = ['--canary-steps', '5%:3m,20%:2m', '--bake', '2m'];
  const told = await site.directrix(['deploy', '--group', 'web', '--version', '2', '--plan', ...options]);
  expect(told.stdout).toContain('canary    5 % for 3 min 00 s at least, then 20 % for 2 min 00 s at least');
  const plan = await site.directrix(['deploy', '--group', 'web', '--version', '2', '--plan', '--json', ...options]);
  const { forecast } = JSON.parse(plan.stdout) as { forecast: { durationMs: number } };
  const { document } = await site.deploy('2', options);
  expect(document.outcome).toBe('done');
  expect(Math.abs(document.elapsedMs! - forecast.durationMs)).toBeLessThanOrEqual(0.1 * document.elapsedMs!);
});

describe('a bad release harms no more users than the share', () => {
  test.each<[string, Behaviour, readonly string[], string]>([
    ['answers 500 to everything but health checks', { errorRate: 1 }, ['--no-probe'], 'CANARY_FAILING'],
    ['answers every fourth request with 500', { errorRate: 0.25 }, ['--no-probe'], 'CANARY_FAILING'],
    ['answers every fourth request after 5 s', { slowRate: 0.25, slowAnswerMs: 5_000 }, ['--no-probe'], 'CANARY_SLOW'],
    ['dies after 75 s', { crashAfterMs: 75_000 }, [], 'PROOF_FAILED'],
    [
      'dies after 75 s, by its health checks alone',
      { crashAfterMs: 75_000 },
      ['--no-probe', '--version-check', 'off'],
      'UNHEALTHY_AGAIN',
    ],
  ])('that %s', async (_name, behaviour, more, code) => {
    await open({}, behaviour);
    const [before, actions] = [await site.picture(), await listActions()];
    const startedWith = site.traffic().sent;
    const calls: string[] = [];
    const { exitCode, document } = await site.deploy('2', [...canary, ...more], {
      onCall: (action) => calls.push(action),
    });
    expect(document.evidence.map((evidence) => evidence.code)).toContain(code);
    expect({ exitCode, outcome: document.outcome }).toEqual({ exitCode: 1, outcome: 'rolledBack' });
    const { sent, failed, byRelease } = site.traffic();
    expect(failed).toBeLessThanOrEqual((sent - startedWith) * 0.1);
    expect(byRelease['2'] ?? 0).toBeLessThanOrEqual((sent - startedWith) * 0.1);
    expect(await site.picture()).toEqual(before);
    expect(await listActions()).toEqual(actions);
    // What failed is kept; nothing of the group was ever moved for it.
    expect([site.leftovers(), document.quarantined.length]).toEqual([[], 1]);
    expect(calls).not.toContain('autoscaling:EnterStandby');
    // Users first, by one call.
    const back = calls.lastIndexOf('elasticloadbalancing:ModifyListener');
    expect(calls.filter((action) => action === 'elasticloadbalancing:ModifyListener')).toHaveLength(2);
    expect(calls.indexOf('ec2:DeleteLaunchTemplateVersions')).toBeGreaterThan(back);
  });
});

test('a rule that leads users to the group gives the share, and is as before, with its stickiness', async () => {
  await open();
  const { elbv2 } = site.clients;
  const [ListenerArn] = [...site.lab.state.elbv2.listeners.keys()];
  const [TargetGroupArn] = [...site.lab.state.elbv2.targetGroups.keys()];
  const Conditions = [{ Field: 'path-pattern', Values: ['/*'] }];
  const TargetGroupStickinessConfig = { Enabled: true, DurationSeconds: 600 };
  const ForwardConfig = { TargetGroups: [{ TargetGroupArn, Weight: 7 }], TargetGroupStickinessConfig };
  const Actions = [{ Type: 'forward' as const, ForwardConfig }];
  await site.run(elbv2.send(new CreateRuleCommand({ ListenerArn, Priority: 5, Conditions, Actions })));
  const before = await listActions();
  const calls: string[] = [];
  const result = await site.deploy('2', canary, { onCall: (action) => calls.push(action) });
  expect(result).toMatchObject({ exitCode: 0, document: { outcome: 'done' } });
  expect(calls.filter((action) => action === 'elasticloadbalancing:ModifyRule')).toHaveLength(2);
  expect(calls).not.toContain('elasticloadbalancing:ModifyListener');
  expect(await listActions()).toEqual(before);
  expect(site.traffic()).toMatchObject({ failed: 0 });
});

describe('where it cannot be', () => {
  const weightBeside = async () => {
    const { elbv2 } = site.clients;
    const [ListenerArn] = [...site.lab.state.elbv2.listeners.keys()];
    const [TargetGroupArn] = [...site.lab.state.elbv2.targetGroups.keys()];
    const VpcId = site.lab.state.elbv2.targetGroups.get(TargetGroupArn!)!.targetGroup.VpcId;
    const other = { Name: 'other', Protocol: 'HTTP' as const, Port: 80, VpcId };
    const made = await site.run(elbv2.send(new CreateTargetGroupCommand(other)));
    const TargetGroups = [
      { TargetGroupArn, Weight: 100 },
      { TargetGroupArn: made.TargetGroups![0]!.TargetGroupArn, Weight: 0 },
    ];
    const DefaultActions = [{ Type: 'forward' as const, ForwardConfig: { TargetGroups } }];
    await site.run(elbv2.send(new ModifyListenerCommand({ ListenerArn, DefaultActions })));
  };

  test('deploy and preflight refuse by the same rule, before anything is changed', async () => {
    await open();
    await weightBeside();
    const before = await site.picture();
    for (const skip of [[], ['--skip', 'all']]) {
      const { exitCode, stderr } = await deploy(...skip);
      expect(exitCode).toBe(2);
      expect(stderr).toContain('CANARY_ROUTE_UNFIT');
      expect(stderr).toContain('among 2 target groups already');
    }
    for (const more of [
      ['--canary', '1'],
      ['--preset', 'canary'],
    ]) {
      const { exitCode, stdout } = await site.directrix(['preflight', '--group', 'web', '--version', '2', ...more]);
      expect({ exitCode, isFound: stdout.includes('CANARY_ROUTE_UNFIT') }).toEqual({ exitCode: 2, isFound: true });
    }
    expect(await site.picture()).toEqual(before);
    expect(await site.deploy('2', ['--start-timeout', '60s'])).toMatchObject({ exitCode: 0 });
  });

  test('without a proof there is none, and that is said', async () => {
    await open();
    const { exitCode, stderr } = await deploy('--no-prove');
    expect({ exitCode, isTold: stderr.includes('--no-prove tries none') }).toEqual({ exitCode: 2, isTold: true });
  });

  test('a listener that AWS does not let us change ends it, and users meet nothing of the release', async () => {
    await open();
    const before = await site.picture();
    const { exitCode, document } = await site.deploy('2', [...canary, '--skip', 'all'], {
      wrapClients: (clients) => {
        refuse(clients, ['ModifyListener']);
        return clients;
      },
    });
    expect(document.evidence.map(({ code }) => code)).toEqual(['CANARY_IMPOSSIBLE']);
    expect({ exitCode, outcome: document.outcome }).toEqual({ exitCode: 1, outcome: 'rolledBack' });
    expect(await site.picture()).toEqual(before);
    expect(site.leftovers()).toEqual([]);
    expect(site.traffic()).toMatchObject({ failed: 0, byRelease: { 1: expect.any(Number) } });
    expect(site.traffic().byRelease['2']).toBeUndefined();
  });
});

function refuse(clients: Site['clients'], names: readonly string[]): void {
  clients.elbv2.middlewareStack.add(
    (next, context) => (args) => {
      if (!names.some((name) => context.commandName === `${name}Command`)) return next(args);
      throw Object.assign(new Error('not allowed'), { name: 'AccessDenied' });
    },
    { name: 'refuse', step: 'initialize', priority: 'low' },
  );
}

describe('others change the listener meanwhile', () => {
  test('it stays as they made it, without our target group in it', async () => {
    await open();
    const running = site.start(['deploy', '--group', 'web', '--version', '2', '--json', '--bake', '0', ...canary]);
    for (let looks = 0; shadowWeight() === undefined && looks < 100; looks += 1) await site.advance(2_000);
    const { elbv2 } = site.clients;
    const [ListenerArn] = [...site.lab.state.elbv2.listeners.keys()];
    const [web] = [...site.lab.state.elbv2.targetGroups.keys()];
    const DefaultActions = [{ Type: 'forward' as const, TargetGroupArn: web }];
    await site.run(elbv2.send(new ModifyListenerCommand({ ListenerArn, DefaultActions })));
    const theirs = (await listActions()).listeners;
    const { exitCode, document } = await site.run(running);
    expect(document.evidence.map(({ code }) => code)).toEqual(['LISTENER_CHANGED']);
    expect({ exitCode, outcome: document.outcome }).toEqual({ exitCode: 1, outcome: 'rolledBack' });
    expect((await listActions()).listeners).toEqual(theirs);
    expect(site.leftovers()).toEqual([]);
    expect(site.traffic()).toMatchObject({ failed: 0 });
  });
});

function shadowWeight(): number | undefined {
  const [first] = [...site.lab.state.elbv2.listeners.values()];
  return first?.listener.DefaultActions?.[0]?.ForwardConfig?.TargetGroups?.[1]?.Weight;
}

/** The n-th call of this kind. */
function callOf(kind: string, nth = 1) {
  let seen = 0;
  return (name: string) => {
    if (name === kind) seen += 1;
    return name === kind && seen === nth;
  };
}

describe('a deployer dies in the midst of a canary', () => {
  test.each<[command: 'resume' | 'abort' | 'repair', kind: string, nth: number, isCarriedOut: boolean]>([
    ['resume', 'ModifyListener', 1, true],
    ['abort', 'ModifyListener', 1, true],
    ['repair', 'ModifyListener', 1, false],
    ['resume', 'ModifyListener', 2, false],
    ['abort', 'ModifyListener', 2, true],
    ['repair', 'ModifyListener', 2, false],
    ['resume', 'AttachInstances', 1, true],
    ['abort', 'AttachInstances', 1, false],
    ['abort', 'DeleteRule', 1, true],
  ])('%s after %s (the %i. time, carried out: %s) leaves nothing of it', async (command, kind, nth, isCarriedOut) => {
    await open({ desired: 1 });
    const [before, actions] = [await site.picture(), await listActions()];
    const mortal = createMortalClients({ atChange: callOf(kind, nth), isCarriedOut });
    void site.start(['deploy', '--group', 'web', '--version', '2', '--json', '--bake', '0', ...canary], {
      wrapClients: mortal.wrapClients,
    });
    await site.run(mortal.died);
    await site.advance(5_000);
    const { exitCode } = await site.directrix([command, '--group', 'web', '--json']);
    const { group } = await site.picture();
    expect({ exitCode, group, serving: await site.serving() }).toEqual({
      exitCode: command === 'abort' ? 1 : 0,
      group: before.group,
      serving: [command === 'resume' ? '2' : '1'],
    });
    expect({ actions: await listActions(), left: site.leftovers() }).toEqual({ actions, left: [] });
    expect(site.traffic().failed).toBe(0);
  });
});

test('repair takes a share back whose record is lost, and ends what is left after it', async () => {
  await open();
  const actions = await listActions();
  const mortal = createMortalClients({ atChange: callOf('ModifyListener'), isCarriedOut: true });
  void site.start(['deploy', '--group', 'web', '--version', '2', '--json', ...canary], {
    wrapClients: mortal.wrapClients,
  });
  await site.run(mortal.died);
  await site.advance(5_000);
  expect(shadowWeight()).toBe(100);
  const Names = [...site.lab.state.ssm.parameters.keys()].filter((name) =>
    name.startsWith('/directrix/groups/web/record'),
  );
  await site.run(site.clients.ssm.send(new DeleteParametersCommand({ Names })));
  const { exitCode, stdout } = await site.directrix(['repair', '--group', 'web']);
  expect(exitCode).toBe(0);
  expect(stdout).toContain("lead users' requests on as before by arn:");
  expect(await listActions()).toEqual(actions);
  expect(site.leftovers()).toEqual([]);
  expect(site.traffic().failed).toBe(0);
});
