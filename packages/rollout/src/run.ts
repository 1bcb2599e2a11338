// run: the loop of a rollout over its ports: observe, decide, save, apply, sleep.
//
//   S4. Every change comes after a save that the lease's epoch guards; a lease that is lost ends the loop with nothing more touched.
//   S5. The record is saved with each intent before it is applied.
//   1. A read that fails never fails a rollout by itself; a lasting one ends in OBSERVE_FAILED.
//   2. A decision that AWS refuses ends the step: what relied on it is not tried. The next observation derives it again, and
//      decide() bounds how often.
//   3. Cancelled, it stops before the next change, says so in the journal, and returns a record without an outcome.
import { reopenRollout } from './abort.js';
import { decide } from './decide.js';
import { DirectrixError } from './error.js';
import type { RolloutEvent } from './event.js';
import { type Act, foldFailure, foldResult, withdrawIntents } from './ledger.js';
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
  return new Loop(record, ports, signal).run();
}

class Interrupted extends Error {}

class Loop {
  private saved: RolloutRecord | undefined;

  constructor(
    private record: RolloutRecord,
    private readonly ports: RolloutPorts,
    private readonly signal: CancelSignal,
  ) {}

  async run(): Promise<RolloutRecord> {
    const { outcome } = this.record;
    if (outcome === 'done' || outcome === 'rolledBack') return this.record;
    this.begin(outcome === 'needsHuman');
    try {
      while (this.record.outcome === undefined) await this.step();
      return this.record;
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      return this.interrupt();
    }
  }

  private begin(needsReopening: boolean): void {
    const { record, ports } = this;
    const at = ports.clock.now();
    if (needsReopening) this.record = reopenRollout(record, at);
    // While nobody was there, nothing could progress: deadlines count from now.
    this.record = { ...this.record, phaseSince: at, progressAt: at };
    const isFresh = Object.keys(record.instances).length === 0 && record.isGoingBack !== true;
    if (isFresh) {
      const { groupName, from, to, epoch } = record;
      this.journal({ kind: 'started', ...this.stamp(), groupName, from, to, epoch });
      this.journal({ kind: 'phase', ...this.stamp(), phase: record.phase, because: 'the rollout begins' });
      return;
    }
    const text = `resumed in phase ${record.phase}, ${Math.round((at - record.startedAt) / 1000)} s after the start`;
    this.journal({ kind: 'notice', ...this.stamp(), code: 'RESUMED', text });
  }

  private async step(): Promise<void> {
    this.stopIfCancelled();
    const observation = await this.observe();
    if (observation === undefined) return;
    this.stopIfCancelled();
    const { record, decisions, events } = decide(this.record, observation);
    const acts = decisions.filter((decision) => decision.kind !== 'wait');
    const mustSave = acts.length > 0 || hasNews(this.saved ?? this.record, record) || this.saved === undefined;
    this.record = record;
    const isPrompt = mustSave ? await this.save() : true;
    for (const event of events) this.journal(event);
    if (!isPrompt) {
      // What was decided was decided long ago by now: look again first.
      this.record = withdrawIntents(this.record, acts);
      return;
    }
    const learned = await this.applyAll(acts);
    // A version that was just created is pinned at once; there is nothing to wait for.
    if (this.record.outcome === undefined && !learned) await this.sleep(this.pauseMs());
  }

  private pauseMs(): number {
    const { tickMs } = this.record.options;
    const failures = this.record.failure?.count ?? 0;
    return Math.min(tickMs * 2 ** Math.min(failures, 5), Math.max(tickMs, 30_000));
  }

  /** An observation, or undefined when reading failed for so long that the rollout was ended for it. */
  private async observe(): Promise<Observation | undefined> {
    const since = this.ports.clock.now();
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.ports.observe(this.record, listUnheard(this.record));
      } catch (error) {
        rethrowLeaseLost(error);
        const { code, message } = describeError(error);
        this.journal({ kind: 'retrying', ...this.stamp(), what: 'observe', error: `${code}: ${message}` });
        const waited = this.ports.clock.now() - since;
        if (waited >= this.record.options.progressDeadlineMs) return this.endUnseen(code, message, waited);
        await this.sleep(this.backOffMs(attempt));
        this.stopIfCancelled();
      }
    }
  }

  private async endUnseen(code: string, message: string, waitedMs: number): Promise<undefined> {
    const needs = `OBSERVE_FAILED: the group could not be read for ${Math.round(waitedMs / 1000)} s: ${code}: ${message}; nothing more is changed`;
    this.record = { ...this.record, outcome: 'needsHuman', needs };
    await this.save();
    const elapsedMs = this.ports.clock.now() - this.record.startedAt;
    this.journal({ kind: 'finished', ...this.stamp(), outcome: 'needsHuman', text: needs, elapsedMs });
    return undefined;
  }

  /** True when the first try succeeded. */
  private async save(): Promise<boolean> {
    const since = this.ports.clock.now();
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.ports.save(this.record);
        this.saved = this.record;
        return attempt === 0;
      } catch (error) {
        rethrowLeaseLost(error);
        const { code, message } = describeError(error);
        this.journal({ kind: 'retrying', ...this.stamp(), what: 'save', error: `${code}: ${message}` });
        const waited = this.ports.clock.now() - since;
        if (waited >= this.record.options.progressDeadlineMs) {
          throw new DirectrixError(
            'SAVE_FAILED',
            `The record of ${this.record.rolloutId} could not be written for ${Math.round(waited / 1000)} s: ${code}: ${message}`,
            {
              source: `group ${this.record.groupName}`,
              hint: 'nothing was changed since the last record; resume or abort when it can be written again',
              cause: error,
            },
          );
        }
        await this.sleep(this.backOffMs(attempt));
        this.stopIfCancelled();
      }
    }
  }

  /** Applies in order, up to the first refusal. True when something was learned that the next step can go on with at once. */
  private async applyAll(acts: readonly Act[]): Promise<boolean> {
    for (const [index, act] of acts.entries()) {
      if (this.signal.aborted) this.record = withdrawIntents(this.record, acts.slice(index));
      this.stopIfCancelled();
      this.journal({ kind: 'decided', ...this.stamp(), decision: act });
      if (await this.applyOne(act)) continue;
      this.record = withdrawIntents(this.record, acts.slice(index + 1));
      return false;
    }
    const learned = acts.some(({ kind }) => kind === 'createLaunchTemplateVersion');
    if (learned) await this.save();
    return learned;
  }

  private async applyOne(act: Act): Promise<boolean> {
    try {
      const result = await this.ports.apply(this.record, act);
      this.record = foldResult(this.record, act, result, this.ports.clock.now());
      this.journal({ kind: 'applied', ...this.stamp(), decision: act.kind, result });
      return true;
    } catch (error) {
      this.refuse(act, error);
      return false;
    }
  }

  private refuse(act: Act, error: unknown): void {
    rethrowLeaseLost(error);
    const { code, message } = describeError(error);
    this.journal({ kind: 'retrying', ...this.stamp(), what: act.kind, error: `${code}: ${message}` });
    // Throttling says nothing about the decision, and a group that somebody changed meanwhile is simply looked at again.
    if (isCertainRefusal(code)) this.record = withdrawIntents(this.record, [act]);
    if (isThrottled(code) || code === 'DESIRED_CAPACITY_CHANGED') return;
    this.record = foldFailure(this.record, { code, message: `${act.kind}: ${message}` }, this.ports.clock.now());
  }

  private backOffMs(attempt: number): number {
    return Math.min(this.record.options.tickMs * 2 ** Math.min(attempt, 10), 30_000);
  }

  private async sleep(ms: number): Promise<void> {
    try {
      await this.ports.clock.sleep(ms, this.signal);
    } catch (error) {
      if (!this.signal.aborted) throw error;
      throw new Interrupted();
    }
  }

  private stopIfCancelled(): void {
    if (this.signal.aborted) throw new Interrupted();
  }

  /** What was learned since the last save is kept where it can be; a failure to write costs nothing but looking again. */
  private async interrupt(): Promise<RolloutRecord> {
    this.journal({ kind: 'interrupted', ...this.stamp(), signal: String(this.signal.reason ?? 'cancelled') });
    try {
      if (this.saved !== this.record) await this.ports.save(this.record);
    } catch (error) {
      rethrowLeaseLost(error);
      const { code, message } = describeError(error);
      this.journal({ kind: 'retrying', ...this.stamp(), what: 'save', error: `${code}: ${message}` });
    }
    return this.record;
  }

  private stamp(): { readonly at: number; readonly rolloutId: string } {
    return { at: this.ports.clock.now(), rolloutId: this.record.rolloutId };
  }

  private journal(event: RolloutEvent): void {
    this.ports.journal(event);
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
    Object.keys(saved.instances).length !== Object.keys(record.instances).length
  );
}

function rethrowLeaseLost(error: unknown): void {
  if (describeError(error).code === 'LEASE_LOST') throw error;
}

const throttleCodes = /thrott|RequestLimitExceeded|TooManyRequests|SlowDown/i;

function isThrottled(code: string): boolean {
  return throttleCodes.test(code);
}

/** Of one call that AWS, or apply() itself, refused before it did anything. A batch of ids may have been done in part even so. */
function isCertainRefusal(code: string): boolean {
  return code === 'DESIRED_CAPACITY_CHANGED' || code === 'AccessDenied';
}

function describeError(error: unknown): { readonly code: string; readonly message: string } {
  if (typeof error !== 'object' || error === null) return { code: 'UNKNOWN', message: String(error) };
  const { code, name, message } = error as { code?: unknown; name?: unknown; message?: unknown };
  return {
    code: typeof code === 'string' ? code : typeof name === 'string' ? name : 'UNKNOWN',
    message: typeof message === 'string' ? message : 'no message',
  };
}
