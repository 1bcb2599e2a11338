import type { InstanceStatus, LabEnvironment } from '@directrix/lab';
import { quote, shell } from '@directrix/rollout';
import type { Colors } from '../../colors.js';
import { formatTable } from '../../text/table.js';
import type { LabStatusDocument, LabUpDocument } from './lab-document.js';

/** For `eval`. A profile or a session of the real AWS would win over, or spoil, the lab's keys. */
export function formatExports(env: LabEnvironment): string {
  const lines = Object.entries(env).map(([name, value]) => `export ${name}=${quote(value)}`);
  return `${[...lines, 'unset AWS_PROFILE AWS_SESSION_TOKEN'].join('\n')}\n`;
}

export function formatStory(lab: LabUpDocument, isDetached: boolean, colors: Colors): string {
  const speed = lab.speed === 1 ? '' : `, its time runs ${lab.speed} times as fast as yours`;
  return [
    `${colors.bold(lab.id)} is up at ${lab.endpoint}${speed}`,
    ...(lab.description === undefined ? [] : [lab.description]),
    'AWS CLI before 2.13 does not read AWS_ENDPOINT_URL: give it --endpoint-url',
    isDetached ? `end it: ${shell`directrix lab down --lab ${lab.id}`}` : 'Ctrl-C ends it',
    '',
  ].join('\n');
}

export function formatEnded({ id, endpoint }: { readonly id: string; readonly endpoint: string | undefined }): string {
  return `${id}${endpoint === undefined ? '' : ` at ${endpoint}`} is down\n`;
}

export function formatCleaned(lab: { readonly id: string; readonly endedProcessCount: number }): string {
  const processes = `${lab.endedProcessCount} process${lab.endedProcessCount === 1 ? '' : 'es'}`;
  return `${lab.id} was killed; cleaned up after it (${processes} of its machines ended)\n`;
}

export function formatStatus(lab: LabStatusDocument, colors: Colors): string {
  return `${[
    `${colors.bold(lab.id)}  ${lab.endpoint}  ${[lab.region, lab.scenario].filter(Boolean).join('  ')}`,
    `  clock ${lab.clock.now}, ${lab.clock.speed}x; pid ${lab.pid} since ${lab.startedAt}; files in ${lab.runDirectory}`,
    '',
    ...formatGroups(lab),
    '',
    ...formatInstances(lab, colors),
    '',
    ...formatListeners(lab, colors),
    ...formatNotEmulated(lab),
  ].join('\n')}\n`;
}

function formatGroups({ groups }: LabStatusDocument): readonly string[] {
  if (groups.length === 0) return ['  no groups'];
  const rows = groups.map(({ name, minSize, desiredCapacity, maxSize, launchTemplate }) => [
    name,
    String(minSize),
    String(desiredCapacity),
    String(maxSize),
    launchTemplate === undefined ? 'none' : `${launchTemplate.name ?? '?'} ${launchTemplate.version ?? '$Default'}`,
  ]);
  return formatTable(['group', 'min', 'desired', 'max', 'launch template'], rows);
}

function formatInstances({ instances }: LabStatusDocument, colors: Colors): readonly string[] {
  if (instances.length === 0) return ['  no instances'];
  const rows = instances.map((instance) => [
    instance.instanceId,
    instance.version ?? instance.imageId ?? '?',
    instance.availabilityZone ?? '?',
    instance.lifecycleState ?? instance.state ?? '?',
    formatAddress(instance, colors),
    formatTargets(instance, colors),
  ]);
  return formatTable(['instance', 'version', 'zone', 'state', 'address', 'targets'], rows);
}

/** What runs beside the lab's network is marked: what it reaches proves nothing about the lab's. */
function formatAddress({ privateIpAddress, servicesOnHostNetwork }: InstanceStatus, colors: Colors): string {
  const address = privateIpAddress ?? '';
  if (servicesOnHostNetwork.length === 0) return address;
  return `${address} ${colors.yellow(`${servicesOnHostNetwork.join(', ')} on the host network`)}`;
}

function formatTargets({ targets }: InstanceStatus, colors: Colors): string {
  if (targets.length === 0) return colors.dim('in no target group');
  return targets
    .map(({ targetGroup, state, reason }) => {
      const color = state === 'healthy' ? colors.green : state === 'unhealthy' ? colors.red : colors.yellow;
      return `${targetGroup} ${color(state)}${reason === undefined ? '' : ` ${reason}`}`;
    })
    .join('; ');
}

function formatListeners({ listeners }: LabStatusDocument, colors: Colors): readonly string[] {
  if (listeners.length === 0) return ['  no listeners'];
  const rows = listeners.map(({ loadBalancer, protocol, port, url }) => [
    loadBalancer ?? '?',
    `${protocol ?? '?'}:${port ?? '?'}`,
    url === undefined ? 'opening' : colors.cyan(url),
  ]);
  return formatTable(['load balancer', 'listener', 'answers at'], rows);
}

function formatNotEmulated({ notEmulated }: LabStatusDocument): readonly string[] {
  if (notEmulated.length === 0) return [];
  const rows = notEmulated.map(({ service, what, count }) => [`${service}: ${what}`, String(count)]);
  return ['', ...formatTable(['refused because the lab does not emulate it', 'times'], rows)];
}
