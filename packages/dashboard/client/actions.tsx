// actions: approve, reject and abort, each after a question; or how to do it in a terminal where the page may not.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ActionName, ActionOutcome, GroupRow, RolloutView } from '../src/model.js';
import { token } from './live.js';

interface ActionsProps {
  readonly isAllowed: boolean;
  readonly row: GroupRow | undefined;
  readonly view: RolloutView | undefined;
}

interface Running {
  readonly groupName: string;
  readonly rolloutId: string;
  readonly from: string;
  readonly approvalAwaited?: string;
}

/** Nothing where no rollout is under way. */
export function Actions({ isAllowed, row, view }: ActionsProps) {
  const running = findRunning(row, view);
  if (running === undefined) return null;
  return isAllowed ? <Buttons key={running.rolloutId} running={running} /> : <Commands running={running} />;
}

// The journal is ahead of the record, where it is of this machine. Only the record knows what other machines do.
function findRunning(row: GroupRow | undefined, view: RolloutView | undefined): Running | undefined {
  const rollout = row?.rollout;
  if (view !== undefined && !isPast(view, rollout)) return isUnfinished(view.outcome) ? view : undefined;
  if (row === undefined || rollout === undefined || !isUnfinished(rollout.outcome)) return undefined;
  return { groupName: row.name, ...rollout };
}

function isPast({ rolloutId, startedAt }: RolloutView, rollout: GroupRow['rollout']): boolean {
  if (rollout === undefined) return false;
  return rolloutId === rollout.rolloutId ? !isUnfinished(rollout.outcome) : startedAt < Date.parse(rollout.startedAt);
}

function isUnfinished(outcome: string | undefined): boolean {
  return outcome === undefined || outcome === 'needsHuman';
}

function Commands({ running: { groupName, approvalAwaited } }: { readonly running: Running }) {
  if (approvalAwaited === undefined) return null;
  return (
    <p class="asks">
      Phase {approvalAwaited} waits for an approval: <code>directrix approve --group {groupName}</code>, or{' '}
      <code>directrix reject --group {groupName}</code>.
    </p>
  );
}

const labels: Readonly<Record<ActionName, string>> = { approve: 'Approve', reject: 'Reject', abort: 'Abort' };

function Buttons({ running }: { readonly running: Running }) {
  const { approvalAwaited } = running;
  const [asked, setAsked] = useState<ActionName>();
  const [told, setTold] = useState<ActionOutcome>();
  const [isBusy, setBusy] = useState(false);
  const choices: readonly ActionName[] = approvalAwaited === undefined ? ['abort'] : ['approve', 'reject', 'abort'];
  const act = async (action: ActionName) => {
    setAsked(undefined);
    setBusy(true);
    setTold(await send(action, running));
    setBusy(false);
  };
  return (
    <section class={approvalAwaited === undefined ? '' : 'asks'} aria-label="Actions">
      {approvalAwaited !== undefined && <p>Phase {approvalAwaited} waits for an approval.</p>}
      <p class="buttons">
        {choices.map((action) => (
          <button key={action} type="button" class={`act ${action}`} disabled={isBusy} onClick={() => setAsked(action)}>
            {approvalAwaited === undefined || action === 'abort'
              ? `${labels[action]} the rollout`
              : `${labels[action]} ${approvalAwaited}`}
          </button>
        ))}
      </p>
      <p role="status" class={told === undefined || told.isDone ? '' : 'trouble'}>
        {isBusy ? 'Asked; there is no answer yet.' : (told?.text ?? '')}
      </p>
      {asked !== undefined && (
        <Question
          text={describe(asked, running)}
          label={labels[asked]}
          yes={() => act(asked)}
          no={() => setAsked(undefined)}
        />
      )}
    </section>
  );
}

function describe(action: ActionName, { groupName, rolloutId, from, approvalAwaited }: Running): string {
  switch (action) {
    case 'approve':
      return `Let phase ${approvalAwaited} of ${groupName} begin? Rollout ${rolloutId}.`;
    case 'reject':
      return `Reject phase ${approvalAwaited}? ${groupName} goes back to ${from}. Rollout ${rolloutId}.`;
    case 'abort':
      return `Abort the rollout ${rolloutId}? ${groupName} goes back to ${from}.`;
  }
}

interface QuestionProps {
  readonly text: string;
  readonly label: string;
  readonly yes: () => void;
  readonly no: () => void;
}

// The browser's own dialog: it keeps the keyboard inside, and Escape closes it.
function Question({ text, label, yes, no }: QuestionProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-label={`${label}?`} onClose={no}>
      <p>{text}</p>
      <p class="buttons">
        <button type="button" class="act" onClick={no}>
          Cancel
        </button>
        <button type="button" class="act sure" onClick={yes}>
          {label}
        </button>
      </p>
    </dialog>
  );
}

async function send(action: ActionName, { groupName, rolloutId, approvalAwaited }: Running): Promise<ActionOutcome> {
  try {
    const answer = await fetch(`/actions/${encodeURIComponent(groupName)}/${action}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ rolloutId, ...(action === 'abort' ? {} : { phase: approvalAwaited }) }),
    });
    const isJson = answer.headers.get('content-type')?.startsWith('application/json') === true;
    return isJson ? ((await answer.json()) as ActionOutcome) : { isDone: false, text: await answer.text() };
  } catch {
    return { isDone: false, text: 'The dashboard does not answer. Whether it was done is not known.' };
  }
}
