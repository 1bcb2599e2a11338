// rollout-command: what deploy, rollback, resume and abort do around their work: the world they work in, and how they end.

import { colorsFor } from '../colors.js';
import type { CommandContext } from '../command-context.js';
import { exitCode } from '../exit-code.js';
import { describeFailure, writeFailure } from '../failure.js';
import { PreflightRefusal } from '../preflight/preflight-refusal.js';
import { formatRollout, type RolloutDocument } from '../view/rollout-document.js';
import type { World } from '../world.js';
import { exitCodeOf } from './conduct-rollout.js';

/**
 * Does `work`, prints what it came to (as one JSON document with `json`), and sets the exit code. What it throws was refused: nothing
 * has been changed.
 */
export async function performRollout(
  context: CommandContext,
  request: { readonly command: string; readonly groupName: string; readonly json: boolean },
  work: (world: World) => Promise<RolloutDocument>,
): Promise<void> {
  const { io } = context;
  let world: World | undefined;
  try {
    world = context.world ?? (await import('../world.js')).createWorld(io);
    const document = await work(world);
    io.stdout.write(
      request.json ? `${JSON.stringify(document, null, 2)}\n` : formatRollout(document, colorsFor(io.stdout, io.env)),
    );
    context.setExitCode(exitCodeOf(document));
  } catch (error) {
    writeFailure(io, error);
    if (request.json) io.stdout.write(`${JSON.stringify(describeRefusal(request, error), null, 2)}\n`);
    context.setExitCode(exitCode.refused);
  } finally {
    world?.clients.destroy();
  }
}

function describeRefusal(
  request: { readonly command: string; readonly groupName: string },
  error: unknown,
): RolloutDocument {
  const failure = describeFailure(error);
  return {
    schema: 'directrix.rollout/1',
    command: request.command,
    outcome: 'refused',
    group: request.groupName,
    text: failure.message,
    evidence: [],
    notices: [],
    quarantined: [],
    error: failure,
    ...(error instanceof PreflightRefusal ? { findings: error.findings } : {}),
  };
}
