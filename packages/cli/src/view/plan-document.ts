// plan-document: what `deploy --plan` tells.
import type { Forecast, Release, RolloutOptions, WatchedPath } from '@directrix/rollout';
import type { Colors } from '../colors.js';
import { formatDuration } from '../option-values.js';
import { count, percent } from '../text/quantities.js';
import { nameRelease } from './describe-event.js';

/** The contract of `directrix deploy --plan --json`; docs/cli.md has it. */
export interface PlanDocument {
  readonly schema: 'directrix.plan/1';
  readonly group: string;
  readonly from: Release;
  readonly to: Release;
  readonly sizes: {
    readonly minSize: number;
    readonly maxSize: number;
    readonly desiredCapacity: number;
    /** By how much MaxSize is raised for the rollout. */
    readonly maxSizeLent: number;
  };
  readonly options: RolloutOptions;
  /** What the first look would change, in AWS's words. What follows depends on what is seen then. */
  readonly firstChanges: readonly { readonly kind: string; readonly text: string }[];
  readonly forecast: Forecast;
  readonly notices: readonly { readonly code: string; readonly text: string }[];
}

export function formatPlan(plan: PlanDocument, colors: Colors): string {
  const { group, from, to, notices, forecast } = plan;
  const lines = [
    `${colors.bold(`PLAN: ${group}`)} ${nameRelease(from)} -> ${nameRelease(to)}. Nothing was changed.`,
    ...part(
      'at first',
      plan.firstChanges.map(({ text }) => text),
    ),
    ...part('prove', describeProve(plan.options)),
    ...part('canary', describeCanary(plan.options)),
    ...part('roll', describeRoll(plan)),
    ...part('bake', describeBake(plan)),
    ...part('finish', describeFinish(plan)),
    ...part('gates', describeGates(plan.options)),
    ...part('time', describeForecast(forecast)),
    ...notices.map(({ code, text }) => `  ${colors.yellow(code)} ${text}`),
  ];
  return `${lines.join('\n')}\n`;
}

function part(name: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => `  ${(index === 0 ? name : '').padEnd(9)} ${line}`);
}

function describeProve({ prove, isFirstAlone, minHealthyTimeMs }: RolloutOptions): string[] {
  if (isFirstAlone === true) return ['the first instance is verified alone, before others are added'];
  if (prove === undefined) return [];
  return [
    'try one instance outside of the group, behind a rule of the listener that no user meets',
    `it must be healthy for ${formatDuration(minHealthyTimeMs)} and answer as it should; then it joins the group`,
  ];
}

function describeCanary({ canary }: RolloutOptions): string[] {
  if (canary === undefined) return [];
  const { steps, instanceCount, place } = canary;
  const shares = steps.map(({ share, forMs }) => `${percent(share)} for ${formatDuration(forMs)} at least`);
  return [
    `${shares.join(', then ')} of users' requests go to ${count(instanceCount, 'instance')} outside of the group`,
    `by the action of ${place.ruleArn ?? place.listenerArn}, which is given back as it was`,
    "each share lasts until every gate has passed, CloudWatch's counts of it beside those of the group among them",
  ];
}

function describeRoll({ options, sizes, forecast }: PlanDocument): string[] {
  const { batches } = forecast;
  const most = Math.max(0, ...batches);
  const lent = sizes.maxSizeLent > 0 && options.isMaxSizeLent === true;
  const named = options.isVersionChecked ? ', and must name its version' : '';
  return [
    `add ${count(sizes.desiredCapacity, 'instance')}${batches.length > 1 ? `, ${most} at a time (${batches.length} batches)` : ''}`,
    ...(lent
      ? [`raise MaxSize from ${sizes.maxSize} to ${sizes.maxSize + sizes.maxSizeLent} for it, and give it back`]
      : []),
    `each must be healthy for ${formatDuration(options.minHealthyTimeMs)}${named}`,
    'as many old ones go to Standby, and stay warm',
  ];
}

function describeBake({ options: { bakeMs } }: PlanDocument): string[] {
  return [
    bakeMs === 0
      ? 'none: the warm ones go as soon as all new ones are verified'
      : `${formatDuration(bakeMs)}: all new ones serve, all old ones are warm, and the gates watch`,
  ];
}

function describeFinish({ sizes }: PlanDocument): string[] {
  return [`terminate the ${count(sizes.desiredCapacity, 'warm one')}, and give every temporary change back`];
}

function describeGates({ requests, alarmNames = [] }: RolloutOptions): string[] {
  const asked = requests?.paths.map(describePath) ?? [];
  return [
    'the health checks of every target group',
    ...(requests === undefined
      ? ["users' requests are not judged"]
      : [`${requests.requestsPerSecond} requests a second: ${asked.join(', ')}`]),
    ...(alarmNames.length === 0 ? [] : [`CloudWatch alarms: ${alarmNames.join(', ')}`]),
  ];
}

function describePath({ method, path, expect }: WatchedPath): string {
  const checked = expect === undefined ? '' : ' (with expectations)';
  return `${method === undefined ? '' : `${method} `}${path}${checked}`;
}

function describeForecast({ durationMs, phases, start, withoutLoanMs }: Forecast): string[] {
  const parts = phases.map(({ phase, durationMs: each }) => `${phase} ${formatDuration(each)}`).join(', ');
  return [
    `about ${formatDuration(durationMs)}: ${parts}`,
    describeStart(start),
    ...(withoutLoanMs === undefined ? [] : [`${formatDuration(withoutLoanMs)} without raising MaxSize`]),
  ];
}

function describeStart({ from, count: number, listedMs, healthyMs }: Forecast['start']): string {
  const taken = formatDuration(listedMs + healthyMs);
  switch (from) {
    case 'lastRollout':
      return `an instance starts in ${taken}, as ${number} of the last rollout did`;
    case 'launches':
      return `an instance starts in ${taken}: the last ${count(number, 'launch', 'launches')} of the group, and a health check`;
    case 'assumed':
      return `an instance is taken to start in ${taken}: nothing was measured yet`;
  }
}
