// rollout-view: a rollout on the terminal, drawn from its events.
//
// On a terminal one line per instance and what holds the wait is redrawn in place, below the log of what happened. Elsewhere every
// event is one line that stays.
import type { RolloutEvent } from '@directrix/rollout';
import { createLogUpdate } from 'log-update';
import { type Colors, colorsFor } from '../colors.js';
import type { Io, Output } from '../io.js';
import { createLineTeller, formatClock } from './journal-lines.js';
import { continueStory, emptyStory, type InstanceStory, type Story } from './story.js';

export interface RolloutView {
  show(event: RolloutEvent): void;
  /** Leaves the terminal as it found it, with the log above. */
  close(): void;
}

export function createRolloutView(io: Io): RolloutView {
  const colors = colorsFor(io.stderr, io.env);
  const tell = createLineTeller(colors);
  if (!io.stderr.isTTY || io.env.TERM === 'dumb')
    return {
      show(event) {
        const line = tell(event);
        if (line !== undefined) io.stderr.write(`${line}\n`);
      },
      close() {},
    };
  return createLiveView(io.stderr, tell, colors);
}

function createLiveView(
  output: Output,
  tell: (event: RolloutEvent) => string | undefined,
  colors: Colors,
): RolloutView {
  const draw = createLogUpdate(asStream(output), { showCursor: true });
  let story = emptyStory;
  return {
    show(event) {
      story = continueStory(story, event);
      // What an instance does and what holds a wait is seen in the picture.
      const isInPicture = event.kind === 'waiting' || event.kind === 'instance';
      const line = isInPicture ? undefined : tell(event);
      if (line !== undefined) {
        draw.clear();
        output.write(`${line}\n`);
      }
      draw(drawPicture(story, output.columns, colors));
    },
    close() {
      draw.clear();
      draw.done();
    },
  };
}

/** Instances that are drawn; a larger group shows the newest. */
const drawnInstances = 12;

/** The part of the terminal that is redrawn. */
export function drawPicture(story: Story, columns: number, colors: Colors): string {
  const elapsed = formatClock((story.at ?? 0) - (story.startedAt ?? story.at ?? 0));
  const head = `${elapsed}  ${colors.bold(story.phase ?? 'starting')}  ${story.groupName ?? ''}  ${story.from?.version ?? '?'} -> ${story.to?.version ?? '?'}`;
  const shown = story.instances.slice(-drawnInstances);
  const hidden = story.instances.length - shown.length;
  const shownIds = new Set(shown.map(({ instanceId }) => instanceId));
  const others = story.heldBy.filter(({ instanceId }) => instanceId === undefined || !shownIds.has(instanceId));
  const lines = [
    head,
    ...(hidden > 0 ? [colors.dim(`  … and ${hidden} before`)] : []),
    ...shown.map((instance) => drawInstance(instance, story.heldBy, colors)),
    ...others.slice(0, drawnInstances).map(({ text }) => `${colors.dim('  waiting:')} ${text}`),
  ];
  return lines.map((line) => cutLine(line, columns)).join('\n');
}

// What holds it says more than what it has come to.
function drawInstance({ instanceId, milestone, text }: InstanceStory, heldBy: Story['heldBy'], colors: Colors): string {
  const isGood = ['healthy', 'reported', 'verified', 'warm'].includes(milestone);
  const isBad = ['dipped', 'quarantined', 'lost'].includes(milestone);
  const color = isGood ? colors.green : isBad ? colors.red : colors.dim;
  const told = heldBy.find((hold) => hold.instanceId === instanceId)?.text ?? text;
  const detail = told.startsWith(instanceId) ? told.slice(instanceId.length).trimStart() : told;
  return `  ${instanceId}  ${color(milestone.padEnd(11))} ${colors.dim(detail)}`;
}

// A line that wraps would break the redrawing. Codes of colour have no width.
function cutLine(line: string, columns: number): string {
  let width = 0;
  let cut = '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with the escape character.
  for (const [piece] of line.matchAll(/\u001b\[[0-9;]*m|[\s\S]/gu)) {
    if (piece.length > 1 && piece.startsWith('\u001b')) cut += piece;
    else if (++width < columns) cut += piece;
  }
  return cut;
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
