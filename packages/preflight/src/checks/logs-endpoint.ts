// What the agent of an instance needs to ship its journal: a way to CloudWatch Logs, and the role's permission.
import { describeEdit, reach } from '@directrix/reachability';
import type { Check, CheckContext, Draft } from '../check.js';
import { readValue } from '../check.js';
import { draft } from '../draft.js';
import { logGroupOf } from '../logs-tag.js';
import { commandsOf } from '../network/edit-command.js';
import { serviceHost } from '../network/secrets-question.js';
import { askRole, resourcesOf } from '../role-access.js';

/**
 * What the agent calls. The group is made where it is missing, and its retention set where that is asked for: both belong to the same
 * policy, because nobody else makes the group before the first instance.
 */
const agentActions = [
  'logs:PutLogEvents',
  'logs:CreateLogStream',
  'logs:CreateLogGroup',
  'logs:PutRetentionPolicy',
] as const;

export const checkLogsEndpoint: Check = (context) => {
  const logGroup = logGroupOf(readValue(context.snapshot.image));
  return [...checkWay(context, logGroup), ...checkRole(context, logGroup)];
};

function checkWay({ snapshot, network }: CheckContext, logGroup: string | undefined): readonly Draft[] {
  const role = readValue(snapshot.backend.role);
  if (network === undefined) return [];
  if (logGroup === undefined && (role === undefined || resourcesOf(role, 'logs:PutLogEvents').length === 0)) return [];
  const name = serviceHost('logs', snapshot.region);
  const { verdict, faults } = reach(network, { from: snapshot.backend.source, to: { kind: 'name', name }, port: 443 });
  if (verdict === 'reachable' || faults.length === 0) return [];
  const edits = faults.flatMap((fault) => fault.edits);
  const who =
    logGroup === undefined
      ? `${role?.roleName} may write logs`
      : `The image says that its instances ship their journal to ${logGroup}`;
  return [
    draft('LOGS_UNREACHABLE', {
      subject: `${snapshot.backend.name} to CloudWatch Logs`,
      message: `${who}, and new instances of ${snapshot.backend.name} do not reach ${name}: ${faults.map(({ code, explanation }) => `${code}: ${explanation}`).join(' ')}`,
      evidence: faults.flatMap(({ evidence }) => evidence),
      fix: {
        text: edits.map(describeEdit).join('; then '),
        commands: edits.flatMap((edit) => commandsOf(edit, network.snapshot)),
        edits,
      },
    }),
  ];
}

function checkRole({ snapshot }: CheckContext, logGroup: string | undefined): readonly Draft[] {
  const { role } = snapshot.backend;
  if (logGroup === undefined || role.kind === 'unread') return [];
  const subject = `${snapshot.backend.name} to CloudWatch Logs`;
  if (role.value === undefined)
    return [
      draft('LOGS_NOT_ALLOWED', {
        subject,
        message: `${snapshot.backend.name} starts without an instance profile, so nothing may write to ${logGroup}.`,
      }),
    ];
  const { region, accountId = '*' } = snapshot;
  const { value } = role;
  // IAM judges these by the group; PutLogEvents by a stream of it. The group's ARN with `:*` covers both.
  const [, partition = 'aws'] = value.arn.split(':');
  const group = `arn:${partition}:logs:${region}:${accountId}:log-group:${logGroup}`;
  const missing = agentActions.filter((action) => {
    const resource = action === 'logs:PutLogEvents' ? `${group}:log-stream:*` : `${group}:*`;
    const answer = askRole(value, { action, resource, region });
    return answer.kind !== 'yes' && answer.kind !== 'cannotTell';
  });
  if (missing.length === 0) return [];
  return [
    draft('LOGS_NOT_ALLOWED', {
      subject,
      message: `The image says that its instances ship their journal to ${logGroup}, and ${value.roleName} may not do ${missing.join(', ')} on ${group}:*.`,
      evidence: [{ id: value.arn, what: `no statement allows ${missing.join(', ')}` }],
    }),
  ];
}
