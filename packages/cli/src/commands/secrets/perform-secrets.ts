import type { AwsClients } from '@directrix/aws';
import { DirectrixError } from '@directrix/rollout';
import type { CommandContext } from '../../command-context.js';
import { type ExitCode, exitCode } from '../../exit-code.js';
import { describeFailure, writeFailure } from '../../failure.js';
import { withWorld } from '../../with-world.js';
import type { World } from '../../world.js';

export const secretsSchema = 'directrix.secrets/1';

export interface SecretsWork {
  readonly ssm: AwsClients['ssm'];
  readonly world: World;
}

/** Does `work` and sets the exit code it returns. What it throws is said on stderr, and with `json` on stdout too. */
export async function performSecrets(
  context: CommandContext,
  { json }: { readonly json?: boolean },
  work: (tools: SecretsWork) => Promise<number>,
): Promise<void> {
  try {
    context.setExitCode(await withWorld(context, (world) => work({ ssm: world.clients.ssm, world })));
  } catch (error) {
    writeFailure(context.io, error);
    if (json) writeJson(context, { schema: secretsSchema, error: describeFailure(error) });
    context.setExitCode(exitCodeOf(error));
  }
}

/** Something was changed, or may have been, and not all of it. */
const incompleteCodes: ReadonlySet<string> = new Set([
  'SECRETS_PARTLY_WRITTEN',
  'SECRETS_PARTLY_DELETED',
  'SECRET_WRITE_UNKNOWN',
]);

/** Refused means that nothing was changed; of a defect nobody knows. */
function exitCodeOf(error: unknown): ExitCode {
  if (!(error instanceof DirectrixError)) return exitCode.needsHuman;
  if (error.code === 'INTERRUPTED') return exitCode.interrupted;
  return incompleteCodes.has(error.code) ? exitCode.needsHuman : exitCode.refused;
}

export function writeJson({ io }: CommandContext, document: object): void {
  io.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

/** Values on a terminal stay in its scrollback and on people's screens. */
export function refuseTerminal({ io }: CommandContext, isRevealed: boolean | undefined): void {
  if (!io.stdout.isTTY || isRevealed) return;
  throw new DirectrixError('SECRETS_TO_TERMINAL', 'This would print secret values on the terminal.', {
    source: 'stdout',
    hint: 'send it to a program or a file that only you can read, or add --reveal',
  });
}

export function notFound(name: string): DirectrixError {
  return new DirectrixError('SECRET_NOT_FOUND', `${name} does not exist.`, {
    source: 'Parameter Store',
    hint: 'directrix secrets list shows the names; look at AWS_REGION and the account too',
  });
}

export function pathEmpty(path: string): DirectrixError {
  return new DirectrixError('PATH_EMPTY', `There is no parameter below ${path}.`, {
    source: 'Parameter Store',
    hint: 'look at the path, AWS_REGION and the account',
  });
}
