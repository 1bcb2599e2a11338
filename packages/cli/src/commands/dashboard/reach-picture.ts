// reach-picture: what `directrix reach` says of a group, as the page draws it.
import type { ReachPicture } from '@directrix/dashboard';
import { type Answer, buildNetwork, describeDestination, describeEdit, reach } from '@directrix/reachability';
import { describeFailure } from '../../failure.js';
import { cleanLine } from '../../text/lines.js';
import type { World } from '../../world.js';
import { findSource } from '../reach/find-source.js';
import { distinctTraces, fixesOf, nameAlike, nameBeginning, nameEnd, nameHop } from '../reach/output.js';
import { parseDestination } from '../reach/parse-place.js';

/** Whether new instances of the group reach `to`, as `--to` of `directrix reach` takes it. Never rejects. */
export async function readReach(
  { clients, clock }: World,
  groupName: string,
  to: string,
): Promise<ReachPicture | { readonly trouble: string }> {
  try {
    const destination = parseDestination(to, await clients.ec2.config.region());
    const found = await findSource(clients, { kind: 'group', name: groupName }, destination.to);
    const network = buildNetwork(found.network);
    const answer = reach(network, { from: found.source, ...destination });
    return { groupName, at: clock.now(), ...drawAnswer(answer, groupName, fixesOf(answer.faults, found.network)) };
  } catch (error) {
    const { code, message, hint } = describeFailure(error);
    return { trouble: cleanLine(`${code}: ${message}${hint === undefined ? '' : ` ${hint}`}`) };
  }
}

function drawAnswer(
  answer: Answer,
  groupName: string,
  commands: readonly (readonly string[])[],
): Omit<ReachPicture, 'groupName' | 'at'> {
  return {
    path: `${groupName} to ${describeDestination(answer.question)}`,
    verdict: answer.verdict,
    ways: distinctTraces(answer).map((trace) => ({
      from: nameBeginning(trace, answer),
      hops: trace.hops.map((hop) => ({ what: nameHop(hop), id: hop.id, detail: hop.detail, outcome: hop.outcome })),
      to: nameEnd(trace, answer),
      verdict: trace.verdict,
      alike: nameAlike(trace, answer),
    })),
    faults: answer.faults.map(({ code, explanation, edits }, index) => ({
      code,
      text: explanation,
      fixes: edits.map(describeEdit),
      commands: commands[index] ?? [],
    })),
    unknowns: answer.unknowns,
  };
}
