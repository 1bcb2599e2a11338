// tell console: what the agent says on standard error, and so in the journal and on the console of the machine.
//
//   T1. A failure that lasts is told at once, then after each of SAID_AFTER, not at every attempt: the agent's own lines are shipped too.
//   T2. When the service cannot be reached, the probe ladder says which layer failed, with the first telling and each later one.
//   T3. A reader that fails again and again for one reason is told of once.
import type { Diagnosis } from '@directrix/secrets/connection';
import { noticeText } from './notice-text.js';
import type { Notice, PutFailure } from './ports.js';

const SAID_AFTER_MS = [0, 60_000, 600_000];
const THEN_EVERY_MS = 3_600_000;

interface ConsolePorts {
  warn(line: string): void;
  /** Climbs the probe ladder; undefined when the path works as far as it can be seen. */
  diagnose(failure: PutFailure): Promise<Diagnosis | undefined>;
  /** Told of the diagnosis in one line, for the health socket. */
  keep(diagnosis: string): void;
}

export function createTeller({ warn, diagnose, keep }: ConsolePorts): (notice: Notice) => void {
  let said = 0;
  let isUnsavedTold = false;
  let lastReason: string | undefined;
  const say = (line: string): void => warn(`directrix-agent: ${line}`);

  function tellFailure(notice: Extract<Notice, { kind: 'failing' }>): void {
    const due = SAID_AFTER_MS[said] ?? THEN_EVERY_MS * (said - SAID_AFTER_MS.length + 1);
    if (notice.sinceMs < due) return;
    said += 1;
    say(noticeText(notice));
    void diagnose(notice.failure)
      .then((diagnosis) => {
        if (diagnosis === undefined) return;
        const { layer, problem, hint } = diagnosis;
        keep(`${problem.code} (${layer}): ${problem.message}`);
        say(`${problem.code} (${layer}): ${problem.message}`);
        say(hint);
      })
      .catch(() => undefined);
  }

  return (notice) => {
    if (notice.kind === 'failing') return tellFailure(notice);
    if (notice.kind === 'recovered') {
      // A single retry that nobody was told of is nothing to tell of.
      if (said > 0) say(noticeText(notice));
      said = 0;
      return;
    }
    // A reader is started again every second: what stops it is told once.
    if (notice.kind === 'reader') {
      if (notice.reason === lastReason) return;
      lastReason = notice.reason;
    }
    // A full disk is told once, not with every batch.
    if (notice.kind === 'unsaved' && isUnsavedTold) return;
    isUnsavedTold = notice.kind === 'unsaved';
    say(noticeText(notice));
  };
}
