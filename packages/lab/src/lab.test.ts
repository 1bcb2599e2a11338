import {
  GetParameterCommand,
  GetParametersByPathCommand,
  PutParameterCommand,
  SendCommandCommand,
} from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { createTestLab } from './testing/create-test-lab.js';

describe('a lab in a process', () => {
  test('an operation that is not emulated is refused by name', async () => {
    const { ssm, sts } = createTestLab();
    await expect(ssm.send(new SendCommandCommand({ DocumentName: 'x' }))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: 'The operation ssm:SendCommand is not emulated by the lab.',
    });
    await expect(sts.send(new GetSessionTokenCommand({}))).rejects.toMatchObject({
      name: 'InvalidAction',
      message: 'The operation sts:GetSessionToken is not emulated by the lab.',
    });
  });

  test('two labs with the same seed answer alike, request ids included', async () => {
    const tell = async (seed: number) => {
      const { sts } = createTestLab({ seed });
      return (await sts.send(new GetCallerIdentityCommand({}))).$metadata.requestId;
    };
    expect(await tell(1)).toBe(await tell(1));
    expect(await tell(1)).not.toBe(await tell(2));
  });

  test('a defect is answered with 500 and told to whoever runs the lab', async () => {
    const { lab, ssm, defects } = createTestLab();
    lab.state.ssm.parameters.set('/broken', { name: '/broken', versions: [], tags: [] });
    const request = ssm.send(new GetParameterCommand({ Name: '/broken' }));
    await expect(request).rejects.toMatchObject({ name: 'InternalFailure', $metadata: { httpStatusCode: 500 } });
    expect(defects.length).toBeGreaterThan(0);
  });

  test('closing ends the data plane', async () => {
    const { lab, dataPlane } = createTestLab();
    await lab.close();
    expect(dataPlane.isClosed()).toBe(true);
  });
});

describe('faults', () => {
  test('a throttled request succeeds when the SDK tries again', async () => {
    const { lab, ssm, clock } = createTestLab();
    lab.faults.add({ service: 'ssm', operation: 'GetParametersByPath', kind: 'throttle', times: 1 });
    const { $metadata } = await clock.run(ssm.send(new GetParametersByPathCommand({ Path: '/app' })));
    expect([$metadata.attempts, lab.faults.list()]).toEqual([2, []]);
  });

  test('time stands still while the SDK backs off, and goes on when it has given up', async () => {
    const { lab, ssm, clock } = createTestLab();
    lab.faults.add({ service: 'ssm', operation: 'PutParameter', kind: 'throttle' });
    const startedAtMs = clock.now();
    clock.setTimer(startedAtMs + 1_000, () => undefined);
    const put = new PutParameterCommand({ Name: '/a', Value: 'b', Type: 'String' });
    await expect(clock.run(ssm.send(put))).rejects.toMatchObject({
      name: 'ThrottlingException',
      message: 'Rate exceeded',
      $metadata: { attempts: 3 },
    });
    expect(clock.now()).toBe(startedAtMs);
    await clock.run(clock.sleep(5_000));
    expect((await ssm.send(new GetParametersByPathCommand({ Path: '/app' }))).Parameters).toEqual([]);
  });

  test('latency is lab time', async () => {
    const { lab, sts, clock } = createTestLab();
    const startedAtMs = clock.now();
    lab.faults.add({ service: 'sts', kind: 'latency', latencyMs: 30_000, times: 1 });
    await clock.run(sts.send(new GetCallerIdentityCommand({})));
    expect(clock.now() - startedAtMs).toBe(30_000);
  });

  test('a stale read answers what was so a while ago, and the truth afterwards', async () => {
    const { lab, ssm, clock } = createTestLab();
    lab.faults.add({ service: 'ssm', kind: 'staleRead', maxAgeMs: 10_000 });
    const read = async () => (await ssm.send(new GetParametersByPathCommand({ Path: '/app' }))).Parameters?.length;
    expect(await read()).toBe(0);
    await ssm.send(new PutParameterCommand({ Name: '/app/a', Value: 'b', Type: 'String' }));
    await clock.advance(10_000);
    expect(await read()).toBe(0);
    await clock.advance(1);
    expect(await read()).toBe(1);
  });

  test('a fault ends with its time, or when it is removed', async () => {
    const { lab, sts, clock } = createTestLab();
    lab.faults.add({ service: 'sts', kind: 'serverError', untilMs: clock.now() + 1_000 });
    const id = lab.faults.add({ service: 'sts', kind: 'throttle' });
    lab.faults.remove(id);
    await clock.advance(1_000);
    expect((await sts.send(new GetCallerIdentityCommand({}))).$metadata.attempts).toBe(1);
  });
});
