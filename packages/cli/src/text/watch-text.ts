// watch-text: what a watch says, in sentences: alerts, and the lines of its log.
import type { Alert, AlertContext, Deploy, DeployNote, Trouble, WatchEvent } from '@directrix/watch';
import { formatDuration } from '../option-values.js';

/** An alert: a line, and what belongs to it. */
export function tellAlert(alert: Alert, context: AlertContext): { readonly title: string; readonly text: string } {
  const { incident } = alert;
  return { title: titleOf(alert), text: [...linesOf(alert, context), `incident: ${incident.id}`].join('\n') };
}

function titleOf({ kind, incident, at, endedAt }: Alert): string {
  const { check, beganAt, reopenCount } = incident;
  if (kind === 'recovered') return `${check} is well again after ${formatDuration((endedAt ?? at) - beganAt)}`;
  if (kind === 'continues') return `${check} is still down, for ${formatDuration(at - beganAt)}`;
  return reopenCount > 0 ? `${check} is down again` : `${check} is down`;
}

function linesOf({ kind, incident, endedAt }: Alert, { url, place, deploy, underWay }: AlertContext): string[] {
  const { beganAt, places, trouble, flapCount } = incident;
  return [
    url,
    `${trouble === undefined ? '' : `${tellTrouble(trouble)}; `}seen by ${places.join(', ')}`,
    `began ${utc(beganAt)}${deploy === undefined ? '' : `, ${tellDeployNote(deploy)}`}`,
    ...(kind === 'recovered' && endedAt !== undefined ? [`well since ${utc(endedAt)}`] : []),
    ...(flapCount > 0 ? [`it was well in between, ${flapCount === 1 ? 'once' : `${flapCount} times`}`] : []),
    ...underWay.map((each) => `note: ${tellDeploy(each)}`),
    `told by ${place}`,
  ];
}

/** `40 s after rollout r put 0.149.2 into service in us-west-2b`: an order in time, not a cause. */
function tellDeployNote(note: DeployNote): string {
  const { rolloutId, version, beforeMs } = note;
  const after = `${formatDuration(Math.floor(beforeMs / 1_000) * 1_000)} after`;
  if (note.what === 'started') return `${after} rollout ${rolloutId} to ${version} began`;
  const where = note.availabilityZone === undefined ? ` (${note.instanceId})` : ` in ${note.availabilityZone}`;
  return `${after} rollout ${rolloutId} put ${version} into service${where}`;
}

/** `rollout r of web from 0.149.1 to 0.149.2 is in phase roll` */
function tellDeploy({ groupName, rolloutId, from, to, outcome, phase }: Deploy): string {
  const state = outcome === undefined ? `is in phase ${phase}` : `ended: ${outcome}`;
  return `rollout ${rolloutId} of ${groupName} from ${from} to ${to} ${state}`;
}

const phases = {
  resolve: 'resolving the name',
  connect: 'connecting',
  tls: 'TLS',
  firstByte: 'waiting for the answer',
  body: 'reading the answer',
};

function tellTrouble(trouble: Trouble): string {
  switch (trouble.kind) {
    case 'failure':
      return `${trouble.code} while ${phases[trouble.phase]}`;
    case 'mismatch':
      return `answered ${trouble.statusCode} (${trouble.codes.join(', ')})`;
    case 'certificate':
      return `the certificate ends in ${trouble.daysLeft} days; ${trouble.daysLeast} are wanted`;
  }
}

/** A line of the log; undefined for what is not news. */
export function tellWatchEvent(event: WatchEvent): string | undefined {
  switch (event.kind) {
    case 'looked':
      return undefined;
    case 'alert': {
      const { trouble, places } = event.alert.incident;
      const deploy = event.context.deploy;
      const why =
        trouble === undefined ? '' : `${event.alert.kind === 'recovered' ? '; it ' : ': '}${tellTrouble(trouble)}`;
      const when = deploy === undefined ? '' : `; began ${tellDeployNote(deploy)}`;
      const sender = event.isSender ? '' : ' (no alert is sent from here)';
      return `${titleOf(event.alert)}${why}, seen by ${places.join(', ')}${when}${sender}`;
    }
    case 'quiet':
      return `${event.check} is down; nobody is told: ${event.note}`;
    case 'delivery':
      if (event.outcome === 'arrived') return `alert sent to ${event.channel}`;
      if (event.outcome === 'failed')
        return `warning: ${event.channel} did not take an alert (${event.code}); it is tried again`;
      return `warning: an alert to ${event.channel} was given up (${event.code})`;
    case 'cutOff':
      return event.isCutOff ? 'no control target answers: our own network is down' : 'our own network is well again';
    case 'place':
      return event.isHeard ? `place ${event.place} is heard` : `warning: place ${event.place} is silent`;
    case 'unreported':
      return event.places.length === 0
        ? 'every place takes our reports again'
        : `warning: ${event.places.join(', ')} does not take our reports`;
    case 'deploy':
      return tellDeploy(event.deploy);
    case 'deployUnread':
      return undefined;
  }
}

/** `2018-11-11 00:16:40 UTC` */
function utc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
