import { describe, expect, it } from 'vitest';
import { createLabState } from '../control-plane/state.js';
import { DEFAULT_TIMING } from '../control-plane/timing.js';
import type { ControlPlanePort } from '../data-plane.js';
import type { ConnectVerdict } from '../machines/process/guest/protocol.js';
import { createVirtualClock } from '../virtual-clock.js';
import { createGateway, type InstanceListener } from './gateway.js';
import { lookUpPublicName } from './public-internet.js';
import type { Entrance } from './service-front.js';

const START = Date.UTC(2018, 10, 11);
const NETWORK = { VpcId: 'vpc-1', SubnetId: 'subnet-1' };

function setUp({ listener = { kind: 'refused' } as InstanceListener } = {}) {
  const state = createLabState();
  const clock = createVirtualClock({ startAt: START });
  const syns: number[] = [];
  const entrances: Entrance[] = [];
  const network = { isOpen: true };
  for (const [number, address] of ['10.0.1.1', '10.0.1.2'].entries()) {
    const own = { NetworkInterfaceId: `eni-${number}`, PrivateIpAddress: address, ...NETWORK };
    state.ec2.networkInterfaces.set(own.NetworkInterfaceId, own);
    state.ec2.instances.set(`i-${number}`, {
      instance: { InstanceId: `i-${number}`, PrivateIpAddress: address, NetworkInterfaces: [own], ...NETWORK },
      console: '',
    });
  }
  state.ec2.networkInterfaces.set('eni-e', { NetworkInterfaceId: 'eni-e', PrivateIpAddress: '10.0.1.9', ...NETWORK });
  state.ec2.vpcEndpoints.set('vpce-1', {
    VpcEndpointId: 'vpce-1',
    ServiceName: 'com.amazonaws.us-west-2.ssm',
    NetworkInterfaceIds: ['eni-e'],
  });
  const controlPlane: ControlPlanePort = {
    clock,
    timing: DEFAULT_TIMING,
    state,
    report: () => undefined,
    handle: () => Promise.reject(new Error('not asked')),
    reportDefect: () => undefined,
    issueCredentials: () => undefined,
  };
  const gateway = createGateway('i-0', {
    controlPlane,
    decisions: {
      passes() {
        syns.push((clock.now() - START) / 1000);
        return network.isOpen;
      },
      resolve: () => ({ kind: 'public' }),
    },
    resolver: { resolve: () => ({ kind: 'notFound' }) },
    front: {
      async open(entrance) {
        entrances.push(entrance);
        return { host: '127.0.0.1', port: 4433 };
      },
      closeEntrancesOf: () => undefined,
      close: () => undefined,
    },
    listeners: { find: () => listener },
    wallNow: () => START,
  });
  const verdicts: ConnectVerdict[] = [];
  const connect = (address: string, port: number) =>
    gateway.connect({ address, port, inContainer: false }, (verdict) => verdicts.push(verdict));
  return { state, clock, syns, entrances, network, gateway, verdicts, connect };
}

describe('a dropped attempt', () => {
  it('is silent until the kernel gives up after 135 s of lab time', async () => {
    const { clock, network, connect, verdicts } = setUp();
    network.isOpen = false;
    connect('10.0.1.2', 80);
    await clock.advance(134_999);
    expect(verdicts).toEqual([]);
    await clock.advance(1);
    expect(verdicts).toEqual([{ kind: 'timedOut' }]);
  });

  it('is tried again as Linux does, and each time the network of that moment decides', async () => {
    const { clock, network, connect, verdicts, syns } = setUp({ listener: { kind: 'open', port: 4080 } });
    network.isOpen = false;
    connect('10.0.1.2', 80);
    await clock.advance(20_000);
    network.isOpen = true;
    await clock.advance(10_999);
    expect(verdicts).toEqual([]);
    await clock.advance(1);
    expect(verdicts).toEqual([{ kind: 'open', host: '127.0.0.1', port: 4080 }]);
    await clock.advance(200_000);
    expect(syns).toEqual([0, 1, 3, 7, 15, 31]);
  });

  it('ends with its socket: no answer, and no further SYN', async () => {
    const { clock, network, connect, verdicts, syns } = setUp();
    network.isOpen = false;
    const attempt = connect('10.0.1.2', 80);
    await clock.advance(500);
    attempt.cancel();
    await clock.advance(200_000);
    expect({ verdicts, syns }).toEqual({ verdicts: [], syns: [0] });
  });

  it('ends with its gateway', async () => {
    const { clock, network, connect, verdicts, gateway } = setUp();
    network.isOpen = false;
    connect('10.0.1.2', 80);
    gateway.close();
    await clock.advance(200_000);
    expect(verdicts).toEqual([]);
  });
});

describe('an attempt that the network lets through', () => {
  it.each<[string, InstanceListener, ConnectVerdict[]]>([
    ['goes to who listens', { kind: 'open', port: 4080 }, [{ kind: 'open', host: '127.0.0.1', port: 4080 }]],
    ['is refused where nobody listens', { kind: 'refused' }, [{ kind: 'refused' }]],
    ['meets silence where the machine is not up', { kind: 'absent' }, []],
  ])('%s', async (_what, listener, expected) => {
    const { clock, connect, verdicts } = setUp({ listener });
    connect('10.0.1.2', 80);
    await clock.advance(60_000);
    expect(verdicts).toEqual(expected);
  });

  it('meets the service behind an endpoint on 443, and nothing on other ports', async () => {
    const { clock, connect, verdicts, entrances } = setUp();
    connect('10.0.1.9', 443);
    connect('10.0.1.9', 80);
    await clock.advance(60_000);
    expect(verdicts).toEqual([{ kind: 'open', host: '127.0.0.1', port: 4433 }]);
    expect(entrances).toEqual([
      {
        route: { kind: 'vpcEndpoint', vpcEndpointId: 'vpce-1', instanceId: 'i-0' },
        names: ['ssm.us-west-2.amazonaws.com', '*.ssm.us-west-2.amazonaws.com', '*.ssm.us-west-2.vpce.amazonaws.com'],
      },
    ]);
  });

  it('meets the service itself at its public address', async () => {
    const { clock, connect, entrances, state } = setUp();
    const [address = ''] = lookUpPublicName(state, 'ssm.us-west-2.amazonaws.com') ?? [];
    connect(address, 443);
    await clock.advance(1);
    expect(entrances).toEqual([
      { route: { kind: 'public', instanceId: 'i-0' }, names: ['ssm.us-west-2.amazonaws.com'] },
    ]);
  });

  it.each(['10.0.1.50', '44.1.2.3'])(
    'meets the load balancer at %s, on the ports of its listeners',
    async (address) => {
      const { clock, connect, verdicts, state } = setUp();
      const LoadBalancerArn =
        'arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer/app/web/50dc6c495c0c9188';
      state.ec2.networkInterfaces.set('eni-lb', {
        NetworkInterfaceId: 'eni-lb',
        RequesterId: 'amazon-elb',
        Description: 'ELB app/web/50dc6c495c0c9188',
        PrivateIpAddress: '10.0.1.50',
        Association: { PublicIp: '44.1.2.3' },
      });
      state.elbv2.listeners.set('listener', {
        listener: { ListenerArn: 'listener', LoadBalancerArn, Port: 80 },
        rules: new Map(),
      });
      state.elbv2.listenerUrls.set('listener', 'http://127.0.0.1:4567');
      connect(address, 80);
      connect(address, 8080);
      await clock.advance(60_000);
      expect(verdicts).toEqual([{ kind: 'open', host: '127.0.0.1', port: 4567 }]);
    },
  );

  it('meets nobody at other public addresses', async () => {
    const { clock, connect, verdicts } = setUp();
    connect('93.184.216.34', 443);
    await clock.advance(135_000);
    expect(verdicts).toEqual([{ kind: 'timedOut' }]);
  });
});

it('the metadata service is reached whatever the network says', async () => {
  const { network, gateway, connect, verdicts, clock } = setUp();
  network.isOpen = false;
  await clock.run(
    new Promise<void>((fulfil) =>
      gateway.connect({ address: '169.254.169.254', port: 80, inContainer: false }, (verdict) => {
        verdicts.push(verdict);
        fulfil();
      }),
    ),
  );
  connect('169.254.169.254', 81);
  await clock.advance(1);
  expect(verdicts).toEqual([{ kind: 'open', host: '127.0.0.1', port: expect.any(Number) }, { kind: 'refused' }]);
  gateway.close();
});
