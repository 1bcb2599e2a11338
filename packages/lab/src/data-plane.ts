import type { Clock } from './clock.js';
import type { RoleCredentials } from './control-plane/role-credentials.js';
import type { Effect, LabEvent, LabState, LabTiming, Route } from './control-plane/types.js';

export type { RoleCredentials } from './control-plane/role-credentials.js';

/** A request as it came off a wire, or from an SDK client in this process. Header names are lower case. */
export interface LabHttpRequest {
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface LabHttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What a data plane may do with the control plane: read its state, report, and carry requests to the services. */
export interface ControlPlanePort {
  readonly clock: Clock;
  readonly timing: LabTiming;
  /** Read only. The data plane never changes it. */
  readonly state: LabState;
  /** Reports something that happened; the control plane plays it now. */
  report(event: LabEvent): void;
  /** Tells of an error of the lab's own. Whoever met it has been answered, and the lab goes on. */
  reportDefect(error: unknown): void;
  /** A request that reached an AWS service by `route`. Never rejects: errors are responses. */
  handle(request: LabHttpRequest, route: Route): Promise<LabHttpResponse>;
  /** Credentials of the instance's role; undefined when the instance has no instance profile. */
  issueCredentials(instanceId: string): RoleCredentials | undefined;
}

/**
 * Performs effects: with real processes and sockets (`machines/process`), or by simulation (`machines/simulated`).
 * An effect that fails is reported as an event or in the instance's console, never thrown.
 */
export interface DataPlane {
  /** Called once, before the first effect. */
  attach(controlPlane: ControlPlanePort): void;
  perform(effect: Effect): void;
  /** Ends every process and socket that this data plane started. Resolves when they are gone. */
  close(): Promise<void>;
}
