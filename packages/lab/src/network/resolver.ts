// resolver: what the Amazon resolver of a VPC answers to an instance.
//
// Reachability decides whether a name is private, and then what it is; the lab adds what is public. The lab has no other
// internet: any other name does not exist.
import { isIPv4 } from 'node:net';
import type { LabState } from '../control-plane/types.js';
import type { NameAnswer } from '../machines/process/guest/protocol.js';
import type { NetworkDecisions } from './decision.js';
import { lookUpPublicName } from './public-internet.js';

export interface Resolver {
  /** As the instance would see it. An instance that EC2 does not know gets no answer. */
  resolve(instanceId: string, name: string): NameAnswer;
}

export function createResolver(state: LabState, decisions: NetworkDecisions): Resolver {
  return {
    resolve(instanceId, askedName) {
      const vpcId = state.ec2.instances.get(instanceId)?.instance.VpcId;
      if (vpcId === undefined) return { kind: 'tryAgain' };
      const name = askedName.toLowerCase().replace(/\.$/, '');
      const resolution = decisions.resolve(vpcId, name);
      switch (resolution.kind) {
        case 'literal':
        case 'private':
          return toAnswer(resolution.addresses);
        case 'public':
          return toAnswer(lookUpInstanceName(state, vpcId, name) ?? lookUpPublicName(state, name) ?? []);
        // REFUSED, when the VPC has DNS switched off, becomes ENOTFOUND in the client: reference "What the client sees".
        case 'notFound':
        case 'refused':
          return { kind: 'notFound' };
        case 'unknown':
          return { kind: 'tryAgain' };
      }
    },
  };
}

function toAnswer(addresses: readonly string[]): NameAnswer {
  return addresses.length === 0 ? { kind: 'notFound' } : { kind: 'addresses', addresses };
}

/** `ip-10-0-1-23.us-west-2.compute.internal`: any address of the VPC's, whether an instance has it or not. */
function lookUpInstanceName(state: LabState, vpcId: string, name: string): readonly string[] | undefined {
  for (const { instance } of state.ec2.instances.values()) {
    if (instance.VpcId === vpcId && instance.PrivateDnsName === name) return [instance.PrivateIpAddress ?? ''];
  }
  const match = /^ip-(\d+)-(\d+)-(\d+)-(\d+)\.([a-z0-9-]+)\.compute\.internal$/.exec(name);
  if (match === null || match[5] !== state.region) return undefined;
  const address = match.slice(1, 5).join('.');
  return isIPv4(address) ? [address] : undefined;
}
