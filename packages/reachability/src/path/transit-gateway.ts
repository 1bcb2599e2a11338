// Through a transit gateway: an attachment on each side, and the gateway's own route tables, as far as the snapshot has them.
import type { TransitGatewayRoute, TransitGatewayVpcAttachment } from '@aws-sdk/client-ec2';
import { measureCover, parseCidr, prefixLength } from '../address.js';
import type { Code } from '../codes.js';
import type { Network, TransitTable } from '../network.js';
import { leaveUnknown, manual, type OpenTrace, pass, type Stage, stopHop } from '../open-trace.js';
import type { Place } from '../place.js';
import type { GroupsKept } from './route-between.js';

const GONE = ['deleted', 'deleting', 'failed', 'failing', 'rejected', 'rejecting'];

/** The attachment of a VPC; undefined when there is none that may work. */
function attachmentOf(table: TransitTable, id: string, vpcId: string): TransitGatewayVpcAttachment | undefined {
  return table.attachments.find(
    (one) => one.TransitGatewayId === id && one.VpcId === vpcId && !GONE.includes(one.State ?? 'available'),
  );
}

/** The transit gateways to which both VPCs are attached. */
export function sharedTransitGateways(network: Network, a: string, b: string): readonly string[] {
  const { transit } = network;
  const ids = new Set((transit?.attachments ?? []).map((one) => one.TransitGatewayId ?? ''));
  return [...ids].filter((id) => attachmentOf(transit!, id, a) && attachmentOf(transit!, id, b));
}

/** Groups are recognised behind a transit gateway only where both attachments have it switched on, and then by ingress rules. */
export function groupsThroughTransit(network: Network, id: string, a: string, b: string): GroupsKept {
  const options = [a, b].map((vpcId) => network.transit && attachmentOf(network.transit, id, vpcId)?.Options);
  const supports = options.map((one) => one?.SecurityGroupReferencingSupport);
  if (supports.includes('disable')) return 'no';
  return 'unknown';
}

/** One direction through the gateway. */
export function crossTransitGateway(trace: OpenTrace, id: string, from: Place, to: Place, stage: Stage): void {
  const { transit } = trace.network;
  const where = { component: 'transitGateway' as const, id };
  if (transit === undefined) {
    leaveUnknown(trace, where, `where ${id} leads is not in the snapshot`);
    return;
  }
  const near = attachmentOf(transit, id, from.vpcId);
  const far = attachmentOf(transit, id, to.vpcId);
  const halt = (code: Code, what: string, fix: string) =>
    stopHop(trace, where, what, {
      code,
      stage,
      explanation: `${id}: ${what}.`,
      evidence: [{ id, what }],
      edits: manual(fix),
    });
  if (near === undefined) {
    halt('BAD_STATE', `${from.vpcId} is not attached to it`, `attach ${from.vpcId} to ${id}`);
    return;
  }
  for (const one of [near, far]) {
    const state = one?.State ?? 'available';
    const name = one?.TransitGatewayAttachmentId ?? '';
    if (state !== 'available')
      halt('BAD_STATE', `${name} is ${state}`, `accept ${name}, or wait until it is available`);
  }
  checkZone(trace, near, from, halt);
  followTable(trace, id, near, far, to, halt);
}

type Halt = (code: Code, what: string, fix: string) => void;

function checkZone(trace: OpenTrace, near: TransitGatewayVpcAttachment, from: Place, halt: Halt): void {
  const { subnets } = trace.network;
  const zone = subnets.get(from.subnetId)?.zone;
  const zones = (near.SubnetIds ?? []).map((subnetId) => subnets.get(subnetId)?.zone);
  if (zone === undefined || near.SubnetIds === undefined || zones.includes(zone) || zones.includes(undefined)) return;
  halt(
    'TGW_ROUTE_AZ_RESTRICTION',
    `${near.TransitGatewayAttachmentId} has no subnet in ${zone}, the zone of ${from.subnetId}`,
    `add a subnet of ${zone} to ${near.TransitGatewayAttachmentId}`,
  );
}

function followTable(
  trace: OpenTrace,
  id: string,
  near: TransitGatewayVpcAttachment,
  far: TransitGatewayVpcAttachment | undefined,
  to: Place,
  halt: Halt,
): void {
  const where = { component: 'transitGateway' as const, id };
  const { tables } = trace.network.transit ?? {};
  const nearId = near.TransitGatewayAttachmentId ?? '';
  if (tables === undefined) {
    leaveUnknown(trace, where, `the route tables of ${id} are not in the snapshot`);
    return;
  }
  const table = tables.find((one) => one.attachmentIds.includes(nearId));
  if (table === undefined) {
    halt(
      'NO_ROUTE_TO_DESTINATION',
      `${nearId} is associated with no route table`,
      `associate ${nearId} with a route table of ${id}`,
    );
    return;
  }
  const tableId = table.table.TransitGatewayRouteTableId ?? '';
  const route = bestRoute(table.routes, to);
  if (route === 'unknown') {
    leaveUnknown(trace, where, `a route of ${tableId} cannot be read`);
    return;
  }
  if (route === undefined) {
    halt(
      'NO_ROUTE_TO_DESTINATION',
      `${tableId} has no route to ${to.vpcId}`,
      `propagate the routes of ${to.vpcId} to ${tableId}`,
    );
    return;
  }
  const text = `${tableId}: ${route.DestinationCidrBlock}`;
  if (route.State === 'blackhole') {
    halt('BAD_STATE_ROUTE', `${text} is a blackhole`, `repair the route ${route.DestinationCidrBlock} of ${tableId}`);
    return;
  }
  const target = route.TransitGatewayAttachments?.[0];
  if (target?.ResourceType !== undefined && target.ResourceType !== 'vpc') {
    leaveUnknown(trace, where, `${text} leads to ${target.ResourceId}, whose far side is not in the snapshot`);
    return;
  }
  if (far !== undefined && target?.TransitGatewayAttachmentId === far.TransitGatewayAttachmentId) {
    pass(trace, where, `${text} to ${far.TransitGatewayAttachmentId}`);
    return;
  }
  if (target === undefined) leaveUnknown(trace, where, `where ${text} leads is not in the snapshot`);
  else
    halt(
      'MORE_SPECIFIC_ROUTE',
      `${text} leads to ${target.ResourceId ?? target.TransitGatewayAttachmentId}, not to ${to.vpcId}`,
      `route to ${to.vpcId} in ${tableId}`,
    );
}

function bestRoute(routes: readonly TransitGatewayRoute[], to: Place): TransitGatewayRoute | 'unknown' | undefined {
  const usable = routes.filter(({ State }) => State === undefined || State === 'active' || State === 'blackhole');
  const weighed = usable.flatMap((route) => {
    const range = parseCidr(route.DestinationCidrBlock ?? '');
    if (range === undefined) return [];
    const cover = measureCover(to.addresses, [range]);
    // A static route is preferred to a propagated one of the same length.
    return cover === 'none'
      ? []
      : [{ route, cover, length: prefixLength(range) + (route.Type === 'static' ? 0.5 : 0) }];
  });
  const [best] = weighed.toSorted((a, b) => b.length - a.length);
  const isReadable = usable.every(
    ({ DestinationCidrBlock, PrefixListId }) =>
      PrefixListId === undefined && parseCidr(DestinationCidrBlock ?? '') !== undefined,
  );
  if (!isReadable || best?.cover === 'some') return 'unknown';
  return best?.route;
}
