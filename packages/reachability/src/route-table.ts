// Route tables, read: each route with its destination, its target and its rank among routes of equal length.
import type { Route, RouteTable } from '@aws-sdk/client-ec2';
import { type Interval, parseCidr } from './address.js';
import { keepIndex } from './kept-index.js';

export type RouteTarget =
  | { readonly kind: 'local' }
  /** An internet gateway, a gateway endpoint, or a gateway that the snapshot says nothing of: the id tells. */
  | { readonly kind: 'gateway'; readonly id: string }
  | { readonly kind: 'natGateway'; readonly id: string }
  | { readonly kind: 'vpcPeeringConnection'; readonly id: string }
  /** Its own route tables may be in the snapshot. */
  | { readonly kind: 'transitGateway'; readonly id: string }
  /** Whose own routes or rules are not in a snapshot: appliance, VPN, carrier. */
  | { readonly kind: 'elsewhere'; readonly id: string; readonly what: string };

export interface CompiledRoute {
  readonly range?: Interval;
  readonly prefixListId?: string;
  readonly text: string;
  readonly target: RouteTarget;
  readonly isBlackhole: boolean;
  /** 0 static, 1 prefix list, 2 propagated. */
  readonly rank: number;
}

export interface CompiledTable {
  readonly id: string;
  readonly vpcId: string;
  readonly isMain: boolean;
  readonly routes: readonly CompiledRoute[];
  /** A route without a destination or a target: where the table sends anything is not known. */
  readonly isUnreadable: boolean;
}

export interface RouteTables {
  readonly byId: ReadonlyMap<string, CompiledTable>;
  readonly bySubnet: ReadonlyMap<string, CompiledTable>;
  readonly mainByVpc: ReadonlyMap<string, CompiledTable>;
}

const compileTable = keepIndex((table: RouteTable): CompiledTable => {
  return {
    id: table.RouteTableId ?? '',
    vpcId: table.VpcId ?? '',
    isMain: (table.Associations ?? []).some((association) => association.Main === true),
    routes: (table.Routes ?? []).flatMap(compileRoute),
    isUnreadable: table.Routes === undefined || table.Routes.some(isUnreadable),
  };
});

export const compileRouteTables = keepIndex((tables: readonly RouteTable[]): RouteTables => {
  const byId = new Map<string, CompiledTable>();
  const bySubnet = new Map<string, CompiledTable>();
  const mainByVpc = new Map<string, CompiledTable>();
  for (const table of tables) {
    const compiled = compileTable(table);
    byId.set(compiled.id, compiled);
    if (compiled.isMain) mainByVpc.set(compiled.vpcId, compiled);
    for (const association of table.Associations ?? []) {
      if (association.SubnetId !== undefined) bySubnet.set(association.SubnetId, compiled);
    }
  }
  return { byId, bySubnet, mainByVpc };
});

// EC2 names a target for every route, a blackhole's too.
function isUnreadable(route: Route): boolean {
  const isOfIpv6 = route.DestinationIpv6CidrBlock !== undefined;
  if (!isOfIpv6 && compileRoute(route).length === 0) return true;
  const target = readTarget(route);
  return !isOfIpv6 && target.kind === 'elsewhere' && target.id === 'no target' && route.State !== 'blackhole';
}

function compileRoute(route: Route): readonly CompiledRoute[] {
  const range = parseCidr(route.DestinationCidrBlock ?? '');
  const prefixListId = route.DestinationPrefixListId;
  if (range === undefined && prefixListId === undefined) return [];
  const isPropagated = route.Origin === 'EnableVgwRoutePropagation';
  return [
    {
      ...(range !== undefined && { range }),
      ...(prefixListId !== undefined && { prefixListId }),
      text: route.DestinationCidrBlock ?? prefixListId!,
      target: readTarget(route),
      isBlackhole: route.State === 'blackhole',
      rank: isPropagated ? 2 : prefixListId !== undefined ? 1 : 0,
    },
  ];
}

function readTarget(route: Route): RouteTarget {
  const gatewayId = route.GatewayId;
  if (gatewayId === 'local') return { kind: 'local' };
  if (route.NatGatewayId) return { kind: 'natGateway', id: route.NatGatewayId };
  if (route.VpcPeeringConnectionId) return { kind: 'vpcPeeringConnection', id: route.VpcPeeringConnectionId };
  if (gatewayId) return { kind: 'gateway', id: gatewayId };
  if (route.TransitGatewayId) return { kind: 'transitGateway', id: route.TransitGatewayId };
  if (route.InstanceId) return { kind: 'elsewhere', id: route.InstanceId, what: 'an instance that forwards' };
  if (route.NetworkInterfaceId)
    return { kind: 'elsewhere', id: route.NetworkInterfaceId, what: 'an interface that forwards' };
  const other = route.CarrierGatewayId ?? route.LocalGatewayId ?? route.CoreNetworkArn ?? 'no target';
  return { kind: 'elsewhere', id: other, what: 'a gateway whose far side is not in the snapshot' };
}

export type Forwarder = Extract<RouteTarget, { readonly kind: 'transitGateway' | 'elsewhere' }>;

/** Whether what lies behind the target is decided by something other than this VPC. */
export function isForwarder(target: RouteTarget): target is Forwarder {
  return target.kind === 'transitGateway' || target.kind === 'elsewhere';
}

export function describeForwarder(target: Forwarder): string {
  return target.kind === 'transitGateway' ? 'a transit gateway' : target.what;
}
