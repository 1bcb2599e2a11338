import type { LogGroup } from '@aws-sdk/client-cloudwatch-logs';
import type { LabState } from '../../control-plane/types.js';
import { groupNotFound, invalidParameter } from './refusal.js';
import type { LogGroupRecord } from './state.js';

/** An operation's way of naming a group: by its name, or by a name or ARN. */
interface GroupReference {
  readonly logGroupName?: string | undefined;
  readonly logGroupIdentifier?: string | undefined;
}

/** Throws InvalidParameterException when neither or both ways are used, ResourceNotFoundException when there is no such group. */
export function findGroup(state: LabState, { logGroupName, logGroupIdentifier }: GroupReference): LogGroupRecord {
  if (logGroupName !== undefined && logGroupIdentifier !== undefined)
    throw invalidParameter('LogGroup name and LogGroup ARN are mutually exclusive parameters.');
  const given = logGroupName ?? logGroupIdentifier;
  if (given === undefined) throw invalidParameter('Either the LogGroup name or the LogGroup ARN must be specified.');
  const group = state.logs.groups.get(groupNameOf(given));
  if (group === undefined) throw groupNotFound();
  return group;
}

/** The name in `arn:aws:logs:us-west-2:123456789012:log-group:web:*`, or the text itself. */
export function groupNameOf(identifier: string): string {
  return /^arn:[^:]*:logs:[^:]*:[^:]*:log-group:([^:]+)/.exec(identifier)?.[1] ?? identifier;
}

/** Without the `:*` that an IAM policy wants behind it. */
export function groupArn({ region, accountId }: Pick<LabState, 'region' | 'accountId'>, name: string): string {
  return `arn:aws:logs:${region}:${accountId}:log-group:${name}`;
}

export function logGroupOf(state: LabState, group: LogGroupRecord): LogGroup {
  const arn = groupArn(state, group.name);
  return {
    logGroupName: group.name,
    creationTime: group.creationTime,
    ...(group.retentionInDays === undefined ? {} : { retentionInDays: group.retentionInDays }),
    metricFilterCount: 0,
    arn: `${arn}:*`,
    storedBytes: [...group.streams.values()].reduce((sum, { storedBytes }) => sum + storedBytes, 0),
    logGroupClass: group.logGroupClass,
    logGroupArn: arn,
    deletionProtectionEnabled: group.isDeletionProtected,
  };
}

export function groupsInOrder(state: LabState): LogGroupRecord[] {
  return [...state.logs.groups.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
