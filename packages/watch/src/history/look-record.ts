// look-record: one look in 36 bytes. 90 days of a check every 10 s are 777,600 looks: 28 MB.
//
//    0  u32  milliseconds since the day began (UTC)        8  6 x u32  microseconds: whole, resolve, connect, tls, firstByte, body
//    4  u8   what it came to                              32  u16      the code of what was wrong, by its number; 0: none
//    5  u8   the phase of a failure                       34  u16      check sum of all before it
//    6  u16  status of the answer; 0: none
import type { RequestPhase } from '../request.js';

export const lookRecordBytes = 36;

/** One look at a check, as it is kept. Times are milliseconds. */
export interface Look {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly outcome: LookOutcome;
  readonly durationMs: number;
  readonly phases: Readonly<Partial<Record<RequestPhase, number>>>;
  readonly statusCode?: number;
  /** In which a failure came about. */
  readonly phase?: RequestPhase;
  /** `ECONNREFUSED`, `STATUS_DIFFERS`, … */
  readonly code?: string;
}

/** `cutOff`: our own network was down; it says nothing of the site. */
export type LookOutcome = 'good' | 'bad' | 'cutOff';

const outcomes: readonly LookOutcome[] = ['good', 'bad', 'cutOff'];
const phaseNames: readonly RequestPhase[] = ['resolve', 'connect', 'tls', 'firstByte', 'body'];
const absent = 0xffff_ffff;

/** `codeNumber`: of `look.code` in the store's list, from 1; 0 when there is none. */
export function encodeLook(look: Look, dayStartsAt: number, codeNumber: number): Buffer {
  const record = Buffer.alloc(lookRecordBytes);
  record.writeUInt32LE(Math.min(86_399_999, Math.max(0, Math.round(look.at - dayStartsAt))), 0);
  record.writeUInt8(outcomes.indexOf(look.outcome), 4);
  record.writeUInt8(look.phase === undefined ? 0 : phaseNames.indexOf(look.phase) + 1, 5);
  record.writeUInt16LE(look.statusCode ?? 0, 6);
  for (const [index, value] of [look.durationMs, ...phaseNames.map((name) => look.phases[name])].entries())
    record.writeUInt32LE(value === undefined ? absent : Math.min(absent - 1, Math.round(value * 1_000)), 8 + index * 4);
  record.writeUInt16LE(codeNumber, 32);
  record.writeUInt16LE(checkSum(record), 34);
  return record;
}

/** The look of a record at `offset`; undefined when it is not whole: the process was killed while it wrote. */
export function decodeLook(
  data: Buffer,
  offset: number,
  dayStartsAt: number,
  codes: readonly string[],
): Look | undefined {
  const record = data.subarray(offset, offset + lookRecordBytes);
  if (record.length < lookRecordBytes || record.readUInt16LE(34) !== checkSum(record)) return undefined;
  const outcome = outcomes[record.readUInt8(4)];
  if (outcome === undefined) return undefined;
  const timed = (index: number) => {
    const value = record.readUInt32LE(8 + index * 4);
    return value === absent ? undefined : value / 1_000;
  };
  const phases: Partial<Record<RequestPhase, number>> = {};
  for (const [index, name] of phaseNames.entries()) {
    const value = timed(index + 1);
    if (value !== undefined) phases[name] = value;
  }
  const statusCode = record.readUInt16LE(6);
  const phase = phaseNames[record.readUInt8(5) - 1];
  const code = codes[record.readUInt16LE(32) - 1];
  return {
    at: dayStartsAt + record.readUInt32LE(0),
    outcome,
    durationMs: timed(0) ?? 0,
    phases,
    ...(statusCode === 0 ? {} : { statusCode }),
    ...(phase === undefined ? {} : { phase }),
    ...(code === undefined ? {} : { code }),
  };
}

// Fletcher's, with a start that a record of nothing but zeros does not have: a file system may leave those after a crash.
function checkSum(record: Buffer): number {
  let [low, high] = [0x5a, 0xa5];
  for (let index = 0; index < 34; index += 1) {
    low = (low + (record[index] ?? 0)) % 255;
    high = (high + low) % 255;
  }
  return (high << 8) | low;
}
