// plot: lines over time. What they show last stands below them in words, for whoever does not see them.
import { useEffect, useRef } from 'preact/hooks';
import UPlot from 'uplot';
import { clock } from './words.js';

export interface Line {
  readonly label: string;
  /** The name of a colour in styles.css. */
  readonly color: string;
  readonly values: readonly (number | null)[];
}

interface PlotProps {
  readonly title: string;
  /** Epoch milliseconds, one for each value of a line. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
}

const height = 140;

export function Plot({ title, times, lines, format }: PlotProps) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | null>(null);
  const data = [times.map((at) => at / 1_000), ...lines.map(({ values }) => [...values])] as UPlot.AlignedData;
  useEffect(() => {
    const element = holder.current;
    if (element === null) return undefined;
    const style = getComputedStyle(element);
    const colorOf = (name: string) => style.getPropertyValue(name).trim();
    const axis = {
      stroke: colorOf('--text'),
      grid: { stroke: colorOf('--line') },
      ticks: { stroke: colorOf('--line') },
    };
    const made = new UPlot(
      {
        width: element.clientWidth || 300,
        height,
        legend: { show: false },
        cursor: { show: false },
        scales: { y: { range: (_plot, _least, most) => [0, Math.max(most ?? 0, 0.01) * 1.1] } },
        axes: [
          // The time of day as everywhere on the page.
          { ...axis, space: 80, values: (_plot, seconds) => seconds.map((at) => clock(at * 1_000)) },
          { ...axis, size: 60, values: (_plot, values) => values.map(format) },
        ],
        series: [{}, ...lines.map(({ label, color }) => ({ label, stroke: colorOf(color), width: 2, spanGaps: true }))],
      },
      data,
      element,
    );
    plot.current = made;
    const watcher = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, []);
  useEffect(() => plot.current?.setData(data), [times]);
  return (
    <figure>
      <figcaption>
        <strong>{title}</strong>{' '}
        {lines.map(({ label, color, values }) => {
          const last = values.findLast((value) => value !== null);
          return (
            <span key={label} class={`key ${color.slice(2)}`}>
              {label}: {last === undefined || last === null ? 'none' : format(last)}
            </span>
          );
        })}
      </figcaption>
      <div ref={holder} class="plot" aria-hidden="true" />
    </figure>
  );
}
