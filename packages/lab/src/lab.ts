// lab: AWS on this machine, put together.
//
// A lab is a control plane (the account's state machine), a data plane (machines and sockets, real or simulated) and a clock.
// Requests come in by `handle`, from a socket (`startEndpoint`), from an SDK client in this process (`requestHandler`) or
// from an instance (the data plane).
import { authorizeRequest } from './access/authorize-request.js';
import { identifyCaller } from './access/identify-caller.js';
import { Sessions } from './access/sessions.js';
import type { Clock } from './clock.js';
import { AwsError } from './control-plane/aws-error.js';
import { ControlPlane } from './control-plane/control-plane.js';
import { Faults } from './control-plane/faults.js';
import { createIdSource } from './control-plane/id-source.js';
import { isReading } from './control-plane/reading-operation.js';
import { StaleAnswers } from './control-plane/stale-answers.js';
import { createLabState } from './control-plane/state.js';
import { DEFAULT_TIMING } from './control-plane/timing.js';
import type { LabState, LabTiming, Route, ServiceDefinition } from './control-plane/types.js';
import type { DataPlane, LabHttpRequest, LabHttpResponse, RoleCredentials } from './data-plane.js';
import { createRequestHandler, type LabRequestHandler } from './endpoint/request-handler.js';
import { codecOf } from './protocols/codec.js';
import { type Dispatch, dispatchRequest } from './protocols/dispatch.js';
import { findOperationSchema, type OperationSchema } from './protocols/operation-schema.js';
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

type DispatchedOperation = Extract<Dispatch, { kind: 'operation' }>;

export function createLab(options: LabOptions): Lab {
  const { clock, dataPlane, wallNow = Date.now, onDefect = warnOfDefect } = options;
  const state = createLabState(options);
  const ids = createIdSource(options.seed ?? 1);
  const timing: LabTiming = { ...DEFAULT_TIMING, ...options.timing };
  const faults = new Faults();
  const staleAnswers = new StaleAnswers(faults, clock);
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

  async function handle(request: LabHttpRequest, route: Route): Promise<LabHttpResponse> {
    const requestId = ids.uuid();
    const dispatch = dispatchRequest(SERVICES, request);
    const codec = codecOf(dispatch.service);
    try {
      if (dispatch.kind === 'refused') throw dispatch.error;
      const { service, operationName } = dispatch;
      const caller = identifyCaller(request, route, sessions, service.protocol);
      const operation = findEmulatedOperation(dispatch);
      await faults.meet(service, operationName, clock);
      const input = codec.decode(operation, dispatch.input);
      authorizeRequest({ state, service, operationName, input, caller, route });
      const apply = (): object =>
        controlPlane.apply({
          service,
          operationName,
          input,
          caller,
          route,
          requestId,
          meetsFault: (kind) => faults.take(kind, service.name, operationName, clock.now()) !== undefined,
        });
      const output = isReading(operationName)
        ? staleAnswers.answer(service.name, operationName, input, apply)
        : apply();
      return codec.encode(service, operation, output, requestId);
    } catch (error) {
      return codec.encodeError(dispatch.service, asAwsError(error), requestId);
    }
  }

  function asAwsError(error: unknown): AwsError {
    if (error instanceof AwsError) return error;
    onDefect(error);
    const cause = error instanceof Error ? error.message : String(error);
    return new AwsError('InternalFailure', `The lab failed to answer, which is a defect of its own: ${cause}`, 500);
  }

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

function findEmulatedOperation({ service, operationName }: DispatchedOperation): OperationSchema {
  const schema = findOperationSchema(service, operationName);
  const code = service.protocol === 'awsJson1_1' ? 'UnknownOperationException' : 'InvalidAction';
  if (schema === undefined) {
    throw new AwsError(code, `Could not find operation ${operationName} for version ${service.apiVersion}`);
  }
  if (!isEmulated(service, operationName)) {
    throw new AwsError(code, `The operation ${service.name}:${operationName} is not emulated by the lab.`);
  }
  return schema;
}

function isEmulated(service: ServiceDefinition, operationName: string): boolean {
  return Object.hasOwn(service.operations, operationName);
}

function warnOfDefect(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
