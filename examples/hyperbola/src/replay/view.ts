// What the audience sees: the story line by line, and below it, on a terminal, the traffic and the instances as they are now.
import { stripVTControlCharacters } from 'node:util';
import { createLogUpdate } from 'log-update';
import pc from 'picocolors';
import sliceAnsi from 'slice-ansi';
import wrapAnsi from 'wrap-ansi';
import type { LabTime } from './lab-time.js';
import type { Member } from './stage.js';
import type { Second, TrafficRecord } from './traffic-record.js';

export interface View {
  heading(text: string): void;
  /** A line of the story, at this moment of the act. */
  say(text: string): void;
  /** What belongs to the line before: it has no time of its own. */
  detail(text: string): void;
  /** Lines without a time: results. */
  print(text: string): void;
  /** As it stands: a table. */
  show(text: string): void;
  /** Draws the moving part; does nothing where there is no terminal. */
  draw(scene: Scene): void;
  /** The act ended: the moving part goes. */
  clear(): void;
  /** Story times count from here. */
  setTime(time: LabTime | undefined): void;
}

export interface Scene {
  readonly record: TrafficRecord;
  readonly members: readonly Member[];
  readonly elapsedMs: number;
}

const bars = '▁▂▃▄▅▆▇█';
const leastSparkSeconds = 10;
/** `03:07` and two spaces. */
const clockWidth = 7;

export function createView(stream: NodeJS.WriteStream): View {
  const isLive = stream.isTTY === true && process.env.TERM !== 'dumb';
  const live = createLogUpdate(stream);
  let time: LabTime | undefined;
  let scene: string | undefined;

  const columns = () => (stream.isTTY === true ? (stream.columns ?? 80) : undefined);
  const show = (text: string) => {
    if (isLive && scene !== undefined) live.clear();
    stream.write(`${text}\n`);
    if (isLive && scene !== undefined) live(scene);
  };
  const print = (text: string) => {
    for (const line of text.split('\n')) show(fold(line, columns(), indentOf(line)));
  };
  return {
    heading: (text) => print(`\n${pc.bold(text)}`),
    say: (text) => show(fold(`${pc.dim(formatClock(time?.elapsedMs()))}  ${text}`, columns(), clockWidth)),
    detail: (text) => show(fold(`${' '.repeat(clockWidth)}${text}`, columns(), clockWidth + text.search(/\S|$/) + 2)),
    print,
    show,
    draw(next) {
      if (!isLive) return;
      scene = renderScene(next, stream.columns ?? 80);
      live(scene);
    },
    clear() {
      if (isLive && scene !== undefined) live.clear();
      scene = undefined;
    },
    setTime(next) {
      time = next;
    },
  };
}

/** Spaces, and the margin of a console, that a line begins with. */
function indentOf(line: string): number {
  return stripVTControlCharacters(line).match(/^ *(?:\| )?/)?.[0].length ?? 0;
}

/** A line that is too long goes on below its beginning, broken at a word. A command is left whole, to be copied. */
function fold(line: string, columns: number | undefined, indent: number): string {
  if (columns === undefined || stripVTControlCharacters(line).trimStart().startsWith('$ ')) return line;
  const [first = '', ...rest] = wrapAnsi(line, columns - 1, { trim: false }).split('\n');
  const others =
    rest.length === 0 ? '' : wrapAnsi(rest.map((part) => part.trim()).join(' '), Math.max(20, columns - 1 - indent));
  return [first.trimEnd(), ...others.split('\n').filter(Boolean)].join(`\n${' '.repeat(indent)}`);
}

/** The line, or as much of it as has room before an ellipsis. */
function cut(line: string, columns: number): string {
  const isWhole = stripVTControlCharacters(line).length < columns;
  return isWhole ? line : `${sliceAnsi(line, 0, columns - 2)}…`;
}

/** `03:07`: minutes and seconds of lab time. */
export function formatClock(elapsedMs: number | undefined): string {
  if (elapsedMs === undefined) return '  …  ';
  const seconds = Math.floor(elapsedMs / 1000);
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}

function renderScene({ record, members, elapsedMs }: Scene, columns: number): string {
  const { requests, failed, secondsDown } = record.summarize();
  const counts = `${requests} requests, ${colourFailed(failed)}, down ${secondsDown} s`;
  const left = columns - 1 - 2 * clockWidth - stripVTControlCharacters(counts).length;
  const spark = renderSpark(record.seconds, Math.max(leastSparkSeconds, left));
  const lines = ['', `${pc.dim(formatClock(elapsedMs))}  ${spark}  ${counts}`];
  for (const member of members) {
    const line = `       ${member.instanceId}  ${member.version}  ${member.lifecycleState.padEnd(15)} ${member.targetState}`;
    lines.push(colourMember(member)(line));
  }
  return lines.map((line) => cut(line, columns)).join('\n');
}

/** One mark a second, the last ones: how much of it was answered well; red where something failed. */
function renderSpark(seconds: readonly Second[], shownSeconds: number): string {
  return seconds
    .slice(0, -1)
    .slice(-shownSeconds)
    .map(({ succeeded, failed }) => {
      const bar = bars[Math.round((succeeded / Math.max(1, succeeded + failed)) * (bars.length - 1))]!;
      return failed > 0 ? pc.red(bar) : pc.green(bar);
    })
    .join('');
}

function colourFailed(failed: number): string {
  return failed === 0 ? pc.green('0 failed') : pc.red(`${failed} failed`);
}

function colourMember(member: Member): (text: string) => string {
  if (member.targetState === 'healthy') return pc.green;
  return member.targetState.startsWith('unhealthy') ? pc.red : pc.dim;
}
