import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type PackerTemplate, readTemplate } from '@directrix/images';
import { DirectrixError } from '@directrix/rollout';
import { z } from 'zod';

/** The user's template, as it is. */
export interface GivenTemplate {
  /** Where packer is run: paths in a template are from here. */
  readonly directory: string;
  /** What packer is given, from there. */
  readonly path: string;
  readonly isHcl: boolean;
  readonly texts: readonly { readonly path: string; readonly text: string }[];
  /** `-var` and `-var-file`. */
  readonly words: readonly string[];
  readonly parsed: PackerTemplate;
}

/** Throws FILE_UNREADABLE, BAKE_TEMPLATE_INVALID. */
export async function readGivenTemplate(
  template: string,
  cwd: string,
  { var: pairs = [], varFile: files = [] }: { readonly var?: readonly string[]; readonly varFile?: readonly string[] },
): Promise<GivenTemplate> {
  const absolute = resolve(cwd, template);
  const isDirectory = await stat(absolute).then(
    (found) => found.isDirectory(),
    (cause: Error) => {
      throw unreadable(template, cause);
    },
  );
  const names = isDirectory
    ? (await readdir(absolute)).filter((name) => /\.pkr\.(hcl|json)$/.test(name)).sort()
    : [basename(absolute)];
  if (names.length === 0)
    throw new DirectrixError('BAKE_TEMPLATE_INVALID', `${template} has no template of Packer: no file *.pkr.hcl.`, {
      kind: 'invalid',
      source: template,
      hint: 'name the file of a JSON template',
    });
  const directory = isDirectory ? absolute : dirname(absolute);
  const texts = await Promise.all(names.map((name) => read(join(directory, name), name)));
  const variables: Record<string, string> = {};
  for (const file of files) Object.assign(variables, variablesIn((await read(resolve(cwd, file), file)).text));
  for (const pair of pairs) {
    const [key = '', ...value] = pair.split('=');
    if (value.length === 0)
      throw new DirectrixError('USAGE', `"${key}" is no key=value.`, { kind: 'invalid', source: '--var' });
    variables[key] = value.join('=');
  }
  const parsed = readTemplate(texts, variables);
  if (parsed === undefined)
    throw new DirectrixError('BAKE_TEMPLATE_INVALID', `${template} is no template of Packer.`, {
      kind: 'invalid',
      source: template,
    });
  return {
    directory,
    path: isDirectory ? '.' : basename(absolute),
    isHcl: texts.some(({ path }) => path.endsWith('.hcl')),
    texts,
    words: [...files.map((file) => `-var-file=${resolve(cwd, file)}`), ...pairs.flatMap((pair) => ['-var', pair])],
    parsed,
  };
}

async function read(file: string, name: string): Promise<{ path: string; text: string }> {
  return readFile(file, 'utf8').then(
    (text) => ({ path: name, text }),
    (cause: Error) => {
      throw unreadable(name, cause);
    },
  );
}

function unreadable(name: string, cause: Error): DirectrixError {
  return new DirectrixError(
    'FILE_UNREADABLE',
    `${name} cannot be read: ${(cause as NodeJS.ErrnoException).code ?? 'unknown'}.`,
    {
      kind: 'invalid',
      source: name,
      cause,
    },
  );
}

const variableFile = z.record(z.string(), z.unknown());

/** Plain strings of a JSON or an HCL file of variables. */
function variablesIn(text: string): Record<string, string> {
  try {
    return Object.fromEntries(
      Object.entries(variableFile.parse(JSON.parse(text))).flatMap(([key, one]) =>
        typeof one === 'string' ? [[key, one]] : [],
      ),
    );
  } catch {
    return Object.fromEntries(
      [...text.matchAll(/^\s*([\w-]+)\s*=\s*"([^"]*)"\s*$/gm)].map(([, key = '', one = '']) => [key, one]),
    );
  }
}
