import { requestRollback } from '@directrix/rollout';
import type { CommandContext } from '../../command-context.js';
import type { Io } from '../../io.js';
import { conductRollout, type RolloutRequest } from '../../rollout/conduct-rollout.js';
import { performRollout } from '../../rollout/rollout-command.js';
import { requireUnfinished } from '../../rollout/unfinished.js';
import type { RolloutDocument } from '../../view/rollout-document.js';
import type { World } from '../../world.js';
import { normalizePath } from '../deploy/run.js';
import type { ResumeOptions } from '../resume/run.js';

export async function runAbort(context: CommandContext, options: ResumeOptions): Promise<void> {
  const request = { command: 'abort', groupName: options.group, json: options.json === true };
  await performRollout(context, request, (world) =>
    abortRollout(context.io, world, 'abort', {
      groupName: options.group,
      reports: { url: options.url, healthPath: normalizePath(options.healthPath) },
      journalFile: options.journal,
      notifications: options.notifications,
    }),
  );
}

/** Goes on with the unfinished rollout, backwards. Throws NOTHING_TO_RESUME. */
export async function abortRollout(
  io: Io,
  world: World,
  command: string,
  request: Pick<RolloutRequest, 'groupName' | 'reports' | 'journalFile' | 'notifications'>,
): Promise<RolloutDocument> {
  const { groupName, reports, journalFile, notifications } = request;
  const { rolloutId } = await requireUnfinished(world, groupName);
  return conductRollout(io, world, {
    command,
    groupName,
    reports,
    journalFile,
    notifications,
    rolloutId,
    async begin(epoch) {
      const record = await requireUnfinished(world, groupName);
      const reason = { text: `${command} by ${world.holder.name}`, at: world.clock.now() };
      return { ...requestRollback(record, reason), epoch };
    },
  });
}
