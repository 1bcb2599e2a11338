import type { LabState } from '../control-plane/types.js';
import type { TargetLocator } from '../load-balancer/target-locator.js';
import { loadBalancerInterfaces } from '../services/elbv2/load-balancer-interface.js';
import type { NetworkDecisions } from './decision.js';
import type { InstanceListeners } from './gateway.js';

/**
 * The way from a load balancer to its targets. Each new connection leaves by the next of the load balancer's interfaces, so a
 * network that admits only some of them fails some of the time, as it does on AWS.
 */
export function createTargetLocator(
  state: LabState,
  decisions: NetworkDecisions,
  listeners: InstanceListeners,
): TargetLocator {
  const turns = new Map<string, number>();

  function nextInterface(loadBalancerArn: string): string | undefined {
    const interfaces = loadBalancerInterfaces(state.ec2, loadBalancerArn);
    const turn = turns.get(loadBalancerArn) ?? 0;
    turns.set(loadBalancerArn, turn + 1);
    return interfaces[turn % interfaces.length]?.NetworkInterfaceId;
  }

  return {
    locate(loadBalancerArn, targetId, port) {
      const instance = findInstance(state, targetId);
      const networkInterfaceId = nextInterface(loadBalancerArn);
      const address = instance?.PrivateIpAddress;
      if (instance?.InstanceId === undefined || address === undefined || networkInterfaceId === undefined) {
        return { kind: 'dropped' };
      }
      if (!decisions.passes({ kind: 'networkInterface', networkInterfaceId }, address, port))
        return { kind: 'dropped' };
      const listener = listeners.find(instance.InstanceId, address, port);
      if (listener.kind === 'open') return { kind: 'open', host: '127.0.0.1', port: listener.port };
      return listener.kind === 'refused' ? listener : { kind: 'dropped' };
    },
  };
}

/** A target is an instance's id, or the private address of one. */
function findInstance(state: LabState, targetId: string) {
  const byId = state.ec2.instances.get(targetId)?.instance;
  if (byId !== undefined) return byId;
  return [...state.ec2.instances.values()].find(({ instance }) => instance.PrivateIpAddress === targetId)?.instance;
}
