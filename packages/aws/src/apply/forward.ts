// Forward: the action of a listener, or of one of its rules, that leads users' requests on.
//
//   1. What is not as the rollout left it is somebody else's, and is not written over (S6).
//   2. Given back, it is as it was read, to the last attribute (S5); of somebody else's only our target group is taken out.
import {
  type Action,
  DescribeListenersCommand,
  DescribeRulesCommand,
  ModifyListenerCommand,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  DirectrixError,
  type ForwardObservation,
  type ForwardPlace,
  failureOf,
  type PlainForward,
  type RolloutRecord,
  readForward,
  weightsOf,
} from '@directrix/rollout';
import type { AwsClients } from '../clients/aws-clients.js';
import { awsCodeOf } from '../clients/aws-failure.js';
import type { ApplyContext, DecisionOf } from './apply-context.js';

/** The actions of the place, in AWS's words; empty where the listener or the rule is gone. */
export async function readActions({ elbv2 }: AwsClients, { listenerArn, ruleArn }: ForwardPlace): Promise<Action[]> {
  try {
    if (ruleArn === undefined) {
      const { Listeners = [] } = await elbv2.send(new DescribeListenersCommand({ ListenerArns: [listenerArn] }));
      return Listeners[0]?.DefaultActions ?? [];
    }
    const { Rules = [] } = await elbv2.send(new DescribeRulesCommand({ RuleArns: [ruleArn] }));
    return Rules[0]?.Actions ?? [];
  } catch (error) {
    if (/^(ListenerNotFound|RuleNotFound)/.test(awsCodeOf(error) ?? '')) return [];
    throw error;
  }
}

/** What they do, as a rollout reads it. */
export function describeForward(actions: readonly Action[]): ForwardObservation {
  const [action, ...others] = actions;
  if (action?.Type !== 'forward' || others.length > 0) return { kind: 'other' };
  const { TargetGroups, TargetGroupStickinessConfig: stickiness } = action.ForwardConfig ?? {};
  const targetGroups =
    TargetGroups === undefined || TargetGroups.length === 0
      ? [{ targetGroupArn: action.TargetGroupArn ?? '' }]
      : TargetGroups.map(({ TargetGroupArn = '', Weight }) => ({ targetGroupArn: TargetGroupArn, weight: Weight }));
  return {
    kind: 'forward',
    targetGroups,
    ...(action.Order === undefined ? {} : { order: action.Order }),
    ...(stickiness === undefined
      ? {}
      : { stickiness: { isEnabled: stickiness.Enabled, durationSeconds: stickiness.DurationSeconds } }),
  };
}

interface Weighted {
  readonly targetGroupArn: string;
  readonly weight?: number;
}

function toAction(
  targetGroups: readonly Weighted[],
  { order, stickiness }: Omit<PlainForward, 'targetGroupArn'>,
): Action {
  return {
    Type: 'forward',
    ...(order === undefined ? {} : { Order: order }),
    ForwardConfig: {
      TargetGroups: targetGroups.map(({ targetGroupArn, weight }) => ({
        TargetGroupArn: targetGroupArn,
        ...(weight === undefined ? {} : { Weight: weight }),
      })),
      ...(stickiness === undefined
        ? {}
        : {
            TargetGroupStickinessConfig: { Enabled: stickiness.isEnabled, DurationSeconds: stickiness.durationSeconds },
          }),
    },
  };
}

export async function writeActions(
  { elbv2 }: AwsClients,
  { listenerArn, ruleArn }: ForwardPlace,
  actions: Action[],
): Promise<void> {
  if (ruleArn === undefined)
    await elbv2.send(new ModifyListenerCommand({ ListenerArn: listenerArn, DefaultActions: actions }));
  else await elbv2.send(new ModifyRuleCommand({ RuleArn: ruleArn, Actions: actions }));
}

/** Throws FORWARD_CHANGED where the action is somebody else's. */
export async function setForward(
  { clients }: ApplyContext,
  { ours }: RolloutRecord,
  { place, original, targetGroupArn, share }: DecisionOf<'setForward'>,
): Promise<undefined> {
  const seen = describeForward(await readActions(clients, place));
  const sight = readForward(seen, { original, shadowArn: targetGroupArn, ordered: ours.forward?.ordered ?? [share] });
  if (sight.kind === 'theirs')
    throw new DirectrixError('FORWARD_CHANGED', 'The action is not as it was when this was decided.', {
      kind: 'conflict',
      source: place.ruleArn ?? place.listenerArn,
    });
  if (sight.kind === 'ours' && sight.share === share) return undefined;
  const { canary, stable } = weightsOf(share);
  const targetGroups = [
    { targetGroupArn: original.targetGroupArn, weight: stable },
    { targetGroupArn, weight: canary },
  ];
  await writeActions(clients, place, [toAction(targetGroups, original)]);
  return undefined;
}

export async function restoreForward(
  { clients }: ApplyContext,
  { ours }: RolloutRecord,
  { place, original, targetGroupArn }: DecisionOf<'restoreForward'>,
): Promise<{ readonly isTheirs: boolean }> {
  const actions = await readActions(clients, place);
  const seen = describeForward(actions);
  const sight = readForward(seen, { original, shadowArn: targetGroupArn, ordered: ours.forward?.ordered ?? [] });
  if (sight.kind !== 'theirs') {
    // Written even where it reads as it was: what was read may be older than what we set.
    await writeActions(clients, place, [toAction([original], original)]).catch((error: unknown) => {
      // Whoever may not change it did not change it before either: what reads as it was is as it was.
      if (sight.kind !== 'original' || failureOf(error).kind !== 'denied') throw error;
    });
    return { isTheirs: false };
  }
  const without = withoutTargetGroup(actions, targetGroupArn);
  if (without !== undefined) await writeActions(clients, place, without);
  return { isTheirs: true };
}

/** The actions without the target group; undefined where it is not among them, or nothing would be left. */
export function withoutTargetGroup(actions: readonly Action[], targetGroupArn: string): Action[] | undefined {
  const groupsOf = ({ ForwardConfig }: Action) => ForwardConfig?.TargetGroups ?? [];
  const isIn = (action: Action) => groupsOf(action).some((one) => one.TargetGroupArn === targetGroupArn);
  if (!actions.some((action) => isIn(action) && groupsOf(action).length > 1)) return undefined;
  return actions.map((action) => {
    if (!isIn(action)) return action;
    const { TargetGroupArn: _only, ...rest } = action;
    const TargetGroups = groupsOf(action).filter((one) => one.TargetGroupArn !== targetGroupArn);
    return { ...rest, ForwardConfig: { ...action.ForwardConfig, TargetGroups } };
  });
}
