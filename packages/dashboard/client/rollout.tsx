import type { LogLine, RolloutView } from '../src/model.js';
import { Badge } from './badge.js';
import { Lanes } from './lanes.js';
import { addressOf } from './live.js';
import { Log } from './log.js';
import { Requests } from './requests.js';
import { clock, duration, outcomeWord } from './words.js';

/** The last rollout of a group. */
export function Rollout({ view, log }: { readonly view: RolloutView; readonly log: readonly LogLine[] }) {
  const phase = view.phases.at(-1)?.phase ?? 'roll';
  const postmortem = addressOf(
    `/postmortem/${encodeURIComponent(view.groupName)}/${encodeURIComponent(view.rolloutId)}`,
  );
  return (
    <>
      <header class="head">
        <h2>
          {view.groupName}: {view.from} → {view.to}
        </h2>
        {view.outcome === undefined ? (
          <Badge what={phase} text={`phase ${phase}`} />
        ) : (
          <Badge what={view.outcome} text={outcomeWord(view.outcome)} />
        )}
        <span class="quiet">
          {view.rolloutId}, {duration(view.at - view.startedAt)}
        </span>
        <a href={postmortem}>postmortem</a>
      </header>
      <ol class="phases" aria-label="Phases">
        {view.phases.map(({ phase: name, at }) => (
          <li key={`${name} ${at}`}>
            <Badge what={name} text={name} /> <time dateTime={new Date(at).toISOString()}>{clock(at)}</time>
          </li>
        ))}
      </ol>
      {view.heldBy.length > 0 && (
        <section aria-label="What it waits for">
          <h3>It waits for</h3>
          <ul>
            {view.heldBy.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </section>
      )}
      {view.evidence.length > 0 && (
        <section aria-label="Evidence">
          <h3>Evidence</h3>
          <ul>
            {view.evidence.map(({ at, code, text }) => (
              <li key={`${at} ${code}`}>
                <Badge what="halt" text={code} /> {text}
              </li>
            ))}
          </ul>
        </section>
      )}
      <section aria-label="Requests of users">
        <h3>Requests</h3>
        <Requests view={view} />
      </section>
      <section aria-label="Instances of the rollout">
        <h3>Instances ({view.lanes.length})</h3>
        <Lanes view={view} />
      </section>
      <section aria-label="Log of the rollout">
        <h3>Log</h3>
        <Log lines={log.filter(({ groupName }) => groupName === view.groupName || groupName === '')} />
      </section>
    </>
  );
}
