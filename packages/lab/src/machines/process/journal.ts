// journal: what a machine says, kept on its disk as journald keeps it, for the machine's `journalctl` (guest/journalctl.ts).
//
//   J1. Each entry has journald's fields and a cursor that no other entry has. Times are the lab's; no two entries have the same.
//   J2. The journal outlives a reboot, as a disk does. Each boot has an id of its own.
//   J3. Bounded: files of about MOST_FILE_BYTES, and the oldest goes when there are more than MOST_FILES.
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../clock.js';

export interface MachineJournal {
  /** One line by a program of the machine, as it is named on the console: `app[402]`. */
  write(program: string, line: string): void;
  /** Puts on the disk what is still buffered. */
  flush(): void;
}

interface JournalOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly instanceId: string;
  readonly hostName: string;
}

const MOST_FILE_BYTES = 4 * 1_048_576;
const MOST_FILES = 4;
const INFO = '6';

/** Opens the journal for one boot. */
export function openJournal({ directory, clock, instanceId, hostName }: JournalOptions): MachineJournal {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const bootedAtUs = clock.now() * 1000;
  const bootId = hash(`${instanceId} ${bootedAtUs}`, 32);
  const machineId = hash(instanceId, 32);
  let number = Math.max(1, lastFileNumber(directory));
  let fileBytes = statSync(fileOf(directory, number), { throwIfNoEntry: false })?.size ?? 0;
  let sequence = 0;
  let lastUs = bootedAtUs - 1;
  let buffered = '';

  function entryOf(program: string, message: string): Readonly<Record<string, string | undefined>> {
    sequence += 1;
    lastUs = Math.max(lastUs + 1, clock.now() * 1000);
    const sinceBootUs = lastUs - bootedAtUs;
    const cursor = `s=${hash(bootId, 32)};i=${hex(sequence)};b=${bootId};m=${hex(sinceBootUs)};t=${hex(lastUs)};x=${hash(message, 16)}`;
    return {
      __CURSOR: cursor,
      __REALTIME_TIMESTAMP: String(lastUs),
      __MONOTONIC_TIMESTAMP: String(sinceBootUs),
      _BOOT_ID: bootId,
      _MACHINE_ID: machineId,
      _HOSTNAME: hostName,
      PRIORITY: INFO,
      ...fieldsOf(program, message),
      MESSAGE: message,
    };
  }

  function flush(): void {
    const text = buffered;
    buffered = '';
    if (text === '') return;
    appendFileSync(fileOf(directory, number), text, { mode: 0o600 });
    fileBytes += Buffer.byteLength(text);
    if (fileBytes < MOST_FILE_BYTES) return;
    number += 1;
    fileBytes = 0;
    rmSync(fileOf(directory, number - MOST_FILES), { force: true });
  }

  return {
    write(program, line) {
      buffered += `${JSON.stringify(entryOf(program, line))}\n`;
    },
    flush,
  };
}

/** What journald knows of the sender. */
function fieldsOf(program: string, message: string): Readonly<Record<string, string | undefined>> {
  const [, identifier = program, pid] = /^(.*?)(?:\[(\d+)\])?$/.exec(program) ?? [];
  if (identifier === 'kernel') return { _TRANSPORT: 'kernel', SYSLOG_IDENTIFIER: identifier };
  const sender = { SYSLOG_IDENTIFIER: identifier, _PID: pid };
  // systemd says which unit it speaks of: `journalctl --unit` shows that too.
  if (pid === '1')
    return {
      _TRANSPORT: 'journal',
      ...sender,
      _SYSTEMD_UNIT: 'init.scope',
      UNIT: /\b([\w.-]+\.service)\b/.exec(message)?.[1],
    };
  return { _TRANSPORT: 'stdout', ...sender, _SYSTEMD_UNIT: `${identifier}.service` };
}

/** `0000000001.jsonl`, `0000000002.jsonl`, … : their names sort as they were written. */
function fileOf(directory: string, number: number): string {
  return join(directory, `${String(number).padStart(10, '0')}.jsonl`);
}

function lastFileNumber(directory: string): number {
  return Math.max(0, ...readdirSync(directory).map((name) => Number.parseInt(name, 10) || 0));
}

function hash(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}

function hex(value: number): string {
  return value.toString(16);
}
