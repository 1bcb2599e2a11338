import { useEffect, useState } from 'preact/hooks';
import type { RolloutView } from '../src/model.js';
import { Actions } from './actions.js';
import { Groups } from './groups.js';
import { History } from './history.js';
import { type Connection, type Live, partOf, useLive } from './live.js';
import { Network } from './network.js';
import { Rollout } from './rollout.js';
import { Uptime } from './uptime.js';

const tabs = ['groups', 'history', 'uptime', 'network'] as const;
type Tab = (typeof tabs)[number];
const names: Readonly<Record<Tab, string>> = {
  groups: 'Groups',
  history: 'History',
  uptime: 'Uptime',
  network: 'Network',
};

const connections: Readonly<Record<Connection, string>> = {
  connecting: 'connecting',
  live: 'live',
  lost: 'connection lost: what is shown may be old',
  full: 'too many pages are open: close one and load again',
};

export function App() {
  const live = useLive();
  const [tab, setTab] = useState<Tab>('groups');
  const [chosen, setChosen] = useState<string>();
  const groups = partOf(live, 'groups');
  const group = chosen ?? mostUrgent(live);
  useKeys({
    tab: (index) => tabs[index] !== undefined && setTab(tabs[index]),
    move: (by) => {
      const all = groups?.map(({ name }) => name) ?? viewsOf(live).map(({ groupName }) => groupName);
      const at = all.indexOf(group ?? '');
      const next = all[Math.min(all.length - 1, Math.max(0, at + by))];
      if (next !== undefined) setChosen(next);
    },
  });
  const isAllowed = partOf(live, 'actions')?.isAllowed === true;
  const view = group === undefined ? undefined : partOf(live, `rollout/${group}`);
  return (
    <>
      <header class="top">
        <h1>Directrix</h1>
        <nav aria-label="Views">
          {tabs.map((name, index) => (
            <button
              key={name}
              type="button"
              aria-current={tab === name ? 'page' : undefined}
              onClick={() => setTab(name)}
            >
              {names[name]} <kbd>{index + 1}</kbd>
            </button>
          ))}
        </nav>
        <span class={`connection ${live.connection}`} role="status">
          {connections[live.connection]}
        </span>
      </header>
      <main>
        <p class="hidden" aria-live="polite">
          {view === undefined ? '' : announce(view)}
        </p>
        {tab === 'groups' && (
          <>
            <Groups groups={groups} trouble={partOf(live, 'groupsTrouble')} chosen={group} choose={setChosen} />
            <Actions isAllowed={isAllowed} row={groups?.find(({ name }) => name === group)} view={view} />
            {view === undefined ? (
              <p class="quiet">
                {group === undefined
                  ? 'No rollout has begun on this machine yet. When one begins, it is shown here.'
                  : `This machine has no journal of a rollout of ${group}.`}
              </p>
            ) : (
              <Rollout key={view.rolloutId} view={view} log={live.log} />
            )}
          </>
        )}
        {tab === 'history' && <History rollouts={partOf(live, 'history')} />}
        {tab === 'network' && <Network groupName={group} />}
        {tab === 'uptime' && <Uptime checks={partOf(live, 'uptime')} />}
      </main>
      <footer>
        <kbd>1</kbd> to <kbd>4</kbd> choose a view, <kbd>j</kbd> and <kbd>k</kbd> a group.{' '}
        {isAllowed ? 'Actions are on (--allow-actions).' : 'This page changes nothing.'}
      </footer>
    </>
  );
}

/** A running rollout, else the last one, else the first group. */
function mostUrgent(live: Live): string | undefined {
  const views = viewsOf(live);
  const running = views.filter(({ outcome }) => outcome === undefined);
  const newest = (running.length > 0 ? running : views).sort((a, b) => b.at - a.at)[0];
  return newest?.groupName ?? partOf(live, 'groups')?.[0]?.name;
}

function viewsOf(live: Live): RolloutView[] {
  const views = Object.entries(live.parts).filter(([name]) => name.startsWith('rollout/'));
  return views.map(([, value]) => value as RolloutView);
}

// For screen readers: what changes in a rollout, and not each line of its log.
function announce({ groupName, outcome, phases, evidence }: RolloutView): string {
  const phase = phases.at(-1)?.phase;
  const why = evidence.at(-1)?.code;
  return `${groupName}: ${outcome === undefined ? `phase ${phase}` : outcome}${why === undefined ? '' : `, evidence ${why}`}`;
}

// A letter that is typed is no command.
function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.tagName === 'INPUT' || target.closest('dialog') !== null);
}

function useKeys(act: { tab(index: number): unknown; move(by: number): void }): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (/^[1-9]$/.test(event.key)) act.tab(Number(event.key) - 1);
      else if (event.key === 'j') act.move(1);
      else if (event.key === 'k') act.move(-1);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  });
}
