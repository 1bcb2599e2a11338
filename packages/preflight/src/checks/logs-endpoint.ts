// The way to CloudWatch Logs, when the role says that the instances use it.
import { describeEdit, reach } from '@directrix/reachability';
import type { Check } from '../check.js';
import { readValue } from '../check.js';
import { draft } from '../draft.js';
import { listAllowedResources } from '../iam/policy.js';
import { commandsOf } from '../network/edit-command.js';
import { serviceHost } from '../network/secrets-question.js';

export const checkLogsEndpoint: Check = ({ snapshot, network }) => {
  const role = readValue(snapshot.backend.role);
  if (network === undefined || role === undefined) return [];
  if (listAllowedResources(role.policies, 'logs:PutLogEvents').length === 0) return [];
  const name = serviceHost('logs', snapshot.region);
  const { verdict, faults } = reach(network, { from: snapshot.backend.source, to: { kind: 'name', name }, port: 443 });
  if (verdict === 'reachable' || faults.length === 0) return [];
  const edits = faults.flatMap((fault) => fault.edits);
  return [
    draft('LOGS_UNREACHABLE', {
      subject: `${snapshot.backend.name} to CloudWatch Logs`,
      message: `${role.roleName} may write logs, and new instances of ${snapshot.backend.name} do not reach ${name}: ${faults.map(({ code, explanation }) => `${code}: ${explanation}`).join(' ')}`,
      evidence: faults.flatMap(({ evidence }) => evidence),
      fix: {
        text: edits.map(describeEdit).join('; then '),
        commands: edits.flatMap((edit) => commandsOf(edit, network.snapshot)),
        edits,
      },
    }),
  ];
};
