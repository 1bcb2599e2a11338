import type { Evidence, Hold, LaunchTemplateReference, Release } from '@directrix/rollout';
import Table from 'cli-table3';
import type { Colors } from '../../colors.js';
import { colorOutcome, nameRelease } from '../../view/describe-event.js';
import { formatEvidence } from '../../view/rollout-document.js';

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
    readonly targets: readonly {
      readonly targetGroup: string;
      readonly port: number;
      readonly state: string;
      readonly reason?: string;
      readonly description?: string;
    }[];
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
    readonly needs?: string;
    readonly from: Release;
    readonly to: Release;
    readonly startedAt: string;
    readonly evidence: readonly Evidence[];
    readonly heldBy: readonly Hold[];
  };
}

export function formatStatus(status: StatusDocument, colors: Colors): string {
  return `${[...formatGroup(status, colors), '', formatInstances(status, colors), '', ...formatRollout(status, colors)].join('\n')}\n`;
}

function formatGroup({ group }: StatusDocument, colors: Colors): string[] {
  const template = group.launchTemplate;
  return [
    `${colors.bold(group.name)}  desired ${group.desiredCapacity}, min ${group.minSize}, max ${group.maxSize}`,
    template === undefined
      ? '  no launch template'
      : `  launch template ${template.launchTemplateName} (${template.launchTemplateId}), version ${template.version}`,
    ...(group.suspendedProcesses.length === 0 ? [] : [`  suspended: ${group.suspendedProcesses.join(', ')}`]),
  ];
}

function formatInstances({ instances }: StatusDocument, colors: Colors): string {
  if (instances.length === 0) return '  no instances';
  const table = new Table({
    head: ['instance', 'version', 'template', 'state', 'zone', 'targets'],
    chars: plainTable,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  });
  for (const instance of instances)
    table.push([
      instance.instanceId,
      instance.version || instance.imageId || '?',
      instance.launchTemplateVersion ?? '?',
      instance.lifecycleState,
      instance.availabilityZone,
      instance.targets.length === 0
        ? colors.dim('in no target group')
        : instance.targets.map((target) => formatTarget(target, colors)).join('; '),
    ]);
  return table
    .toString()
    .split('\n')
    .map((line) => `  ${line.trimEnd()}`)
    .join('\n');
}

const edges = ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'];
const lines = ['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'];
const plainTable = Object.fromEntries([...edges, ...lines].map((name) => [name, '']));

function formatTarget(target: StatusDocument['instances'][number]['targets'][number], colors: Colors): string {
  const color = target.state === 'healthy' ? colors.green : target.state === 'unhealthy' ? colors.red : colors.yellow;
  return `${target.targetGroup} ${color(target.state)}${target.reason === undefined ? '' : ` ${target.reason}`}`;
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
    ...(isOpen && !lease?.isActive
      ? [`    nobody is at it: directrix resume --group ${group.name}, or directrix abort --group ${group.name}`]
      : []),
  ];
}
