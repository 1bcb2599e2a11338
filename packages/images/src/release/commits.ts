// commits: what a release says of itself, from the subjects of its commits. Pure.
import { CommitParser } from 'conventional-commits-parser';

export interface GitCommit {
  readonly hash: string;
  /** Subject, body and trailers, as git has them. */
  readonly message: string;
}

export interface Change {
  readonly kind: 'breaking' | 'feature' | 'fix' | 'performance' | 'revert' | 'plain' | 'internal';
  readonly scope?: string | undefined;
  readonly text: string;
  readonly hash: string;
}

const kinds: Readonly<Record<string, Change['kind']>> = {
  feat: 'feature',
  feature: 'feature',
  fix: 'fix',
  perf: 'performance',
  revert: 'revert',
  build: 'internal',
  chore: 'internal',
  ci: 'internal',
  docs: 'internal',
  refactor: 'internal',
  style: 'internal',
  test: 'internal',
};

const headings: readonly (readonly [Change['kind'], string])[] = [
  ['breaking', 'Breaking changes'],
  ['feature', 'Features'],
  ['fix', 'Fixes'],
  ['performance', 'Performance'],
  ['revert', 'Reverted'],
  ['plain', 'Changes'],
];

const parser = new CommitParser({
  headerPattern: /^(\w+)(?:\(([^()]*)\))?!?: (.*)$/,
  headerCorrespondence: ['type', 'scope', 'subject'],
  breakingHeaderPattern: /^(\w+)(?:\(([^()]*)\))?!: (.*)$/,
  noteKeywords: ['BREAKING CHANGE', 'BREAKING-CHANGE'],
});

/** A commit as a line of a changelog. One that is not conventional is its subject. */
export function readChange({ hash, message }: GitCommit): Change {
  const [subject = ''] = message.split('\n');
  // The parser refuses a message without any text.
  if (message.trim() === '') return { kind: 'plain', text: '(no message)', hash };
  const parsed = parser.parse(message);
  const kind = kinds[parsed.type?.toLowerCase() ?? ''];
  if (kind === undefined || !parsed.subject) return { kind: 'plain', text: subject.trim(), hash };
  const isBreaking = parsed.notes.length > 0;
  const scope = parsed.scope || undefined;
  return { kind: isBreaking ? 'breaking' : kind, scope, text: parsed.subject.trim(), hash };
}

/** What the changes ask for: the part of the version that goes up. While the major version is 0, a breaking change is minor. */
export function recommendBump(changes: readonly Change[], isInitial: boolean): 'major' | 'minor' | 'patch' {
  if (changes.some(({ kind }) => kind === 'breaking')) return isInitial ? 'minor' : 'major';
  return changes.some(({ kind }) => kind === 'feature') ? 'minor' : 'patch';
}

/** The section of a changelog, with its heading: `## 0.149.2 (2018-11-11)`. */
export function writeSection(version: string, date: string, changes: readonly Change[]): string {
  const parts = headings.flatMap(([kind, heading]) => {
    const lines = changes.filter((change) => change.kind === kind).map(writeChange);
    return lines.length === 0 ? [] : [`### ${heading}\n\n${lines.join('\n')}\n`];
  });
  const body = parts.length === 0 ? ['No changes that a user sees.\n'] : parts;
  return [`## ${version} (${date})\n`, ...body].join('\n');
}

function writeChange({ scope, text, hash }: Change): string {
  return `- ${scope === undefined ? '' : `**${scope}:** `}${text} (${hash.slice(0, 7)})`;
}

const title = '# Changelog\n';

/** The changelog with the section in front of the newest one; a new changelog where there was none. */
export function insertSection(changelog: string | undefined, section: string): string {
  if (changelog === undefined || changelog.trim() === '') return `${title}\n${section}`;
  const at = changelog.search(/^## /m);
  if (at < 0) return `${changelog.trimEnd()}\n\n${section}`;
  return `${changelog.slice(0, at)}${section}\n${changelog.slice(at)}`;
}
