import { DirectrixError } from '@directrix/rollout';
import type { Command } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { fileNames, findFile } from '../../configuration/find-file.js';
import { readConfiguration } from '../../configuration/read-file.js';
import { describeSchema } from '../../configuration/schema.js';
import { exitCode } from '../../exit-code.js';
import { describeFailure, writeFailure } from '../../failure.js';
import { count } from '../../text/quantities.js';

export interface CheckOptions {
  readonly json?: boolean;
}

const schema = 'directrix.config/1';

export async function runCheck(
  { io, setExitCode }: CommandContext,
  program: Command,
  named: string | undefined,
  { json = false }: CheckOptions,
): Promise<void> {
  try {
    const file = findFile(io.cwd, named);
    if (file === undefined)
      throw new DirectrixError('CONFIG_NOT_FOUND', `There is no ${fileNames[0]} in ${io.cwd}.`, {
        kind: 'invalid',
        source: 'directrix config check',
        hint: 'directrix init writes one',
      });
    const { document } = await readConfiguration(file, program);
    const groups = Object.keys(document.groups ?? {});
    const environments = Object.keys(document.environments ?? {});
    if (json) io.stdout.write(`${JSON.stringify({ schema, file: file.name, groups, environments }, null, 2)}\n`);
    else io.stdout.write(`${file.name} is right: ${tell('group', groups)}, ${tell('environment', environments)}\n`);
    setExitCode(exitCode.done);
  } catch (error) {
    writeFailure(io, error);
    if (json) io.stdout.write(`${JSON.stringify({ schema, error: describeFailure(error) }, null, 2)}\n`);
    setExitCode(exitCode.refused);
  }
}

export async function runSchema({ io, setExitCode }: CommandContext, program: Command): Promise<void> {
  io.stdout.write(`${JSON.stringify(describeSchema(program), null, 2)}\n`);
  setExitCode(exitCode.done);
}

function tell(what: string, names: readonly string[]): string {
  return `${count(names.length, what)}${names.length === 0 ? '' : ` (${names.join(', ')})`}`;
}
