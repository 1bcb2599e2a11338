// control plane: one state machine for the whole account.
//
// apply() plays a request, play() an event; both then let every service come to rest and hand the effects to whoever
// performs them. See types.ts for C1 to C3. Besides:
//
//   C4. One thing at a time: what is reported while something is played waits its turn, in order.
//   C5. Effects leave after the state has come to rest, in the order of their emission.
//   C6. A service that never comes to rest is an error of ours and is thrown, not looped on.
import type { Clock, Timer } from '../clock.js';
import { isDryRun, tryOut } from './dry-run.js';
import { isReading } from './reading-operation.js';
import type {
  Caller,
  ControlPlaneContext,
  Effect,
  IdSource,
  LabEvent,
  LabState,
  LabTiming,
  Operation,
  OperationContext,
  Route,
  ServiceDefinition,
  ServiceName,
  ServiceRequest,
} from './types.js';

const MOST_PASSES = 100;

interface ControlPlaneOptions {
  readonly state: LabState;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly timing: LabTiming;
  readonly services: readonly ServiceDefinition[];
  readonly perform: (effect: Effect) => void;
  /** Throws AwsError when a request of one service to another is one that would be refused at the front door. */
  readonly admit: (request: ServiceRequest, service: ServiceDefinition, state: LabState) => void;
  /** Told of an event that could not be played: an error of ours. */
  readonly onDefect: (error: unknown) => void;
}

export interface OperationCall {
  readonly service: ServiceDefinition;
  readonly operationName: string;
  readonly input: object;
  readonly caller: Caller;
  readonly route: Route;
  readonly requestId: string;
  readonly asksForListenerUrls?: boolean;
  readonly beginSession?: OperationContext['beginSession'];
  readonly meetsFault: NonNullable<OperationContext['meetsFault']>;
}

export class ControlPlane {
  readonly #options: ControlPlaneOptions;
  readonly #services: ReadonlyMap<ServiceName, ServiceDefinition>;
  readonly #timers = new Set<Timer>();
  readonly #events: LabEvent[] = [];
  #effects: Effect[] = [];
  #isPlaying = false;
  #isClosed = false;
  #scheduledCount = 0;

  constructor(options: ControlPlaneOptions) {
    this.#options = options;
    this.#services = new Map(options.services.map((service) => [service.name, service]));
  }

  /** Plays one operation and returns its output. Throws what the operation throws: AwsError when AWS would refuse. */
  apply({ service, operationName, input, ...call }: OperationCall): object {
    const operation = service.operations[operationName] as Operation<object, object>;
    try {
      return this.#playAlone(() => {
        const context = { ...this.#context(), ...call };
        if (isDryRun(input)) tryOut(operationName, operation, input, context);
        const output = operation(input, context);
        if (!isReading(operationName)) {
          service.afterChange?.(this.#context());
          this.#comeToRest();
        }
        return output;
      });
    } finally {
      this.#playEvents();
    }
  }

  /** Plays an event now, or after what is being played. */
  play(event: LabEvent): void {
    if (this.#isClosed) return;
    this.#events.push(event);
    this.#playEvents();
  }

  /** Forgets every timer. Events that are reported later are ignored. */
  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.#events.length = 0;
  }

  #playAlone<Result>(work: () => Result): Result {
    if (this.#isPlaying) throw new Error('The control plane was entered while it was playing something.');
    this.#isPlaying = true;
    try {
      const result = work();
      for (const effect of this.#effects) this.#options.perform(effect);
      return result;
    } finally {
      this.#effects = [];
      this.#isPlaying = false;
    }
  }

  #playEvents(): void {
    while (!this.#isPlaying) {
      const event = this.#events.shift();
      if (event === undefined) return;
      try {
        this.#playAlone(() => {
          const outcome = this.#services.get(event.service)?.onEvent?.(event, this.#context());
          if (outcome !== 'unchanged') this.#comeToRest();
        });
      } catch (error) {
        this.#options.onDefect(error);
      }
    }
  }

  // A pass is quiet when it asked for nothing. The second pass lets each service see what the ones after it have done.
  #comeToRest(): void {
    for (let pass = 1; pass <= MOST_PASSES; pass += 1) {
      const doneBefore = this.#effects.length + this.#scheduledCount;
      for (const service of this.#services.values()) service.reconcile?.(this.#context());
      if (pass > 1 && this.#effects.length + this.#scheduledCount === doneBefore) return;
    }
    throw new Error(`The services did not come to rest in ${MOST_PASSES} passes.`);
  }

  #context(): ControlPlaneContext {
    const { state, clock, ids, timing } = this.#options;
    return {
      state,
      now: clock.now(),
      ids,
      timing,
      schedule: (atMs, event) => this.#schedule(atMs, event),
      emit: (effect) => {
        this.#effects.push(effect);
      },
      ask: (request) => this.#ask(request),
    };
  }

  // Part of what is being played: whoever asks comes to rest with everybody else afterwards.
  #ask(request: ServiceRequest): object {
    const { service: name, operationName, input, caller } = request;
    const service = this.#services.get(name);
    const operation = service?.operations[operationName] as Operation<object, object> | undefined;
    if (service === undefined || operation === undefined)
      throw new TypeError(`${name}:${operationName} is not emulated by the lab.`);
    this.#options.admit(request, service, this.#options.state);
    const requestId = this.#options.ids.uuid();
    const output = operation(input, { ...this.#context(), caller, route: { kind: 'endpoint' }, requestId });
    if (!isReading(operationName)) service.afterChange?.(this.#context());
    return output;
  }

  #schedule(atMs: number, event: LabEvent): void {
    this.#scheduledCount += 1;
    const timer = this.#options.clock.setTimer(atMs, () => {
      this.#timers.delete(timer);
      this.play(event);
    });
    this.#timers.add(timer);
  }
}
