// One act: a stage, traffic, one way to deploy, and what came of it.
import { appendFileSync, writeFileSync } from 'node:fs';
import { type Deployment, deployAsIn2018, deployWithDirectrix, type Ending, release } from './deployments.js';
import { type PersonSighting, type WrittenPostmortem, writePostmortem } from './postmortem.js';
import { lookAtGroup, type Stage } from './stage.js';
import { startTraffic, type Traffic } from './traffic.js';
import type { Second, TrafficSummary } from './traffic-record.js';
import type { View } from './view.js';

export interface Act {
  readonly numeral: string;
  readonly title: string;
  readonly network: string;
  readonly deploy: (deployment: Deployment) => Promise<Ending>;
}

/** The three acts of the replay, in order. */
export const acts: readonly Act[] = [
  { numeral: 'I', title: 'the cycler of 2018', network: 'N1', deploy: deployAsIn2018 },
  { numeral: 'II', title: 'directrix deploy', network: 'N1', deploy: deployWithDirectrix },
  { numeral: 'III', title: 'directrix deploy', network: 'N5', deploy: deployWithDirectrix },
];

export interface Performance {
  readonly act: Act;
  readonly ending: Ending;
  readonly traffic: TrafficSummary;
  readonly timelinePath: string;
  /** Of an act in which people, and not directrix, had to notice. */
  readonly postmortem?: WrittenPostmortem;
  readonly people: readonly PersonSighting[];
  readonly seconds: readonly Second[];
}

/** Arrivals in each second of lab time. */
export const requestsPerSecond = 50;
/** Traffic before the deployment begins and after it ended, so that the table shows what was normal. */
const quietMs = 5_000;
const redrawMs = 100;

/** Performs the act on `stage`, writes its timeline to `timelinePath`, and leaves the stage standing. */
export async function perform(
  act: Act,
  stage: Stage,
  timelinePath: string,
  view: View,
  signal: AbortSignal,
): Promise<Performance> {
  view.setTime(stage.time);
  const timeline = openTimeline(timelinePath);
  const told = new Set<string>();
  const tell = (show: (text: string) => void) => (text: string) => {
    timeline({ at: stage.time.elapsedMs(), kind: 'story', text });
    // What a second try finds again is in the timeline, and on the screen already.
    if (text !== '' && told.has(text)) return;
    told.add(text);
    show(text);
  };
  const say = tell(view.say);
  const detail = tell(view.detail);
  const people: PersonSighting[] = [];
  const note: Deployment['note'] = (what, text) => people.push({ at: stage.time.elapsedMs(), what, text });
  const traffic = startTraffic(stage.url, requestsPerSecond, stage.time);
  const drawing = keepDrawing(stage, traffic, view);
  try {
    say(`${requestsPerSecond} requests/s arrive`);
    await stage.time.pause(quietMs);
    const ending = await act.deploy({ stage, traffic, signal, say, detail, note });
    await stage.time.pause(quietMs);
    await traffic.stop();
    const summary = traffic.record.summarize();
    traffic.record.seconds.forEach((second, index) => {
      timeline({ at: index * 1000, kind: 'traffic', ...second });
    });
    timeline({ at: stage.time.elapsedMs(), kind: 'ending', ending, traffic: summary });
    const { seconds } = traffic.record;
    const path = timelinePath.replace(/\.jsonl$/, '');
    const postmortem =
      people.length === 0 ? undefined : await writePostmortem(stage, path, { seconds, people, release }, signal);
    return { act, ending, traffic: summary, timelinePath, postmortem, people, seconds };
  } finally {
    await drawing.stop();
    await traffic.stop();
    view.setTime(undefined);
  }
}

/** A line of an act's timeline; `at` is lab milliseconds since the act began. */
type TimelineEntry = { readonly at: number } & (
  | { readonly kind: 'story'; readonly text: string }
  | ({ readonly kind: 'traffic' } & Second)
  | { readonly kind: 'ending'; readonly ending: Ending; readonly traffic: TrafficSummary }
);

function openTimeline(path: string): (entry: TimelineEntry) => void {
  writeFileSync(path, '');
  return (entry) => appendFileSync(path, `${JSON.stringify({ ...entry, at: Math.round(entry.at) })}\n`);
}

function keepDrawing(stage: Stage, traffic: Traffic, view: View): { stop(): Promise<void> } {
  const versions = new Map<string, string>();
  let isOver = false;
  const drawing = (async () => {
    while (!isOver) {
      const { members } = await lookAtGroup(stage, versions);
      if (!isOver) view.draw({ record: traffic.record, members, elapsedMs: stage.time.elapsedMs() });
      await new Promise((resolve) => setTimeout(resolve, redrawMs));
    }
  })();
  // A look that fails is not the story's failure: the next act of the story will say so itself.
  const ended = drawing.catch(() => {});
  return {
    async stop() {
      isOver = true;
      await ended;
      view.clear();
    },
  };
}
