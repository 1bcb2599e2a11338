// run: the loop of a rollout over its ports: observe, decide, save, apply, sleep.
//
//   S4. Every change comes after a save that the lease's epoch guards; a lease that is lost ends the loop with nothing more touched.
//   S5. The record is saved with each intent before it is applied.
//   S7. A verdict is saved at the first try, or decided anew from another look: what is written late may be true no more.
//   1. A read that fails never fails a rollout by itself; a lasting one ends in OBSERVE_FAILED.
//   2. Where AWS refuses a decision, what depends on it is not tried; the rest is. The next observation derives it again, and
//      decide() bounds how often. What passes by itself is no refusal: it is tried again until the rollout's own deadlines.
//   3. Cancelled, it stops before the next change, says so in the journal, and returns a record without an outcome.
import { reopenRollout } from './abort.js';
import { heldNewsMs, longestPauseMs } from './bounds.js';
import type { ActKind } from './contract/act-kind.js';
import { type Failure, failureOf } from './contract/failure.js';
import type { Hold } from './contract/hold.js';
import { decide } from './decide.js';
import type { Act } from './decision.js';
import { DirectrixError } from './error.js';
import type { RolloutEvent } from './event.js';
import { foldDelay, foldFailure, foldResult, withdrawIntents } from './ledger.js';
import { findLeftBehind } from './left-behind.js';
import { isHarmHeard, lookAgainAfterMs } from './looking.js';
import type { Observation } from './observation.js';
import type { CancelSignal, RolloutPorts } from './ports.js';
import type { RolloutRecord } from './record.js';
import { listUnheard } from './track.js';

/**
 * Takes the rollout to its end and returns the record with its outcome; without one when `signal` aborted, and then a later
 * run() with that record goes on. A record that needed a human is opened again; one that is done or rolled back is returned as
 * it is. Throws LEASE_LOST when another rollout holds the lease, and SAVE_FAILED when the record cannot be written for longer
 * than the progress deadline; both leave everything as it is, and resumable.
 */
export async function run(record: RolloutRecord, ports: RolloutPorts, signal: CancelSignal): Promise<RolloutRecord> {
  const { outcome } = record;
  if (outcome === 'done' || outcome === 'rolledBack') return record;
  const loop = new Loop(record, ports, signal);
  loop.begin(outcome === 'needsHuman');
  try {
    while (loop.record.outcome === undefined) await loop.step();
    return loop.record;
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    return loop.interrupt();
  }
}

class Interrupted extends Error {}

class Loop {
  record: RolloutRecord;
  #saved: RolloutRecord | undefined;
  /** Steps in a row in which something was not applied. */
  #troubledSteps = 0;
  /** Since when the record could not be written. */
  #unsavedSince: number | undefined;

  readonly #ports: RolloutPorts;
  readonly #signal: CancelSignal;

  constructor(record: RolloutRecord, ports: RolloutPorts, signal: CancelSignal) {
    this.record = record;
    this.#ports = ports;
    this.#signal = signal;
  }

  begin(needsReopening: boolean): void {
    const { record } = this;
    const at = this.#ports.clock.now();
    if (needsReopening) this.record = reopenRollout(record, at);
    // While nobody was there, nothing could progress: deadlines count from now.
    this.record = { ...this.record, phaseSince: at, progressAt: at };
    const isFresh = Object.keys(record.instances).length === 0 && record.isGoingBack !== true;
    if (isFresh) {
      const { groupName, from, to, epoch } = record;
      this.#journal({ kind: 'started', ...this.#stamp(), groupName, from, to, epoch });
      this.#journal({ kind: 'phase', ...this.#stamp(), phase: record.phase, because: { code: 'BEGINS' } });
      const left = findLeftBehind(record);
      if (left !== undefined) {
        const { desiredCapacity } = record.original;
        this.#journal({ kind: 'notice', ...this.#stamp(), notice: { code: 'LEFT_BEHIND', desiredCapacity, ...left } });
      }
      return;
    }
    const { phase, startedAt } = record;
    this.#journal({
      kind: 'notice',
      ...this.#stamp(),
      notice: { code: 'RESUMED', phase, sinceStartMs: at - startedAt },
    });
  }

  async step(): Promise<void> {
    this.#stopIfCancelled();
    const observation = await this.#observe();
    if (observation === undefined) return;
    this.#stopIfCancelled();
    const { record, decisions, events } = decide(this.record, observation);
    const acts = decisions.filter((decision) => decision.kind !== 'wait');
    const mustSave = acts.length > 0 || hasNews(this.#saved ?? this.record, record) || this.#saved === undefined;
    const before = this.record;
    this.record = record;
    // A verdict is of this moment: where it cannot be written now, the next look decides it anew (S7).
    const isVerdict = record.outcome !== undefined;
    const isPrompt = mustSave ? await this.#save(isVerdict) : true;
    if (!isPrompt && isVerdict) {
      this.record = before;
      return;
    }
    for (const event of events) this.#journal(event);
    if (!isPrompt) {
      // What was decided was decided long ago by now: look again first.
      this.record = withdrawIntents(this.record, acts);
      return;
    }
    const learned = await this.#applyAll(acts);
    // A version that was just created is pinned at once; there is nothing to wait for.
    if (this.record.outcome !== undefined || learned) return;
    const heldBy = decisions.flatMap((decision) =>
      decision.kind === 'wait' && acts.length === 0 ? decision.heldBy : [],
    );
    await this.#pause(this.#pauseMs(observation, heldBy));
  }

  #pauseMs(observation: Observation, heldBy: readonly Hold[]): number {
    const { tickMs } = this.record.options;
    if (this.#troubledSteps === 0) return lookAgainAfterMs(this.record, observation, heldBy);
    return Math.min(tickMs * 2 ** Math.min(this.#troubledSteps, 5), Math.max(tickMs, longestPauseMs));
  }

  /** Until the time is over, or users' requests begin to fail. */
  async #pause(ms: number): Promise<void> {
    const { tickMs } = this.record.options;
    const { peek } = this.#ports;
    if (peek === undefined) return this.#sleep(ms);
    for (let left = ms; left > 0; left -= tickMs) {
      await this.#sleep(Math.min(left, tickMs));
      if (isHarmHeard(this.record, peek())) return;
    }
  }

  /** An observation, or undefined when reading failed for so long that the rollout was ended for it. */
  async #observe(): Promise<Observation | undefined> {
    const since = this.#ports.clock.now();
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#ports.observe(this.record, listUnheard(this.record));
      } catch (error) {
        const failure = toRetry(error);
        this.#journal({ kind: 'retrying', ...this.#stamp(), what: 'observe', failure });
        const waited = this.#ports.clock.now() - since;
        if (waited >= this.record.options.progressDeadlineMs) return this.#endUnseen(failure, waited);
        await this.#sleep(this.#backOffMs(attempt));
        this.#stopIfCancelled();
      }
    }
  }

  async #endUnseen(failure: Failure, waitedMs: number): Promise<undefined> {
    const need = { code: 'OBSERVE_FAILED', waitedMs, failure } as const;
    this.record = { ...this.record, outcome: 'needsHuman', needs: need };
    await this.#saveOnce();
    const elapsedMs = this.#ports.clock.now() - this.record.startedAt;
    this.#journal({ kind: 'finished', ...this.#stamp(), ending: { outcome: 'needsHuman', need }, elapsedMs });
    return undefined;
  }

  /** True when the first try succeeded. `isOnce`: after a failed try it waits, and does not try again. */
  async #save(isOnce = false): Promise<boolean> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.#ports.save(this.record);
        this.#saved = this.record;
        this.#unsavedSince = undefined;
        return attempt === 0;
      } catch (error) {
        const failure = toRetry(error);
        this.#journal({ kind: 'retrying', ...this.#stamp(), what: 'save', failure });
        this.#unsavedSince ??= this.#ports.clock.now();
        const waited = this.#ports.clock.now() - this.#unsavedSince;
        if (waited >= this.record.options.progressDeadlineMs) {
          throw new DirectrixError(
            'SAVE_FAILED',
            `The record of ${this.record.rolloutId} could not be written for ${Math.round(waited / 1000)} s: ${failure.code}: ${failure.text}`,
            {
              kind: failure.kind,
              source: `group ${this.record.groupName}`,
              hint: 'nothing was changed since the last record; resume or abort when it can be written again',
              cause: error,
            },
          );
        }
        await this.#sleep(this.#backOffMs(attempt));
        this.#stopIfCancelled();
        if (isOnce) return false;
      }
    }
  }

  /** Applies in order; what depends on a refused act is not tried. True when something was learned that the next step can use at once. */
  async #applyAll(acts: readonly Act[]): Promise<boolean> {
    const failed = new Set<ActKind>();
    for (const [index, act] of acts.entries()) {
      if (this.#signal.aborted) this.record = withdrawIntents(this.record, acts.slice(index));
      this.#stopIfCancelled();
      if (act.dependsOn?.some((kind) => failed.has(kind))) {
        this.record = withdrawIntents(this.record, [act]);
        failed.add(act.kind);
        continue;
      }
      this.#journal({ kind: 'decided', ...this.#stamp(), decision: act });
      if (!(await this.#applyOne(act))) failed.add(act.kind);
    }
    this.#troubledSteps = failed.size === 0 ? 0 : this.#troubledSteps + 1;
    const learned = acts.some(({ kind }) => kind === 'createLaunchTemplateVersion') && failed.size === 0;
    if (learned) await this.#save();
    return learned;
  }

  async #applyOne(act: Act): Promise<boolean> {
    try {
      const result = await this.#ports.apply(this.record, act);
      this.record = foldResult(this.record, act, result, this.#ports.clock.now());
      this.#journal({ kind: 'applied', ...this.#stamp(), decision: act.kind, result });
      return true;
    } catch (error) {
      this.#refuse(act, error);
      return false;
    }
  }

  #refuse(act: Act, error: unknown): void {
    const failure = toRetry(error);
    this.#journal({ kind: 'retrying', ...this.#stamp(), what: act.kind, failure });
    if (isCertainRefusal(failure, act)) this.record = withdrawIntents(this.record, [act]);
    const at = this.#ports.clock.now();
    if (isEvidence(failure)) this.record = foldFailure(this.record, act, failure, at);
    else if (failure.kind === 'passing') this.record = foldDelay(this.record, act, failure, at);
  }

  #backOffMs(attempt: number): number {
    return Math.min(this.record.options.tickMs * 2 ** Math.min(attempt, 10), 30_000);
  }

  async #sleep(ms: number): Promise<void> {
    try {
      await this.#ports.clock.sleep(ms, this.#signal);
    } catch (error) {
      if (!this.#signal.aborted) throw error;
      throw new Interrupted();
    }
  }

  #stopIfCancelled(): void {
    if (this.#signal.aborted) throw new Interrupted();
  }

  async interrupt(): Promise<RolloutRecord> {
    this.#journal({ kind: 'interrupted', ...this.#stamp(), signal: String(this.#signal.reason ?? 'cancelled') });
    await this.#saveOnce();
    return this.record;
  }

  /** What was learned since the last save is kept where it can be; a failure to write costs nothing but looking again. */
  async #saveOnce(): Promise<void> {
    try {
      if (this.#saved !== this.record) await this.#ports.save(this.record);
    } catch (error) {
      this.#journal({ kind: 'retrying', ...this.#stamp(), what: 'save', failure: toRetry(error) });
    }
  }

  #stamp(): { readonly at: number; readonly rolloutId: string } {
    return { at: this.#ports.clock.now(), rolloutId: this.record.rolloutId };
  }

  #journal(event: RolloutEvent): void {
    this.#ports.journal(event);
  }
}

/** Whether a killed rollout would miss something if only the saved record were left. What it can see again is no news. */
function hasNews(saved: RolloutRecord, record: RolloutRecord): boolean {
  return (
    saved.phase !== record.phase ||
    saved.outcome !== record.outcome ||
    saved.ours !== record.ours ||
    saved.base !== record.base ||
    saved.evidence.length !== record.evidence.length ||
    saved.progressAt !== record.progressAt ||
    // Each tick adds to what the gates have seen; only what they judge by is kept at once.
    (saved.gates?.requests?.usual === undefined) !== (record.gates?.requests?.usual === undefined) ||
    saved.gates?.alarms !== record.gates?.alarms ||
    saved.checkpoints !== record.checkpoints ||
    // Whoever reads the record must not take a wait for a standstill.
    (record.heldAt ?? 0) - (saved.heldAt ?? 0) >= heldNewsMs ||
    saved.proof?.verdict !== record.proof?.verdict ||
    Object.keys(saved.instances).length !== Object.keys(record.instances).length
  );
}

/** The failure that an error is. Throws the error where the lease is lost: then nothing may be tried again. */
function toRetry(error: unknown): Failure {
  const failure = failureOf(error);
  if (failure.code === 'LEASE_LOST') throw error;
  return failure;
}

/** Whether it says anything about what was decided. What passes by itself does not, nor that somebody else was quicker. */
function isEvidence({ kind }: Failure): boolean {
  return kind !== 'passing' && kind !== 'conflict';
}

/** Of one call that AWS, or apply() itself, refused before it did anything. A batch of ids may have been done in part even so. */
function isCertainRefusal({ kind }: Failure, act: Act): boolean {
  if (kind === 'denied') return true;
  return (kind === 'refused' || kind === 'conflict') && !('instanceIds' in act);
}
