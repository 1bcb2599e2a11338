// The differences as text, as JSON, and as Markdown for a pull request.
import type { PathDifference } from '@directrix/reachability';
import type { Colors } from '../../colors.js';

interface DiffReport {
  readonly differences: readonly PathDifference[];
  /** What cannot be known before it is made, in words. */
  readonly unresolved: readonly string[];
}

const titles: Readonly<Record<PathDifference['kind'], string>> = {
  breaks: 'Breaks',
  undecided: 'Cannot be told',
  opens: 'Opens',
  moves: 'Moves',
};
const kinds = Object.keys(titles) as PathDifference['kind'][];

/** The contract of `directrix reach diff --json`; docs/cli.md has it. */
export function describeDiff({ differences, unresolved }: DiffReport) {
  return {
    schema: 'directrix.reach-diff/1',
    ...Object.fromEntries(kinds.map((kind) => [kind, differences.filter((one) => one.kind === kind).map(describeOne)])),
    unresolved,
  };
}

function describeOne({ path, question, alike, explanation, before, after }: PathDifference) {
  return {
    path,
    question,
    alike,
    explanation,
    before: before.verdict,
    after: after.verdict,
    faults: after.faults.map(({ code, explanation: why, evidence }) => ({ code, explanation: why, evidence })),
  };
}

function countsOf(differences: readonly PathDifference[]): string {
  const counts = kinds.flatMap((kind) => {
    const count = differences.filter((one) => one.kind === kind).length;
    return count === 0 ? [] : [kind === 'undecided' ? `${count} cannot be told` : `${kind} ${count}`];
  });
  return counts.length === 0 ? 'no path differs' : counts.join(', ');
}

export function formatDiff({ differences, unresolved }: DiffReport, colors: Colors): string {
  const paint = { breaks: colors.red, undecided: colors.yellow, opens: colors.yellow, moves: colors.dim };
  const lines = [
    `The change: ${countsOf(differences)}.`,
    ...kinds.flatMap((kind) => {
      const own = differences.filter((one) => one.kind === kind);
      if (own.length === 0) return [];
      return [
        '',
        paint[kind](titles[kind]),
        ...own.flatMap((one) => [`  ${one.path}${alikeText(one)}`, `    ${one.explanation}`]),
      ];
    }),
    ...(unresolved.length === 0
      ? []
      : ['', ...unresolved.map((what) => colors.dim(`not known before it is made  ${what}`))]),
  ];
  return `${lines.join('\n')}\n`;
}

function alikeText({ alike }: PathDifference): string {
  return alike > 1 ? ` (and ${alike - 1} more like it)` : '';
}

const mostRows = 50;

export function formatMarkdown({ differences, unresolved }: DiffReport): string {
  const sections = kinds.flatMap((kind) => {
    const own = differences.filter((one) => one.kind === kind);
    if (own.length === 0) return [];
    const rows = own
      .slice(0, mostRows)
      .map((one) => `| ${cell(one.path)}${alikeText(one)} | ${cell(one.explanation)} |`);
    const more = own.length > mostRows ? ['', `and ${own.length - mostRows} more.`] : [];
    return ['', `### ${titles[kind]}`, '', '| path | why |', '| --- | --- |', ...rows, ...more];
  });
  const unknown =
    unresolved.length === 0
      ? []
      : [
          '',
          '<details><summary>Not known before it is made</summary>',
          '',
          ...unresolved.map((what) => `- ${cell(what)}`),
          '',
          '</details>',
        ];
  return `${['## Network paths', '', `The change: ${countsOf(differences)}.`, ...sections, ...unknown].join('\n')}\n`;
}

/** A text in a cell of a table, as it is. */
function cell(text: string): string {
  return text.replaceAll(/[\\|<>*_`[\]]/g, (sign) => `\\${sign}`).replaceAll('\n', ' ');
}
