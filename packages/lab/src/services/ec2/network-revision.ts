import type { ControlPlaneContext } from '../../control-plane/types.js';
import { refreshRouteStates } from './routes.js';

/** Called after every change that the network decides by: routes find their new state, and the data plane is told. */
export function networkChanged(context: ControlPlaneContext): void {
  refreshRouteStates(context.state.ec2);
  context.state.ec2.networkRevision += 1;
  context.emit({ kind: 'networkChanged' });
}
