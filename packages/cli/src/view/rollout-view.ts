// rollout-view: a rollout on the terminal, drawn from its events.
//
// On a terminal one line per instance and what holds the wait is redrawn in place, below the log of what happened. Elsewhere every
// event is one line that stays.
import type { Hold, InstanceHold, RolloutEvent, RolloutRecord } from '@directrix/rollout';
import { createLogUpdate } from 'log-update';
import { type Colors, colorsFor } from '../colors.js';
import type { Io, Output } from '../io.js';
import { tellHeld, tellHold, tellWaited } from '../text/hold-text.js';
import { tellInstanceStep } from '../text/instance-step-text.js';
import { cutLine, writeText } from '../text/lines.js';
import { approximately, seconds } from '../text/quantities.js';
import { createLineTeller, formatClock } from './journal-lines.js';
import { continueStory, emptyStory, type InstanceStory, type OldState, type Story, storyOf } from './story.js';

export interface RolloutView {
  show(event: RolloutEvent): void;
  /** Leaves the terminal as it found it, with the log above. */
  close(): void;
}

/** `record`: what the rollout begins with. Without it, how far it is cannot be said. */
export function createRolloutView(io: Io, record?: RolloutRecord): RolloutView {
  const colors = colorsFor(io.stderr, io.env);
  const tell = createLineTeller(colors);
  if (!io.stderr.isTTY || io.env.TERM === 'dumb')
    return {
      show(event) {
        const line = tell(event);
        if (line !== undefined) writeText(io.stderr, `${line}\n`);
      },
      close() {},
    };
  return createLiveView(io.stderr, tell, colors, record === undefined ? emptyStory : storyOf(record));
}

function createLiveView(
  output: Output,
  tell: (event: RolloutEvent) => string | undefined,
  colors: Colors,
  begun: Story,
): RolloutView {
  const draw = createLogUpdate(asStream(output), { showCursor: true });
  let story = begun;
  return {
    show(event) {
      story = continueStory(story, event);
      // What an instance does and what holds a wait is seen in the picture.
      const isInPicture = event.kind === 'waiting' || event.kind === 'instance';
      const line = isInPicture ? undefined : tell(event);
      if (line !== undefined) {
        draw.clear();
        writeText(output, `${line}\n`);
      }
      draw(drawPicture(story, output.columns, colors));
    },
    close() {
      draw.clear();
      draw.done();
    },
  };
}

/** Instances that are drawn; of a larger group the newest are shown, and the old ones are counted. */
const drawnInstances = 12;

/** The part of the terminal that is redrawn. */
export function drawPicture(story: Story, columns: number, colors: Colors): string {
  const shown = story.instances.slice(-drawnInstances);
  const hidden = story.instances.length - shown.length;
  const oldIds = new Set(story.oldInstances.map(({ instanceId }) => instanceId));
  const drawnIds = new Set([...shown.map(({ instanceId }) => instanceId), ...oldIds]);
  const others = story.heldBy.filter(({ instanceId }) => instanceId === undefined || !drawnIds.has(instanceId));
  const lines = [
    drawHead(story, colors),
    ...drawProgress(story),
    ...(hidden > 0 ? [colors.dim(`  … and ${hidden} before`)] : []),
    ...shown.map((instance) => drawInstance(instance, story.heldBy, colors)),
    ...drawOld(story, colors),
    ...others.slice(0, drawnInstances).map((hold) => `${colors.dim('  waiting:')} ${tellHold(hold)}`),
  ];
  return lines.map((line) => cutLine(line, columns)).join('\n');
}

function drawHead({ at, startedAt, phase, groupName, from, to }: Story, colors: Colors): string {
  const elapsed = formatClock((at ?? 0) - (startedAt ?? at ?? 0));
  return `${elapsed}  ${colors.bold(phase ?? 'starting')}  ${groupName ?? ''}  ${from?.version ?? '?'} -> ${to?.version ?? '?'}`;
}

function drawProgress(story: Story): string[] {
  const { size, verifiedIds, phase } = story;
  if (size === undefined) return [];
  if (phase === 'halt' || phase === 'rollBack') return [`       going back to ${story.from?.version}`];
  const left = tellTimeLeft(story);
  return [`       ${verifiedIds.length} of ${size.wanted} verified${left === '' ? '' : `; ${left}`}`];
}

/**
 * Before the first instance is verified only the present wait can be told: when it ends, or becomes a failure. After that, the batches
 * that are left take as long as the first did.
 */
function tellTimeLeft({ at = 0, startedAt, firstVerifiedAt, size, verifiedIds, heldBy }: Story): string {
  const batches = Math.ceil(((size?.wanted ?? 0) - verifiedIds.length) / (size?.surge ?? 1));
  if (firstVerifiedAt !== undefined && startedAt !== undefined && batches > 0) {
    return `about ${approximately(batches * (firstVerifiedAt - startedAt))} left`;
  }
  const until = Math.max(...heldBy.flatMap(({ untilAt }) => untilAt ?? []));
  return Number.isFinite(until) && until > at ? `this wait ends within ${seconds(until - at)}` : '';
}

const tellOld: Readonly<Record<OldState, string>> = {
  serves: 'serves the release before',
  leaving: 'leaves for Standby: its last requests are answered',
  warm: 'is warm, in Standby',
  returning: 'comes back from Standby',
  ending: 'is being terminated',
  gone: 'is gone',
};

function drawOld({ oldInstances, instances, heldBy }: Story, colors: Colors): string[] {
  const left = oldInstances.filter(({ state }) => state !== 'gone');
  if (left.length === 0) return [];
  if (left.length + instances.length > drawnInstances) {
    const counts = [...new Set(left.map(({ state }) => state))].map(
      (state) => `${left.filter((one) => one.state === state).length} ${oldCounts[state]}`,
    );
    return [colors.dim(`  of the release before: ${counts.join(', ')}`)];
  }
  return left.map(({ instanceId, state }) => {
    const hold = heldBy.filter(isInstanceHold).find((one) => one.instanceId === instanceId);
    const detail = hold === undefined ? tellOld[state] : drawHold(hold);
    return colors.dim(`  ${instanceId}  ${'old'.padEnd(11)} ${detail}`);
  });
}

const oldCounts: Readonly<Record<OldState, string>> = {
  serves: 'serve',
  leaving: 'leave',
  warm: 'warm',
  returning: 'come back',
  ending: 'being terminated',
  gone: 'gone',
};

// What holds it says more than what it has come to.
function drawInstance({ instanceId, step }: InstanceStory, heldBy: Story['heldBy'], colors: Colors): string {
  const isGood = ['healthy', 'reported', 'verified', 'warm'].includes(step.what);
  const isBad = ['dipped', 'lost'].includes(step.what);
  const color = isGood ? colors.green : isBad ? colors.red : colors.dim;
  const hold = heldBy.filter(isInstanceHold).find((one) => one.instanceId === instanceId);
  const detail = hold === undefined ? tellInstanceStep(step) : drawHold(hold);
  return `  ${instanceId}  ${color(step.what.padEnd(11))} ${colors.dim(detail)}`;
}

// The time comes first: in a narrow terminal the rest is cut.
function drawHold(hold: InstanceHold): string {
  const waited = tellWaited(hold);
  return waited === undefined ? tellHeld(hold) : `${waited}, ${tellHeld(hold)}`;
}

function isInstanceHold(hold: Hold): hold is Hold & InstanceHold {
  return hold.instanceId !== undefined;
}

// log-update draws on a stream; of it, it uses these.
function asStream(output: Output): NodeJS.WriteStream {
  return {
    isTTY: output.isTTY,
    columns: output.columns,
    rows: 24,
    write: (text: string) => {
      output.write(text);
      return true;
    },
  } as unknown as NodeJS.WriteStream;
}
