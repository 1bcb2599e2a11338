const TIME_DIGITS = 20;
const COUNT_DIGITS = 36;

/** 56 digits, as AWS's: they sort by the event's time, then by arrival. */
export function eventIdOf(timestamp: number, count: number): string {
  return String(timestamp).padStart(TIME_DIGITS, '0') + String(count).padStart(COUNT_DIGITS, '0');
}
