// instance-log-tail: the instances' own lines in the log of the page, where their agents ship them to CloudWatch Logs.
//
//   1. Asked only while a rollout of the group is under way. A group whose log group is not known is asked about again after a minute.
//   2. Bounded: so many lines of each look; the next look goes on from there. What looks like a secret is hidden.
import type { Board } from '@directrix/dashboard';
import { hideSecrets } from '@directrix/timeline';
import { findLogGroup } from '../../instance-logs/log-group.js';
import { type LogLine, LogReader } from '../../instance-logs/log-lines.js';
import { cleanLine } from '../../text/lines.js';
import type { World } from '../../world.js';

const linesPerLook = 200;
const lengthMax = 500;
const askAgainAfterMs = 60_000;
/** What was said just before the page was opened belongs to it. */
const beforeMs = 120_000;

export class InstanceLogTail {
  readonly #board: Pick<Board, 'say'>;
  readonly #world: World;
  readonly #logGroupName: string | undefined;
  readonly #readers = new Map<string, LogReader>();
  readonly #notBefore = new Map<string, number>();

  /** `logGroupName` undefined: as the tags of the images say. */
  constructor(board: Pick<Board, 'say'>, world: World, logGroupName?: string) {
    this.#board = board;
    this.#world = world;
    this.#logGroupName = logGroupName;
  }

  /** What has come since the last look. Never rejects. */
  async read(groupName: string, signal: AbortSignal): Promise<void> {
    const now = this.#world.clock.now();
    if (now < (this.#notBefore.get(groupName) ?? 0)) return;
    try {
      let count = 0;
      for await (const line of (await this.#readerOf(groupName, now)).readNew(signal)) {
        if (line.kind === 'instance') this.#board.say({ at: line.at, groupName, text: tellLogLine(line) });
        count += 1;
        if (count >= linesPerLook) return;
      }
    } catch {
      // Without the tag, the permission or the group there are no such lines: the rollout's own are there.
      if (!signal.aborted) this.#notBefore.set(groupName, now + askAgainAfterMs);
    }
  }

  async #readerOf(groupName: string, now: number): Promise<LogReader> {
    const known = this.#readers.get(groupName);
    if (known !== undefined) return known;
    const logGroupName = this.#logGroupName ?? (await findLogGroup(this.#world, groupName));
    const reader = new LogReader(this.#world.clients, { logGroupName }, now - beforeMs);
    this.#readers.set(groupName, reader);
    return reader;
  }
}

/** `i-0a1 app[402]: KO: secrets` */
function tellLogLine({ instanceId, streamName, event }: Extract<LogLine, { kind: 'instance' }>): string {
  const source = event.kind === 'entry' ? event.source : event.code;
  const text = `${instanceId ?? streamName}${source === undefined ? '' : ` ${source}`}: ${hideSecrets(event.text)}`;
  return cleanLine(text).slice(0, lengthMax);
}
