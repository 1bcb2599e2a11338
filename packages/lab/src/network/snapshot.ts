import type { NetworkSnapshot } from '@directrix/reachability';
import type { Ec2State } from '../services/ec2/state.js';

/**
 * EC2's books as reachability reads them. Nothing is left out, so nothing is `unknown` for want of a list. A copy: operations change
 * the books in place, and reachability keeps its indexes by object.
 */
export function readNetworkSnapshot(region: string, ec2: Ec2State): NetworkSnapshot {
  return structuredClone({
    region,
    vpcs: [...ec2.vpcs.values()],
    vpcAttributes: Object.fromEntries(ec2.vpcAttributes),
    subnets: [...ec2.subnets.values()],
    routeTables: [...ec2.routeTables.values()],
    networkAcls: [...ec2.networkAcls.values()],
    securityGroups: [...ec2.securityGroups.values()],
    networkInterfaces: [...ec2.networkInterfaces.values()],
    instances: [...ec2.instances.values()].map((record) => record.instance),
    internetGateways: [...ec2.internetGateways.values()],
    natGateways: [...ec2.natGateways.values()],
    vpcEndpoints: [...ec2.vpcEndpoints.values()],
    vpcPeeringConnections: [...ec2.vpcPeeringConnections.values()],
    dhcpOptions: [...ec2.dhcpOptions.values()],
    prefixLists: [...ec2.prefixLists.values()],
    privateHostedZones: [],
  });
}
