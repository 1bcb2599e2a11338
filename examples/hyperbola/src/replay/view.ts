// What the audience sees: the story line by line, and below it, on a terminal, the traffic and the instances as they are now.
import { createLogUpdate } from 'log-update';
import pc from 'picocolors';
import wrapAnsi from 'wrap-ansi';
import type { LabTime } from './lab-time.js';
import type { Member } from './stage.js';
import type { Second, TrafficRecord } from './traffic-record.js';

export interface View {
  heading(text: string): void;
  /** A line of the story, at this moment of the act. */
  say(text: string): void;
  /** Lines without a time: results, tables. */
  print(text: string): void;
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
const sparkSeconds = 60;
/** `03:07` and two spaces. */
const clockWidth = 7;

export function createView(stream: NodeJS.WriteStream): View {
  const isLive = stream.isTTY === true && process.env.TERM !== 'dumb';
  const live = createLogUpdate(stream);
  let time: LabTime | undefined;
  let scene: string | undefined;

  const print = (text: string) => {
    if (isLive && scene !== undefined) live.clear();
    stream.write(`${text}\n`);
    if (isLive && scene !== undefined) live(scene);
  };
  return {
    heading: (text) => print(`\n${pc.bold(text)}`),
    say: (text) =>
      print(`${pc.dim(formatClock(time?.elapsedMs()))}  ${isLive ? fold(text, stream.columns ?? 80) : text}`),
    print,
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

/** Long sentences go on below their beginning, beside the clock. */
function fold(text: string, columns: number): string {
  return wrapAnsi(text, Math.max(40, columns - clockWidth - 1)).replaceAll('\n', `\n${' '.repeat(clockWidth)}`);
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
  const lines = ['', `${pc.dim(formatClock(elapsedMs))}  ${renderSpark(record.seconds)}  ${counts}`];
  for (const member of members) {
    const line = `       ${member.instanceId}  ${member.version}  ${member.lifecycleState.padEnd(15)} ${member.targetState}`;
    lines.push(colourMember(member)(line.slice(0, columns - 1)));
  }
  return lines.join('\n');
}

/** One mark a second: how much of it was answered well; red where something failed. */
function renderSpark(seconds: readonly Second[]): string {
  return seconds
    .slice(0, -1)
    .slice(-sparkSeconds)
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
