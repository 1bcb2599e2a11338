// requests: users' requests by the release that answered, as numbers and over time.
import { useMemo } from 'preact/hooks';
import type { Counts, Latency, LatencySample, RequestSample, RequestSeries, RolloutView } from '../src/model.js';
import { Plot } from './plot.js';
import { percent } from './words.js';

const answerers = ['new', 'old', 'unknown'] as const;
type Name = (typeof answerers)[number];
const colors = { new: '--new', old: '--old', unknown: '--unknown' } as const;

export function Requests({ view }: { readonly view: RolloutView }) {
  const { requests, latencies = [], from, to } = view;
  if (requests === undefined && latencies.length === 0) return <p class="quiet">No request was counted.</p>;
  return (
    <>
      {requests !== undefined && <Counted series={requests} from={from} to={to} />}
      {latencies.length > 0 && <Latencies samples={latencies} from={from} to={to} />}
    </>
  );
}

function labelsOf(from: string, to: string): Readonly<Record<Name, string>> {
  return { new: to, old: from, unknown: 'not said' };
}

const milliseconds = (value: number) => `${Math.round(value)} ms`;

function Latencies({
  samples,
  from,
  to,
}: {
  readonly samples: readonly LatencySample[];
  readonly from: string;
  readonly to: string;
}) {
  const labels = labelsOf(from, to);
  const drawn = useMemo(() => {
    const read = (name: Name, part: keyof Latency) => samples.map((sample) => sample[name]?.[part] ?? null);
    const lines = (part: keyof Latency) =>
      answerers
        .filter((name) => samples.some((sample) => sample[name] !== undefined))
        .map((name) => ({ name, values: read(name, part) }));
    return { times: samples.map(({ at }) => at), medianMs: lines('medianMs'), p95Ms: lines('p95Ms') };
  }, [samples]);
  const draw = (lines: typeof drawn.medianMs) =>
    lines.map(({ name, values }) => ({ label: labels[name], color: colors[name], values }));
  // A line more or less is another plot.
  const key = drawn.medianMs.map(({ name }) => name).join();
  return (
    <div class="plots">
      <Plot
        key={`m${key}`}
        title="Latency, median"
        times={drawn.times}
        lines={draw(drawn.medianMs)}
        format={milliseconds}
      />
      <Plot key={`p${key}`} title="Latency, 95 %" times={drawn.times} lines={draw(drawn.p95Ms)} format={milliseconds} />
    </div>
  );
}

function Counted({ series, from, to }: { readonly series: RequestSeries; readonly from: string; readonly to: string }) {
  const { samples, baseline } = series;
  const last = samples.at(-1);
  const labels = labelsOf(from, to);
  const drawn = useMemo(() => draw(samples), [samples]);
  const lines = (read: (name: Name) => readonly (number | null)[]) =>
    answerers.map((name) => ({ label: labels[name], color: colors[name], values: read(name) }));
  return (
    <>
      <div class="scroll">
        <table>
          <caption>Requests by the release that answered</caption>
          <thead>
            <tr>
              <th scope="col">release</th>
              <th scope="col">requests</th>
              <th scope="col">failed</th>
              <th scope="col">slow</th>
            </tr>
          </thead>
          <tbody>
            <Row label="before the rollout" counts={baseline} />
            {last !== undefined && answerers.map((name) => <Row key={name} label={labels[name]} counts={last[name]} />)}
          </tbody>
        </table>
      </div>
      <div class="plots">
        <Plot
          title="Requests a second"
          times={drawn.times}
          lines={lines((name) => drawn.rate[name])}
          format={(value) => value.toFixed(value < 10 ? 1 : 0)}
        />
        <Plot title="Failed" times={drawn.times} lines={lines((name) => drawn.failed[name])} format={share} />
        <Plot title="Slow" times={drawn.times} lines={lines((name) => drawn.slow[name])} format={share} />
      </div>
    </>
  );
}

const share = (value: number) => `${(100 * value).toFixed(value < 0.1 ? 1 : 0)} %`;

function Row({ label, counts }: { readonly label: string; readonly counts: Counts }) {
  const { requests, failures, slow } = counts;
  return (
    <tr>
      <th scope="row">{label}</th>
      <td>{requests}</td>
      <td>
        {failures} ({percent(failures, requests)})
      </td>
      <td>
        {slow} ({percent(slow, requests)})
      </td>
    </tr>
  );
}

type Series = Record<Name, (number | null)[]>;

/** Counts that only grow, as rates between two looks. */
function draw(samples: readonly RequestSample[]) {
  const fresh = (): Series => ({ new: [], old: [], unknown: [] });
  const drawn = { times: [] as number[], rate: fresh(), failed: fresh(), slow: fresh() };
  for (const [index, sample] of samples.entries()) {
    const before = samples[index - 1];
    if (before === undefined || sample.at <= before.at) continue;
    drawn.times.push(sample.at);
    for (const name of answerers) {
      const requests = Math.max(0, sample[name].requests - before[name].requests);
      const part = (count: number) => (requests === 0 ? null : Math.min(1, Math.max(0, count) / requests));
      drawn.rate[name].push((1_000 * requests) / (sample.at - before.at));
      drawn.failed[name].push(part(sample[name].failures - before[name].failures));
      drawn.slow[name].push(part(sample[name].slow - before[name].slow));
    }
  }
  return drawn;
}
