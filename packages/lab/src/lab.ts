// lab: AWS on this machine, put together.
//
// A lab is a control plane (the account's state machine), a data plane (machines and sockets, real or simulated) and a clock.
// Requests come in by `handle`, from a socket (`startEndpoint`), from an SDK client in this process (`requestHandler`) or
// from an instance (the data plane).
import { Sessions } from './access/sessions.js';
import type { Clock } from './clock.js';
import { ControlPlane } from './control-plane/control-plane.js';
import { Faults } from './control-plane/faults.js';
import { createIdSource } from './control-plane/id-source.js';
import { createLabState } from './control-plane/state.js';
import { DEFAULT_TIMING } from './control-plane/timing.js';
import type { LabState, LabTiming, Route } from './control-plane/types.js';
import type { DataPlane, LabHttpRequest, LabHttpResponse, RoleCredentials } from './data-plane.js';
import { createRequestHandler, type LabRequestHandler } from './endpoint/request-handler.js';
import { FrontDoor } from './front-door.js';
import { SERVICES } from './services/index.js';

export interface LabOptions {
  readonly clock: Clock;
  readonly dataPlane: DataPlane;
  /** Ids and random choices are drawn from it. Default 1. */
  readonly seed?: number;
  /** Default us-west-2. */
  readonly region?: string;
  /** Default 123456789012. */
  readonly accountId?: string;
  /** Lab milliseconds; what is left out is as docs/lab.md says. */
  readonly timing?: Partial<LabTiming>;
  /** Epoch milliseconds of the wall, by which the credentials of instances expire. Default: the machine's clock. */
  readonly wallNow?: () => number;
  /** Told of an error of the lab's own. Default: a process warning. The request that met it is answered with 500 InternalFailure. */
  readonly onDefect?: (error: unknown) => void;
}

export interface Lab {
  readonly clock: Clock;
  /** Read only; change it by requests. */
  readonly state: LabState;
  readonly faults: Faults;
  /** For SDK clients in this process: `new SSMClient({ requestHandler: lab.requestHandler, region, credentials })`. */
  readonly requestHandler: LabRequestHandler;
  /** Answers a request that came by `route`. Never rejects: errors are responses. */
  handle(request: LabHttpRequest, route: Route): Promise<LabHttpResponse>;
  /** Ends the data plane and forgets every timer. Resolves when nothing of the lab is left running. */
  close(): Promise<void>;
}

export function createLab(options: LabOptions): Lab {
  const { clock, dataPlane, wallNow = Date.now, onDefect = warnOfDefect } = options;
  const state = createLabState(options);
  const ids = createIdSource(options.seed ?? 1);
  const timing: LabTiming = { ...DEFAULT_TIMING, ...options.timing };
  const faults = new Faults();
  const sessions = new Sessions(state, createIdSource((options.seed ?? 1) + 1), wallNow);
  const controlPlane = new ControlPlane({
    state,
    clock,
    ids,
    timing,
    services: SERVICES,
    perform: (effect) => dataPlane.perform(effect),
    onDefect,
  });

  const frontDoor = new FrontDoor({ state, clock, ids, services: SERVICES, sessions, faults, controlPlane, onDefect });
  const handle: Lab['handle'] = (request, route) => frontDoor.handle(request, route);

  dataPlane.attach({
    clock,
    timing,
    state,
    report: (event) => controlPlane.play(event),
    handle,
    issueCredentials: (instanceId: string): RoleCredentials | undefined => sessions.issue(instanceId),
  });

  return {
    clock,
    state,
    faults,
    requestHandler: createRequestHandler((request) => handle(request, { kind: 'endpoint' }), clock),
    handle,
    async close() {
      controlPlane.close();
      await dataPlane.close();
    },
  };
}

function warnOfDefect(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
