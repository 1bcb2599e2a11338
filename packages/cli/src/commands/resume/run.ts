import type { CommandContext } from '../../command-context.js';
import { conductRollout } from '../../rollout/conduct-rollout.js';
import type { NotificationSettings } from '../../rollout/notification-settings.js';
import { performRollout } from '../../rollout/rollout-command.js';
import { requireUnfinished } from '../../rollout/unfinished.js';
import { normalizePath } from '../deploy/run.js';

export interface ResumeOptions {
  readonly group: string;
  readonly url?: string;
  readonly healthPath: string;
  readonly journal?: string;
  readonly json?: boolean;
  /** Of directrix.yaml. */
  readonly notifications?: readonly NotificationSettings[];
}

export async function runResume(context: CommandContext, options: ResumeOptions): Promise<void> {
  const request = { command: 'resume', groupName: options.group, json: options.json === true };
  await performRollout(context, request, async (world) => {
    const { rolloutId } = await requireUnfinished(world, options.group);
    return conductRollout(context.io, world, {
      ...request,
      rolloutId,
      reports: { url: options.url, healthPath: normalizePath(options.healthPath) },
      journalFile: options.journal,
      notifications: options.notifications,
      // Read again under the lease: the former holder may have written until we had it.
      begin: async (epoch) => ({ ...(await requireUnfinished(world, options.group)), epoch }),
    });
  });
}
