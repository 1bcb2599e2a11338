import type { Source } from '@directrix/reachability';
import { expect, it } from 'vitest';
import { createLabState } from '../control-plane/state.js';
import type { InstanceListener } from './gateway.js';
import { createTargetLocator } from './load-balancer-path.js';

const ARN = 'arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer/app/web/50dc6c495c0c9188';

function setUp({
  listener = { kind: 'open', port: 4080 } as InstanceListener,
  passes = (_from: Source): boolean => true,
} = {}) {
  const state = createLabState();
  for (const number of [1, 2]) {
    state.ec2.networkInterfaces.set(`eni-${number}`, {
      NetworkInterfaceId: `eni-${number}`,
      RequesterId: 'amazon-elb',
      Description: 'ELB app/web/50dc6c495c0c9188',
    });
  }
  state.ec2.instances.set('i-1', { instance: { InstanceId: 'i-1', PrivateIpAddress: '10.0.1.1' }, console: '' });
  const asked: unknown[] = [];
  const locator = createTargetLocator(
    state,
    {
      passes(source, address, port) {
        asked.push([source, address, port]);
        return passes(source);
      },
      resolve: () => ({ kind: 'public' }),
    },
    { find: () => listener },
  );
  return { state, asked, locate: (target = 'i-1') => locator.locate(ARN, target, 80) };
}

it('leads from an interface of the load balancer to the instance’s listener', () => {
  const { locate, asked } = setUp();
  expect(locate()).toEqual({ kind: 'open', host: '127.0.0.1', port: 4080 });
  expect(asked).toEqual([[{ kind: 'networkInterface', networkInterfaceId: 'eni-1' }, '10.0.1.1', 80]]);
});

it('leads to a target by its address too', () => {
  expect(setUp().locate('10.0.1.1')).toMatchObject({ kind: 'open' });
});

it('takes the interfaces in turn, so a network that admits one of two admits every other connection', () => {
  const passes = (from: Source): boolean => from.kind === 'networkInterface' && from.networkInterfaceId === 'eni-1';
  const { locate } = setUp({ passes });
  expect([locate(), locate(), locate(), locate()].map(({ kind }) => kind)).toEqual([
    'open',
    'dropped',
    'open',
    'dropped',
  ]);
});

it.each<[InstanceListener, string]>([
  [{ kind: 'refused' }, 'refused'],
  [{ kind: 'absent' }, 'dropped'],
])('a listener that is %j makes it %s', (listener, kind) => {
  expect(setUp({ listener }).locate()).toEqual({ kind });
});

it('an instance that is gone, and a load balancer without interfaces, are silence', () => {
  const { locate, state } = setUp();
  expect(locate('i-gone')).toEqual({ kind: 'dropped' });
  state.ec2.networkInterfaces.clear();
  expect(locate()).toEqual({ kind: 'dropped' });
});
