import { describe, expect, test } from 'vitest';
import { createVirtualClock } from '../virtual-clock.js';
import { AwsError } from './aws-error.js';
import { ControlPlane, type OperationCall } from './control-plane.js';
import { createIdSource } from './id-source.js';
import { createLabState } from './state.js';
import { DEFAULT_TIMING } from './timing.js';
import type { Effect, LabEvent, ServiceDefinition } from './types.js';

const START = Date.parse('2018-11-11T08:00:00Z');
const timer = (name: string): LabEvent => ({ service: 'ec2', type: 'timer', name, id: name });
const effect = (id: string): Effect => ({ kind: 'startMachine', instanceId: id });

function service(parts: Partial<ServiceDefinition>): ServiceDefinition {
  return { name: 'ec2', protocol: 'ec2Query', apiVersion: '', schemas: {}, members: {}, operations: {}, ...parts };
}

function build(services: readonly ServiceDefinition[], perform: (effect: Effect) => void = () => undefined) {
  const clock = createVirtualClock({ startAt: START });
  const defects: unknown[] = [];
  const controlPlane = new ControlPlane({
    state: createLabState(),
    clock,
    ids: createIdSource(1),
    timing: DEFAULT_TIMING,
    services,
    perform,
    admit: () => undefined,
    onDefect: (error) => defects.push(error),
  });
  return { clock, controlPlane, defects };
}

function call(definition: ServiceDefinition, operationName: string): OperationCall {
  return {
    service: definition,
    operationName,
    input: {},
    caller: { kind: 'administrator' },
    route: { kind: 'endpoint' },
    requestId: 'r-1',
    meetsFault: () => false,
  };
}

describe('the control plane', () => {
  test('C5: effects leave in order, after every service has come to rest', () => {
    const story: string[] = [];
    let isLaunched = false;
    const ec2 = service({
      operations: {
        RunInstances: (_input, { emit }) => {
          emit(effect('asked'));
          return {};
        },
      },
      reconcile: ({ emit }) => {
        story.push('reconcile');
        if (isLaunched) return;
        isLaunched = true;
        emit(effect('followed'));
      },
    });
    const { controlPlane } = build([ec2], (performed) => story.push((performed as { instanceId: string }).instanceId));
    controlPlane.apply(call(ec2, 'RunInstances'));
    expect(story).toEqual(['reconcile', 'reconcile', 'asked', 'followed']);
  });

  test('a service sees in the same step what one after it has done', () => {
    let produced = 0;
    let seen = 0;
    const first = service({
      name: 'autoscaling',
      reconcile: () => {
        seen = produced;
      },
    });
    const second = service({
      operations: { RunInstances: () => ({}) },
      reconcile: () => {
        produced = 1;
      },
    });
    const { controlPlane } = build([first, second]);
    controlPlane.apply(call(second, 'RunInstances'));
    expect(seen).toBe(1);
  });

  test('C6: services that never come to rest are an error, not a loop', () => {
    const ec2 = service({ operations: { RunInstances: () => ({}) }, reconcile: ({ emit }) => emit(effect('again')) });
    expect(() => build([ec2]).controlPlane.apply(call(ec2, 'RunInstances'))).toThrow('did not come to rest');
  });

  test('reading changes nothing, and brings nothing about', () => {
    let count = 0;
    const ec2 = service({
      operations: { DescribeVpcs: () => ({}) },
      reconcile: () => {
        count += 1;
      },
    });
    build([ec2]).controlPlane.apply(call(ec2, 'DescribeVpcs'));
    expect(count).toBe(0);
  });

  test('C4: what the data plane reports while it performs is played afterwards, in order', () => {
    const story: string[] = [];
    const ec2 = service({
      operations: {
        RunInstances: (_input, { emit }) => {
          emit(effect('i-1'));
          emit(effect('i-2'));
          return {};
        },
      },
      onEvent: (event) => {
        story.push((event as { id: string }).id);
      },
    });
    const built = build([ec2], (performed) => {
      const { instanceId } = performed as { instanceId: string };
      story.push(`perform ${instanceId}`);
      built.controlPlane.play(timer(instanceId));
    });
    built.controlPlane.apply(call(ec2, 'RunInstances'));
    expect(story).toEqual(['perform i-1', 'perform i-2', 'i-1', 'i-2']);
  });

  test('an event is played when its time comes', async () => {
    const played: [id: string, atMs: number][] = [];
    const ec2 = service({
      operations: {
        RunInstances: (_input, { schedule, now }) => {
          schedule(now + 5_000, timer('running'));
          return {};
        },
      },
      onEvent: (event, { now }) => {
        played.push([(event as { id: string }).id, now - START]);
      },
    });
    const { controlPlane, clock } = build([ec2]);
    controlPlane.apply(call(ec2, 'RunInstances'));
    await clock.advance(4_999);
    expect(played).toEqual([]);
    await clock.advance(1);
    expect(played).toEqual([['running', 5_000]]);
  });

  test("an event that leaves everything 'unchanged' wakes nobody", () => {
    let count = 0;
    const ec2 = service({
      onEvent: () => 'unchanged',
      reconcile: () => {
        count += 1;
      },
    });
    build([ec2]).controlPlane.play(timer('x'));
    expect(count).toBe(0);
  });

  test('C2: a refused operation leaves nothing behind', () => {
    const performed: Effect[] = [];
    const ec2 = service({
      operations: {
        RunInstances: () => {
          throw new AwsError('InvalidAMIID.NotFound', 'No.');
        },
      },
      reconcile: ({ emit }) => emit(effect('never')),
    });
    const { controlPlane } = build([ec2], (done) => performed.push(done));
    expect(() => controlPlane.apply(call(ec2, 'RunInstances'))).toThrow('No.');
    expect(performed).toEqual([]);
  });

  test('an event that fails is a defect, and those after it are played', () => {
    const played: string[] = [];
    const ec2 = service({
      onEvent: (event) => {
        const { id } = event as { id: string };
        if (id === 'bad') throw new Error('bad event');
        played.push(id);
      },
    });
    const { controlPlane, defects } = build([ec2]);
    controlPlane.play(timer('bad'));
    controlPlane.play(timer('good'));
    expect([defects.length, played]).toEqual([1, ['good']]);
  });

  test('after close nothing is played any more', async () => {
    let count = 0;
    const ec2 = service({
      operations: {
        RunInstances: (_input, { schedule, now }) => {
          schedule(now + 10, timer('x'));
          return {};
        },
      },
      onEvent: () => {
        count += 1;
      },
    });
    const { controlPlane, clock } = build([ec2]);
    controlPlane.apply(call(ec2, 'RunInstances'));
    controlPlane.close();
    controlPlane.play(timer('y'));
    await clock.advance(20);
    expect(count).toBe(0);
  });
});

describe('ids', () => {
  test("C3: the same seed gives the same ids, in AWS's forms", () => {
    const draw = (seed: number) => {
      const ids = createIdSource(seed);
      return [ids.hex('i-', 17), ids.uuid(), ids.random()];
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(draw(7)[0]).toMatch(/^i-[0-9a-f]{17}$/);
    expect(draw(7)[1]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
