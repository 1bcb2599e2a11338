// Bake: everything new serves, everything old is warm, and the gates go on watching. Going back launches nothing.
//
//   1. It ends when its time is over and every gate in use has passed, or is already broken: that is told, and not counted.
//   2. No data never passes: it is waited for as long as a rollout may stand still, and then a person is asked.
//   3. The group may scale as it wants from now on; what would replace or move instances stays suspended.
//   4. A late joiner of another release sends the rollout back to roll, as in finish.
import type { Hold } from './contract/hold.js';
import type { Act } from './decision.js';
import { goBackToRoll } from './finish.js';
import { listVerdicts, requestJudgementOf } from './gates/judge-gates.js';
import { giveBackSizes } from './give-back.js';
import { holdLaunching, holdMoving, holdUnproven, holdUnsettled } from './holds.js';
import { listSuspendedByUs } from './ledger.js';
import { closeShadow } from './outside.js';
import type { RolloutRecord } from './record.js';
import { withoutGivenUp } from './refusals.js';
import { replaceEnded, replaceInterrupted } from './roll.js';
import type { Situation, StepPlan } from './step.js';

export function planBake(situation: Situation): StepPlan {
  const { record, at, oldLive, newLive, proven, base } = situation;
  if (oldLive.length > 0) return goBackToRoll(situation);
  const isWhole = proven.length === newLive.length && proven.length >= base;
  const waitedMs = at - record.phaseSince;
  const undecided = listUndecided(record);
  // A group that may scale again must not do so into what was only lent.
  // Nor may it stay smaller than it is wanted, where we have taken more than we added.
  const loans = withoutGivenUp(record, isWhole || record.ours.surge < 0 ? giveBackSizes(situation) : []);
  const ended = withoutGivenUp(record, situation.isUnsettled ? [] : replaceEnded(situation));
  // Those that were ended may be the same: each is replaced once.
  const interrupted = ended.length > 0 ? [] : replaceInterrupted(situation);
  const change = [...interrupted, ...letScale(record), ...closeShadow(situation)];
  const acts = [...ended, ...(loans.length > 0 ? loans : withoutGivenUp(record, change))];
  if (acts.length > 0 || !isWhole || waitedMs < record.options.bakeMs)
    return { acts, holds: holdBake(situation, waitedMs) };
  if (undecided.length === 0) {
    const because = { code: 'BAKED', version: record.to.version, waitedMs, requests: aloneOf(record) } as const;
    return { acts: [], holds: [], next: { phase: 'finish', because } };
  }
  if (waitedMs < record.options.bakeMs + record.options.progressDeadlineMs)
    return { acts: [], holds: holdBake(situation, waitedMs) };
  const { from, to } = record;
  const need = {
    code: 'GATE_NO_DATA',
    gates: undecided,
    waitedMs,
    fromVersion: from.version,
    toVersion: to.version,
  } as const;
  return { acts: [], holds: [], end: { outcome: 'needsHuman', need } };
}

function listUndecided(record: RolloutRecord) {
  return listVerdicts(record)
    .filter(({ verdict }) => verdict === 'no-data')
    .map(({ gate }) => gate);
}

/** A bake may last for two days, and users come meanwhile. */
const scalingProcesses: readonly string[] = ['AlarmNotification', 'ScheduledActions'];

function letScale(record: RolloutRecord): readonly Act[] {
  const processes = listSuspendedByUs(record).filter((name) => scalingProcesses.includes(name));
  return processes.length === 0
    ? []
    : [{ kind: 'resumeProcesses', processes, because: { code: 'LET_THE_GROUP_SCALE' } }];
}

function holdBake(situation: Situation, waitedMs: number): readonly Hold[] {
  const { record, warm } = situation;
  const { bakeMs, progressDeadlineMs } = record.options;
  const baking: Hold = {
    code: 'BAKING',
    version: record.to.version,
    warmCount: warm.length,
    waitedMs: Math.min(waitedMs, bakeMs),
    allowedMs: bakeMs,
    requests: aloneOf(record),
    untilAt: record.phaseSince + bakeMs,
  };
  const isOver = waitedMs >= bakeMs;
  const undecided = listUndecided(record).map((gate): Hold => {
    const judgement = gate === 'requests' ? requestJudgementOf(record) : undefined;
    return {
      code: 'GATE_UNDECIDED',
      gate,
      isDoubtful: judgement?.verdict === 'no-data' && judgement.isDoubtful,
      ...(gate === 'requests' ? aloneOf(record) : {}),
      untilAt: record.phaseSince + bakeMs + progressDeadlineMs,
    };
  });
  return [
    ...holdUnproven(situation),
    ...holdLaunching(situation),
    ...holdMoving(situation),
    ...holdUnsettled(situation),
    ...(isOver ? undecided : [baking]),
  ];
}

/** What the release answered since it serves alone; undefined where nobody asks. */
function aloneOf({ options, gates }: RolloutRecord) {
  if (options.requests === undefined) return undefined;
  const { requests = 0, failures = 0 } = gates?.requests?.alone ?? {};
  return { requests, failures };
}
