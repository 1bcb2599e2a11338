import type { UptimeCheck, UptimeDay } from '../src/model.js';
import { Badge } from './badge.js';
import { duration, moment, percent } from './words.js';

const dayCount = 90;
const dayMs = 86_400_000;

/** 90 days of each check, as the places of directrix watch on this machine kept them. */
export function Uptime({ checks }: { readonly checks: readonly UptimeCheck[] | undefined }) {
  if (checks === undefined || checks.length === 0)
    return (
      <p class="quiet">
        Nothing is known of uptime. <code>directrix dashboard --watch DIRECTORY</code> reads what directrix watch kept.
      </p>
    );
  return (
    <>
      {checks.map((check) => (
        <Check key={`${check.place} ${check.name}`} check={check} />
      ))}
    </>
  );
}

function Check({ check }: { readonly check: UptimeCheck }) {
  const { name, place, days, openIncident, incidents } = check;
  const good = sum(days, ({ goodCount }) => goodCount);
  const bad = sum(days, ({ badCount }) => badCount);
  const last = days.at(-1);
  return (
    <section aria-label={`Uptime of ${name}`}>
      <header class="head">
        <h2>{name}</h2>
        {openIncident === undefined ? (
          <Badge what="done" text="up" />
        ) : (
          <Badge what="lost" text={`down since ${moment(openIncident.beganAt)}`} />
        )}
        <span class="quiet">
          from {place}; {percent(good, good + bad)} of {good + bad} looks were good
          {last?.medianMs === undefined
            ? ''
            : `; median ${Math.round(last.medianMs)} ms, 95 % within ${Math.round(last.p95Ms ?? 0)} ms`}
        </span>
      </header>
      <Days name={name} days={days} />
      {incidents.length > 0 && (
        <details>
          <summary>{incidents.length === 1 ? '1 incident' : `${incidents.length} incidents`}</summary>
          <ul>
            {incidents.map(({ id, beganAt, endedAt }) => (
              <li key={id}>
                {moment(beganAt)}: down for {duration(endedAt - beganAt)}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function Days({ name, days }: { readonly name: string; readonly days: readonly UptimeDay[] }) {
  const byDay = new Map(days.map((day) => [day.day, day]));
  const lastDay = Date.parse(days.at(-1)?.day ?? new Date().toISOString().slice(0, 10));
  const shown = Array.from({ length: dayCount }, (_, index) =>
    new Date(lastDay - (dayCount - 1 - index) * dayMs).toISOString().slice(0, 10),
  );
  const worst = days
    .filter(({ badCount }) => badCount > 0)
    .map(({ day, goodCount, badCount }) => `${day}: ${percent(goodCount, goodCount + badCount)}`);
  const told = `${name}, 90 days: ${worst.length === 0 ? 'no bad look' : `bad looks on ${worst.join(', ')}`}`;
  return (
    <svg class="days" viewBox={`0 0 ${dayCount * 10} 30`} preserveAspectRatio="none" role="img" aria-label={told}>
      {shown.map((day, index) => (
        <rect key={day} class={toneOfDay(byDay.get(day))} x={index * 10} y="0" width="8" height="30">
          <title>{tellDay(day, byDay.get(day))}</title>
        </rect>
      ))}
    </svg>
  );
}

function toneOfDay(day: UptimeDay | undefined): string {
  if (day === undefined || day.goodCount + day.badCount === 0) return 'ended';
  if (day.badCount === 0) return 'good';
  return day.badCount / (day.goodCount + day.badCount) > 0.01 ? 'bad' : 'warm';
}

function tellDay(name: string, day: UptimeDay | undefined): string {
  if (day === undefined) return `${name}: nothing is known`;
  return `${name}: ${percent(day.goodCount, day.goodCount + day.badCount)} good`;
}

function sum<Item>(items: readonly Item[], read: (item: Item) => number): number {
  return items.reduce((total, item) => total + read(item), 0);
}
