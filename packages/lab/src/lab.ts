// lab: AWS on this machine, put together.
//
// A lab is a control plane (the account's state machine), a data plane (machines and sockets, real or simulated) and a clock.
// Requests come in by `handle`, from a socket (`startEndpoint`), from an SDK client in this process (`requestHandler`) or
// from an instance (the data plane).
import { admitRequest } from './access/admit-request.js';
import { Sessions } from './access/sessions.js';
import type { Clock } from './clock.js';
import { ControlPlane } from './control-plane/control-plane.js';
import { Faults } from './control-plane/faults.js';
import { createIdSource } from './control-plane/id-source.js';
import { type NotEmulatedCount, NotEmulatedLog } from './control-plane/not-emulated.js';
import { type RegionParts, Regions } from './control-plane/regions.js';
import { createLabState } from './control-plane/state.js';
import { DEFAULT_TIMING } from './control-plane/timing.js';
import type { LabState, LabTiming, Route } from './control-plane/types.js';
import type { DataPlane, LabHttpRequest, LabHttpResponse, RoleCredentials } from './data-plane.js';
import { createRequestHandler, type LabRequestHandler } from './endpoint/request-handler.js';
import { FrontDoor } from './front-door.js';
import { createSimulatedDataPlane } from './machines/simulated/simulated-data-plane.js';
import { SERVICES, SPOKEN_SERVICES } from './services/index.js';

export interface LabOptions {
  readonly clock: Clock;
  readonly dataPlane: DataPlane;
  /** Ids and random choices are drawn from it. Default 1. */
  readonly seed?: number;
  /** The home region, whose machines `dataPlane` runs; the machines of the others are simulated. Default us-west-2. */
  readonly region?: string;
  /** Default 123456789012. */
  readonly accountId?: string;
  /** The quota of instances. Default 2,500. */
  readonly instanceLimit?: number;
  /** Lab milliseconds; what is left out is as docs/lab.md says. */
  readonly timing?: Partial<LabTiming>;
  /** Epoch milliseconds of the wall, by which the credentials of instances expire. Default: the machine's clock. */
  readonly wallNow?: () => number;
  /** Told of an error of the lab's own. Default: a process warning. The request that met it is answered with 500 InternalFailure. */
  readonly onDefect?: (error: unknown) => void;
}

export interface Lab {
  readonly clock: Clock;
  /** The home region's. Read only; change it by requests. */
  readonly state: LabState;
  /** What a region holds; undefined when AWS has no region of this name. */
  stateOf(region: string): LabState | undefined;
  /** The regions that a request was signed for, the home region first. */
  regions(): readonly string[];
  readonly faults: Faults;
  /** What clients asked for and the lab does not emulate: members, filters, kinds of things. */
  notEmulated(): readonly NotEmulatedCount[];
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
  const notEmulated = new NotEmulatedLog();
  const sessions = new Sessions(state, createIdSource((options.seed ?? 1) + 1), wallNow);
  const dataPlanes: DataPlane[] = [];
  const openRegion = (regionState: LabState, machines: DataPlane): RegionParts => {
    const controlPlane = new ControlPlane({
      state: regionState,
      clock,
      ids,
      timing,
      services: SERVICES,
      perform: (effect) => machines.perform(effect),
      admit: ({ operationName, input, caller }, service, ofRegion) =>
        admitRequest({ state: ofRegion, service, operationName, input, caller, route: { kind: 'endpoint' } }),
      onDefect,
    });
    machines.attach({
      clock,
      timing,
      state: regionState,
      report: (event) => controlPlane.play(event),
      reportDefect: onDefect,
      handle: (request, route) => frontDoor.handle(request, route),
      issueCredentials: (instanceId: string): RoleCredentials | undefined => sessions.issue(instanceId),
    });
    dataPlanes.push(machines);
    return { state: regionState, controlPlane };
  };
  const regions: Regions = new Regions(openRegion(state, dataPlane), (region) =>
    openRegion(createLabState({ ...options, region, iam: state.iam }), createSimulatedDataPlane()),
  );
  const frontDoor = new FrontDoor({
    regions,
    clock,
    ids,
    services: SPOKEN_SERVICES,
    sessions,
    faults,
    notEmulated,
    onDefect,
  });
  const handle: Lab['handle'] = (request, route) => frontDoor.handle(request, route);

  return {
    clock,
    state,
    stateOf: (region) => regions.find(region)?.state,
    regions: () => regions.opened().map((region) => region.state.region),
    faults,
    notEmulated: () => notEmulated.list(),
    requestHandler: createRequestHandler((request) => handle(request, { kind: 'endpoint' }), clock),
    handle,
    async close() {
      for (const { controlPlane } of regions.opened()) controlPlane.close();
      await Promise.all(dataPlanes.map((machines) => machines.close()));
    },
  };
}

function warnOfDefect(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
