import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { createLabState } from '../../control-plane/state.js';
import { DEFAULT_TIMING } from '../../control-plane/timing.js';
import type { LabEvent, LabState } from '../../control-plane/types.js';
import type { ControlPlanePort } from '../../data-plane.js';
import type { ElbV2State } from '../../services/elbv2/state.js';
import { createVirtualClock, type VirtualClock } from '../../virtual-clock.js';
import { createLoadBalancer, type LoadBalancerOptions, type LoadBalancerProxy } from '../load-balancer.js';
import type { Location } from '../target-locator.js';
import { listenerArn, loadBalancerArn } from './elbv2-state.js';

// A load balancer over a hand-built state, a clock that moves by hand, and real sockets on loopback.

export interface ProxyFixture {
  readonly clock: VirtualClock;
  readonly state: ElbV2State;
  readonly lab: LabState;
  readonly proxy: LoadBalancerProxy;
  readonly events: LabEvent[];
  readonly defects: readonly unknown[];
  /** Where `locate` sends connections, by target id. Absent: refused. */
  readonly locations: Map<string, Location>;
  /** Every question to the locator. */
  readonly located: { loadBalancerArn: string; targetId: string; port: number }[];
  /** The URL of the first listener. */
  readonly url: string;
  /** Starts a target server and makes it the location of `targetId`. */
  startTarget(targetId: string, listener: RequestListener): Promise<TargetServer>;
  /** A target that speaks bytes. */
  startRawTarget(targetId: string, onConnection: (socket: Socket) => void): Promise<void>;
  close(): Promise<void>;
}

interface TargetServer {
  readonly server: Server;
  readonly port: number;
  /** Connections accepted so far. */
  connectionCount(): number;
}

export async function startProxy(
  state: ElbV2State,
  options: Partial<Omit<LoadBalancerOptions, 'controlPlane' | 'locator'>> = {},
): Promise<ProxyFixture> {
  const clock = createVirtualClock({ startAt: '2018-11-11T08:00:00Z' });
  const lab: LabState = { ...createLabState(), elbv2: state };
  for (const { targetGroup } of state.targetGroups.values()) targetGroup.LoadBalancerArns ??= [loadBalancerArn];
  const events: LabEvent[] = [];
  const defects: unknown[] = [];
  const locations = new Map<string, Location>();
  const located: ProxyFixture['located'] = [];
  const ended: (() => Promise<unknown>)[] = [];
  const controlPlane: ControlPlanePort = {
    clock,
    timing: DEFAULT_TIMING,
    state: lab,
    report: (event) => {
      events.push(event);
    },
    handle: () => Promise.reject(new Error('the load balancer calls no service')),
    reportDefect: (error) => defects.push(error),
    issueCredentials: () => undefined,
  };
  const proxy = createLoadBalancer({
    controlPlane,
    locator: {
      locate: (arn, targetId, port) => {
        located.push({ loadBalancerArn: arn, targetId, port });
        return locations.get(targetId) ?? { kind: 'refused' };
      },
    },
    ...options,
  });
  proxy.perform({ kind: 'listenersChanged' });
  const opened = await until(() => events.find((event) => event.type === 'listenerOpened'));
  return {
    clock,
    state,
    lab,
    proxy,
    events,
    defects,
    locations,
    located,
    url: opened.type === 'listenerOpened' && 'url' in opened ? opened.url : '',
    startTarget: async (targetId, listener) => {
      const server = createServer(listener);
      let connectionCount = 0;
      server.on('connection', () => {
        connectionCount += 1;
      });
      const port = await listen(server);
      locations.set(targetId, { kind: 'open', host: '127.0.0.1', port });
      ended.push(async () => {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      });
      return { server, port, connectionCount: () => connectionCount };
    },
    startRawTarget: async (targetId, onConnection) => {
      const sockets = new Set<Socket>();
      const server = createTcpServer((socket) => {
        sockets.add(socket.on('error', () => {}));
        onConnection(socket);
      });
      locations.set(targetId, { kind: 'open', host: '127.0.0.1', port: await listen(server) });
      ended.push(async () => {
        for (const socket of sockets) socket.destroy();
        await new Promise((resolve) => server.close(resolve));
      });
    },
    close: async () => {
      await proxy.close();
      await Promise.all(ended.map((end) => end()));
    },
  };
}

/** Waits until `look` gives something, looking once per turn of the event loop. Throws after ten seconds. */
export async function until<T>(look: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`Never came true: ${look}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Sends bytes to a URL's host and collects what comes back. */
export function speak(
  url: string,
  bytes: string,
): { readonly socket: Socket; text(): string; readonly ended: Promise<string> } {
  const { hostname, port } = new URL(url);
  let received = '';
  const socket = connect(Number(port), hostname).setEncoding('latin1');
  socket.on('data', (chunk) => {
    received += chunk;
  });
  socket.on('error', () => {});
  socket.write(bytes, 'latin1');
  return {
    socket,
    text: () => received,
    ended: new Promise((resolve) => {
      socket.once('close', () => resolve(received));
    }),
  };
}

async function listen(server: { listen(port: number, host: string, done: () => void): unknown; address(): unknown }) {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

export { listenerArn, loadBalancerArn };
