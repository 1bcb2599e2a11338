// gateway: an instance's way out. It decides each connection attempt of the instance's processes, and says where on this machine
// it really goes.
//
//   W1. A dropped attempt gets no answer until connectTimeoutMs of lab time have passed, then ETIMEDOUT.
//   W2. A SYN is sent again as Linux does, 1, 3, 7, 15, 31 and 63 s after the first, and each is decided by the network of that
//       moment: an attempt may succeed late, when somebody opens the security group.
//   W3. Security groups are stateful: what is established is never looked at again.
import type { Server } from 'node:http';
import type { Instance } from '@aws-sdk/client-ec2';
import type { Timer } from '../clock.js';
import type { LabState } from '../control-plane/types.js';
import type { ControlPlanePort } from '../data-plane.js';
import type { ConnectVerdict, NameAnswer } from '../machines/process/guest/protocol.js';
import { loadBalancerInterfaces } from '../services/elbv2/load-balancer-interface.js';
import type { NetworkDecisions } from './decision.js';
import { createMetadataAnswers, METADATA_ADDRESS, serveMetadata } from './metadata-service.js';
import { findPublicHost } from './public-internet.js';
import type { Resolver } from './resolver.js';
import type { ServiceFront } from './service-front.js';

const SYN_RETRIES_AFTER_MS = [1_000, 3_000, 7_000, 15_000, 31_000, 63_000, 127_000];
const HTTPS_PORT = 443;
const HTTP_PORT = 80;

/** Where an instance listens on this machine. `absent`: it is not up, so nothing answers. */
export type InstanceListener =
  | { readonly kind: 'open'; readonly port: number }
  | { readonly kind: 'refused' }
  | { readonly kind: 'absent' };

export interface InstanceListeners {
  find(instanceId: string, address: string, port: number): InstanceListener;
}

interface GatewayParts {
  readonly controlPlane: ControlPlanePort;
  readonly decisions: NetworkDecisions;
  readonly resolver: Resolver;
  readonly front: ServiceFront;
  readonly listeners: InstanceListeners;
  readonly wallNow: () => number;
}

export interface Attempt {
  cancel(): void;
}

export interface Gateway {
  connect(
    to: { readonly address: string; readonly port: number; readonly inContainer: boolean },
    settle: (verdict: ConnectVerdict) => void,
  ): Attempt;
  resolve(name: string): NameAnswer;
  close(): void;
}

/** What one SYN meets: an answer, or silence. */
type SynOutcome = ConnectVerdict | { readonly kind: 'dropped' };

const DROPPED: SynOutcome = { kind: 'dropped' };

export function createGateway(instanceId: string, parts: GatewayParts): Gateway {
  const { controlPlane, decisions, resolver, front, listeners } = parts;
  const { state, clock, timing } = controlPlane;
  const answers = createMetadataAnswers({ instanceId, controlPlane, wallNow: parts.wallNow });
  const metadata = new Map<boolean, ReturnType<typeof serveMetadata>>();
  const attempts = new Set<Attempt>();
  let isClosed = false;

  function openMetadata(inContainer: boolean): ReturnType<typeof serveMetadata> {
    const known = metadata.get(inContainer) ?? serveMetadata(answers, inContainer);
    metadata.set(inContainer, known);
    return known;
  }

  async function sendSyn(address: string, port: number, inContainer: boolean): Promise<SynOutcome> {
    // Neither security groups nor network ACLs see this address.
    if (address === METADATA_ADDRESS) {
      return port === HTTP_PORT ? toLoopback((await openMetadata(inContainer)).port) : { kind: 'refused' };
    }
    const self = state.ec2.instances.get(instanceId)?.instance;
    if (self === undefined || !decisions.passes({ kind: 'instance', instanceId }, address, port)) return DROPPED;
    const networkInterface = findInterface(state, self, address);
    if (networkInterface !== undefined) return arriveAtInterface(networkInterface, address, port);
    const publicHost = findPublicHost(state, address);
    if (publicHost?.kind === 'networkInterface') return arriveAtInterface(publicHost.id, address, port);
    if (publicHost?.kind === 'service' && port === HTTPS_PORT) {
      return toEntrance(await front.open({ route: { kind: 'public', instanceId }, names: [publicHost.name] }));
    }
    return DROPPED;
  }

  async function arriveAtInterface(interfaceId: string, address: string, port: number): Promise<SynOutcome> {
    for (const endpoint of state.ec2.vpcEndpoints.values()) {
      if (!endpoint.NetworkInterfaceIds?.includes(interfaceId)) continue;
      if (port !== HTTPS_PORT) return DROPPED;
      const vpcEndpointId = endpoint.VpcEndpointId ?? '';
      const names = endpointNames(endpoint.ServiceName ?? '', state.region);
      return toEntrance(await front.open({ route: { kind: 'vpcEndpoint', vpcEndpointId, instanceId }, names }));
    }
    const owner = [...state.ec2.instances.values()].find(({ instance }) =>
      instance.NetworkInterfaces?.some((candidate) => candidate.NetworkInterfaceId === interfaceId),
    );
    if (owner === undefined) return arriveAtLoadBalancer(interfaceId, port);
    const listener = listeners.find(owner.instance.InstanceId ?? '', address, port);
    if (listener.kind === 'open') return toLoopback(listener.port);
    return listener.kind === 'refused' ? listener : DROPPED;
  }

  function arriveAtLoadBalancer(interfaceId: string, port: number): SynOutcome {
    for (const { listener } of state.elbv2.listeners.values()) {
      const url = state.elbv2.listenerUrls.get(listener.ListenerArn ?? '');
      if (listener.Port !== port || url === undefined) continue;
      const interfaces = loadBalancerInterfaces(state.ec2, listener.LoadBalancerArn ?? '');
      if (interfaces.some((own) => own.NetworkInterfaceId === interfaceId))
        return toLoopback(Number(new URL(url).port));
    }
    return DROPPED;
  }

  const connect: Gateway['connect'] = ({ address, port, inContainer }, settle) => {
    const startedAt = clock.now();
    let timer: Timer | undefined;
    let isOver = false;
    const attempt: Attempt = {
      cancel() {
        isOver = true;
        timer?.cancel();
        attempts.delete(attempt);
      },
    };
    attempts.add(attempt);

    const finish = (verdict: ConnectVerdict): void => {
      if (isOver) return;
      attempt.cancel();
      settle(verdict);
    };
    const trySyn = (retry: number): void => {
      sendSyn(address, port, inContainer).then(
        (outcome) => (outcome.kind === 'dropped' ? waitForRetry(retry) : finish(outcome)),
        () => waitForRetry(retry),
      );
    };
    const waitForRetry = (retry: number): void => {
      if (isOver) return;
      const retryAfterMs = SYN_RETRIES_AFTER_MS[retry] ?? Number.POSITIVE_INFINITY;
      const isLast = retryAfterMs >= timing.connectTimeoutMs;
      timer = clock.setTimer(startedAt + Math.min(retryAfterMs, timing.connectTimeoutMs), () =>
        isLast ? finish({ kind: 'timedOut' }) : trySyn(retry + 1),
      );
    };
    if (!isClosed) trySyn(0);
    return attempt;
  };

  return {
    connect,
    resolve: (name) => resolver.resolve(instanceId, name),
    close() {
      isClosed = true;
      for (const attempt of [...attempts]) attempt.cancel();
      for (const service of metadata.values()) void service.then(({ server }) => closeServer(server));
      front.closeEntrancesOf(instanceId);
    },
  };
}

/** The interface with this private address: of the same VPC when there is one, because peered VPCs may repeat an address. */
function findInterface(state: LabState, self: Instance, address: string): string | undefined {
  const candidates = [...state.ec2.networkInterfaces.values()].filter((candidate) =>
    (candidate.PrivateIpAddresses ?? [{ PrivateIpAddress: candidate.PrivateIpAddress }]).some(
      (own) => own.PrivateIpAddress === address,
    ),
  );
  const own = candidates.find((candidate) => candidate.VpcId === self.VpcId) ?? candidates[0];
  return own?.NetworkInterfaceId;
}

/** The names on an endpoint's certificate, from `com.amazonaws.us-west-2.ssm`. */
function endpointNames(serviceName: string, region: string): string[] {
  const service = serviceName.split('.').at(-1) ?? serviceName;
  return [
    `${service}.${region}.amazonaws.com`,
    `*.${service}.${region}.amazonaws.com`,
    `*.${service}.${region}.vpce.amazonaws.com`,
  ];
}

function toLoopback(port: number): ConnectVerdict {
  return { kind: 'open', host: '127.0.0.1', port };
}

function toEntrance(at: { readonly host: string; readonly port: number }): ConnectVerdict {
  return { kind: 'open', ...at };
}

function closeServer(server: Server): void {
  server.close();
  server.closeAllConnections();
}
