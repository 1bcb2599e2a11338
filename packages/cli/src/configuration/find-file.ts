// find-file: which file is read. Only the working directory is looked at: a file in a directory above it may be somebody else's, and
// its hooks would be run.
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { DirectrixError } from '@directrix/rollout';

export const fileNames = ['directrix.yaml', 'directrix.yml', 'directrix.json'] as const;

export interface FoundFile {
  /** As a person named it, or its name in the working directory. */
  readonly name: string;
  readonly text: string;
}

/** A file of settings is small. */
const bytesMax = 1_000_000;

/** The file that is named, else the one in the working directory, if any. Throws CONFIG_NOT_FOUND, CONFIG_AMBIGUOUS, CONFIG_INVALID. */
export function findFile(cwd: string, named: string | undefined): FoundFile | undefined {
  if (named !== undefined) return read(cwd, named);
  const found = fileNames.filter((name) => existsSync(join(cwd, name)));
  const [first, second] = found;
  if (second !== undefined)
    throw new DirectrixError('CONFIG_AMBIGUOUS', `There is ${first} and ${second}, and only one can be meant.`, {
      kind: 'invalid',
      source: cwd,
      hint: 'remove one, or name one with --config FILE',
    });
  return first === undefined ? undefined : read(cwd, first);
}

function read(cwd: string, name: string): FoundFile {
  let text: string;
  try {
    text = readFileSync(isAbsolute(name) ? name : join(cwd, name), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new DirectrixError(
      'CONFIG_NOT_FOUND',
      code === 'ENOENT' ? `There is no file ${name}.` : `${name} cannot be read: ${code}.`,
      { kind: 'invalid', source: '--config', hint: 'directrix init writes one', cause: error },
    );
  }
  if (Buffer.byteLength(text) <= bytesMax) return { name, text };
  throw new DirectrixError('CONFIG_INVALID', `${name} is larger than ${bytesMax / 1_000_000} MB.`, {
    kind: 'invalid',
    source: name,
  });
}
