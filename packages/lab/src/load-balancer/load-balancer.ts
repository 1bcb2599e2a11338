// load balancer: the real HTTP reverse proxy behind every Application Load Balancer of a lab.
//
// One loopback port per listener. Who answers a request is decided by `route`, from the control plane's own state at that moment;
// where a connection really goes is the locator's. It performs `listenersChanged`, `checkHealth` and `drainEnded`, and reports
// `listenerOpened` and `healthCheckResult`.
//
//   B1. A target that is draining gets no new request; what is in flight to it completes, until `drainEnded` cuts it (502).
//   B2. No request is sent to a target twice.
//   B3. Its own answers are an ALB's: 400, 405, 408, 414, 463, 502, 503, 504, with `Server: awselb/2.0`.
//   B4. No request and no rule ends the lab: what cannot be answered is a 500 of that request.
//   B5. All timeouts run on the lab's clock. After close() nothing is left: no port, no connection, no timer, no report.
//
// Not modelled: HTTP/2 and gRPC, TLS on either side, stickiness, slow start, Lambda targets.
// Source: ALB guide, "Troubleshoot your Application Load Balancers" and "HTTP headers and Application Load Balancers".
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Listener } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Effect, HealthCheckResult } from '../control-plane/types.js';
import type { ControlPlanePort } from '../data-plane.js';
import type { AccessLog } from './access-log.js';
import { type Ending, Exchange, sendAnswer } from './exchange.js';
import { requestHeadersForTarget } from './forwarded-headers.js';
import { checkHealth } from './health-check.js';
import { InFlight } from './in-flight.js';
import { type ListenerPort, openListenerPort } from './listener-port.js';
import { Metrics, type MetricsSnapshot } from './metrics.js';
import { decisionAnswer, type OwnAnswer, pageAnswer } from './own-answer.js';
import { type RequestHead, readRequestHead } from './request-head.js';
import { createTurn, type RoutedRequest, type RoutingDecision, route, targetKey } from './routing.js';
import type { TargetLocator } from './target-locator.js';
import { createTargetPool, type TargetPool } from './target-pool.js';

export interface LoadBalancerOptions {
  readonly controlPlane: ControlPlanePort;
  readonly locator: TargetLocator;
  /** Where the listeners' ports open. Default 127.0.0.1. */
  readonly host?: string;
  /** The loopback port a listener should have, if it is free. Default: any free port. */
  readonly preferredPort?: (listener: Listener) => number | undefined;
  readonly accessLog?: AccessLog;
}

export interface LoadBalancerProxy {
  /** Performs the effects that are a load balancer's, and ignores the others. Never throws. */
  perform(effect: Effect): void;
  metrics(): MetricsSnapshot;
  /** Ends every port, connection, check and timer. Requests in flight get 502. Resolves when they are gone. */
  close(): Promise<void>;
}

type Forward = RoutingDecision & { readonly kind: 'forward' };
type UpgradeHead = { readonly head: Buffer };

export function createLoadBalancer(options: LoadBalancerOptions): LoadBalancerProxy {
  return new ReverseProxy(options);
}

// Limits of an ALB. Source: ALB guide, "HTTP 400: Bad request", "HTTP 414" and "HTTP 463".
const largestHeaderLine = 16 * 1024;
const mostForwardedAddresses = 30;
const defaultIdleTimeoutSeconds = 60;

class ReverseProxy implements LoadBalancerProxy {
  readonly #options: LoadBalancerOptions;
  readonly #turn = createTurn();
  readonly #metrics = new Metrics();
  readonly #inFlight: InFlight<Exchange>;
  readonly #ports = new Map<string, ListenerPort>();
  /** Ports that are closing; kept until they are closed. */
  readonly #closing = new Set<ListenerPort>();
  readonly #pools = new Map<string, TargetPool>();
  readonly #closed = new AbortController();
  #traceCount = 0;

  constructor(options: LoadBalancerOptions) {
    this.#options = options;
    this.#inFlight = new InFlight(options.controlPlane.clock);
  }

  perform(effect: Effect): void {
    if (this.#closed.signal.aborted) return;
    switch (effect.kind) {
      case 'listenersChanged':
        this.#updatePorts();
        this.#forgetTargets();
        break;
      case 'checkHealth':
        this.#checkHealth(effect);
        break;
      case 'drainEnded':
        this.#endDrain(effect.targetGroupArn, effect.targetId, effect.port);
        break;
    }
  }

  metrics(): MetricsSnapshot {
    return this.#metrics.snapshot(this.#state);
  }

  async close(): Promise<void> {
    if (!this.#closed.signal.aborted) this.#closed.abort();
    for (const port of this.#ports.values()) this.#closePort(port);
    this.#ports.clear();
    for (const exchange of this.#inFlight.list()) exchange.cut();
    this.#inFlight.close();
    const ports = [...this.#closing];
    // Let the last answers leave before their connections are cut.
    setImmediate(() => {
      for (const port of ports) port.cut();
    });
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all([...ports.map((port) => port.closed), ...pools.map((pool) => pool.close())]);
  }

  get #state() {
    return this.#options.controlPlane.state.elbv2;
  }

  // --- effects

  #updatePorts(): void {
    for (const [arn, port] of this.#ports) {
      if (this.#state.listeners.has(arn)) continue;
      this.#ports.delete(arn);
      this.#closePort(port);
    }
    for (const [arn, { listener }] of this.#state.listeners) {
      if (!this.#ports.has(arn)) this.#ports.set(arn, this.#openPort(arn, listener));
    }
  }

  #openPort(listenerArn: string, listener: Listener): ListenerPort {
    const { controlPlane, preferredPort, host = '127.0.0.1' } = this.#options;
    return openListenerPort({
      host,
      preferredPort: preferredPort?.(listener) ?? 0,
      onRequest: (request, response, upgrade) => this.#serveSafely(listenerArn, request, response, upgrade),
      onOpen: (url) => {
        controlPlane.report({ service: 'elasticloadbalancing', type: 'listenerOpened', listenerArn, url });
      },
    });
  }

  #closePort(port: ListenerPort): void {
    port.close();
    this.#closing.add(port);
    void port.closed.then(() => this.#closing.delete(port));
  }

  #checkHealth(effect: Effect & { readonly kind: 'checkHealth' }): void {
    const { controlPlane, locator } = this.#options;
    const { targetGroupArn, targetId, port, checkId, path, timeoutMs, protocol } = effect;
    const report = (result: HealthCheckResult) => {
      const event = { targetGroupArn, targetId, port, checkId, result } as const;
      controlPlane.report({ service: 'elasticloadbalancing', type: 'healthCheckResult', ...event });
    };
    const loadBalancerArn = this.#loadBalancerOf(targetGroupArn);
    const location =
      loadBalancerArn === undefined || protocol !== 'HTTP'
        ? ({ kind: 'refused' } as const)
        : locator.locate(loadBalancerArn, targetId, port);
    const authority = `${this.#addressOf(targetId)}:${port}`;
    checkHealth(
      { clock: controlPlane.clock, location, authority, path, timeoutMs, signal: this.#closed.signal },
      report,
    );
  }

  #loadBalancerOf(targetGroupArn: string): string | undefined {
    return this.#state.targetGroups.get(targetGroupArn)?.targetGroup.LoadBalancerArns?.[0];
  }

  /** An instance's private address; a target of type ip is its own. */
  #addressOf(targetId: string): string {
    return this.#options.controlPlane.state.ec2.instances.get(targetId)?.instance.PrivateIpAddress ?? targetId;
  }

  #endDrain(targetGroupArn: string, targetId: string, port: number): void {
    const key = targetKey(targetGroupArn, targetId, port);
    for (const exchange of this.#inFlight.list()) if (exchange.targetKey === key) exchange.cut();
    this.#closePool(key);
  }

  /** Closes the connections to targets that are registered no more and have nothing in flight. */
  #forgetTargets(): void {
    const registered = new Set<string>();
    for (const [arn, { targets, targetGroup }] of this.#state.targetGroups) {
      for (const { target } of targets.values()) {
        registered.add(targetKey(arn, target.Id ?? '', target.Port ?? targetGroup.Port ?? 80));
      }
    }
    for (const key of this.#pools.keys()) {
      if (!registered.has(key) && !this.#turn.outstanding.get(key)) this.#closePool(key);
    }
  }

  #closePool(key: string): void {
    const pool = this.#pools.get(key);
    this.#pools.delete(key);
    if (!this.#turn.outstanding.get(key)) this.#turn.outstanding.delete(key);
    void pool?.close();
  }

  // --- requests

  #serveSafely(listenerArn: string, request: IncomingMessage, response: ServerResponse, upgrade?: UpgradeHead): void {
    try {
      this.#serve(listenerArn, request, response, upgrade);
    } catch (error) {
      this.#options.controlPlane.reportDefect(error);
      if (response.headersSent) response.destroy();
      else sendAnswer(response, pageAnswer(500));
    }
  }

  #serve(listenerArn: string, request: IncomingMessage, response: ServerResponse, upgrade?: UpgradeHead): void {
    const { clock } = this.#options.controlPlane;
    const head = readRequestHead(request.rawHeaders);
    const routed = toRouted(request, head);
    const arrival: Arrival = { at: clock.now(), listenerArn, request, head, routed, traceId: this.#newTraceId() };
    const listener = this.#state.listeners.get(listenerArn)?.listener;
    const loadBalancerArn = listener?.LoadBalancerArn ?? '';
    this.#metrics.countRequest(loadBalancerArn);
    const refusal = refuse(request, head);
    if (refusal !== undefined) {
      this.#answer(arrival, loadBalancerArn, response, pageAnswer(refusal), 'the request breaks a limit');
      return;
    }
    const decision = route(this.#state, listenerArn, arrival.routed, this.#turn);
    if (decision.kind === 'forward') {
      this.#forward(arrival, listener ?? {}, decision, response, upgrade);
    } else {
      this.#answer(arrival, loadBalancerArn, response, decisionAnswer(decision), decision.kind);
    }
  }

  #answer(
    arrival: Arrival,
    loadBalancerArn: string,
    response: ServerResponse,
    answer: OwnAnswer,
    reason: string,
  ): void {
    this.#metrics.countOwnAnswer(loadBalancerArn, answer.statusCode);
    sendAnswer(response, answer);
    this.#log(arrival, undefined, undefined, { kind: 'failed', statusCode: answer.statusCode, reason });
  }

  #forward(
    arrival: Arrival,
    listener: Listener,
    target: Forward,
    response: ServerResponse,
    upgrade: UpgradeHead | undefined,
  ): void {
    const loadBalancerArn = listener.LoadBalancerArn ?? '';
    const { request, head, routed } = arrival;
    const key = targetKey(target.targetGroupArn, target.targetId, target.port);
    let targetStatusCode: number | undefined;
    this.#metrics.countForward(target.targetGroupArn);
    const exchange = new Exchange({
      clock: this.#options.controlPlane.clock,
      pool: this.#poolFor(key, loadBalancerArn, target),
      request,
      response,
      path: routed.query === '' ? routed.path : `${routed.path}?${routed.query}`,
      headers: this.#headersForTarget(arrival, listener),
      hasBody: head.hasBody,
      targetKey: key,
      idleTimeoutMs: this.#idleTimeoutMs(loadBalancerArn),
      upgrade:
        head.upgrade === 'websocket' && upgrade !== undefined
          ? { protocol: 'websocket', head: upgrade.head }
          : undefined,
      onTargetResponse: (statusCode, afterMs) => {
        targetStatusCode = statusCode;
        this.#metrics.countTargetResponse(target.targetGroupArn, statusCode, afterMs / 1000);
      },
      onEnd: (ending) => {
        this.#inFlight.remove(exchange);
        this.#countOutstanding(key, -1);
        if (ending.kind === 'failed') {
          this.#metrics.countOwnAnswer(loadBalancerArn, ending.statusCode);
          if (targetStatusCode === undefined) this.#metrics.countConnectionError(target.targetGroupArn);
        }
        if (ending.kind === 'clientClosed') this.#metrics.countClientClosed(loadBalancerArn);
        this.#log(arrival, target, targetStatusCode, ending);
      },
    });
    this.#countOutstanding(key, 1);
    this.#inFlight.add(exchange);
    exchange.start();
  }

  #poolFor(key: string, loadBalancerArn: string, { targetId, port }: Forward): TargetPool {
    let pool = this.#pools.get(key);
    if (pool === undefined) {
      const { controlPlane, locator } = this.#options;
      pool = createTargetPool({ clock: controlPlane.clock, locator, loadBalancerArn, targetId, port });
      this.#pools.set(key, pool);
    }
    return pool;
  }

  #headersForTarget({ request, routed, traceId }: Arrival, listener: Listener): string[] {
    return requestHeadersForTarget(request.rawHeaders, {
      host: routed.host,
      address: routed.sourceIp,
      protocol: (listener.Protocol ?? 'HTTP').toLowerCase(),
      port: String(listener.Port ?? 80),
      newTraceId: traceId,
      forwardedForMode:
        this.#attribute(listener.LoadBalancerArn ?? '', 'routing.http.xff_header_processing.mode') ?? 'append',
    });
  }

  #idleTimeoutMs(loadBalancerArn: string): number {
    const seconds = Number(this.#attribute(loadBalancerArn, 'idle_timeout.timeout_seconds'));
    return (seconds > 0 ? seconds : defaultIdleTimeoutSeconds) * 1000;
  }

  #attribute(loadBalancerArn: string, name: string): string | undefined {
    return this.#state.loadBalancers.get(loadBalancerArn)?.attributes.get(name)?.Value;
  }

  #countOutstanding(key: string, change: 1 | -1): void {
    this.#turn.outstanding.set(key, (this.#turn.outstanding.get(key) ?? 0) + change);
  }

  /** Unique in this lab and the same in every run: a time, then a count. */
  #newTraceId(): string {
    this.#traceCount += 1;
    const seconds = Math.floor(this.#options.controlPlane.clock.now() / 1000);
    return `1-${seconds.toString(16).padStart(8, '0')}-${this.#traceCount.toString(16).padStart(24, '0')}`;
  }

  #log(arrival: Arrival, target: Forward | undefined, targetStatusCode: number | undefined, ending: Ending): void {
    const { accessLog, controlPlane } = this.#options;
    accessLog?.({
      at: arrival.at,
      listenerArn: arrival.listenerArn,
      clientAddress: arrival.routed.sourceIp,
      method: arrival.routed.method,
      host: arrival.routed.host,
      path: arrival.routed.path,
      traceId: arrival.traceId,
      statusCode: ending.kind === 'clientClosed' ? 460 : ending.statusCode,
      target: target && { targetGroupArn: target.targetGroupArn, targetId: target.targetId, port: target.port },
      targetStatusCode,
      errorReason: ending.kind === 'failed' ? ending.reason : undefined,
      durationMs: controlPlane.clock.now() - arrival.at,
    });
  }
}

interface Arrival {
  readonly at: number;
  readonly listenerArn: string;
  readonly request: IncomingMessage;
  readonly head: RequestHead;
  readonly routed: RoutedRequest;
  readonly traceId: string;
}

function toRouted(request: IncomingMessage, { host }: RequestHead): RoutedRequest {
  const url = request.url ?? '/';
  // A proxy's form of the request, `GET http://host/path`, counts like the usual one.
  const start = url.startsWith('/') ? 0 : Math.max(0, url.indexOf('/', url.indexOf('://') + 3));
  const mark = url.indexOf('?', start);
  return {
    method: request.method ?? 'GET',
    host: host ?? request.socket.localAddress ?? '',
    path: mark < 0 ? url.slice(start) : url.slice(start, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    get headers() {
      return request.headers;
    },
    sourceIp: request.socket.remoteAddress ?? '',
  };
}

/** The status code with which an ALB refuses a request before it looks at any rule. */
function refuse({ method, url = '' }: IncomingMessage, head: RequestHead): number | undefined {
  if (method === 'TRACE') return 405;
  if (url.length > largestHeaderLine) return 414;
  if (head.longestValue > largestHeaderLine) return 400;
  if (head.forwardedAddressCount > mostForwardedAddresses) return 463;
  return undefined;
}
