// directrix-command: the command `directrix` as a child process. The constructs import nothing of it: its contract is `--json`.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A template is checked in less than a second; this is for a machine that does something else. */
const timeoutMs = 300_000;

export interface Finding {
  readonly code: string;
  readonly severity: string;
  readonly subject: string;
  readonly message: string;
  readonly evidence: { readonly id: string }[];
  readonly fix?: string;
}

/** What `directrix preflight` found. Throws when it could not be run, or could not read the template. */
export function runPreflight(command: string[], args: string[]): Finding[] {
  const [file, ...first] = command;
  if (file === undefined) throw new Error('Name the command of directrix, such as ["npx", "directrix"].');
  const { stdout, stderr, error } = spawnSync(file, [...first, 'preflight', '--json', ...args], {
    encoding: 'utf8',
    timeout: timeoutMs,
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (error !== undefined) throw new Error(`${file} could not be run: ${error.message}`);
  return readDocument(stdout, stderr);
}

/** The command that is installed where the app is, else beside these constructs. Throws when there is none. */
export function findCommand(): string[] {
  for (const start of [join(process.cwd(), 'app.js'), __filename]) {
    const manifest = resolveFrom(start);
    if (manifest === undefined) continue;
    const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly bin: { readonly directrix: string } };
    const script = join(dirname(manifest), bin.directrix);
    if (existsSync(script)) return [process.execPath, script];
  }
  throw new Error(
    'The checks of preflight are made by the command directrix, which is not installed: npm install --save-dev directrix, or say command in PreflightChecks.',
  );
}

function resolveFrom(start: string): string | undefined {
  try {
    return createRequire(start).resolve('directrix/package.json');
  } catch {
    return undefined;
  }
}

function readDocument(stdout: string, stderr: string): Finding[] {
  let document: unknown;
  try {
    document = JSON.parse(stdout);
  } catch {
    throw new Error(`directrix preflight wrote no JSON: ${lastLine(stderr) ?? 'it wrote nothing'}`);
  }
  const { schema, error, findings } = recordOf(document);
  if (schema !== 'directrix.preflight/1')
    throw new Error(`directrix preflight wrote ${String(schema)}, and these constructs read directrix.preflight/1.`);
  if (error !== undefined) throw new Error(`directrix preflight: ${sentenceOf(recordOf(error))}`);
  if (!Array.isArray(findings)) throw new Error('directrix preflight wrote no findings.');
  return findings.map((one) => findingOf(recordOf(one)));
}

function findingOf(finding: Record<string, unknown>): Finding {
  const { code, severity, subject, message, evidence, fix } = finding;
  const text = recordOf(fix).text;
  return {
    code: String(code),
    severity: String(severity),
    subject: String(subject),
    message: String(message),
    evidence: (Array.isArray(evidence) ? evidence : []).map((one) => ({ id: String(recordOf(one).id) })),
    ...(typeof text === 'string' && { fix: text }),
  };
}

function sentenceOf({ code, message, hint }: Record<string, unknown>): string {
  return [code, message, hint].filter((part) => typeof part === 'string').join(': ');
}

function lastLine(text: string): string | undefined {
  return text.trim().split('\n').at(-1) || undefined;
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
