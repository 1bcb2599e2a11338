// No route out: the code for it, and the route that would lead out.
import { isPublicAddress } from '../address.js';
import type { Code } from '../codes.js';
import type { Network } from '../network.js';
import { manual, type Stop } from '../open-trace.js';
import type { Place } from '../place.js';
import type { Edit } from '../question.js';
import { type CompiledRoute, type CompiledTable, describeTarget } from '../route.js';
import type { External } from './external.js';

export function noRouteOut(
  network: Network,
  place: Place,
  external: External,
  table: CompiledTable,
  route: CompiledRoute | undefined,
): Stop {
  const edits = routeOut(network, place, external, table, route);
  const isManual = edits[0]?.kind === 'manual';
  const code: Code = route?.isBlackhole
    ? 'BAD_STATE_ROUTE'
    : route !== undefined
      ? 'MORE_SPECIFIC_ROUTE'
      : isManual && isInternet(external)
        ? 'PUBLIC_NO_EGRESS'
        : 'NO_ROUTE_TO_DESTINATION';
  const what =
    route === undefined ? `has no route to ${external.text}` : `sends ${route.text} ${describeTarget(route)}`;
  return {
    code,
    stage: 'path',
    lacksRouteOut: true,
    ...(route?.isBlackhole === true && { isBroken: true }),
    explanation: `${table.id}, the route table of ${place.subnetId}, ${what}.`,
    evidence: [{ id: table.id, what: describeRoutes(table) }],
    edits,
  };
}

function isInternet(external: External): boolean {
  return external.addresses.every(([lowest]) => isPublicAddress(lowest));
}

function describeRoutes(table: CompiledTable): string {
  if (table.routes.length === 0) return 'only the local route';
  return table.routes.map((route) => `${route.text} ${describeTarget(route)}`).join('; ');
}

/** The route that would lead out: by an internet gateway for who has a public address, else by a NAT gateway. */
function routeOut(
  network: Network,
  place: Place,
  external: External,
  table: CompiledTable,
  route: CompiledRoute | undefined,
): readonly Edit[] {
  if (!isInternet(external)) return manual(`route ${external.cidr} from ${table.id} to where it is`);
  const target = targetOut(network, place, route);
  if (target === undefined)
    return manual(`give ${place.vpcId} an internet gateway, and ${place.subnetId} a NAT gateway or an endpoint`);
  if (route?.prefixListId !== undefined) return manual(`fix the route of ${table.id} for ${route.prefixListId}`);
  if (route !== undefined)
    return [{ kind: 'replaceRoute', routeTableId: table.id, destinationCidr: route.text, target }];
  return [{ kind: 'createRoute', routeTableId: table.id, destinationCidr: external.cidr, target }];
}

function targetOut(
  network: Network,
  place: Place,
  route: CompiledRoute | undefined,
): { readonly gatewayId: string } | { readonly natGatewayId: string } | undefined {
  const gateway = [...network.internetGateways.values()].find((one) =>
    (one.Attachments ?? []).some((item) => item.VpcId === place.vpcId),
  );
  const nat = [...network.natGateways.values()].find(
    (one) =>
      one.VpcId === place.vpcId &&
      (one.State ?? 'available') === 'available' &&
      one.ConnectivityType !== 'private' &&
      one.SubnetId !== place.subnetId &&
      one.NatGatewayId !== place.id,
  );
  const isGatewayBetter = place.hasPublicAddress === true || nat === undefined;
  const current = route?.target.kind === 'gateway' || route?.target.kind === 'natGateway' ? route.target.id : undefined;
  if (gateway !== undefined && isGatewayBetter && gateway.InternetGatewayId !== current)
    return { gatewayId: gateway.InternetGatewayId ?? '' };
  return nat === undefined ? undefined : { natGatewayId: nat.NatGatewayId ?? '' };
}

/** Whether the VPC has something that a route could lead out by. */
export function hasGatewayOut(network: Network, place: Place): boolean {
  const target = targetOut(network, place, undefined);
  return target !== undefined && ('natGatewayId' in target || place.hasPublicAddress === true);
}
