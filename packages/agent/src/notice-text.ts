import type { Notice } from './ports.js';

/** One line for the console of the machine. */
export function noticeText(notice: Notice): string {
  switch (notice.kind) {
    case 'gap': {
      const { reason, from, until } = notice.gap;
      const why =
        reason === 'cursorGone'
          ? 'the entry that was shipped last is not in the journal any more'
          : 'the file of the cursor cannot be read';
      return `LOG_GAP: entries may be missing between ${from === undefined ? 'an unknown time' : iso(from)} and ${iso(until)}: ${why}`;
    }
    case 'rejected': {
      const { reason, count, from, until } = notice.rejection;
      return `LOG_REJECTED: CloudWatch Logs left out ${counted(count, 'event')} from ${iso(from)} to ${iso(until)}: ${reasons[reason]}`;
    }
    case 'refused':
      return `LOG_REFUSED: CloudWatch Logs does not take event ${notice.eventId} (${notice.bytes} bytes): ${notice.code}`;
    case 'failing':
      return `LOG_UNDELIVERED: CloudWatch Logs has not taken a batch in ${counted(notice.attempts, 'attempt')} and ${seconds(notice.sinceMs)}: ${notice.failure.kind} (${notice.failure.code}). The journal keeps the entries meanwhile`;
    case 'recovered':
      return `LOG_RECOVERED: CloudWatch Logs takes events again, after ${counted(notice.attempts, 'attempt')} and ${seconds(notice.afterMs)}`;
    case 'unsaved':
      return `LOG_POSITION_UNSAVED: the position cannot be written (${notice.code}): after a restart the entries since the last one are shipped again`;
    case 'reader':
      return `LOG_READER: ${notice.reason}`;
  }
}

const reasons = {
  tooOld: 'they are older than 14 days',
  expired: 'they are older than the retention of the log group',
  tooNew: "they are more than 2 hours ahead of the service's clock: check the clock of this machine",
};

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
