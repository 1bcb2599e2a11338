import type { Colors } from '../../colors.js';
import type { LogLine } from '../../instance-logs/log-lines.js';
import { cleanLine } from '../../text/lines.js';
import { describeEvent } from '../../view/describe-event.js';

/** The contract of a line of `directrix logs --group NAME --json`; docs/cli.md has it. */
export function documentOfLine(line: LogLine): object {
  const at = new Date(line.at).toISOString();
  if (line.kind === 'rollout')
    return { schema: 'directrix.log/1', at, kind: 'rollout', rolloutId: line.event.rolloutId, event: line.event };
  const { instanceId, release, streamName, event } = line;
  return { schema: 'directrix.log/1', at, instanceId, release, streamName, ...event };
}

/** `08:04:12  i-0abc  app[402]: text`. Undefined for an event that has no line, or that this version does not know. */
export function formatLine(line: LogLine, colors: Colors): string | undefined {
  const time = colors.dim(new Date(line.at).toISOString().slice(11, 19));
  if (line.kind === 'rollout') {
    const told = tell(line.event, colors);
    return told === undefined ? undefined : `${time}  ${colors.bold('rollout')}  ${told}`;
  }
  const { event } = line;
  const subject = line.instanceId ?? line.streamName;
  if (event.kind === 'loss') return `${time}  ${subject}  ${colors.red(event.code)} ${cleanLine(event.text)}`;
  const part = event.part === undefined ? '' : colors.dim(` (part ${event.part})`);
  const source = event.source === undefined ? '' : `${event.source}: `;
  return `${time}  ${subject}  ${source}${event.text.split('\n').map(cleanLine).join('\n            ')}${part}`;
}

function tell(event: Extract<LogLine, { kind: 'rollout' }>['event'], colors: Colors): string | undefined {
  try {
    return describeEvent(event, colors);
  } catch {
    // Of another version, whose parts are not what this one knows.
    return undefined;
  }
}
