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
    writeFailure(context.io, error);
    if (json) writeJson(context, { schema, error: describeFailure(error) });
    context.setExitCode(exitCode.refused);
  }
}

export function writeJson({ io }: CommandContext, document: object): void {
  io.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}
