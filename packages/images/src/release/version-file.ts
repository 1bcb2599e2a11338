// version file: where a project says its version, and the same text with another one. Pure: formatting and everything else stay.
import { DirectrixError } from '@directrix/rollout';

export interface VersionFile {
  readonly path: string;
  readonly text: string;
}

/** The version that the file says; undefined when it says none, as a package.json without one and a pyproject.toml with a dynamic one. */
export function readVersion({ path, text }: VersionFile): string | undefined {
  if (isNamed(path, 'pyproject.toml')) return findInToml(text)?.version;
  const version = parseObject(path, text).version;
  return typeof version === 'string' ? version : undefined;
}

/** Whether a version is read from files of this name. Others are only written, where they name the present one. */
export function isReadable(path: string): boolean {
  return isNamed(path, 'package.json') || isNamed(path, 'pyproject.toml');
}

/**
 * The file's text with the next version. Throws VERSION_FILE_AMBIGUOUS when it is not clear which of several places is meant,
 * VERSION_FILE_WITHOUT when there is none.
 */
export function writeVersion(file: VersionFile, present: string, next: string): string {
  const { path, text } = file;
  if (isNamed(path, 'package.json')) return writeJson(file, present, next);
  if (isNamed(path, 'package-lock.json') || isNamed(path, 'npm-shrinkwrap.json')) return writeLock(file, next);
  if (isNamed(path, 'pyproject.toml')) {
    const found = findInToml(text);
    if (found === undefined) throw withoutVersion(path, present);
    return text.slice(0, found.at) + next + text.slice(found.at + found.version.length);
  }
  return writeText(file, present, next);
}

function isNamed(path: string, name: string): boolean {
  return path === name || path.endsWith(`/${name}`);
}

function parseObject(path: string, text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new DirectrixError('VERSION_FILE_INVALID', `${path} is no JSON object.`, { kind: 'invalid', source: path });
}

/** Of all places that look so, the one after whose change the version is the next one and nothing else differs. */
function writeJson({ path, text }: VersionFile, present: string, next: string): string {
  const { version: _, ...rest } = parseObject(path, text);
  for (const match of text.matchAll(/"version"(\s*:\s*)"((?:[^"\\]|\\.)*)"/g)) {
    if (match[2] !== present) continue;
    const changed = `${text.slice(0, match.index)}"version"${match[1]}"${next}"${text.slice(match.index + match[0].length)}`;
    const { version, ...others } = parseObject(path, changed);
    if (version === next && JSON.stringify(others) === JSON.stringify(rest)) return changed;
  }
  throw withoutVersion(path, present);
}

/** As npm writes it: the lock file's own version, and that of the package at its root. */
function writeLock({ path, text }: VersionFile, next: string): string {
  const lock = parseObject(path, text);
  const [, indent = '  '] = /^\{\r?\n([ \t]+)"/.exec(text) ?? [];
  if (typeof lock.version === 'string') lock.version = next;
  const root = (lock.packages as Record<string, { version?: unknown }> | undefined)?.[''];
  if (root !== undefined && typeof root.version === 'string') root.version = next;
  return `${JSON.stringify(lock, null, indent)}${text.endsWith('\n') ? '\n' : ''}`;
}

/** `version = "…"` of [project], else of [tool.poetry]. */
function findInToml(text: string): { readonly version: string; readonly at: number } | undefined {
  for (const table of ['project', 'tool.poetry']) {
    const head = new RegExp(`^\\[\\s*${table.replace('.', '\\s*\\.\\s*')}\\s*\\][^\\n]*$`, 'm').exec(text);
    if (head === null) continue;
    const start = head.index + head[0].length;
    const next = /^\[/m.exec(text.slice(start));
    const body = text.slice(start, next === null ? undefined : start + next.index);
    const found = /^(version\s*=\s*(["']))([^"'\n]*)\2/m.exec(body);
    if (found?.[3] !== undefined) return { version: found[3], at: start + found.index + (found[1]?.length ?? 0) };
  }
  return undefined;
}

/** The version as a word of its own; of several, the only one in a line that says `version`. */
function writeText({ path, text }: VersionFile, present: string, next: string): string {
  const escaped = present.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const places = [...text.matchAll(new RegExp(`(?<![\\w.+-])${escaped}(?![\\w+-]|\\.\\w)`, 'g'))].map(
    ({ index }) => index,
  );
  const named = places.filter((at) => /version/i.test(lineAt(text, at)));
  const chosen = places.length === 1 ? places : named;
  const [at] = chosen;
  if (places.length === 0) throw withoutVersion(path, present);
  if (at === undefined || chosen.length > 1)
    throw new DirectrixError('VERSION_FILE_AMBIGUOUS', `${path} names ${present} ${places.length} times.`, {
      kind: 'invalid',
      source: path,
      hint: 'a file that is given with --version-file names the version once, or once in a line with the word version',
    });
  return text.slice(0, at) + next + text.slice(at + present.length);
}

function lineAt(text: string, at: number): string {
  const start = text.lastIndexOf('\n', at) + 1;
  const end = text.indexOf('\n', at);
  return text.slice(start, end < 0 ? undefined : end);
}

function withoutVersion(path: string, present: string): DirectrixError {
  return new DirectrixError('VERSION_FILE_WITHOUT', `${path} does not name the version ${present}.`, {
    kind: 'invalid',
    source: path,
  });
}
