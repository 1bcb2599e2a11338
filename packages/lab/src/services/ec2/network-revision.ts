import type { ControlPlaneContext } from '../../control-plane/types.js';
import { refreshRouteStates } from './routes.js';

/**
 * Routes find their new state, and what was decided of the network is decided anew. The control plane calls it after every operation of EC2
 * that changes something; what changes by itself or in another service calls it too.
 */
export function networkChanged(context: ControlPlaneContext): void {
  refreshRouteStates(context.state.ec2);
  context.state.ec2.networkRevision += 1;
}
