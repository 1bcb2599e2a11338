// rollout-command: what deploy, rollback, resume and abort do around their work: the world they work in, and how they end.

import { colorsFor } from '../colors.js';
import type { CommandContext } from '../command-context.js';
import { exitCode } from '../exit-code.js';
import { describeFailure, writeFailure } from '../failure.js';
import { PreflightRefusal } from '../preflight/preflight-refusal.js';
import { writeText } from '../text/lines.js';
import { formatRollout, type RolloutDocument } from '../view/rollout-document.js';
import { withWorld } from '../with-world.js';
import type { World } from '../world.js';
import { exitCodeOf } from './conduct-rollout.js';
import { UnexpectedUnderLease } from './unexpected-under-lease.js';

/**
 * Does `work`, prints what it came to (as one JSON document with `json`), and sets the exit code. What it throws was refused and nothing
 * has been changed, except UnexpectedUnderLease: the group may have been changed, and so it needs a human.
 */
export async function performRollout(context: CommandContext, request: Request, work: Work): Promise<void> {
  const { io } = context;
  io.mustFinish?.();
  let document: RolloutDocument | undefined;
  try {
    await withWorld(context, async (world) => {
      document = await work(world);
    });
    if (document !== undefined) tellOutcome(context, request, document);
  } catch (error) {
    // A rollout that was done, and could not be told, is not refused.
    const isRefused = document === undefined && !(error instanceof UnexpectedUnderLease);
    const cause = error instanceof UnexpectedUnderLease ? error.cause : error;
    context.setExitCode(isRefused ? exitCode.refused : exitCode.needsHuman);
    writeFailure(io, cause);
    const told = document ?? describeEnd(request, isRefused ? 'refused' : 'needsHuman', cause);
    if (request.json) io.stdout.write(`${JSON.stringify(told, null, 2)}\n`);
  }
}

interface Request {
  readonly command: string;
  readonly groupName: string;
  readonly json: boolean;
}

type Work = (world: World) => Promise<RolloutDocument>;

function tellOutcome({ io, setExitCode }: CommandContext, { json }: Request, document: RolloutDocument): void {
  setExitCode(exitCodeOf(document));
  writeText(
    io.stdout,
    json ? `${JSON.stringify(document, null, 2)}\n` : formatRollout(document, colorsFor(io.stdout, io.env)),
  );
}

function describeEnd(request: Request, outcome: 'refused' | 'needsHuman', error: unknown): RolloutDocument {
  const failure = describeFailure(error);
  return {
    schema: 'directrix.rollout/1',
    command: request.command,
    outcome,
    group: request.groupName,
    text: failure.message,
    evidence: [],
    notices: [],
    quarantined: [],
    error: failure,
    ...(error instanceof PreflightRefusal ? { findings: error.findings } : {}),
  };
}
