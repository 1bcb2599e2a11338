import type { CommandContext } from './command-context.js';
import type { World } from './world.js';

/**
 * Does `work` in the world of the command, and closes the connections that were opened for it, however it ends. The SDK is loaded here,
 * and not by commands that need none.
 */
export async function withWorld<T>(context: CommandContext, work: (world: World) => Promise<T>): Promise<T> {
  if (context.world !== undefined) return work(context.world);
  const { createWorld } = await import('./world.js');
  const world = createWorld(context.io, context.account);
  try {
    return await work(world);
  } finally {
    world.clients.destroy();
  }
}
