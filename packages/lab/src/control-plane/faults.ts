import type { Clock } from '../clock.js';
import { AwsError } from './aws-error.js';
import type { ServiceDefinition, ServiceName } from './types.js';

/** Something that goes wrong with requests on purpose. */
export type Fault = {
  readonly service: ServiceName;
  /** As AWS names it; every operation of the service when left out. */
  readonly operation?: string;
  /** How many requests meet it; without limit when left out. */
  readonly times?: number;
  /** Lab time (epoch milliseconds) until which requests meet it; for good when left out. */
  readonly untilMs?: number;
} & (
  | { readonly kind: 'throttle' }
  /** Answers after `latencyMs` of lab time. */
  | { readonly kind: 'latency'; readonly latencyMs: number }
  | { readonly kind: 'serverError'; readonly statusCode?: 500 | 502 | 503 }
  /** Describe, Get and List answer as they last did to the same request, up to `maxAgeMs` of lab time ago. */
  | { readonly kind: 'staleRead'; readonly maxAgeMs: number }
  /** GetParametersByPath: a page without parameters, and with a token to go on. */
  | { readonly kind: 'emptyPage' }
);

interface ActiveFault {
  readonly id: string;
  readonly fault: Fault;
  met: number;
}

/** The faults of a lab: in force until they have been met `times` times, `untilMs` has come, or they are removed. */
export class Faults {
  #active: ActiveFault[] = [];
  #count = 0;

  /** Returns the id by which `remove` takes it back. */
  add(fault: Fault): string {
    this.#count += 1;
    const id = `fault-${this.#count}`;
    this.#active.push({ id, fault, met: 0 });
    return id;
  }

  remove(id: string): void {
    this.#active = this.#active.filter((active) => active.id !== id);
  }

  clear(): void {
    this.#active = [];
  }

  list(): readonly { readonly id: string; readonly fault: Fault; readonly met: number }[] {
    return this.#active.map((active) => ({ ...active }));
  }

  /** Lets a request meet its faults: waits, or throws the AwsError that AWS would answer. */
  async meet(service: ServiceDefinition, operation: string, clock: Clock): Promise<void> {
    for (const kind of ['latency', 'throttle', 'serverError'] as const) {
      const fault = this.take(kind, service.name, operation, clock.now());
      if (fault?.kind === 'latency') await clock.sleep(fault.latencyMs);
      if (fault?.kind === 'throttle') throw throttled(service);
      if (fault?.kind === 'serverError') throw failed(service, fault.statusCode ?? 500);
    }
  }

  /** The first fault of this kind that a request meets now; it counts as met. */
  take(kind: Fault['kind'], service: ServiceName, operation: string, nowMs: number): Fault | undefined {
    this.#active = this.#active.filter(({ fault }) => fault.untilMs === undefined || nowMs < fault.untilMs);
    const active = this.#active.find(
      ({ fault }) => fault.kind === kind && fault.service === service && (fault.operation ?? operation) === operation,
    );
    if (active === undefined) return undefined;
    active.met += 1;
    if (active.met >= (active.fault.times ?? Number.POSITIVE_INFINITY)) this.remove(active.id);
    return active.fault;
  }
}

function throttled(service: ServiceDefinition): AwsError {
  if (service.protocol === 'ec2Query') return new AwsError('RequestLimitExceeded', 'Request limit exceeded.', 503);
  if (service.protocol === 'restXml') return new AwsError('SlowDown', 'Please reduce your request rate.', 503);
  return service.protocol === 'awsQuery'
    ? new AwsError('Throttling', 'Rate exceeded')
    : new AwsError('ThrottlingException', 'Rate exceeded');
}

function failed(service: ServiceDefinition, statusCode: number): AwsError {
  if (statusCode !== 500) return new AwsError('ServiceUnavailable', 'Service Unavailable', statusCode);
  if (service.protocol === 'ec2Query') {
    return new AwsError('InternalError', 'An internal error has occurred', statusCode);
  }
  if (service.protocol === 'restXml')
    return new AwsError('InternalError', 'We encountered an internal error. Please try again.', statusCode);
  return service.protocol === 'awsQuery'
    ? new AwsError('InternalFailure', 'An internal error occurred.', statusCode)
    : new AwsError('InternalServerError', 'An internal error occurred.', statusCode);
}
