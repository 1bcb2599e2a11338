// simulated-machine: one instance's applications, as a function of time.
//
// Starts no process and opens no port. Asked what a connection to it would meet now, it answers at once; when the answer would
// arrive is part of the answer.
import type { CompleteBehaviour } from './machine-behaviour.js';

export interface MachineRequest {
  readonly port: number;
  readonly path: string;
}

interface MachineResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type MachineAnswer =
  | { readonly kind: 'dropped' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'response'; readonly afterMs: number; readonly response: MachineResponse };

export class SimulatedMachine {
  behaviour: CompleteBehaviour;
  readonly #fqdn: string;
  readonly #startedAt: number;
  #isStopped = false;
  #errorCredit = 0;
  #slowCredit = 0;

  constructor(behaviour: CompleteBehaviour, fqdn: string, startedAt: number) {
    this.behaviour = behaviour;
    this.#fqdn = fqdn;
    this.#startedAt = startedAt;
  }

  get answersFrom(): number {
    return this.#startedAt + this.behaviour.bootMs;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  stop(): void {
    this.#isStopped = true;
  }

  answer({ port, path }: MachineRequest, now: number): MachineAnswer {
    const { fault, ports, healthPath, answerMs } = this.behaviour;
    if (fault === 'drops') return { kind: 'dropped' };
    if (!this.#isListening(now) || fault === 'refuses') return { kind: 'refused' };
    if (ports !== undefined && !ports.includes(port)) return { kind: 'refused' };
    if (fault === 'neverStarts')
      return respond(answerMs, 502, 'the application is not there\n', this.behaviour.version);
    return path.split('?')[0] === healthPath ? this.#healthPage(now) : this.#page(now);
  }

  #isListening(now: number): boolean {
    const { crashAfterMs } = this.behaviour;
    const hasCrashed = crashAfterMs !== undefined && now >= this.answersFrom + crashAfterMs;
    return !this.#isStopped && now >= this.answersFrom && !hasCrashed;
  }

  #healthPage(now: number): MachineAnswer {
    const { version, answerMs } = this.behaviour;
    const status = this.#status(now);
    const body = `VERSION: ${version}\nFQDN: ${this.#fqdn}\n${status}\n`;
    return respond(answerMs, status === 'OK' ? 200 : 503, body, version);
  }

  #page(now: number): MachineAnswer {
    const { version, answerMs, slowAnswerMs, errorRate, slowRate } = this.behaviour;
    this.#slowCredit += slowRate;
    const isSlow = this.#slowCredit >= 1;
    if (isSlow) this.#slowCredit -= 1;
    const afterMs = isSlow ? (slowAnswerMs ?? answerMs) : answerMs;
    this.#errorCredit += errorRate;
    if (this.#errorCredit >= 1) {
      this.#errorCredit -= 1;
      return respond(afterMs, 500, 'internal server error\n', version);
    }
    const status = this.#status(now);
    return status === 'OK'
      ? respond(afterMs, 200, `${version}\n`, version)
      : respond(afterMs, 503, `${status}\n`, version);
  }

  #status(now: number): string {
    const { flapPeriodMs, status } = this.behaviour;
    if (flapPeriodMs === undefined) return status;
    const isDown = Math.floor((now - this.answersFrom) / flapPeriodMs) % 2 === 1;
    return isDown ? 'KO: flapping' : status;
  }
}

function respond(afterMs: number, statusCode: number, body: string, version: string): MachineAnswer {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-release': version };
  return { kind: 'response', afterMs, response: { statusCode, headers, body } };
}
