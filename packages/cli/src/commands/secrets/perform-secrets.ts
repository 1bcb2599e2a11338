import type { SSMClient } from '@aws-sdk/client-ssm';
import { DirectrixError } from '@directrix/rollout';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import { describeFailure, writeFailure } from '../../failure.js';
import type { World } from '../../world.js';

export const secretsSchema = 'directrix.secrets/1';

export interface SecretsWork {
  readonly ssm: SSMClient;
  readonly world: World;
}

/** Does `work` and sets the exit code it returns. What it throws was refused: said on stderr, and with `json` on stdout too. */
export async function performSecrets(
  context: CommandContext,
  { json }: { readonly json?: boolean },
  work: (tools: SecretsWork) => Promise<number>,
): Promise<void> {
  let world: World | undefined;
  try {
    world = context.world ?? (await import('../../world.js')).createWorld(context.io);
    context.setExitCode(await work({ ssm: world.clients.ssm, world }));
  } catch (error) {
    writeFailure(context.io, error);
    if (json) writeJson(context, { schema: secretsSchema, error: describeFailure(error) });
    const isInterrupted = error instanceof DirectrixError && error.code === 'INTERRUPTED';
    context.setExitCode(isInterrupted ? exitCode.interrupted : exitCode.refused);
  } finally {
    if (context.world === undefined) world?.clients.destroy();
  }
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
