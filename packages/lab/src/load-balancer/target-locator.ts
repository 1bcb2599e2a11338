/** Where a connection from a load balancer to a target really goes on this machine. */
export type Location =
  | { readonly kind: 'open'; readonly host: string; readonly port: number }
  /** The network drops it: nothing ever answers. */
  | { readonly kind: 'dropped' }
  /** The instance is there and nothing listens. */
  | { readonly kind: 'refused' };

/**
 * Finds a target for the load balancer's own connections: the lab's network decides first (load balancer interface to instance
 * interface on that port), then the instance's listeners. Synchronous and cheap: it is asked for every new connection.
 */
export interface TargetLocator {
  locate(loadBalancerArn: string, targetId: string, port: number): Location;
}
