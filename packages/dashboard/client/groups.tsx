import type { GroupRow } from '../src/model.js';
import { Badge } from './badge.js';
import { outcomeWord } from './words.js';

interface GroupsProps {
  readonly groups: readonly GroupRow[] | undefined;
  readonly trouble: string | undefined;
  readonly chosen: string | undefined;
  readonly choose: (name: string) => void;
}

export function Groups({ groups, trouble, chosen, choose }: GroupsProps) {
  if (groups === undefined) return <p class="quiet">{trouble ?? 'The groups are being read.'}</p>;
  if (groups.length === 0) return <p class="quiet">There is no Auto Scaling group.</p>;
  return (
    <div class="scroll">
      <table>
        <caption class="hidden">Auto Scaling groups</caption>
        <thead>
          <tr>
            <th scope="col">group</th>
            <th scope="col">in service</th>
            <th scope="col">size</th>
            <th scope="col">last rollout</th>
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <tr key={group.name} class={group.name === chosen ? 'chosen' : ''}>
              <th scope="row">
                <button
                  type="button"
                  class="link"
                  aria-pressed={group.name === chosen}
                  onClick={() => choose(group.name)}
                >
                  {group.name}
                </button>
              </th>
              <td>
                {group.inServiceCount} of {group.desiredCapacity}
              </td>
              <td>
                {group.minSize} to {group.maxSize}
              </td>
              <td>
                <LastRollout group={group} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function LastRollout({ group: { rollout, trouble } }: { readonly group: GroupRow }) {
  if (trouble !== undefined) return <Badge what="unreadable" text={`not known: ${trouble}`} />;
  if (rollout === undefined) return <span class="quiet">none</span>;
  const { from, to, phase, outcome } = rollout;
  return (
    <>
      {from} → {to}{' '}
      {outcome === undefined ? (
        <Badge what={phase} text={`phase ${phase}`} />
      ) : (
        <Badge what={outcome} text={outcomeWord(outcome)} />
      )}
    </>
  );
}
