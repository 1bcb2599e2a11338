// What an import says: names, states, lines and kinds. No value, and no line of the file.
import type { Cut, Notice } from './dotenv-cuts.js';
import type { DotenvFile } from './dotenv-file.js';
import type { ImportStep } from './import-plan.js';
import { formatTable } from './output.js';

/** A table of the steps, then what was cut, name by name, and what to do about it. */
export function formatSteps(path: string, steps: readonly ImportStep[]): string {
  const rows = steps.map(({ name, state, type, version, because }) => [
    name.slice(path.length),
    state,
    type,
    version === undefined ? '' : `v${version}`,
    because ?? '',
  ]);
  const cut = steps.filter(({ state }) => state === 'cut').map(({ name }) => name.slice(path.length));
  const reasons = steps.flatMap(({ name, state, cuts = [] }) =>
    cuts.map((one) => `${name.slice(path.length)}: ${describeCut(one)}${state === 'cut' ? '' : ' (accepted)'}\n`),
  );
  const advice = `Correct the file (KEY='value' takes everything as it is), or accept what was read: ${cut.map((name) => `--accept ${name}`).join(' ')}\n`;
  return `${formatTable(['name', '', 'type', 'now', ''], rows)}${reasons.join('')}${cut.length > 0 ? advice : ''}`;
}

function describeCut(cut: Cut): string {
  switch (cut.kind) {
    case 'comment':
      return `line ${cut.line}: what follows # is not read, because it is not within quotes`;
    case 'quote':
      return `line ${cut.line}: a quote does not end, or has text beside it; the quotes are read as part of the value`;
    case 'swallowed':
      return `line ${cut.line}: the value goes on over line ${cut.swallowedLine}, which looks like another NAME=value; a quote may be missing`;
    case 'encoding':
      return `line ${cut.line}: bytes that are not UTF-8 cannot be read`;
    case 'empty':
      return `line ${cut.line}: it is empty, and Parameter Store keeps no empty values; accepted, it is left out`;
    case 'repeated':
      return `it is on lines ${cut.lines.join(', ')}; the last counts`;
  }
}

function describeNotice(notice: Notice): string {
  switch (notice.kind) {
    case 'reference':
      return `line ${notice.line}: \${…} and $(…) are kept as they are, and nothing is put in their place`;
    case 'backslash':
      return `line ${notice.line}: \\n and \\r are line ends, every other backslash is kept`;
  }
}

/** Lines for stderr, or nothing. */
export function describeNotices({ notices }: Pick<DotenvFile, 'notices'>): string {
  return [...notices].flatMap(([name, own]) => own.map((one) => `warning: ${name}: ${describeNotice(one)}\n`)).join('');
}

/** Lines for stderr, or nothing. */
export function describeUnread(lines: readonly number[]): string {
  if (lines.length === 0) return '';
  const accepted = lines.map((line) => `--accept line:${line}`).join(' ');
  return `not NAME=value, and so not read (nor shown here): ${lines.map((line) => `line ${line}`).join(', ')}\ncorrect the file, or skip them: ${accepted}\n`;
}

/** For the JSON document. */
export function describeSteps(
  steps: readonly ImportStep[],
  unreadLines: readonly number[],
  applied: { readonly written: readonly string[]; readonly left: readonly string[] } | undefined,
): object {
  return {
    isApplied: applied !== undefined && applied.left.length === 0,
    written: applied?.written.length ?? 0,
    left: applied?.left,
    unreadLines,
    steps: steps.map(({ name, state, type, version, because, cuts }) => ({
      name,
      state,
      type,
      version,
      because,
      cuts,
    })),
  };
}
