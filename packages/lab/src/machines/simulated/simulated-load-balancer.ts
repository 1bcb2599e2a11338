// simulated-load-balancer: what a client of a listener would get, without a socket.
//
//   B1. The target is chosen by load-balancer/routing.ts, as the real proxy chooses it.
//   B2. 502 for a refused connection, for a machine that stops and for a drain that ends while a request is under way; 503 when no
//       target may be asked; 504 after 10 s without a connection, or after the idle timeout without an answer.
import type { Clock, Timer } from '../../clock.js';
import type { LabState } from '../../control-plane/types.js';
import { Metrics, type MetricsSnapshot } from '../../load-balancer/metrics.js';
import { decisionAnswer, type OwnAnswer, pageAnswer } from '../../load-balancer/own-answer.js';
import { createTurn, route, targetKey } from '../../load-balancer/routing.js';
import type { MachineAnswer, MachineRequest } from './simulated-machine.js';

const CONNECT_TIMEOUT_MS = 10_000;
const CLIENT_ADDRESS = '198.51.100.7';

export interface SimulatedRequest {
  readonly method?: string;
  /** With the query, if any. */
  readonly path?: string;
  /** Header names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface SimulatedResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The instance that answered; undefined when the load balancer answered by itself. */
  readonly targetId?: string;
}

/** Asks the machine behind a target, through the network. */
type AskTarget = (loadBalancerArn: string, targetId: string, request: MachineRequest) => MachineAnswer;

interface Exchange {
  readonly targetId: string;
  readonly key: string;
  finish(response: SimulatedResponse): void;
}

export class SimulatedLoadBalancer {
  readonly #turn = createTurn();
  readonly #underWay = new Set<Exchange>();
  readonly #state: LabState;
  readonly #clock: Clock;
  readonly #ask: AskTarget;
  readonly #metrics = new Metrics();

  constructor(state: LabState, clock: Clock, ask: AskTarget) {
    this.#state = state;
    this.#clock = clock;
    this.#ask = ask;
  }

  metrics(): MetricsSnapshot {
    return this.#metrics.snapshot(this.#state.elbv2);
  }

  request(listenerArn: string, request: SimulatedRequest): Promise<SimulatedResponse> {
    const [path = '/', query = ''] = (request.path ?? '/').split('?', 2);
    const headers = request.headers ?? {};
    const decision = route(
      this.#state.elbv2,
      listenerArn,
      { method: request.method ?? 'GET', host: headers.host ?? '', path, query, headers, sourceIp: CLIENT_ADDRESS },
      this.#turn,
    );
    const loadBalancerArn = this.#state.elbv2.listeners.get(listenerArn)?.listener.LoadBalancerArn ?? '';
    this.#metrics.countRequest(loadBalancerArn);
    if (decision.kind !== 'forward') {
      const own = ownResponse(decisionAnswer(decision));
      this.#metrics.countOwnAnswer(loadBalancerArn, own.statusCode);
      return Promise.resolve(own);
    }
    const { targetGroupArn, targetId, port } = decision;
    this.#metrics.countForward(targetGroupArn);
    const answer = this.#ask(loadBalancerArn, targetId, { port, path: request.path ?? '/' });
    const askedAt = this.#clock.now();
    const exchange = this.#exchange(loadBalancerArn, targetId, targetKey(targetGroupArn, targetId, port), answer);
    return exchange.then((response) => {
      this.#count(loadBalancerArn, targetGroupArn, response, (this.#clock.now() - askedAt) / 1_000);
      return response;
    });
  }

  #count(loadBalancerArn: string, targetGroupArn: string, response: SimulatedResponse, seconds: number): void {
    if (response.targetId !== undefined) {
      this.#metrics.countTargetResponse(targetGroupArn, response.statusCode, seconds);
      return;
    }
    this.#metrics.countOwnAnswer(loadBalancerArn, response.statusCode);
    this.#metrics.countConnectionError(targetGroupArn);
  }

  /** The drain of a target is over, or its machine stops: what is under way to it ends with 502. */
  cut(matches: (targetId: string, key: string) => boolean): void {
    for (const exchange of [...this.#underWay]) {
      if (matches(exchange.targetId, exchange.key)) exchange.finish(ownResponse(pageAnswer(502)));
    }
  }

  #exchange(loadBalancerArn: string, targetId: string, key: string, answer: MachineAnswer): Promise<SimulatedResponse> {
    const { afterMs, response } = this.#ending(loadBalancerArn, targetId, answer);
    if (afterMs === 0) return Promise.resolve(response);
    const { outstanding } = this.#turn;
    outstanding.set(key, (outstanding.get(key) ?? 0) + 1);
    return new Promise((resolve) => {
      let timer: Timer | undefined;
      const exchange: Exchange = {
        targetId,
        key,
        finish: (result) => {
          if (!this.#underWay.delete(exchange)) return;
          timer?.cancel();
          outstanding.set(key, Math.max(0, (outstanding.get(key) ?? 1) - 1));
          resolve(result);
        },
      };
      this.#underWay.add(exchange);
      timer = this.#clock.setTimer(this.#clock.now() + afterMs, () => exchange.finish(response));
    });
  }

  #ending(
    loadBalancerArn: string,
    targetId: string,
    answer: MachineAnswer,
  ): { readonly afterMs: number; readonly response: SimulatedResponse } {
    if (answer.kind === 'refused') return { afterMs: 0, response: ownResponse(pageAnswer(502)) };
    if (answer.kind === 'dropped') return { afterMs: CONNECT_TIMEOUT_MS, response: ownResponse(pageAnswer(504)) };
    const attributes = this.#state.elbv2.loadBalancers.get(loadBalancerArn)?.attributes;
    const idleTimeoutMs = 1000 * Number(attributes?.get('idle_timeout.timeout_seconds')?.Value ?? '60');
    if (answer.afterMs > idleTimeoutMs) return { afterMs: idleTimeoutMs, response: ownResponse(pageAnswer(504)) };
    return { afterMs: answer.afterMs, response: { ...answer.response, targetId } };
  }
}

function ownResponse({ statusCode, headers, body }: OwnAnswer): SimulatedResponse {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < headers.length; index += 2)
    pairs.push([headers[index]!.toLowerCase(), headers[index + 1]!]);
  return { statusCode, headers: Object.fromEntries(pairs), body };
}
