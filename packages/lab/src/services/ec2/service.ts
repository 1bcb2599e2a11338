import * as schemas from '@aws-sdk/client-ec2';
import type { ControlPlaneContext, LabEvent, ServiceDefinition } from '../../control-plane/types.js';
import { appendConsole } from './console-output.js';
import { finishImageUsageReport } from './image-usage.js';
import { finishCooldown, finishImagePending } from './images.js';
import { finishPending, finishStop, finishTermination, forgetTerminated } from './instances.js';
import { ec2Members } from './members.js';
import { finishNatGatewayDeletion, finishNatGatewayPending } from './nat-gateways.js';
import { networkChanged } from './network-revision.js';
import { ec2Operations } from './operations.js';
import { ec2Permissions } from './permissions.js';
import { forgetRecycled } from './recycle-bin.js';
import { finishSnapshotPending } from './snapshots.js';
import { finishVpcEndpointDeletion, finishVpcEndpointPending } from './vpc-endpoints.js';

const timers: Readonly<Record<string, (id: string, context: ControlPlaneContext) => void>> = {
  instancePending: finishPending,
  instanceShuttingDown: finishTermination,
  instanceTerminated: forgetTerminated,
  instanceStopping: finishStop,
  vpcEndpointPending: finishVpcEndpointPending,
  vpcEndpointDeleting: finishVpcEndpointDeletion,
  natGatewayPending: finishNatGatewayPending,
  natGatewayDeleting: finishNatGatewayDeletion,
  imagePending: finishImagePending,
  imageCooldown: finishCooldown,
  snapshotPending: finishSnapshotPending,
  recycledImage: (id, context) => forgetRecycled('image', id, context),
  recycledSnapshot: (id, context) => forgetRecycled('snapshot', id, context),
  imageUsageReport: finishImageUsageReport,
};

function onEvent(event: LabEvent, context: ControlPlaneContext): 'unchanged' | undefined {
  if (event.type === 'console') {
    const record = context.state.ec2.instances.get(event.instanceId);
    if (record !== undefined) appendConsole(record, event.text, context.now);
    // No service decides by what a console says.
    return 'unchanged';
  }
  if (event.type === 'timer') timers[event.name]?.(event.id, context);
  return undefined;
}

export const ec2Service: ServiceDefinition = {
  name: 'ec2',
  protocol: 'ec2Query',
  apiVersion: '2016-11-15',
  xmlNamespace: 'http://ec2.amazonaws.com/doc/2016-11-15/',
  schemas,
  members: ec2Members,
  operations: ec2Operations,
  permissions: ec2Permissions,
  onEvent,
  afterChange: networkChanged,
};
