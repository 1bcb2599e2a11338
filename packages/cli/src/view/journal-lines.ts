import type { Hold, RolloutEvent } from '@directrix/rollout';
import type { Colors } from '../colors.js';
import { tellHold } from '../text/hold-text.js';
import { describeEvent } from './describe-event.js';

/** The same wait is told again after this long, so that a log in CI shows that the rollout goes on. */
const repeatWaitMs = 30_000;
/** Turns events into lines for a log that cannot be drawn over: waits only when what holds them has changed. */
export function createLineTeller(colors: Colors): (event: RolloutEvent) => string | undefined {
  let startedAt: number | undefined;
  let told: { readonly holds: string; readonly at: number } | undefined;
  let groupName: string | undefined;
  const tellConsole = createConsoleTeller();
  return (event) => {
    startedAt ??= event.at;
    if (event.kind === 'started') groupName = event.groupName;
    const time = colors.dim(formatClock(event.at - startedAt));
    if (event.kind !== 'waiting') {
      const line = tellConsole(event) ?? describeEvent(event, colors, groupName);
      return line === undefined ? undefined : `${time}  ${line}`;
    }
    const holds = event.heldBy.map(({ code, instanceId }) => `${code} ${instanceId}`).join();
    if (event.heldBy.length === 0) return undefined;
    if (told?.holds === holds && event.at - told.at < repeatWaitMs) return undefined;
    told = { holds, at: event.at };
    return `${time}  ${colors.dim('waiting:')} ${describeHolds(event.heldBy)}`;
  };
}

/** Of instances whose consoles say the same, the first is quoted. */
function createConsoleTeller(): (event: RolloutEvent) => string | undefined {
  const firstByStatus = new Map<string, string>();
  return (event) => {
    if (event.kind !== 'instance' || event.what !== 'reported' || event.by !== 'console') return undefined;
    const first = firstByStatus.get(event.status);
    if (first === undefined) firstByStatus.set(event.status, event.instanceId);
    return first === undefined || first === event.instanceId
      ? undefined
      : `${event.instanceId} says the same on its console as ${first}`;
  };
}

// The first stands for all: the journal has every one.
function describeHolds([first, ...others]: readonly Hold[]): string {
  if (first === undefined) return '';
  return `${tellHold(first)}${others.length === 0 ? '' : ` (and ${others.length} more)`}`;
}

/** `00:42`, or `1:00:42` after an hour. */
export function formatClock(elapsedMs: number): string {
  const seconds = Math.max(0, Math.floor(elapsedMs / 1_000));
  const pad = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3_600);
  const rest = `${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
  return hours === 0 ? rest : `${hours}:${rest}`;
}
