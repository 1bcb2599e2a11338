// network: the way of a new instance to a destination, hop by hop, as `directrix reach` draws it.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { ReachFault, ReachPicture, ReachVerdict, ReachWay } from '../src/model.js';
import { Badge } from './badge.js';
import { addressOf } from './live.js';
import { clock } from './words.js';

type Told = ReachPicture | { readonly trouble: string };

const usual = ['ssm:443', 'kms:443', 'logs:443', 's3:443'];
const marks = { pass: '✓', stop: '✗', unknown: '?' } as const;
const outcomes = { pass: 'passes', stop: 'stops here', unknown: 'not known' } as const;

export function Network({ groupName }: { readonly groupName: string | undefined }) {
  const [to, setTo] = useState('ssm:443');
  const [told, setTold] = useState<Told>();
  const [isAsking, setAsking] = useState(false);
  const asking = useRef<AbortController | undefined>(undefined);
  const ask = useCallback(
    async (destination: string) => {
      // What answers an earlier question, or one of another group, must not stand below this one.
      asking.current?.abort();
      if (groupName === undefined) return;
      const current = new AbortController();
      asking.current = current;
      setAsking(true);
      const answer = await readReach(groupName, destination, current.signal);
      if (current.signal.aborted) return;
      setTold(answer);
      setAsking(false);
    },
    [groupName],
  );
  useEffect(() => {
    void ask(to);
    return () => asking.current?.abort();
  }, [ask]);
  if (groupName === undefined) return <p class="quiet">There is no Auto Scaling group.</p>;
  return (
    <>
      <h2>What new instances of {groupName} reach</h2>
      <form
        class="question"
        onSubmit={(event) => {
          event.preventDefault();
          void ask(to);
        }}
      >
        <label for="destination">Destination</label>
        <input
          id="destination"
          list="destinations"
          value={to}
          spellcheck={false}
          autocomplete="off"
          onInput={({ currentTarget }) => setTo(currentTarget.value)}
        />
        <datalist id="destinations">
          {usual.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
        <button type="submit" class="act" disabled={isAsking}>
          Look
        </button>
        <span class="quiet">a service, NAME:PORT, IP:PORT or an instance</span>
      </form>
      <div aria-live="polite" aria-busy={isAsking}>
        {isAsking && <p class="quiet">The network is being read.</p>}
        {told !== undefined && !isAsking && <Answer told={told} />}
      </div>
    </>
  );
}

async function readReach(groupName: string, to: string, signal: AbortSignal): Promise<Told> {
  try {
    const path = addressOf(`/reach/${encodeURIComponent(groupName)}`);
    const answer = await fetch(`${path}&to=${encodeURIComponent(to)}`, { signal });
    return answer.ok ? ((await answer.json()) as Told) : { trouble: await answer.text() };
  } catch {
    return { trouble: 'The dashboard does not answer.' };
  }
}

function Answer({ told }: { readonly told: Told }) {
  return 'trouble' in told ? <p class="trouble">{told.trouble}</p> : <Picture picture={told} />;
}

const tones: Readonly<Record<ReachVerdict, string>> = {
  reachable: 'done',
  unreachable: 'lost',
  partial: 'warm',
  unknown: 'warm',
};

function Picture({ picture }: { readonly picture: ReachPicture }) {
  const { path, verdict, ways, faults, unknowns, at } = picture;
  return (
    <>
      <p>
        <Badge what={tones[verdict]} text={verdict} /> {path} <span class="quiet">as of {clock(at)}</span>
      </p>
      <div class="ways">
        {ways.map((way) => (
          <Way key={`${way.from} ${way.to}`} way={way} />
        ))}
      </div>
      {faults.length > 0 && (
        <section aria-label="Faults">
          <h3>{faults.length === 1 ? '1 fault' : `${faults.length} faults`}</h3>
          <ol class="faults">
            {faults.map((fault) => (
              <Fault key={`${fault.code} ${fault.text}`} fault={fault} />
            ))}
          </ol>
        </section>
      )}
      {unknowns.length > 0 && (
        <section aria-label="Not known">
          <h3>Not known</h3>
          <ul>
            {unknowns.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Way({ way: { from, hops, to, verdict, alike } }: { readonly way: ReachWay }) {
  return (
    <figure class="way">
      <ol aria-label={`The way from ${from} to ${to}: ${verdict}`}>
        <li class="end">
          <strong>{from}</strong>
        </li>
        {hops.map(({ what, id, detail, outcome }, index) => (
          <li key={`${index} ${id}`} class={outcome}>
            <span class="mark" aria-hidden="true">
              {marks[outcome]}
            </span>
            <span class="hidden">{outcomes[outcome]}: </span>
            {what} <code>{id}</code>
            <span class="detail">{detail}</span>
          </li>
        ))}
        <li class={`end ${verdict === 'reachable' ? 'pass' : 'stop'}`}>
          <strong>{to}</strong> <Badge what={tones[verdict]} text={verdict} />
        </li>
      </ol>
      {alike.length > 0 && <figcaption class="quiet">The same: {alike.join(', ')}</figcaption>}
    </figure>
  );
}

function Fault({ fault: { code, text, fixes, commands } }: { readonly fault: ReachFault }) {
  return (
    <li>
      <Badge what="lost" text={code} /> {text}
      {fixes.map((fix) => (
        <p key={fix} class="fix">
          Fix: {fix}
        </p>
      ))}
      {commands.map((command) => (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
        <pre key={command} tabIndex={0}>
          {command}
        </pre>
      ))}
    </li>
  );
}
