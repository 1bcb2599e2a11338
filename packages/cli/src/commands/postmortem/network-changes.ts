// network-changes: what was changed between two looks at the network of a group, and what became of its paths.
import { commandsOf } from '@directrix/preflight';
import {
  describeDestination,
  describeEdit,
  describeSource,
  diffNetworks,
  type NetworkSnapshot,
  type PathDifference,
  type Source,
} from '@directrix/reachability';
import type { Statement, Timed } from '@directrix/timeline';
import { listEdits } from './network-edits.js';

/** A look at the network. */
export interface NetworkLook {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly network: NetworkSnapshot;
  readonly launch: Source;
}

/** Of each pair of looks: more than anybody reads. `directrix reach diff` has them all. */
const editsMax = 20;
const pathsMax = 10;

/** The differences between each look and the one before it, at the time of the later one. */
export function statementOfNetwork(looks: readonly NetworkLook[]): Statement {
  const inOrder = [...looks].sort((left, right) => left.at - right.at);
  return {
    sightings: inOrder.flatMap((look, index) => {
      const before = inOrder[index - 1];
      return before === undefined ? [] : compare(before, look);
    }),
  };
}

function compare(before: NetworkLook, after: NetworkLook): readonly Timed[] {
  const { at } = after;
  const edits = listEdits(before.network, after.network);
  // Without an edit, only instances came and went.
  if (edits.length === 0) return [];
  const differences = diffNetworks(before.network, after.network, { launches: [after.launch] });
  return [
    ...edits.slice(0, editsMax).map((edit): Timed => {
      return { at, sighting: { witness: 'networkEdit', edit: { ...edit, notBefore: before.at } } };
    }),
    ...withoutRepetition(differences, after.launch)
      .filter(({ question }) => isInBoth(question.from, before.network, after.network))
      .slice(0, pathsMax)
      .map((difference): Timed => {
        return { at, sighting: { witness: 'network', change: describe(difference, before, after) } };
      }),
  ];
}

// That an instance came or went is no change of the network.
function isInBoth(from: Source, ...networks: readonly NetworkSnapshot[]): boolean {
  return networks.every(({ instances = [], networkInterfaces = [] }) => {
    if (from.kind === 'instance') return instances.some(({ InstanceId }) => InstanceId === from.instanceId);
    if (from.kind === 'networkInterface')
      return networkInterfaces.some(({ NetworkInterfaceId }) => NetworkInterfaceId === from.networkInterfaceId);
    return true;
  });
}

// What a new instance meets, each running one meets too: one line says it.
function withoutRepetition(differences: readonly PathDifference[], launch: Source): readonly PathDifference[] {
  const keyOf = ({ kind, question }: PathDifference) => `${kind} ${describeDestination(question)}`;
  const isOfLaunch = ({ question }: PathDifference) => describeSource(question.from) === describeSource(launch);
  const told = new Set(differences.filter(isOfLaunch).map(keyOf));
  return differences.filter((difference) => isOfLaunch(difference) || !told.has(keyOf(difference)));
}

function describe(
  { kind, question, explanation, before: was, after: is }: PathDifference,
  { at: notBefore }: NetworkLook,
  { network }: NetworkLook,
) {
  const edits = is.faults.flatMap((fault) => fault.edits);
  return {
    kind,
    from: describeSource(question.from),
    to: describeDestination(question),
    before: was.verdict,
    after: is.verdict,
    codes: [...new Set(is.faults.map(({ code }) => code))],
    notBefore,
    explanation,
    edits: [...new Set(edits.map(describeEdit))],
    commands: [...new Set(edits.flatMap((edit) => commandsOf(edit, network)))],
  };
}
