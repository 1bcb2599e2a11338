// group-network: the network that a group launches in, as it is now.
import type { AwsClients } from '@directrix/aws';
import type { NetworkSnapshot, Source } from '@directrix/reachability';
import { findSource } from '../commands/reach/find-source.js';

/** Throws what `directrix reach --from group:NAME` refuses. */
export async function readGroupNetwork(
  clients: AwsClients,
  groupName: string,
): Promise<{ readonly network: NetworkSnapshot; readonly launch: Source }> {
  const { network, source } = await findSource(clients, { kind: 'group', name: groupName }, { kind: 'name', name: '' });
  return { network, launch: source };
}
