import type { LabState } from '../../control-plane/types.js';

const DOMAIN = 'lab.invalid';

/** Where a simulated listener is "served": no such host exists, only the simulated data plane understands it. */
export function listenerUrl(listenerArn: string, port: number): string {
  return `http://${listenerArn.slice(listenerArn.lastIndexOf('/') + 1)}.${DOMAIN}:${port}`;
}

/** The listener that an ARN, its fake URL, or a load balancer's DNS name with a port means. Throws TypeError when there is none. */
export function findListener(state: LabState, target: string): string {
  if (target.startsWith('arn:')) return target;
  const url = new URL(target);
  const port = url.port === '' ? 80 : Number(url.port);
  for (const [arn, { listener }] of state.elbv2.listeners) {
    if (`${arn.slice(arn.lastIndexOf('/') + 1)}.${DOMAIN}` === url.hostname) return arn;
    const dnsName = state.elbv2.loadBalancers.get(listener.LoadBalancerArn!)?.loadBalancer.DNSName;
    if (dnsName?.toLowerCase() === url.hostname && listener.Port === port) return arn;
  }
  throw new TypeError(`No simulated listener is at ${target}.`);
}
