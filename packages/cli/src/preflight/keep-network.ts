// keep-network: the network as it was when a rollout went wrong. Somebody may mend it before anybody asks what it was like.
import type { Io } from '../io.js';
import type { World } from '../world.js';
import { readGroupNetwork } from './group-network.js';
import { keepPreflight } from './kept-preflights.js';

/** Keeps it beside what preflight saw before; never throws. */
export async function keepNetwork(env: Io['env'], world: World, groupName: string): Promise<void> {
  const at = world.clock.now();
  const found = await readGroupNetwork(world.clients, groupName).catch(() => undefined);
  if (found !== undefined) keepPreflight(env, groupName, { at, ...found }, world.choice);
}
