// simulated-data-plane: machines and a load balancer that exist only on the lab's clock.
//
// With the virtual clock a whole rollout runs in memory: no process, no socket, no sleep.
//
//   L1. What a machine does is its behaviour (machine-behaviour.ts), read from its image unless `machineFor` decides.
//   L2. Health checks and requests meet the same machine, through the same decision of the network when one is given.
//   L3. Nothing is drawn at random: the same events at the same times give the same answers.
import type { Image, Instance } from '@aws-sdk/client-ec2';
import type { Timer } from '../../clock.js';
import type { Effect, HealthCheckResult } from '../../control-plane/types.js';
import type { ControlPlanePort, DataPlane } from '../../data-plane.js';
import { targetKey } from '../../load-balancer/routing.js';
import { findListener, listenerUrl } from './listener-url.js';
import { completeBehaviour, type MachineBehaviour, readBehaviour } from './machine-behaviour.js';
import { SimulatedLoadBalancer, type SimulatedRequest, type SimulatedResponse } from './simulated-load-balancer.js';
import { type MachineAnswer, type MachineRequest, SimulatedMachine } from './simulated-machine.js';
import { startTraffic, type Traffic, type TrafficOptions } from './traffic.js';

export interface SimulatedDataPlaneOptions {
  /** Overrides what the image says, member by member. Asked each time an instance starts. */
  readonly machineFor?: (instance: Instance, image: Image | undefined) => MachineBehaviour;
  /** Whether the network lets the load balancer reach the instance's port; when not, packets are dropped. Default: always. */
  readonly isReachable?: (loadBalancerArn: string, instanceId: string, port: number) => boolean;
}

export interface SimulatedDataPlane extends DataPlane {
  /** A client's request to a listener: by its ARN, its `directrix:url`, or its load balancer's DNS name. */
  request(target: string, request?: SimulatedRequest): Promise<SimulatedResponse>;
  /** `request` in the shape of fetch, for whoever takes a fetch function. Bodies of requests are ignored. */
  readonly fetch: typeof globalThis.fetch;
  /** Changes what a running machine does from now on: a fault in mid-life. Throws when it does not run. */
  changeMachine(instanceId: string, behaviour: MachineBehaviour): void;
  /** Requests at a steady rate on the lab's clock, until stopped or closed. */
  startTraffic(options: TrafficOptions): Traffic;
}

export function createSimulatedDataPlane(options: SimulatedDataPlaneOptions = {}): SimulatedDataPlane {
  const plane = new Simulation(options);
  return {
    attach: (controlPlane) => plane.attach(controlPlane),
    perform: (effect) => plane.perform(effect),
    close: () => plane.close(),
    request: (target, request = {}) => plane.request(target, request),
    fetch: (input, init) => plane.fetch(input, init),
    changeMachine: (instanceId, behaviour) => plane.changeMachine(instanceId, behaviour),
    startTraffic: (traffic) => plane.startTraffic(traffic),
  };
}

class Simulation {
  readonly #options: SimulatedDataPlaneOptions;
  readonly #machines = new Map<string, SimulatedMachine>();
  readonly #openListeners = new Set<string>();
  readonly #timers = new Set<Timer>();
  readonly #traffic = new Set<Traffic>();
  #controlPlane: ControlPlanePort | undefined;
  #loadBalancer: SimulatedLoadBalancer | undefined;

  constructor(options: SimulatedDataPlaneOptions) {
    this.#options = options;
  }

  attach(controlPlane: ControlPlanePort): void {
    this.#controlPlane = controlPlane;
    this.#loadBalancer = new SimulatedLoadBalancer(controlPlane.state, controlPlane.clock, this.#ask);
  }

  perform(effect: Effect): void {
    switch (effect.kind) {
      case 'startMachine':
        this.#start(effect.instanceId);
        break;
      case 'stopMachine':
        this.#stop(effect.instanceId);
        break;
      case 'checkHealth':
        this.#check(effect);
        break;
      case 'listenersChanged':
        this.#openListenersOf();
        break;
      case 'drainEnded': {
        const ended = targetKey(effect.targetGroupArn, effect.targetId, effect.port);
        this.#loadBalancer?.cut((_, key) => key === ended);
        break;
      }
      case 'readMetrics':
        this.#port().report({
          service: 'monitoring',
          type: 'loadBalancerMetrics',
          metrics: this.#loadBalancer!.metrics(),
        });
        break;
    }
  }

  async close(): Promise<void> {
    for (const traffic of this.#traffic) traffic.stop();
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.#loadBalancer?.cut(() => true);
  }

  request(target: string, request: SimulatedRequest): Promise<SimulatedResponse> {
    const { state } = this.#port();
    const listenerArn = findListener(state, target);
    const fromUrl = target.startsWith('arn:') ? { headers: {} } : partsOf(target);
    const asked = { ...fromUrl, ...request, headers: { ...fromUrl.headers, ...request.headers } };
    return this.#loadBalancer!.request(listenerArn, asked);
  }

  async fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const request = new Request(input, init);
    request.signal.throwIfAborted();
    const answer = this.request(request.url, { method: request.method, headers: Object.fromEntries(request.headers) });
    const { statusCode, headers, body } = await orAborted(answer, request.signal);
    return new Response(request.method === 'HEAD' || statusCode === 204 ? null : body, { status: statusCode, headers });
  }

  changeMachine(instanceId: string, behaviour: MachineBehaviour): void {
    const machine = this.#machines.get(instanceId);
    if (!machine) throw new TypeError(`No simulated machine runs as ${instanceId}.`);
    machine.behaviour = { ...machine.behaviour, ...behaviour };
  }

  startTraffic(options: TrafficOptions): Traffic {
    const send = async (url: string, request: SimulatedRequest) => this.request(url, request);
    const traffic = startTraffic(this.#port().clock, send, options);
    this.#traffic.add(traffic);
    return traffic;
  }

  #start(instanceId: string): void {
    const { state, clock } = this.#port();
    const instance = state.ec2.instances.get(instanceId)?.instance;
    if (!instance) return;
    const image = this.#imageOf(instance);
    let behaviour: MachineBehaviour;
    try {
      behaviour = { ...readBehaviour(image), ...this.#options.machineFor?.(instance, image) };
    } catch (error) {
      this.#write(instanceId, `lab: the image ${instance.ImageId} has no readable behaviour: ${String(error)}`);
      return;
    }
    const machine = new SimulatedMachine(
      completeBehaviour(behaviour, image),
      instance.PrivateDnsName ?? '',
      clock.now(),
    );
    this.#machines.set(instanceId, machine);
    this.#write(instanceId, 'Booting.');
    this.#at(machine.answersFrom, () => {
      if (this.#machines.get(instanceId) === machine) this.#write(instanceId, bootLine(machine));
    });
  }

  #stop(instanceId: string): void {
    this.#machines.get(instanceId)?.stop();
    this.#machines.delete(instanceId);
    this.#write(instanceId, 'Shutting down.');
    this.#loadBalancer?.cut((targetId) => targetId === instanceId);
  }

  #check(effect: Extract<Effect, { kind: 'checkHealth' }>): void {
    const { state, clock } = this.#port();
    const [loadBalancerArn = ''] =
      state.elbv2.targetGroups.get(effect.targetGroupArn)?.targetGroup.LoadBalancerArns ?? [];
    const answer = this.#ask(loadBalancerArn, effect.targetId, { port: effect.port, path: effect.path });
    const { afterMs, result } = verdict(answer, effect.timeoutMs);
    const { targetGroupArn, targetId, port, checkId } = effect;
    const report = (): void =>
      this.#port().report({
        service: 'elasticloadbalancing',
        type: 'healthCheckResult',
        targetGroupArn,
        targetId,
        port,
        checkId,
        result,
      });
    if (afterMs === 0) report();
    else this.#at(clock.now() + afterMs, report);
  }

  #openListenersOf(): void {
    const { state, report } = this.#port();
    for (const arn of this.#openListeners) if (!state.elbv2.listeners.has(arn)) this.#openListeners.delete(arn);
    for (const [arn, { listener }] of state.elbv2.listeners) {
      const url = listenerUrl(arn, listener.Port!);
      if (this.#openListeners.has(arn) && state.elbv2.listenerUrls.get(arn) === url) continue;
      this.#openListeners.add(arn);
      report({ service: 'elasticloadbalancing', type: 'listenerOpened', listenerArn: arn, url });
    }
  }

  readonly #ask = (loadBalancerArn: string, targetId: string, request: MachineRequest): MachineAnswer => {
    const machine = this.#machines.get(targetId);
    const isReachable = this.#options.isReachable?.(loadBalancerArn, targetId, request.port) ?? true;
    if (!isReachable || !machine) return { kind: 'dropped' };
    return machine.answer(request, this.#port().clock.now());
  };

  #imageOf(instance: Instance): Image | undefined {
    const { ec2 } = this.#port().state;
    const image = ec2.images.get(instance.ImageId ?? '');
    return image && { ...image, Tags: ec2.tags.get(image.ImageId!) ?? [] };
  }

  #write(instanceId: string, text: string): void {
    const { clock, report } = this.#port();
    const line = `${new Date(clock.now()).toISOString()} ${text}\n`;
    report({ service: 'ec2', type: 'console', instanceId, text: line });
  }

  #at(atMs: number, fire: () => void): void {
    const timer = this.#port().clock.setTimer(atMs, () => {
      this.#timers.delete(timer);
      fire();
    });
    this.#timers.add(timer);
  }

  #port(): ControlPlanePort {
    if (!this.#controlPlane) throw new Error('The simulated data plane belongs to no lab yet.');
    return this.#controlPlane;
  }
}

function verdict(
  answer: MachineAnswer,
  timeoutMs: number,
): { readonly afterMs: number; readonly result: HealthCheckResult } {
  if (answer.kind === 'refused') return { afterMs: 0, result: { kind: 'failed' } };
  if (answer.kind === 'dropped' || answer.afterMs > timeoutMs)
    return { afterMs: timeoutMs, result: { kind: 'timeout' } };
  return { afterMs: answer.afterMs, result: { kind: 'response', statusCode: answer.response.statusCode } };
}

function bootLine({ behaviour }: SimulatedMachine): string {
  switch (behaviour.fault) {
    case 'neverStarts':
      return `front listening; application ${behaviour.version} did not start.`;
    case 'refuses':
    case 'drops':
      return `booted; nothing answers (${behaviour.fault}).`;
    case undefined:
      return `application ${behaviour.version} listening, status ${behaviour.status}.`;
  }
}

function partsOf(target: string): SimulatedRequest & { readonly headers: Readonly<Record<string, string>> } {
  const url = new URL(target);
  return { path: `${url.pathname}${url.search}`, headers: { host: url.host } };
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
