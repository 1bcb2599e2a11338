import { SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import { GetConsoleOutputCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { DeleteListenerCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, it } from 'vitest';
import { createWeb, GROUP } from './testing/create-web.js';

describe('a group on simulated machines', () => {
  it('comes into service, is healthy after one passing check, and answers through the load balancer', async () => {
    const web = await createWeb();
    expect(await web.inService()).toHaveLength(3);
    expect(Object.values(await web.health())).toEqual(['healthy', 'healthy', 'healthy']);
    const response = await web.dataPlane.request(web.url, { path: '/healthz' });
    expect(response.statusCode).toBe(200);
    expect(response.body).toMatch(/^VERSION: 1\nFQDN: ip-10-0-\d+-\d+\.us-west-2\.compute\.internal\nOK\n$/);
    expect(web.defects).toEqual([]);
  });

  it('answers a fetch as a server would', async () => {
    const web = await createWeb();
    const response = await web.dataPlane.fetch(`${web.url}/healthz`);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('VERSION: 1');
  });

  it('writes what a machine does to its console', async () => {
    const web = await createWeb();
    const [id] = await web.inService();
    const output = await web.ask(web.ec2.send(new GetConsoleOutputCommand({ InstanceId: id })));
    const text = Buffer.from(output.Output!, 'base64').toString();
    expect(text).toContain('application 1 listening, status OK.');
  });
});

describe('what a client gets from a machine', () => {
  it.each([
    { what: 'never started behind its front', behaviour: { fault: 'neverStarts' }, statusCode: 502, afterMs: 0 },
    { what: 'refuses', behaviour: { fault: 'refuses' }, statusCode: 502, afterMs: 0 },
    { what: 'drops', behaviour: { fault: 'drops' }, statusCode: 504, afterMs: 10_000 },
    { what: 'listens on other ports', behaviour: { ports: [8888] }, statusCode: 502, afterMs: 0 },
    { what: 'crashed', behaviour: { crashAfterMs: 1000 }, statusCode: 502, afterMs: 0 },
    { what: 'always fails', behaviour: { errorRate: 1 }, statusCode: 500, afterMs: 0 },
    { what: 'is KO', behaviour: { status: 'KO: no database' }, statusCode: 503, afterMs: 0 },
    { what: 'answers late', behaviour: { answerMs: 3_000 }, statusCode: 200, afterMs: 3_000 },
    { what: 'answers after the idle timeout', behaviour: { answerMs: 90_000 }, statusCode: 504, afterMs: 60_000 },
  ] as const)('that $what: $statusCode after $afterMs ms', async ({ behaviour, statusCode, afterMs }) => {
    const web = await createWeb({ good: behaviour, group: { DesiredCapacity: 1 } });
    const startedAt = web.clock.now();
    const response = await web.clock.run(web.dataPlane.request(web.url));
    expect(response.statusCode).toBe(statusCode);
    expect(web.clock.now() - startedAt).toBe(afterMs);
  });

  it('that stops under a request: 502', async () => {
    const web = await createWeb({ good: { slowRate: 1, slowAnswerMs: 30_000 }, group: { DesiredCapacity: 1 } });
    const answer = web.dataPlane.request(web.url);
    const InstanceIds = [...(await web.inService())];
    await web.ask(web.ec2.send(new TerminateInstancesCommand({ InstanceIds })));
    expect((await web.clock.run(answer)).statusCode).toBe(502);
  });

  it('that fails a share of its requests: exactly that share', async () => {
    const web = await createWeb({ good: { errorRate: 0.25 }, group: { DesiredCapacity: 1 } });
    const codes: number[] = [];
    for (let count = 0; count < 8; count += 1) codes.push((await web.dataPlane.request(web.url)).statusCode);
    expect(codes).toEqual([200, 200, 200, 500, 200, 200, 200, 500]);
    expect(Object.values(await web.health())).toEqual(['healthy']);
  });
});

describe('a target of a machine', () => {
  it('that flaps is healthy and unhealthy in turn', async () => {
    const web = await createWeb({ good: { bootMs: 0, flapPeriodMs: 120_000 }, group: { DesiredCapacity: 1 } });
    const seen: string[] = [];
    for (let step = 0; step < 24; step += 1) {
      seen.push(...Object.values(await web.health()));
      await web.clock.advance(20_000);
    }
    const turns = seen.filter((state, index) => state !== seen[index - 1]);
    expect(turns.slice(0, 4)).toEqual([
      'healthy',
      'unhealthy Target.ResponseCodeMismatch',
      'healthy',
      'unhealthy Target.ResponseCodeMismatch',
    ]);
  });

  it('that the network does not let the load balancer reach times out', async () => {
    const web = await createWeb({ dataPlane: { isReachable: () => false } });
    expect(Object.values(await web.health())).toEqual(Array(3).fill('unhealthy Target.Timeout'));
  });

  it('that answers later than the check waits times out', async () => {
    const web = await createWeb({ good: { answerMs: 6_000 } });
    expect(Object.values(await web.health())).toEqual(Array(3).fill('unhealthy Target.Timeout'));
  });
});

describe('traffic', () => {
  it('comes at its rate, and counts what fails and who answered', async () => {
    const web = await createWeb();
    const startedAt = web.clock.now();
    const traffic = web.dataPlane.startTraffic({ url: web.url, requestsPerSecond: 10 });
    await web.clock.advance(9_950);
    for (const id of await web.inService()) web.dataPlane.changeMachine(id, { fault: 'refuses' });
    await web.clock.advance(2_000);
    expect(traffic.stop()).toEqual({
      sent: 120,
      answered: 120,
      failed: 20,
      byStatusCode: { 200: 100, 502: 20 },
      byRelease: { 1: 100 },
      secondsWithFailures: 2,
      firstFailureAt: startedAt + 10_000,
      lastFailureAt: startedAt + 11_900,
    });
    await web.clock.advance(5_000);
    expect(traffic.report().sent).toBe(120);
  });

  it('fails when its listener is gone', async () => {
    const web = await createWeb();
    const traffic = web.dataPlane.startTraffic({ url: web.url, requestsPerSecond: 10 });
    await web.ask(web.elb.send(new DeleteListenerCommand({ ListenerArn: web.listenerArn })));
    await web.clock.advance(1_000);
    const { sent, failed, answered } = traffic.stop();
    expect([sent, failed, answered]).toEqual([11, 10, 1]);
  });
});

describe('an image', () => {
  it('is overridden by the one who made the data plane', async () => {
    const web = await createWeb({ dataPlane: { machineFor: () => ({ version: 'by the test' }) } });
    expect((await web.dataPlane.request(web.url, { path: '/healthz' })).body).toContain('VERSION: by the test\n');
  });

  it('whose behaviour cannot be read never answers, and says why on the console', async () => {
    const web = await createWeb({ dataPlane: { machineFor: () => JSON.parse('{') } });
    expect(Object.values(await web.health())).toEqual(Array(3).fill('unhealthy Target.Timeout'));
    const [id] = await web.inService();
    expect(web.lab.state.ec2.instances.get(id!)!.console).toContain('has no readable behaviour');
  });
});

describe('the cycler of 2018', () => {
  it('replaces every good instance by one that serves nobody, and believes that it succeeded', async () => {
    const web = await createWeb();
    const traffic = web.dataPlane.startTraffic({ url: web.url, requestsPerSecond: 50 });
    await web.release('bad', { bootMs: 20_000, version: '2', fault: 'neverStarts' });
    const good = await web.inService();
    for (const _ of good) {
      await setDesired(good.length + 1);
      await waitFor(async () => (await web.inService()).length === good.length + 1);
      await setDesired(good.length);
      await waitFor(async () => (await web.inService()).length === good.length);
    }
    await web.clock.advance(60_000);
    const left = await web.inService();
    expect(left.filter((id) => good.includes(id))).toEqual([]);
    const health = await web.health();
    expect(left.map((id) => health[id])).toEqual(Array(3).fill('unhealthy Target.ResponseCodeMismatch'));
    expect((await web.dataPlane.request(web.url)).statusCode).toBe(502);
    const report = traffic.stop();
    expect(report.failed).toBeGreaterThan(1000);
    expect(web.defects).toEqual([]);

    async function setDesired(DesiredCapacity: number): Promise<void> {
      await web.ask(
        web.autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: GROUP, DesiredCapacity })),
      );
    }

    async function waitFor(condition: () => Promise<boolean>): Promise<void> {
      const deadline = web.clock.now() + 600_000;
      while (!(await condition())) {
        if (web.clock.now() > deadline) throw new Error('The cycler waited ten minutes in vain.');
        await web.clock.advance(1000);
      }
    }
  });
});
