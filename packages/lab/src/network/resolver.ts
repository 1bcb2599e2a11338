// resolver: what the Amazon resolver of a VPC answers to an instance.
//
// Reachability decides whether a name is private, and then what it is; the lab adds what is public. The lab has no other
// internet: any other name does not exist.
import type { LabState } from '../control-plane/types.js';
import type { NameAnswer } from '../machines/process/guest/protocol.js';
import type { NetworkDecisions } from './decision.js';
import { lookUpPublicName } from './public-internet.js';

export interface Resolver {
  /** As the instance would see it. An instance that EC2 does not know gets no answer. */
  resolve(instanceId: string, name: string): NameAnswer;
}

export function createResolver(state: LabState, decisions: NetworkDecisions): Resolver {
  function hasAmazonResolver(vpcId: string): boolean {
    return decisions.resolve(vpcId, 'amazonaws.com').kind === 'public';
  }

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
          return toAnswer(lookUpPublicName(state, name) ?? []);
        // REFUSED, when the VPC has DNS switched off, becomes ENOTFOUND in the client: reference "What the client sees".
        case 'notFound':
        case 'refused':
          return { kind: 'notFound' };
        // Unknown to a snapshot, like an internet-facing load balancer's name; or the VPC has a resolver of its own.
        case 'unknown': {
          const addresses = hasAmazonResolver(vpcId) ? lookUpPublicName(state, name) : undefined;
          return addresses === undefined ? { kind: 'tryAgain' } : toAnswer(addresses);
        }
      }
    },
  };
}

function toAnswer(addresses: readonly string[]): NameAnswer {
  return addresses.length === 0 ? { kind: 'notFound' } : { kind: 'addresses', addresses };
}
