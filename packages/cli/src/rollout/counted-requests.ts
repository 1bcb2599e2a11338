// counted-requests: what the prober of a rollout heard, by the second, in a file beside the evidence. The postmortem has the harm of it, and
// the page its plots.
//
//   1. A second may stand in several lines: an answer that took long comes later. measureImpact adds them up.
//   2. What cannot be written is left out: no rollout fails for it.
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stateDirectoryOf } from '@directrix/aws';
import { isFailedAnswer, type RequestAnswer, type WatchedPath } from '@directrix/rollout';
import type { RequestSecond } from '@directrix/timeline';
import { z } from 'zod';
import type { Io } from '../io.js';

const latency = z.object({ count: z.number().int().min(1), medianMs: z.number(), p95Ms: z.number() });

const line = z.object({
  at: z.number(),
  succeeded: z.number().int().min(0),
  failed: z.number().int().min(0),
  failures: z.record(z.string(), z.number()).optional(),
  /** How long answers took, by the version that gave them; '' where they do not say. */
  latencies: z.record(z.string(), latency).optional(),
});

/** The requests of one second, with how long they took. */
export type CountedSecond = RequestSecond & Pick<z.output<typeof line>, 'latencies'>;

export function countedRequestsFile(env: Io['env'], groupName: string, rolloutId: string): string {
  return join(stateDirectoryOf(groupName, env), rolloutId, 'requests.jsonl');
}

/** The answers by the second in which they were asked for; the first second first. */
export function countAnswers(answers: readonly RequestAnswer[], watched: readonly WatchedPath[]): CountedSecond[] {
  const seconds = new Map<number, RequestAnswer[]>();
  for (const answer of answers) {
    const at = Math.floor(answer.at / 1_000) * 1_000;
    const second = seconds.get(at);
    if (second === undefined) seconds.set(at, [answer]);
    else second.push(answer);
  }
  return [...seconds]
    .sort(([left], [right]) => left - right)
    .map(([at, second]) => {
      const failed = second.filter((answer) => isFailedAnswer(answer, watched));
      const failures: Record<string, number> = {};
      for (const answer of failed) failures[nameFailure(answer)] = (failures[nameFailure(answer)] ?? 0) + 1;
      const succeeded = second.length - failed.length;
      return { at, succeeded, failed: failed.length, failures, latencies: latenciesOf(second) };
    });
}

function latenciesOf(answers: readonly RequestAnswer[]): NonNullable<CountedSecond['latencies']> {
  const durations = new Map<string, number[]>();
  for (const { statusCode, version = '', durationMs } of answers) {
    // What was not answered has no latency: it is a failure.
    if (statusCode === undefined) continue;
    const known = durations.get(version);
    if (known === undefined) durations.set(version, [durationMs]);
    else known.push(durationMs);
  }
  return Object.fromEntries(
    [...durations].map(([version, list]) => {
      list.sort((left, right) => left - right);
      const at = (share: number) => Math.round((list[Math.ceil(share * list.length) - 1] ?? 0) * 10) / 10;
      return [version, { count: list.length, medianMs: at(0.5), p95Ms: at(0.95) }];
    }),
  );
}

/** `502`, `ECONNREFUSED`, `BODY_DIFFERS`: a code, and no words of the server. */
function nameFailure({ statusCode, trouble = '' }: RequestAnswer): string {
  const code = /^[A-Z][A-Z0-9_]*/.exec(trouble)?.[0];
  if (statusCode !== undefined && (statusCode >= 400 || code === undefined)) return String(statusCode);
  return code ?? 'no answer';
}

/** Appends to the file of a rollout; never throws. */
export function createRequestCounter(file: string, watched: readonly WatchedPath[]) {
  return {
    count(answers: readonly RequestAnswer[]): void {
      const lines = countAnswers(answers, watched).map((second) => `${JSON.stringify(second)}\n`);
      if (lines.length === 0) return;
      try {
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
        appendFileSync(file, lines.join(''), { mode: 0o600 });
      } catch {
        // The counts are for afterwards: the rollout goes on without them.
      }
    },
  };
}

/** What the file of a rollout has; empty where there is none. A line that was cut off is left out. */
export function readCountedRequests(file: string): CountedSecond[] {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    return lines.flatMap((each) => line.safeParse(parse(each)).data ?? []);
  } catch {
    return [];
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
