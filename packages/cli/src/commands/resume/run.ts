import type { CommandContext } from '../../command-context.js';
import { conductRollout } from '../../rollout/conduct-rollout.js';
import { performRollout } from '../../rollout/rollout-command.js';
import { requireUnfinished } from '../../rollout/unfinished.js';
import { normalizePath } from '../deploy/run.js';
import type { ResumeOptions } from './command.js';

export async function runResume(context: CommandContext, options: ResumeOptions): Promise<void> {
  const request = { command: 'resume', groupName: options.group, json: options.json === true };
  await performRollout(context, request, async (world) => {
    const { rolloutId } = await requireUnfinished(world, options.group);
    return conductRollout(context.io, world, {
      ...request,
      rolloutId,
      reports: { url: options.url, healthPath: normalizePath(options.healthPath) },
      journalFile: options.journal,
      // Read again under the lease: the former holder may have written until we had it.
      begin: async (epoch) => ({ ...(await requireUnfinished(world, options.group)), epoch }),
    });
  });
}
