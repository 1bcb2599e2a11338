import { SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import { GetConsoleOutputCommand } from '@aws-sdk/client-ec2';
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
