import { type Hold, type LaunchTemplateReference, type Need, type Release, shell } from '@directrix/rollout';
import type { Colors } from '../../colors.js';
import { silentAfterMs } from '../../instance-logs/shipped.js';
import { formatDuration } from '../../option-values.js';
import { adviseNeed } from '../../text/need-text.js';
import { count } from '../../text/quantities.js';
import { formatTable } from '../../text/table.js';
import { colorOutcome, nameRelease } from '../../view/describe-event.js';
import { formatEvidence, type ToldEvidence } from '../../view/rollout-document.js';

/** The contract of `directrix status --json`; docs/cli.md has it. */
export interface StatusDocument {
  readonly schema: 'directrix.status/1';
  readonly at: string;
  readonly group: {
    readonly name: string;
    readonly minSize: number;
    readonly maxSize: number;
    readonly desiredCapacity: number;
    readonly launchTemplate?: LaunchTemplateReference;
    readonly suspendedProcesses: readonly string[];
  };
  readonly instances: readonly {
    readonly instanceId: string;
    readonly lifecycleState: string;
    readonly healthStatus: string;
    readonly availabilityZone: string;
    readonly launchTemplateVersion?: string;
    readonly imageId?: string;
    /** As the instance reported it in the last rollout, else as its image is tagged. */
    readonly version?: string;
    /** That its image was baked from, as the image is tagged. */
    readonly commit?: string;
    readonly targets: readonly {
      readonly targetGroup: string;
      readonly port: number;
      readonly state: string;
      readonly reason?: string;
      readonly description?: string;
    }[];
    /** Where its image is tagged directrix:logs. Without a time: its agent has not said anything lately. */
    readonly logs?: {
      readonly logGroup: string;
      /** ISO 8601: up to when all of its journal is in CloudWatch Logs. */
      readonly shippedUntil?: string;
      readonly lagMs?: number;
      /** Why it could not be read. */
      readonly error?: { readonly code: string; readonly message: string };
    };
  }[];
  /** The newest; not active when it was released or its holder is gone. */
  readonly lease?: {
    readonly epoch: number;
    readonly isActive: boolean;
    readonly command: string;
    readonly rolloutId: string;
    readonly holder: string;
    readonly pid: number;
    readonly acquiredAt: string;
    readonly renewedAt: string;
  };
  /** The last one, finished or not. */
  readonly rollout?: {
    readonly rolloutId: string;
    readonly phase: string;
    readonly outcome?: string;
    /** The code and the sentence of `need`. */
    readonly needs?: string;
    readonly need?: Need;
    readonly from: Release;
    readonly to: Release;
    readonly startedAt: string;
    readonly evidence: readonly ToldEvidence[];
    /** With the sentence that its parts make. */
    readonly heldBy: readonly (Hold & { readonly text: string })[];
  };
  /** What `deploy --keep-warm` left in Standby. `leftMs`: 0 when its time is over. */
  readonly warm?: {
    readonly release: Release;
    readonly instanceIds: readonly string[];
    readonly until: string;
    readonly leftMs: number;
  };
}

export function formatStatus(status: StatusDocument, colors: Colors): string {
  const logs = formatLogs(status, colors);
  const lines = [
    ...formatGroup(status, colors),
    '',
    formatInstances(status, colors),
    '',
    ...(logs.length === 0 ? [] : [...logs, '']),
    ...formatRollout(status, colors),
    ...formatWarm(status),
  ];
  return `${lines.join('\n')}\n`;
}

function formatGroup({ group, instances }: StatusDocument, colors: Colors): string[] {
  const template = group.launchTemplate;
  return [
    `${colors.bold(group.name)}  desired ${group.desiredCapacity}, min ${group.minSize}, max ${group.maxSize}`,
    template === undefined
      ? '  no launch template'
      : `  launch template ${template.launchTemplateName} (${template.launchTemplateId}), version ${template.version}`,
    ...commitsOf(instances).map((text) => `  ${text}`),
    ...namesOf(instances).map((name) => `  target group ${name}`),
    ...(group.suspendedProcesses.length === 0 ? [] : [`  suspended: ${group.suspendedProcesses.join(', ')}`]),
  ];
}

function formatInstances({ instances }: StatusDocument, colors: Colors): string {
  if (instances.length === 0) return '  no instances';
  const isOneGroup = namesOf(instances).length === 1;
  const rows = instances.map((instance) => [
    instance.instanceId,
    instance.version || instance.imageId || '?',
    instance.launchTemplateVersion ?? '?',
    instance.lifecycleState,
    instance.availabilityZone,
    instance.targets.length === 0
      ? colors.dim('in no target group')
      : instance.targets.map((target) => formatTarget(target, isOneGroup, colors)).join('; '),
  ]);
  return formatTable(['instance', 'version', 'template', 'state', 'zone', 'targets'], rows).join('\n');
}

/** One line for each log group, and one for each instance whose agent does not say how much of its journal is there. */
function formatLogs({ instances }: StatusDocument, colors: Colors): string[] {
  const names = [...new Set(instances.flatMap(({ logs }) => logs?.logGroup ?? []))];
  return names.flatMap((name) => {
    const members = instances.filter(({ logs }) => logs?.logGroup === name);
    const error = members.find(({ logs }) => logs?.error !== undefined)?.logs?.error;
    if (error !== undefined) return [`  logs in ${name} cannot be read: ${error.code}`, `    ${error.message}`];
    const lags = members.flatMap(({ logs }) => logs?.lagMs ?? []);
    const silent = members.filter(({ logs }) => logs?.lagMs === undefined);
    return [
      `  logs in ${name}${lags.length === 0 ? '' : ` are at most ${formatDuration(Math.max(...lags))} behind`}`,
      ...silent.map(
        ({ instanceId }) =>
          `    ${colors.yellow(`the agent of ${instanceId} has not reported for ${formatDuration(silentAfterMs)}`)}`,
      ),
    ];
  });
}

/** `0.149.2 is of commit 0a1b2c3d4e5f`, for each version that says it. */
function commitsOf(instances: StatusDocument['instances']): string[] {
  const told = instances.flatMap(({ version, imageId, commit }) =>
    commit === undefined ? [] : `${version || imageId} is of commit ${commit.slice(0, 12)}`,
  );
  return [...new Set(told)];
}

function namesOf(instances: StatusDocument['instances']): string[] {
  return [...new Set(instances.flatMap(({ targets }) => targets.map(({ targetGroup }) => targetGroup)))];
}

type Target = StatusDocument['instances'][number]['targets'][number];

// The only target group is named once, above.
function formatTarget(target: Target, isOneGroup: boolean, colors: Colors): string {
  const color = target.state === 'healthy' ? colors.green : target.state === 'unhealthy' ? colors.red : colors.yellow;
  return `${isOneGroup ? '' : `${target.targetGroup} `}${color(target.state)}${target.reason === undefined ? '' : ` ${target.reason}`}`;
}

function formatRollout({ rollout, lease, group }: StatusDocument, colors: Colors): string[] {
  if (rollout === undefined) return ['  Directrix has not changed this group yet.'];
  const state =
    rollout.outcome === undefined
      ? `in phase ${rollout.phase}`
      : colorOutcome(rollout.outcome, colors)(rollout.outcome);
  const isOpen = rollout.outcome === undefined || rollout.outcome === 'needsHuman';
  return [
    `  rollout ${rollout.rolloutId}: ${nameRelease(rollout.from)} -> ${nameRelease(rollout.to)}, ${state}`,
    ...rollout.evidence.flatMap(formatEvidence).map((line) => `    ${line}`),
    ...(rollout.needs === undefined ? [] : [`    needs ${rollout.needs}`]),
    ...rollout.heldBy.map(({ text }) => `    waiting: ${text}`),
    ...(lease?.isActive
      ? [`    ${lease.command} by ${lease.holder} (pid ${lease.pid}) since ${lease.acquiredAt}`]
      : []),
    ...(isOpen && !lease?.isActive ? [`    no deployer is running: ${tellWayOut(rollout.need, group.name)}`] : []),
  ];
}

function formatWarm({ warm, group }: StatusDocument): string[] {
  if (warm === undefined) return [];
  const { release, instanceIds, leftMs } = warm;
  const what = `${count(instanceIds.length, 'instance')} of ${release.version} in Standby`;
  const back = shell`directrix rollback --group ${group.name}`;
  return leftMs > 0
    ? [`  warm: ${what}, ${formatDuration(leftMs)} left`, `    ${back} uses them`]
    : [`  warm: ${what}, and their time is over`, `    directrix finalize ends them; until then ${back} uses them`];
}

function tellWayOut(need: Need | undefined, groupName: string): string {
  if (need !== undefined) return adviseNeed(need, groupName);
  return `${shell`directrix resume --group ${groupName}`}, or ${shell`directrix abort --group ${groupName}`}`;
}
