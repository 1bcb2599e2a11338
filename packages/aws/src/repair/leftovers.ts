// Leftovers: what a rollout made outside of its group and never removed, found by its tags alone, and how each is undone.
//
//   1. Only what has our tags is touched; of it only what still is as we left it (S6).
//   2. Each is undone on its own: what AWS refuses keeps no other (L3).
//   3. Undone again, it finds nothing.
import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import { paginateDescribeInstances } from '@aws-sdk/client-ec2';
import {
  type Action,
  DeleteTargetGroupCommand,
  DescribeTagsCommand,
  type RuleCondition,
  type Tag,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { awsDrainMs, type ForwardPlace, failureOf, proofHeader } from '@directrix/rollout';
import { endInstances, listJoined, untagProofs } from '../apply/end-proof.js';
import { withoutTargetGroup, writeActions } from '../apply/forward.js';
import { deleteRule, groupTag, roleTag, shadowPrefix, weightTag } from '../apply/shadow.js';
import type { AwsClients } from '../clients/aws-clients.js';
import { chunk, collectPages } from '../clients/page.js';
import { describeGroup, targetGroupArnsOf } from '../observe/group.js';
import { listListeners, listRules } from '../observe/listeners.js';
import { describeTargetGroups, listTargetGroups, readDrainMs } from '../observe/target-groups.js';

export type Leftover =
  /** A share of users' requests goes to a shadow target group. `actions`: without it; `drainMs`: for those that are under way. */
  | { readonly kind: 'forward'; readonly place: ForwardPlace; readonly actions: Action[]; readonly drainMs: number }
  | { readonly kind: 'rule'; readonly arn: string }
  | { readonly kind: 'targetGroup'; readonly arn: string; readonly name: string }
  /** Launched to be tried. `isJoined`: it is a group's own, and only has our tags. */
  | { readonly kind: 'proof'; readonly instanceIds: readonly string[]; readonly isJoined: boolean };

/** In the order in which they are to be undone. */
export async function findLeftovers(clients: AwsClients, groupName: string): Promise<readonly Leftover[]> {
  const group = await describeGroup(clients, groupName);
  const [proofs, routes, targetGroups] = await Promise.all([
    findProofsOf(clients, groupName),
    readRoutes(clients, group),
    findTargetGroups(clients, groupName),
  ]);
  const [forwards, rules] = await Promise.all([
    findForwards(clients, routes, targetGroups),
    findRules(clients, routes, groupName),
  ]);
  const joined = await listJoined(clients, proofs);
  const outside = proofs.filter((id) => !joined.includes(id));
  const shadows = targetGroups.map(({ arn, name }) => ({ kind: 'targetGroup', arn, name }) as const);
  return [...forwards, ...rules, ...shadows, ...ofInstances(outside, false), ...ofInstances(joined, true)];
}

function ofInstances(instanceIds: readonly string[], isJoined: boolean): readonly Leftover[] {
  return instanceIds.length === 0 ? [] : [{ kind: 'proof', instanceIds, isJoined }];
}

async function findProofsOf(clients: AwsClients, groupName: string): Promise<readonly string[]> {
  const reservations = await collectPages(
    paginateDescribeInstances(
      { client: clients.ec2 },
      {
        Filters: [
          { Name: `tag:${groupTag}`, Values: [groupName] },
          { Name: `tag:${roleTag}`, Values: ['proof'] },
          { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] },
        ],
      },
    ),
    (page) => page.Reservations,
  );
  return reservations.flatMap(({ Instances = [] }) => Instances.flatMap(({ InstanceId }) => InstanceId ?? []));
}

/** What a listener, or a rule of it, does. */
interface Route {
  readonly place: ForwardPlace;
  readonly actions: readonly Action[];
  readonly conditions: readonly RuleCondition[];
}

async function readRoutes(clients: AwsClients, group: AutoScalingGroup): Promise<readonly Route[]> {
  const routes: Route[] = [];
  for (const LoadBalancerArn of await listLoadBalancers(clients, targetGroupArnsOf(group))) {
    for (const { ListenerArn: listenerArn = '', DefaultActions = [] } of await listListeners(
      clients,
      LoadBalancerArn,
    )) {
      routes.push({ place: { listenerArn }, actions: DefaultActions, conditions: [] });
      for (const { RuleArn: ruleArn = '', IsDefault, Actions = [], Conditions = [] } of await listRules(
        clients,
        listenerArn,
      ))
        if (IsDefault !== true)
          routes.push({ place: { listenerArn, ruleArn }, actions: Actions, conditions: Conditions });
    }
  }
  return routes;
}

async function findRules(
  clients: AwsClients,
  routes: readonly Route[],
  groupName: string,
): Promise<readonly Leftover[]> {
  const ofProofs = routes.filter(({ conditions }) =>
    conditions.some(({ HttpHeaderConfig: header }) => header?.HttpHeaderName?.toLowerCase() === proofHeader),
  );
  const arns = ofProofs.flatMap(({ place }) => place.ruleArn ?? []);
  return [...(await tagsOfGroup(clients, arns, groupName)).keys()].map((arn) => ({ kind: 'rule', arn }));
}

/** Each action that leads users to a shadow target group beside another one. */
async function findForwards(
  clients: AwsClients,
  routes: readonly Route[],
  shadows: readonly Shadow[],
): Promise<readonly Leftover[]> {
  const found: Leftover[] = [];
  for (const { place, actions } of routes) {
    let without: Action[] | undefined;
    for (const { arn, originalWeight } of shadows) {
      const left = withoutTargetGroup(without ?? actions, arn);
      if (left !== undefined) without = left.map((action) => withWeight(action, originalWeight));
    }
    if (without !== undefined)
      found.push({ kind: 'forward', place, actions: without, drainMs: await longestDrainMs(clients, without) });
  }
  return found;
}

/** One target group alone gets back the weight that it had. */
function withWeight(action: Action, weight: number | undefined): Action {
  const [only, ...others] = action.ForwardConfig?.TargetGroups ?? [];
  if (only === undefined || others.length > 0) return action;
  return { ...action, ForwardConfig: { ...action.ForwardConfig, TargetGroups: [{ ...only, Weight: weight ?? 1 }] } };
}

/** The longest of them; AWS's default where one cannot be read. */
async function longestDrainMs(clients: AwsClients, actions: readonly Action[]): Promise<number> {
  const groups = actions.flatMap(({ ForwardConfig }) => ForwardConfig?.TargetGroups ?? []);
  const delays = await Promise.all(
    groups.map(({ TargetGroupArn = '' }) => readDrainMs(clients, TargetGroupArn).catch(() => awsDrainMs)),
  );
  return Math.max(0, ...delays);
}

async function listLoadBalancers(clients: AwsClients, TargetGroupArns: readonly string[]): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const arn of TargetGroupArns) {
    // One that is gone hides no load balancer of another.
    const [group] = await describeTargetGroups(clients, [arn]).catch((error: unknown) => {
      if (failureOf(error).kind === 'missing') return [];
      throw error;
    });
    for (const each of group?.LoadBalancerArns ?? []) found.add(each);
  }
  return [...found];
}

interface Shadow {
  readonly arn: string;
  readonly name: string;
  /** Of the target group beside it, in the action that leads users to both. */
  readonly originalWeight?: number;
}

async function findTargetGroups(clients: AwsClients, groupName: string): Promise<readonly Shadow[]> {
  const all = await listTargetGroups(clients);
  const named = all.filter(({ TargetGroupName }) => TargetGroupName?.startsWith(shadowPrefix));
  const arns = named.map(({ TargetGroupArn = '' }) => TargetGroupArn);
  const ours = await tagsOfGroup(clients, arns, groupName);
  return named.flatMap(({ TargetGroupArn: arn = '', TargetGroupName: name = '' }) => {
    const tags = ours.get(arn);
    if (tags === undefined) return [];
    const weight = tags.find(({ Key }) => Key === weightTag)?.Value;
    return [{ arn, name, ...(weight === undefined ? {} : { originalWeight: Number(weight) }) }];
  });
}

/** AWS takes at most 20 ARNs in one DescribeTags. */
const arnsPerCall = 20;

/** Of those that have the tag of the group, their tags. */
async function tagsOfGroup(
  clients: AwsClients,
  arns: readonly string[],
  groupName: string,
): Promise<ReadonlyMap<string, readonly Tag[]>> {
  const ours = new Map<string, readonly Tag[]>();
  for (const ResourceArns of chunk(arns, arnsPerCall)) {
    const { TagDescriptions = [] } = await clients.elbv2.send(new DescribeTagsCommand({ ResourceArns }));
    for (const { ResourceArn = '', Tags = [] } of TagDescriptions)
      if (Tags.some(({ Key, Value }) => Key === groupTag && Value === groupName)) ours.set(ResourceArn, Tags);
  }
  return ours;
}

/** Throws what AWS refuses. */
export async function undoLeftover(clients: AwsClients, leftover: Leftover): Promise<void> {
  switch (leftover.kind) {
    case 'forward':
      return writeActions(clients, leftover.place, leftover.actions);
    case 'rule':
      return deleteRule(clients, leftover.arn);
    case 'targetGroup':
      await clients.elbv2.send(new DeleteTargetGroupCommand({ TargetGroupArn: leftover.arn }));
      return;
    case 'proof':
      return leftover.isJoined
        ? untagProofs(clients, leftover.instanceIds)
        : endInstances(clients, leftover.instanceIds);
  }
}
