// once: each check made once, told as a table.
import { type CheckResult, runCheck, type WatchConfiguration } from '@directrix/watch';
import type { Io } from '../../io.js';
import { writeText } from '../../text/lines.js';
import { formatTable } from '../../text/table.js';
import type { World } from '../../world.js';

const checksAtOnce = 20;

/** Whether every check is well. */
export async function lookOnce(
  io: Io,
  world: World,
  { checks }: WatchConfiguration,
  isJson: boolean,
): Promise<boolean> {
  const results: CheckResult[] = [];
  for (let start = 0; start < checks.length && !io.signal.aborted; start += checksAtOnce) {
    const some = checks.slice(start, start + checksAtOnce);
    results.push(...(await Promise.all(some.map(({ check }) => runCheck(check, world, io.signal)))));
  }
  if (isJson)
    io.stdout.write(
      `${JSON.stringify({ schema: 'directrix.watch-once/1', checks: results.map(describe) }, null, 2)}\n`,
    );
  else writeText(io.stdout, `${formatTable(head, results.map(rowOf)).join('\n')}\n`);
  return results.length === checks.length && results.every(isWell);
}

function isWell({ result, mismatches }: CheckResult): boolean {
  return result.kind === 'answer' && mismatches.length === 0;
}

// The body is not repeated: it may hold anything.
function describe({ check, result, mismatches }: CheckResult) {
  const { at, durationMs, phases, address, certificate } = result;
  const common = {
    name: check.name,
    isWell: isWell({ check, result, mismatches }),
    at: new Date(at).toISOString(),
    durationMs,
    phases,
    address,
  };
  const expires =
    certificate === undefined ? {} : { certificateExpiresAt: new Date(certificate.expiresAt).toISOString() };
  if (result.kind === 'failure') return { ...common, ...expires, phase: result.phase, code: result.code };
  return { ...common, ...expires, statusCode: result.statusCode, mismatches: mismatches.map(({ code }) => code) };
}

const phaseNames = ['resolve', 'connect', 'tls', 'firstByte', 'body'] as const;
const head = ['check', '', 'answer', 'ms', ...phaseNames];

function rowOf(one: CheckResult): string[] {
  const { check, result, mismatches } = one;
  const answer =
    result.kind === 'failure'
      ? `${result.code} (${result.phase})`
      : [result.statusCode, ...mismatches.map(({ code }) => code)].join(' ');
  const phases = phaseNames.map((name) => (result.phases[name] === undefined ? '' : result.phases[name].toFixed(1)));
  return [check.name, isWell(one) ? 'ok' : 'BAD', answer, result.durationMs.toFixed(1), ...phases];
}
