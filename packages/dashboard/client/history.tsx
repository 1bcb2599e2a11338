import type { PastRollout } from '../src/model.js';
import { Badge } from './badge.js';
import { addressOf } from './live.js';
import { duration, moment, outcomeWord } from './words.js';

/** The rollouts of this machine, the last first, each with its postmortem. */
export function History({ rollouts }: { readonly rollouts: readonly PastRollout[] | undefined }) {
  if (rollouts === undefined) return <p class="quiet">The journals are being read.</p>;
  if (rollouts.length === 0) return <p class="quiet">This machine has no journal of a rollout.</p>;
  return (
    <div class="scroll">
      <h2 class="hidden">Past rollouts</h2>
      <table>
        <caption class="hidden">Past rollouts</caption>
        <thead>
          <tr>
            <th scope="col">began</th>
            <th scope="col">group</th>
            <th scope="col">release</th>
            <th scope="col">took</th>
            <th scope="col">outcome</th>
            <th scope="col">postmortem</th>
          </tr>
        </thead>
        <tbody>
          {rollouts.map(({ groupName, rolloutId, startedAt, endedAt, from, to, outcome, evidence }) => (
            <tr key={`${groupName} ${rolloutId}`}>
              <td>{moment(startedAt)}</td>
              <td>{groupName}</td>
              <td>
                {from ?? '?'} → {to ?? '?'}
              </td>
              <td>{endedAt === undefined ? '' : duration(endedAt - startedAt)}</td>
              <td>
                <Badge what={outcome} text={outcomeWord(outcome)} /> {evidence.join(', ')}
              </td>
              <td>
                <a href={addressOf(`/postmortem/${encodeURIComponent(groupName)}/${encodeURIComponent(rolloutId)}`)}>
                  {rolloutId}
                </a>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
