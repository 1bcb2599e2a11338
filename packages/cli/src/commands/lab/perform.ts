import { DirectrixError } from '@directrix/rollout';
import type { CommandContext } from '../../command-context.js';
import { type ExitCode, exitCode } from '../../exit-code.js';
import { describeFailure, writeFailure } from '../../failure.js';

/** Does `work` and sets the exit code it returns. What it throws was refused: said on stderr, and with `json` on stdout too. */
export async function perform(
  context: CommandContext,
  { json, schema }: { readonly json: boolean | undefined; readonly schema: string },
  work: () => Promise<ExitCode>,
): Promise<void> {
  try {
    context.setExitCode(await work());
  } catch (error) {
    const explained = explain(error);
    writeFailure(context.io, explained);
    if (json) writeJson(context, { schema, error: describeFailure(explained) });
    context.setExitCode(exitCode.refused);
  }
}

export function writeJson({ io }: CommandContext, document: object): void {
  io.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

/** The lab has errors of its own, because it depends on no package of ours that has them. */
export function explain(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'LabError') return error;
  const { code, hint, source } = error as Error & { code: string; hint?: string; source?: string };
  return new DirectrixError(code, error.message, { hint, source, cause: error });
}
