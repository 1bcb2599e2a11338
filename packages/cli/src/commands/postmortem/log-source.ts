// log-source: what the instances logged, cut down to what a reader of a postmortem wants: what went wrong, each once.
import { DirectrixError } from '@directrix/rollout';
import { hideSecrets, type JournalEvent, type Span, type Statement, type Timed } from '@directrix/timeline';
import { findLogGroup } from '../../instance-logs/log-group.js';
import { LogReader } from '../../instance-logs/log-lines.js';
import { cleanLine } from '../../text/lines.js';
import type { World } from '../../world.js';

const linesPerInstance = 20;
const linesMax = 200;
/** More than this of a group's log is a search, and no postmortem: `directrix logs --group` has them all. */
const readMax = 100_000;
const lengthMax = 300;

const isTrouble =
  /\b(?:KO|errors?|fatal|critical|exception|traceback|panic|fail(?:ed|s|ure)?|denied|refused|unreachable|timed? ?out|timeout|killed|cannot|could not)\b/i;

interface LogRequest {
  readonly groupName: string;
  /** Undefined: as the tags of the images say, and nothing where they do not. */
  readonly logGroupName?: string;
  readonly span: Span;
  readonly within: readonly JournalEvent[];
  readonly signal: AbortSignal;
}

/** Lines that tell of trouble, of the instances that the rollout names; of all where there is none. */
export async function readTroubleLines(world: World, request: LogRequest): Promise<Statement> {
  const { span, within, signal } = request;
  const logGroupName = request.logGroupName ?? (await findTagged(world, request.groupName));
  if (logGroupName === undefined) return { sightings: [] };
  const named = new Set(within.flatMap(instancesOf));
  const told = new Map<string, Set<string>>();
  const sightings: Timed[] = [];
  let readCount = 0;
  const reader = new LogReader(world.clients, { logGroupName, until: span.until }, span.since);
  for await (const line of reader.readNew(signal)) {
    readCount += 1;
    if (readCount > readMax || sightings.length >= linesMax) break;
    if (line.kind !== 'instance' || line.at > span.until) continue;
    const instanceId = line.instanceId ?? line.streamName;
    if (named.size > 0 && !named.has(instanceId)) continue;
    const text = line.event.kind === 'loss' ? `${line.event.code}: ${line.event.text}` : line.event.text;
    if (line.event.kind !== 'loss' && !isTrouble.test(text)) continue;
    const lines = told.get(instanceId) ?? new Set();
    told.set(instanceId, lines);
    // Said again, with another time or number in it, it is the same.
    const shape = text.replace(/\d+/g, '0');
    if (lines.has(shape) || lines.size >= linesPerInstance) continue;
    lines.add(shape);
    const shown = cleanLine(hideSecrets(text)).slice(0, lengthMax);
    sightings.push({ at: line.at, sighting: { witness: 'log', instanceId, line: shown } });
  }
  return { sightings };
}

async function findTagged(world: World, groupName: string): Promise<string | undefined> {
  try {
    return await findLogGroup(world, groupName);
  } catch (error) {
    if (error instanceof DirectrixError && error.code === 'LOG_GROUP_UNKNOWN') return undefined;
    throw error;
  }
}

function instancesOf(event: JournalEvent): readonly string[] {
  if (event.kind === 'instance') return [event.instanceId];
  return event.kind === 'act' || event.kind === 'evidence' ? event.instanceIds : [];
}
