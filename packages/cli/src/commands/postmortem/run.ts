import { readFile, writeFile } from 'node:fs/promises';
import { DirectrixError } from '@directrix/rollout';
import { type Postmortem, writePostmortem } from '@directrix/timeline';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import { describeFailure, writeFailure } from '../../failure.js';
import type { Io } from '../../io.js';
import { withWorld } from '../../with-world.js';
import type { World } from '../../world.js';
import { gatherSources, type SourceOptions } from './gather.js';
import { renderHtml } from './html.js';
import { sectionsOf, titleOf } from './markdown.js';
import { hasSections, rewriteSections, writeSections } from './sections.js';
import { readJournals } from './sources.js';
import { spanOf } from './span.js';

export interface PostmortemOptions extends SourceOptions {
  readonly rollout?: string;
  readonly since?: string;
  readonly until?: string;
  readonly journal?: readonly string[];
  readonly output?: string;
  readonly html?: string;
  readonly rewrite?: readonly string[];
  readonly json?: boolean;
}

export async function runPostmortem(context: CommandContext, options: PostmortemOptions): Promise<void> {
  const { io } = context;
  try {
    const postmortem = await withWorld(context, (world) => gather(io, world, options));
    const markdown = await writeMarkdown(io, postmortem, options);
    if (options.html !== undefined)
      await write(options.html, renderHtml(markdown, titleOf(postmortem).slice(2)), '--html');
    if (options.json) io.stdout.write(`${JSON.stringify(postmortem, null, 2)}\n`);
    else if (options.output === undefined) io.stdout.write(markdown);
    context.setExitCode(exitCode.done);
  } catch (error) {
    writeFailure(io, error);
    const refusal = { schema: 'directrix.postmortem/1', error: describeFailure(error) };
    if (options.json) io.stdout.write(`${JSON.stringify(refusal, null, 2)}\n`);
    context.setExitCode(exitCode.refused);
  }
}

async function gather(io: Io, world: World, options: PostmortemOptions): Promise<Postmortem> {
  const events = await readJournals(io, options.group, options.journal ?? []);
  const span = spanOf(options, events, world.clock.now());
  return writePostmortem(await gatherSources(io, world, options, events, span));
}

async function writeMarkdown(io: Io, postmortem: Postmortem, options: PostmortemOptions): Promise<string> {
  const sections = sectionsOf(postmortem);
  const previous = options.output === undefined ? undefined : await readPrevious(options.output);
  if (previous === undefined) {
    const text = writeSections(titleOf(postmortem), sections);
    if (options.output !== undefined) await write(options.output, text, '--output');
    return text;
  }
  const { text, kept } = rewriteSections(previous, sections, new Set(options.rewrite ?? []));
  for (const name of kept)
    io.stderr.write(`note: the section "${name}" was changed by somebody and stays; --rewrite ${name} replaces it\n`);
  if (options.output !== undefined) await write(options.output, text, '--output');
  return text;
}

async function readPrevious(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new DirectrixError('FILE_UNREADABLE', `${file} cannot be read: ${error.code}.`, {
      kind: 'invalid',
      source: '--output',
    });
  });
  if (text === undefined || text.trim() === '' || hasSections(text)) return text?.trim() === '' ? undefined : text;
  throw new DirectrixError('NOT_A_POSTMORTEM', `${file} is there and is not a postmortem of ours. It stays as it is.`, {
    kind: 'invalid',
    source: '--output',
    hint: 'name another file',
  });
}

async function write(file: string, text: string, source: string): Promise<void> {
  await writeFile(file, text, { mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
    throw new DirectrixError('FILE_NOT_WRITTEN', `${file} cannot be written: ${error.code}.`, {
      kind: 'invalid',
      source,
    });
  });
}
