// words: times and states as a reader wants them.

/** `00:16:40`, in the reader's own zone. */
export function clock(at: number): string {
  return new Date(at).toLocaleTimeString([], { hour12: false });
}

/** `2018-11-11 00:16`, in the reader's own zone. */
export function moment(at: number): string {
  const date = new Date(at);
  const pad = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

/** `42 s`, `3 min 05 s`, `2 h 00 min` */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  const pad = (value: number) => String(value).padStart(2, '0');
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${pad(seconds % 60)} s`;
  return `${Math.floor(seconds / 3_600)} h ${pad(Math.floor(seconds / 60) % 60)} min`;
}

/** `0.12 %` */
export function percent(part: number, whole: number): string {
  if (whole === 0) return 'none';
  const value = (100 * part) / whole;
  return `${value === 0 || value >= 10 ? Math.round(value) : value.toPrecision(2)} %`;
}

const steps: Readonly<Record<string, string>> = {
  launched: 'launched',
  inService: 'in service',
  healthy: 'healthy',
  dipped: 'unhealthy',
  reported: 'reported',
  verified: 'verified',
  warm: 'warm',
  lost: 'lost',
  terminated: 'terminated',
  found: 'found again',
  enterStandby: 'to Standby',
  exitStandby: 'from Standby',
  quarantine: 'quarantined',
  terminate: 'ended',
  launchProof: 'tried outside',
  registerProof: 'tried outside',
  attach: 'attached',
  endProof: 'ended',
};

export function stepWord(what: string): string {
  return steps[what] ?? what;
}

type Tone = 'good' | 'bad' | 'warm' | 'going' | 'ended' | 'plain';

/** What a state looks like. Colour is never the only sign: the word stands beside it. */
export function toneOf(what: string): Tone {
  if (['verified', 'done'].includes(what)) return 'good';
  if (['dipped', 'lost', 'quarantine', 'needsHuman', 'halt', 'unreadable'].includes(what)) return 'bad';
  if (['warm', 'enterStandby', 'exitStandby', 'rolledBack', 'rollBack'].includes(what)) return 'warm';
  if (['terminate', 'terminated', 'endProof'].includes(what)) return 'ended';
  if (
    [
      'launchProof',
      'registerProof',
      'attach',
      'launched',
      'inService',
      'healthy',
      'reported',
      'unfinished',
      'roll',
      'bake',
      'finish',
      'prove',
      'canary',
    ].includes(what)
  )
    return 'going';
  return 'plain';
}

const outcomes: Readonly<Record<string, string>> = {
  done: 'done',
  rolledBack: 'rolled back',
  needsHuman: 'needs a person',
  unfinished: 'not finished',
};

export function outcomeWord(outcome: string): string {
  return outcomes[outcome] ?? outcome;
}
