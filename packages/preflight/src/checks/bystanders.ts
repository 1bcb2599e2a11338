// Who would lose the way to Parameter Store if the backend's faults were mended as proposed: private DNS acts on the whole VPC.
import {
  type Answer,
  applyEdits,
  buildNetwork,
  comparePaths,
  type NetworkSnapshot,
  type PathChange,
  reach,
} from '@directrix/reachability';
import type { Check, Draft } from '../check.js';
import { readValue } from '../check.js';
import { describeFault } from '../network/path-findings.js';
import { secretsQuestion } from '../network/secrets-question.js';
import type { PreflightSnapshot } from '../snapshot.js';

/** Of a larger VPC the first of them stand for all. */
const askedInstances = 500;
const namedInstances = 5;

export const checkBystanders: Check = ({ snapshot, network }) => {
  if (network === undefined || (snapshot.secrets === undefined && snapshot.secretsHint === undefined)) return [];
  const { faults } = reach(network, secretsQuestion(snapshot, snapshot.backend));
  if (faults.length === 0) return [];
  const before = network.snapshot;
  const after = applyEdits(
    before,
    faults.flatMap(({ edits }) => edits),
  );
  return [...checkBuilders(snapshot, before, after), ...checkInstances(snapshot, before, after)];
};

function checkBuilders(snapshot: PreflightSnapshot, before: NetworkSnapshot, after: NetworkSnapshot): readonly Draft[] {
  const mended = buildNetwork(after);
  const present = buildNetwork(before);
  return (readValue(snapshot.builders) ?? []).flatMap((builder) => {
    const question = secretsQuestion(snapshot, builder);
    const answer = reach(mended, question);
    if (reach(present, question).verdict !== 'reachable' || answer.faults.length === 0) return [];
    return [
      describeBystander({
        subject: `builder ${builder.name} to Parameter Store`,
        who: `${builder.name} reaches`,
        backend: snapshot.backend.name,
        answers: [answer],
        after,
      }),
    ];
  });
}

// Instances that run now, but for the group's own and for builders, which have a finding of their own.
function checkInstances(
  snapshot: PreflightSnapshot,
  before: NetworkSnapshot,
  after: NetworkSnapshot,
): readonly Draft[] {
  const told = new Set([
    ...(snapshot.group.Instances ?? []).map(({ InstanceId }) => InstanceId),
    ...(readValue(snapshot.builders) ?? []).map(({ source }) =>
      source.kind === 'instance' ? source.instanceId : undefined,
    ),
  ]);
  const { to, port } = secretsQuestion(snapshot, snapshot.backend);
  const questions = (before.instances ?? [])
    .filter(({ InstanceId, State }) => !told.has(InstanceId) && State?.Name === 'running')
    .slice(0, askedInstances)
    .map(({ InstanceId = '' }) => ({ from: { kind: 'instance' as const, instanceId: InstanceId }, to, port }));
  const broken = comparePaths(before, after, questions).filter(({ kind }) => kind === 'broken');
  if (broken.length === 0) return [];
  const ids = broken.map(idOf);
  const names = `${ids.slice(0, namedInstances).join(', ')}${ids.length > namedInstances ? ` and ${ids.length - namedInstances} more` : ''}`;
  return [
    describeBystander({
      subject: `${ids.length === 1 ? 'instance' : 'instances'} ${names} to Parameter Store`,
      who: `${names} ${ids.length === 1 ? 'reaches' : 'reach'}`,
      backend: snapshot.backend.name,
      answers: broken.map((change) => change.after),
      after,
    }),
  ];
}

function idOf({ question: { from } }: PathChange): string {
  return from.kind === 'instance' ? from.instanceId : '';
}

interface Bystander {
  readonly subject: string;
  readonly who: string;
  readonly backend: string;
  readonly answers: readonly Answer[];
  readonly after: NetworkSnapshot;
}

function describeBystander({ subject, who, backend, answers, after }: Bystander): Draft {
  // The same missing rule for many of them is one.
  const faults = [
    ...new Map(
      answers.flatMap((answer) => answer.faults.map((fault) => [JSON.stringify(fault.edits), fault])),
    ).values(),
  ];
  const fixes = faults.map((fault) => describeFault(fault, { subject, severity: 'warning' }, after).fix);
  return {
    code: 'BYSTANDER_BROKEN',
    severity: 'warning',
    subject,
    message: `${who} Parameter Store now, and would not any more once the faults of ${backend} are fixed: ${faults.map(({ explanation }) => explanation).join(' ')}`,
    evidence: faults.flatMap(({ evidence }) => evidence),
    fix: {
      text: `before that, ${fixes.map((fix) => fix?.text).join('; ')}`,
      commands: fixes.flatMap((fix) => fix?.commands ?? []),
      edits: faults.flatMap(({ edits }) => edits),
    },
  };
}
