// Who would lose the way to Parameter Store if the backend's faults were mended as proposed: private DNS acts on the whole VPC.
import { applyEdits, buildNetwork, reach } from '@directrix/reachability';
import type { Check } from '../check.js';
import { readValue } from '../check.js';
import { describeFault } from '../network/path-findings.js';
import { secretsQuestion } from '../network/secrets-question.js';

export const checkBystanders: Check = ({ snapshot, network }) => {
  if (network === undefined || (snapshot.secrets === undefined && snapshot.secretsHint === undefined)) return [];
  const { faults } = reach(network, secretsQuestion(snapshot, snapshot.backend));
  if (faults.length === 0) return [];
  const mended = buildNetwork(
    applyEdits(
      network.snapshot,
      faults.flatMap(({ edits }) => edits),
    ),
  );
  return (readValue(snapshot.builders) ?? []).flatMap((builder) => {
    const question = secretsQuestion(snapshot, builder);
    const after = reach(mended, question);
    if (reach(network, question).verdict !== 'reachable' || after.faults.length === 0) return [];
    const fixes = after.faults.map((fault) =>
      describeFault(fault, { subject: '', severity: 'warning' }, mended.snapshot),
    );
    return [
      {
        code: 'BYSTANDER_BROKEN',
        severity: 'warning' as const,
        subject: `builder ${builder.name} to Parameter Store`,
        message: `${builder.name} reaches Parameter Store now, and would not any more once the faults of ${snapshot.backend.name} are mended: ${after.faults.map(({ explanation }) => explanation).join(' ')}`,
        evidence: after.faults.flatMap(({ evidence }) => evidence),
        fix: {
          text: `before that, ${fixes.map(({ fix }) => fix?.text).join('; ')}`,
          commands: fixes.flatMap(({ fix }) => fix?.commands ?? []),
          edits: after.faults.flatMap(({ edits }) => edits),
        },
      },
    ];
  });
};
