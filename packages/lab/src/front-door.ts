// front door: every request's way through the lab, whoever carried it here.
//
//   dispatch -> caller -> faults -> decode -> authorise -> apply -> encode
//
//   D1. It never rejects: whatever goes wrong is answered in the protocol of the caller.
//   D2. A request that is refused before `apply` has changed nothing.
import { authorizeRequest } from './access/authorize-request.js';
import { identifyCaller } from './access/identify-caller.js';
import type { Sessions } from './access/sessions.js';
import type { Clock } from './clock.js';
import { AwsError } from './control-plane/aws-error.js';
import type { ControlPlane, OperationCall } from './control-plane/control-plane.js';
import type { Faults } from './control-plane/faults.js';
import { isReading } from './control-plane/reading-operation.js';
import { StaleAnswers } from './control-plane/stale-answers.js';
import type { IdSource, LabState, Route, ServiceDefinition } from './control-plane/types.js';
import type { LabHttpRequest, LabHttpResponse } from './data-plane.js';
import { codecOf } from './protocols/codec.js';
import { type Dispatch, dispatchRequest } from './protocols/dispatch.js';
import { findOperationSchema, type OperationSchema } from './protocols/operation-schema.js';

export interface FrontDoorParts {
  readonly state: LabState;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly services: readonly ServiceDefinition[];
  readonly sessions: Sessions;
  readonly faults: Faults;
  readonly controlPlane: ControlPlane;
  /** Told of an error of the lab's own. */
  readonly onDefect: (error: unknown) => void;
}

type DispatchedOperation = Extract<Dispatch, { kind: 'operation' }>;

export class FrontDoor {
  readonly #parts: FrontDoorParts;
  readonly #staleAnswers: StaleAnswers;

  constructor(parts: FrontDoorParts) {
    this.#parts = parts;
    this.#staleAnswers = new StaleAnswers(parts.faults, parts.clock);
  }

  async handle(request: LabHttpRequest, route: Route): Promise<LabHttpResponse> {
    const requestId = this.#parts.ids.uuid();
    const dispatch = dispatchRequest(this.#parts.services, request);
    try {
      if (dispatch.kind === 'refused') throw dispatch.error;
      return await this.#answer(dispatch, { request, route, requestId });
    } catch (error) {
      return codecOf(dispatch.service).encodeError(dispatch.service, this.#asAwsError(error), requestId);
    }
  }

  async #answer(
    dispatch: DispatchedOperation,
    {
      request,
      route,
      requestId,
    }: { readonly request: LabHttpRequest; readonly route: Route; readonly requestId: string },
  ): Promise<LabHttpResponse> {
    const { state, clock, sessions, faults } = this.#parts;
    const { service, operationName } = dispatch;
    const codec = codecOf(service);
    const caller = identifyCaller(request, route, sessions, service.protocol);
    const operation = findEmulatedOperation(dispatch);
    await faults.meet(service, operationName, clock);
    const input = codec.decode(operation, dispatch.input);
    authorizeRequest({ state, service, operationName, input, caller, route });
    const meetsFault: OperationCall['meetsFault'] = (kind) =>
      faults.take(kind, service.name, operationName, clock.now()) !== undefined;
    const output = this.#perform({ service, operationName, input, caller, route, requestId, meetsFault });
    return codec.encode(service, operation, output, requestId);
  }

  #perform(call: OperationCall): object {
    const apply = (): object => this.#parts.controlPlane.apply(call);
    const { service, operationName, input } = call;
    return isReading(operationName) ? this.#staleAnswers.answer(service.name, operationName, input, apply) : apply();
  }

  #asAwsError(error: unknown): AwsError {
    if (error instanceof AwsError) return error;
    this.#parts.onDefect(error);
    const cause = error instanceof Error ? error.message : String(error);
    return new AwsError('InternalFailure', `The lab failed to answer, which is a defect of its own: ${cause}`, 500);
  }
}

function findEmulatedOperation({ service, operationName }: DispatchedOperation): OperationSchema {
  const schema = findOperationSchema(service, operationName);
  const code = service.protocol === 'awsJson1_1' ? 'UnknownOperationException' : 'InvalidAction';
  if (schema === undefined) {
    throw new AwsError(code, `Could not find operation ${operationName} for version ${service.apiVersion}`);
  }
  if (!Object.hasOwn(service.operations, operationName)) {
    throw new AwsError(code, `The operation ${service.name}:${operationName} is not emulated by the lab.`);
  }
  return schema;
}
