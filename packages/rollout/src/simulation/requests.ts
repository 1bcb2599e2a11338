// Requests: what an outside prober of a World hears. Kept apart from the world's own chance, so that asking changes nothing.
import { isFailedAnswer, type RequestAnswer } from '../gates/request-answer.js';
import { createChance } from './random.js';
import { type Machine, slowMs, type World } from './world.js';

export interface RequestsOptions {
  /** Whether answers name their version. */
  readonly isNamed: boolean;
  /** From so long after the start, for so long, each machine fails every request: whatever all of them need is down. */
  readonly outage?: { readonly afterMs: number; readonly durationMs: number };
  /** The share of requests that fail anyway. */
  readonly noise?: number;
}

const requestsPerSecond = 5;
const timeoutMs = 10_000;

export class Prober {
  private readonly chance;
  private readonly startedAt: number;
  private askedAt: number;
  private turn = 0;
  private waiting: readonly RequestAnswer[] = [];
  /** What users met of machines that failed them. */
  failedUsers = 0;
  /** What users met of the canary. */
  canaryUsers = 0;

  constructor(
    seed: number,
    private readonly world: World,
    private readonly options: RequestsOptions,
  ) {
    this.chance = createChance(seed);
    this.startedAt = world.now;
    this.askedAt = world.now;
  }

  /** The answers since the last look. */
  take(): readonly RequestAnswer[] {
    const answers = this.peek();
    this.waiting = [];
    return answers;
  }

  /** The same, and they stay. */
  peek(): readonly RequestAnswer[] {
    this.waiting = [...this.waiting, ...this.askSince()];
    return this.waiting;
  }

  private askSince(): readonly RequestAnswer[] {
    const count = Math.floor(((this.world.now - this.askedAt) / 1_000) * requestsPerSecond);
    this.askedAt = this.world.now;
    const answers = Array.from({ length: Math.min(count, 500) }, () => this.ask());
    this.failedUsers += answers.filter((answer) => isFailedAnswer(answer, [])).length;
    return answers;
  }

  private ask(): RequestAnswer {
    const share = this.world.canaryShare;
    const isCanary = share > 0 && this.chance.isTrue(share);
    const serving = isCanary ? this.world.listCanaries() : this.world.listServing();
    const machine = serving[this.turn++ % Math.max(1, serving.length)];
    const answer = this.answer(machine);
    if (isCanary) this.canaryUsers += 1;
    this.world.countTraffic(isCanary, isFailedAnswer(answer, []), answer.durationMs > slowMs);
    return answer;
  }

  private answer(machine: Machine | undefined): RequestAnswer {
    const answer = { at: this.world.now, path: '/', isConnected: true };
    if (machine === undefined) return { ...answer, durationMs: 1, statusCode: 503 };
    const { version, answerMs = 20 } = this.world.behaviourOf(machine);
    const durationMs = answerMs * (1 + this.chance.next() / 2);
    if (durationMs > timeoutMs) return { ...answer, durationMs: timeoutMs, trouble: 'no answer within 10 s' };
    const said = this.options.isNamed ? { version } : {};
    return { ...answer, ...said, durationMs, statusCode: this.isFailed(machine) ? 500 : 200 };
  }

  private isFailed(machine: Machine): boolean {
    const { afterMs = Infinity, durationMs = 0 } = this.options.outage ?? {};
    const elapsedMs = this.world.now - this.startedAt;
    const { failingAfterMs = Infinity, failing = 0 } = this.world.behaviourOf(machine);
    const registeredAt = machine.registeredAt ?? this.world.shadow?.registered.get(machine.id) ?? this.world.now;
    const isLate = this.world.now - registeredAt >= failingAfterMs;
    if (elapsedMs >= afterMs && elapsedMs < afterMs + durationMs) return true;
    return isLate || this.chance.isTrue(failing) || this.chance.isTrue(this.options.noise ?? 0);
  }
}
