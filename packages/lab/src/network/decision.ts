// decision: which packets pass, decided from the lab's own EC2 state.
//
//   N1. The same state and question give the same decision; a decision is kept until EC2's network revision changes.
//   N2. What reachability cannot decide does not pass: the lab models no other way.
//   N3. What passes only in part (a network ACL admits half of the ephemeral ports) passes every other time.
import type { NetworkSnapshot, Question, Resolution, Source, Verdict } from '@directrix/reachability';
import type { LabState } from '../control-plane/types.js';
import { readNetworkSnapshot } from './snapshot.js';

/** What the decisions need of `@directrix/reachability`. */
export interface Reachability<Network> {
  buildNetwork(snapshot: NetworkSnapshot): Network;
  decideReach(network: Network, question: Question): { readonly verdict: Verdict };
  resolve(network: Network, question: { readonly vpcId: string; readonly name: string }): Resolution;
}

export interface NetworkDecisions {
  /** Whether a TCP connection from `source` to an address and port gets through, this time. */
  passes(source: Source, address: string, port: number): boolean;
  resolve(vpcId: string, name: string): Resolution;
}

export function createNetworkDecisions<Network>(
  state: LabState,
  reachability: Reachability<Network>,
): NetworkDecisions {
  let revision: number | undefined;
  let network: Network;
  const verdicts = new Map<string, Verdict>();
  let turn = 0;

  function currentNetwork(): Network {
    if (revision !== state.ec2.networkRevision) {
      network = reachability.buildNetwork(readNetworkSnapshot(state.region, state.ec2));
      revision = state.ec2.networkRevision;
      verdicts.clear();
    }
    return network;
  }

  function decide(source: Source, address: string, port: number): Verdict {
    const current = currentNetwork();
    const key = `${JSON.stringify(source)} ${address}:${port}`;
    const known = verdicts.get(key);
    if (known !== undefined) return known;
    const { verdict } = reachability.decideReach(current, { from: source, to: { kind: 'address', address }, port });
    verdicts.set(key, verdict);
    return verdict;
  }

  return {
    passes(source, address, port) {
      const verdict = decide(source, address, port);
      if (verdict !== 'partial') return verdict === 'reachable';
      turn += 1;
      return turn % 2 === 1;
    },
    resolve: (vpcId, name) => reachability.resolve(currentNetwork(), { vpcId, name }),
  };
}
