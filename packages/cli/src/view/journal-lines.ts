import type { Evidence, Hold, RolloutEvent } from '@directrix/rollout';
import type { Colors } from '../colors.js';
import { describeEvent } from './describe-event.js';

/** The same wait is told again after this long, so that a log in CI shows that somebody is at home. */
const repeatWaitMs = 30_000;
/** Turns events into lines for a log that cannot be drawn over: waits only when what holds them has changed. */
export function createLineTeller(colors: Colors): (event: RolloutEvent) => string | undefined {
  let startedAt: number | undefined;
  let told: { readonly holds: string; readonly at: number } | undefined;
  const evidence: Evidence[] = [];
  return (event) => {
    startedAt ??= event.at;
    const time = colors.dim(formatClock(event.at - startedAt));
    if (event.kind !== 'waiting') {
      const line = describeEvent(event, colors);
      const short = line === undefined ? undefined : nameEvidence(line, evidence);
      if (event.kind === 'evidence') evidence.push(event.evidence);
      return short === undefined ? undefined : `${time}  ${short}`;
    }
    const holds = event.heldBy.map(({ code, instanceId }) => `${code} ${instanceId}`).join();
    if (event.heldBy.length === 0) return undefined;
    if (told?.holds === holds && event.at - told.at < repeatWaitMs) return undefined;
    told = { holds, at: event.at };
    return `${time}  ${colors.dim('waiting:')} ${describeHolds(event.heldBy)}`;
  };
}

/** The text with evidence that was told in full before by its code alone. */
export function nameEvidence(text: string, told: readonly Evidence[]): string {
  return told.reduce((rest, { code, message }) => rest.replaceAll(`${code}: ${message}`, code), text);
}

// The first stands for all: the journal has every one.
function describeHolds([first, ...others]: readonly Hold[]): string {
  return `${first?.text}${others.length === 0 ? '' : ` (and ${others.length} more)`}`;
}

/** `00:42`, or `1:00:42` after an hour. */
export function formatClock(elapsedMs: number): string {
  const seconds = Math.max(0, Math.floor(elapsedMs / 1_000));
  const pad = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3_600);
  const rest = `${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
  return hours === 0 ? rest : `${hours}:${rest}`;
}
