// The postmortem of an act, as `directrix postmortem` writes it from what was counted, seen and found.
import { writeFileSync } from 'node:fs';
import { groupName } from '../scenario.js';
import { runDirectrix } from './directrix.js';
import type { Stage } from './stage.js';
import type { Second } from './traffic-record.js';

/** What a person did in an act; `at` is lab milliseconds since it began. */
export interface PersonSighting {
  readonly at: number;
  readonly what: 'noticed' | 'decided';
  readonly text: string;
}

/** What is read of the document of `directrix postmortem --json`. Times are lab milliseconds since the act began. */
export interface WrittenPostmortem {
  readonly markdownPath: string;
  readonly htmlPath: string;
  readonly causeCodes: readonly string[];
  readonly beganAt?: number;
  readonly detectedAt?: number;
  readonly decidedAt?: number;
  readonly restoredAt?: number;
  readonly failed?: number;
}

interface PostmortemDocument {
  readonly impact?: { readonly failed: number };
  readonly milestones: Readonly<
    Partial<Record<'began' | 'detected' | 'decided' | 'restored', { readonly at: number }>>
  >;
  readonly causes: readonly (
    | { readonly kind: 'finding'; readonly finding: { readonly code: string } }
    | { readonly kind: 'evidence' }
  )[];
}

/** Writes `<path>.md` and `<path>.html`. What went wrong: the command's own error. */
export async function writePostmortem(
  stage: Stage,
  path: string,
  seen: { readonly seconds: readonly Second[]; readonly people: readonly PersonSighting[]; readonly release: string },
  signal: AbortSignal,
): Promise<WrittenPostmortem> {
  const { env } = stage;
  const beganAt = epochOf(stage);
  const lines = (values: readonly object[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
  const at = (elapsedMs: number) => Math.round(beganAt + elapsedMs);
  writeFileSync(
    `${path}-requests.jsonl`,
    lines(seen.seconds.map((second, index) => ({ at: at(index * 1_000), ...second }))),
  );
  writeFileSync(
    `${path}-people.jsonl`,
    lines(seen.people.map((sighting) => ({ ...sighting, at: at(sighting.at), witness: 'person' }))),
  );
  const found = await runDirectrix({
    args: ['preflight', '--group', groupName, '--version', seen.release, '--json'],
    env,
    signal,
  });
  writeFileSync(`${path}-findings.json`, found.stdout);
  const until = new Date(at(stage.time.elapsedMs())).toISOString();
  const given = [
    '--requests',
    `${path}-requests.jsonl`,
    '--witness',
    `${path}-people.jsonl`,
    '--findings',
    `${path}-findings.json`,
  ];
  const span = ['--since', new Date(beganAt).toISOString(), '--until', until];
  const written = ['--output', `${path}.md`, '--html', `${path}.html`, '--json'];
  const args = ['postmortem', '--group', groupName, ...span, ...given, ...written];
  const { exitCode, stdout, stderr } = await runDirectrix({ args, env, signal });
  if (exitCode !== 0) throw new Error(`directrix postmortem ended with exit code ${exitCode}\n${stderr.trimEnd()}`);
  const { impact, milestones, causes } = JSON.parse(stdout) as PostmortemDocument;
  const since = (name: keyof typeof milestones) => milestones[name] && milestones[name].at - beganAt;
  return {
    markdownPath: `${path}.md`,
    htmlPath: `${path}.html`,
    causeCodes: causes.flatMap((cause) => (cause.kind === 'finding' ? [cause.finding.code] : [])),
    beganAt: since('began'),
    detectedAt: since('detected'),
    decidedAt: since('decided'),
    restoredAt: since('restored'),
    failed: impact?.failed,
  };
}

/** When the act began, in epoch milliseconds of the lab: `DIRECTRIX_CLOCK` is `<speed>@<wallEpochMs>=<labEpochMs>`. */
function epochOf({ env, time }: Stage): number {
  const [, speed, wallAt, labAt] = (env.DIRECTRIX_CLOCK ?? '').match(/^([\d.]+)@(\d+)=([\d.]+)$/) ?? [];
  if (speed === undefined) throw new Error('the lab did not say its clock');
  const labNow = Number(labAt) + (Date.now() - Number(wallAt)) * Number(speed);
  return Math.round(labNow - time.elapsedMs());
}
