import type { InstanceRecord } from './state.js';

/** GetConsoleOutput keeps the last 64 KiB. */
const keptBytes = 64 * 1024;

/** Appends to the console; whole characters are dropped from the front, so that the text stays valid UTF-8. */
export function appendConsole(record: InstanceRecord, text: string, now: number): void {
  const whole = Buffer.from(record.console + text, 'utf8');
  let from = Math.max(0, whole.length - keptBytes);
  while (from > 0 && from < whole.length && ((whole[from] ?? 0) & 0xc0) === 0x80) from += 1;
  record.console = whole.subarray(from).toString('utf8');
  record.consoleUpdatedAt = now;
}
