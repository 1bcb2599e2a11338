// Shadow: the target group and the rule behind which an instance of the release is tried, by their names on AWS.
//
//   1. Both are found again by any machine: the target group by its name, the rule by its header's value; and by tags, without a record.
//   2. The rule comes before every other of its listener, and only a request with the token meets it.
import type { Tag } from '@aws-sdk/client-auto-scaling';
import {
  CreateRuleCommand,
  CreateTargetGroupCommand,
  type CreateTargetGroupCommandInput,
  DeleteRuleCommand,
  DeleteTargetGroupCommand,
  type Rule,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { DirectrixError, proofHeader, type RolloutRecord, type ShadowPlace } from '@directrix/rollout';
import type { AwsClients } from '../clients/aws-clients.js';
import { awsCodeOf } from '../clients/aws-failure.js';
import { listRules } from '../observe/listeners.js';
import { describeTargetGroups, findTargetGroup } from '../observe/target-groups.js';
import type { ApplyContext, DecisionOf } from './apply-context.js';
import { clientTokenFor } from './client-token.js';

/** Tags of everything temporary that a rollout makes outside of its group. */
export const rolloutTag = 'directrix:rollout';
export const groupTag = 'directrix:group';
export const roleTag = 'directrix:role';
/** Of an instance that takes part in a canary beside the first: which one it is. */
export const ordinalTag = 'directrix:ordinal';
/** Of a shadow target group with a canary: the weight of the one beside it in the listener's action, before. */
export const weightTag = 'directrix:original-weight';

export function tagsOf(
  { rolloutId, groupName }: RolloutRecord,
  role: 'shadow' | 'proof',
): Required<Pick<Tag, 'Key' | 'Value'>>[] {
  return [
    { Key: rolloutTag, Value: rolloutId },
    { Key: groupTag, Value: groupName },
    { Key: roleTag, Value: role },
  ];
}

/** Every shadow target group's name begins so. */
export const shadowPrefix = 'directrix-';

/** A target group's name has at most 32 characters. */
function shadowNameOf({ rolloutId }: Pick<RolloutRecord, 'rolloutId'>): string {
  return `${shadowPrefix}${clientTokenFor(rolloutId, 'shadow').slice(0, 20)}`;
}

export async function openShadow(
  { clients, renewLease }: ApplyContext,
  record: RolloutRecord,
  { place }: DecisionOf<'openShadow'>,
): Promise<{ readonly targetGroupArn: string }> {
  const targetGroupArn = (await findShadow(clients, record)) ?? (await createShadow(clients, record, place));
  await renewLease();
  const rules = await listRules(clients, place.listenerArn);
  if (!rules.some((rule) => isOfPlace(rule, place))) {
    await clients.elbv2.send(
      new CreateRuleCommand({
        ListenerArn: place.listenerArn,
        Priority: firstFreePriority(rules),
        Conditions: [
          { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: proofHeader, Values: [place.token] } },
        ],
        Actions: [{ Type: 'forward', TargetGroupArn: targetGroupArn }],
        Tags: tagsOf(record, 'shadow'),
      }),
    );
  }
  return { targetGroupArn };
}

/** The rule first: AWS deletes no target group that a rule leads to. What is gone already is as wanted. */
export async function closeShadow(
  { clients }: ApplyContext,
  record: RolloutRecord,
  { place, targetGroupArn }: DecisionOf<'closeShadow'>,
): Promise<undefined> {
  const rules = await listRules(clients, place.listenerArn).catch((error: unknown) => {
    if (awsCodeOf(error)?.startsWith('ListenerNotFound')) return [];
    throw error;
  });
  for (const rule of rules.filter((each) => isOfPlace(each, place))) await deleteRule(clients, rule.RuleArn ?? '');
  const arn = targetGroupArn ?? (await findShadow(clients, record));
  if (arn !== undefined) await clients.elbv2.send(new DeleteTargetGroupCommand({ TargetGroupArn: arn }));
}

export async function deleteRule(clients: AwsClients, RuleArn: string): Promise<void> {
  try {
    await clients.elbv2.send(new DeleteRuleCommand({ RuleArn }));
  } catch (error) {
    if (!awsCodeOf(error)?.startsWith('RuleNotFound')) throw error;
  }
}

async function findShadow(clients: AwsClients, record: RolloutRecord): Promise<string | undefined> {
  return (await findTargetGroup(clients, shadowNameOf(record)))?.TargetGroupArn;
}

async function createShadow(clients: AwsClients, record: RolloutRecord, place: ShadowPlace): Promise<string> {
  const [source] = await describeTargetGroups(clients, [place.targetGroupArn]);
  const made = await clients.elbv2.send(
    new CreateTargetGroupCommand({
      ...settingsOf(source ?? {}),
      Name: shadowNameOf(record),
      Tags: [...tagsOf(record, 'shadow'), ...weightTags(record)],
    }),
  );
  const arn = made.TargetGroups?.[0]?.TargetGroupArn;
  if (arn !== undefined) return arn;
  throw new DirectrixError('AWS_REFUSED', 'CreateTargetGroup answered without a target group.', {
    source: 'elasticloadbalancing:CreateTargetGroup',
  });
}

/** For whoever gives the action back without a record. */
function weightTags({ options: { canary } }: RolloutRecord): { readonly Key: string; readonly Value: string }[] {
  return canary?.originalWeight === undefined ? [] : [{ Key: weightTag, Value: String(canary.originalWeight) }];
}

/** The load balancer is to check as it checks those that serve. */
function settingsOf(source: TargetGroup): Omit<CreateTargetGroupCommandInput, 'Name'> {
  return {
    Protocol: source.Protocol,
    ProtocolVersion: source.ProtocolVersion,
    Port: source.Port,
    VpcId: source.VpcId,
    TargetType: source.TargetType,
    IpAddressType: source.IpAddressType,
    HealthCheckEnabled: source.HealthCheckEnabled,
    HealthCheckProtocol: source.HealthCheckProtocol,
    HealthCheckPort: source.HealthCheckPort,
    HealthCheckPath: source.HealthCheckPath,
    HealthCheckIntervalSeconds: source.HealthCheckIntervalSeconds,
    HealthCheckTimeoutSeconds: source.HealthCheckTimeoutSeconds,
    HealthyThresholdCount: source.HealthyThresholdCount,
    UnhealthyThresholdCount: source.UnhealthyThresholdCount,
    Matcher: source.Matcher,
  };
}

function isOfPlace({ Conditions = [] }: Rule, { token }: ShadowPlace): boolean {
  return Conditions.some(
    ({ HttpHeaderConfig: header }) =>
      header?.HttpHeaderName?.toLowerCase() === proofHeader && header.Values?.includes(token) === true,
  );
}

/** Before every other rule, where there is room; priorities are 1 to 50,000. */
function firstFreePriority(rules: readonly Rule[]): number {
  const taken = new Set(rules.map(({ Priority }) => Number(Priority)));
  const first = Math.min(50_001, ...[...taken].filter((priority) => priority > 0));
  if (first > 1) return first - 1;
  let free = 1;
  while (taken.has(free)) free += 1;
  return free;
}
