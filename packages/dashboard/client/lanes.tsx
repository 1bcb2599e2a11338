// lanes: a row for each instance, with what became of it along the time of the rollout.
import { memo } from 'preact/compat';
import type { Lane, RolloutView } from '../src/model.js';
import { Badge } from './badge.js';
import { duration, stepWord, toneOf } from './words.js';

export function Lanes({ view }: { readonly view: RolloutView }) {
  const lengthMs = Math.max(1_000, view.at - view.startedAt);
  if (view.lanes.length === 0) return <p class="quiet">No instance has been launched yet.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
    <ol class="lanes" aria-label="Instances" tabIndex={0}>
      {view.lanes.map((lane) => (
        <LaneRow key={lane.instanceId} lane={lane} startedAt={view.startedAt} lengthMs={lengthMs} />
      ))}
    </ol>
  );
}

const LaneRow = memo(function LaneRow(props: {
  readonly lane: Lane;
  readonly startedAt: number;
  readonly lengthMs: number;
}) {
  const { lane, startedAt, lengthMs } = props;
  const last = lane.steps.at(-1);
  const told = lane.steps.map(({ at, what }) => `${stepWord(what)} after ${duration(at - startedAt)}`).join(', ');
  return (
    <li>
      <code>{lane.instanceId}</code>
      <span class="zone">{lane.zone ?? ''}</span>
      <Badge what={last?.what ?? ''} text={stepWord(last?.what ?? '')} />
      <svg class="strip" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label={told}>
        {lane.steps.map(({ at, what }, index) => {
          const next = lane.steps[index + 1]?.at ?? startedAt + lengthMs;
          const x = (1_000 * (at - startedAt)) / lengthMs;
          const width = Math.max(2, (1_000 * (next - at)) / lengthMs);
          return <rect key={`${at} ${what}`} class={toneOf(what)} x={x} y="0" width={width} height="10" />;
        })}
      </svg>
    </li>
  );
});
