import { readApproval, readLease, writeApproval } from '@directrix/aws';
import {
  approvalId,
  DirectrixError,
  type ForwardPhase,
  findWaiting,
  type RolloutRecord,
  shell,
} from '@directrix/rollout';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import { describeFailure, writeFailure } from '../../failure.js';
import { requireUnfinished } from '../../rollout/unfinished.js';
import { tellSaid } from '../../text/checkpoint-text.js';
import { writeText } from '../../text/lines.js';
import { withWorld } from '../../with-world.js';
import type { World } from '../../world.js';

export interface ApproveOptions {
  readonly group: string;
  readonly isApproved: boolean;
  readonly before?: string;
  readonly reason?: string;
  /** Of this rollout, and no other one that may have begun since. */
  readonly rolloutId?: string;
  readonly json?: boolean;
}

const schema = 'directrix.approval/1';

export async function runApprove(context: CommandContext, options: ApproveOptions): Promise<void> {
  const { io } = context;
  try {
    const document = await withWorld(context, (world) => answerApproval(world, options));
    writeText(io.stdout, options.json ? `${JSON.stringify(document, null, 2)}\n` : tellApproval(document));
    context.setExitCode(exitCode.done);
  } catch (error) {
    writeFailure(io, error);
    const refusal = { schema, group: options.group, error: describeFailure(error) };
    if (options.json) io.stdout.write(`${JSON.stringify(refusal, null, 2)}\n`);
    context.setExitCode(exitCode.refused);
  }
}

/** Keeps the answer. Throws what `directrix approve` refuses. */
export async function answerApproval(
  world: World,
  { group, isApproved, before, reason, rolloutId: meant }: Omit<ApproveOptions, 'json'>,
) {
  const record = await requireUnfinished(world, group);
  if (meant !== undefined && record.rolloutId !== meant)
    throw new DirectrixError('NOTHING_TO_APPROVE', `The rollout ${meant} of ${group} is not under way any more.`, {
      source: `record of ${group}`,
      hint: `${shell`directrix status --group ${group}`} shows the last one`,
    });
  const phase = choosePhase(record, before);
  const { rolloutId } = record;
  const by = world.holder.name;
  const said = { isApproved, by, at: world.clock.now(), reason };
  if (!(await writeApproval(world.clients, group, rolloutId, phase, said))) {
    const first = await readApproval(world.clients, group, rolloutId, phase);
    throw new DirectrixError(
      'APPROVAL_ANSWERED',
      first === undefined
        ? `${phase} of ${rolloutId} was answered already.`
        : `${first.by} has ${first.isApproved ? 'approved' : 'rejected'} ${phase} of ${rolloutId} already${tellSaid(first.reason)}.`,
      {
        kind: 'conflict',
        source: `rollout ${rolloutId}`,
        hint: `${shell`directrix abort --group ${group}`} goes back`,
      },
    );
  }
  const lease = await readLease(world, group);
  return { schema, group, rolloutId, phase, isApproved, by, reason, isDeployerRunning: lease?.isActive === true };
}

function choosePhase(record: RolloutRecord, before: string | undefined): ForwardPhase {
  const { groupName, options, checkpoints } = record;
  const waiting = findWaiting(record);
  const asked = waiting?.kind === 'approval' ? waiting.phase : undefined;
  const open = (options.approvals?.before ?? []).filter((phase) => !checkpoints?.passed.includes(approvalId(phase)));
  const chosen = before === undefined ? asked : open.find((phase) => phase === before);
  if (chosen !== undefined) return chosen;
  throw new DirectrixError(
    'NOTHING_TO_APPROVE',
    before === undefined
      ? `The rollout of ${groupName} waits for no approval.`
      : `The rollout of ${groupName} asks for no approval before ${before}.`,
    {
      source: `record of ${groupName}`,
      hint:
        open.length === 0
          ? `${shell`directrix status --group ${groupName}`} shows what it waits for`
          : `it will ask before ${open.join(', ')}: --before answers ahead`,
    },
  );
}

export function tellApproval(document: Awaited<ReturnType<typeof answerApproval>>): string {
  const { group, rolloutId, phase, isApproved, isDeployerRunning } = document;
  const text = isApproved ? `APPROVED: ${phase} of ${group} may begin` : `REJECTED: ${phase} of ${group}; it goes back`;
  const next = isDeployerRunning
    ? ''
    : `  no deployer is running: ${shell`directrix resume --group ${group}`} goes on\n`;
  return `${text} (rollout ${rolloutId})\n${next}`;
}
