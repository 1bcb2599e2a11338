// process-data-plane: the lab's effects, performed with real processes and sockets on this machine's loopback.
import { buildNetwork, decideReach, resolve } from '@directrix/reachability';
import type { ControlPlanePort, DataPlane } from './data-plane.js';
import { createLoadBalancer, type LoadBalancerOptions, type LoadBalancerProxy } from './load-balancer/load-balancer.js';
import type { MetricsSnapshot } from './load-balancer/metrics.js';
import { createProcessMachines, type ProcessMachines } from './machines/process/process-machines.js';
import { createCertificateAuthority } from './network/certificate-authority.js';
import { createNetworkDecisions, type Reachability } from './network/decision.js';
import { createGateway } from './network/gateway.js';
import { createTargetLocator } from './network/load-balancer-path.js';
import { createResolver } from './network/resolver.js';
import { createServiceFront, type ServiceFront } from './network/service-front.js';

export interface ProcessDataPlaneOptions {
  /** A directory of this lab's own, private to the user. It is made when it is not there. */
  readonly runDirectory: string;
  /** The wall's clock, which applications see and certificates and credentials are checked against. Epoch milliseconds. */
  readonly wallNow?: () => number;
  readonly loadBalancer?: Pick<LoadBalancerOptions, 'host' | 'preferredPort' | 'accessLog'>;
  /** Decides every connection and name. Default: `@directrix/reachability`. */
  readonly reachability?: Reachability<unknown>;
}

/** The data plane, and its load balancer's numbers. */
export interface ProcessDataPlane extends DataPlane {
  /** Undefined before the data plane is attached. */
  metrics(): MetricsSnapshot | undefined;
  /** By instance: the names of its services that run on this machine's own network, outside the lab's. */
  servicesOnHostNetwork(instanceId: string): readonly string[];
}

interface Parts {
  readonly loadBalancer: LoadBalancerProxy;
  readonly machines: ProcessMachines;
  readonly front: ServiceFront;
  reportMetrics(): void;
}

export function createProcessDataPlane(options: ProcessDataPlaneOptions): ProcessDataPlane {
  let parts: Parts | undefined;
  return {
    attach(controlPlane) {
      parts = assemble(controlPlane, options);
    },
    perform(effect) {
      parts?.loadBalancer.perform(effect);
      if (effect.kind === 'readMetrics') parts?.reportMetrics();
      if (effect.kind === 'startMachine') parts?.machines.start(effect.instanceId);
      else if (effect.kind === 'stopMachine') parts?.machines.stop(effect.instanceId, effect.graceMs);
    },
    async close() {
      await Promise.all([parts?.loadBalancer.close(), parts?.machines.close()]);
      parts?.front.close();
    },
    servicesOnHostNetwork: (instanceId) => parts?.machines.servicesOnHostNetwork(instanceId) ?? [],
    metrics: () => parts?.loadBalancer.metrics(),
  };
}

function assemble(
  controlPlane: ControlPlanePort,
  { runDirectory, wallNow = Date.now, loadBalancer, reachability }: ProcessDataPlaneOptions,
): Parts {
  const { state } = controlPlane;
  const authority = createCertificateAuthority(wallNow);
  const decisions =
    reachability === undefined
      ? createNetworkDecisions(state, { buildNetwork, decideReach, resolve })
      : createNetworkDecisions(state, reachability);
  const resolver = createResolver(state, decisions);
  const front = createServiceFront(controlPlane, authority);
  const machines: ProcessMachines = createProcessMachines({
    controlPlane,
    runDirectory,
    certificate: authority.then(({ certificate }) => certificate),
    createGateway: (instanceId) =>
      createGateway(instanceId, {
        controlPlane,
        decisions,
        resolver,
        front,
        wallNow,
        listeners: { find: (...place) => machines.listeners.find(...place) },
      }),
  });
  const locator = createTargetLocator(state, decisions, machines.listeners);
  const proxy = createLoadBalancer({ controlPlane, locator, ...loadBalancer });
  const reportMetrics = (): void =>
    controlPlane.report({ service: 'monitoring', type: 'loadBalancerMetrics', metrics: proxy.metrics() });
  return { machines, front, loadBalancer: proxy, reportMetrics };
}
