// front door: every request's way through the lab, whoever carried it here.
//
//   dispatch -> caller -> faults -> decode -> check -> authorise -> apply -> encode
//
//   D1. It never rejects: whatever goes wrong is answered in the protocol of the caller.
//   D2. A request that is refused before `apply` has changed nothing.
import { admitRequest } from './access/admit-request.js';
import { identifyCaller } from './access/identify-caller.js';
import type { Sessions } from './access/sessions.js';
import type { Clock } from './clock.js';
import { AwsError } from './control-plane/aws-error.js';
import type { OperationCall } from './control-plane/control-plane.js';
import type { Faults } from './control-plane/faults.js';
import { NotEmulatedError, type NotEmulatedLog, notEmulated } from './control-plane/not-emulated.js';
import { isReading } from './control-plane/reading-operation.js';
import type { RegionParts, Regions } from './control-plane/regions.js';
import { StaleAnswers } from './control-plane/stale-answers.js';
import type { IdSource, Route, ServiceDefinition } from './control-plane/types.js';
import type { LabHttpRequest, LabHttpResponse } from './data-plane.js';
import { awsModelOf } from './protocols/aws-model.js';
import { codecOf } from './protocols/codec.js';
import { credentialScopeOf } from './protocols/credential-scope.js';
import { type Dispatch, dispatchRequest } from './protocols/dispatch.js';
import { findOperationSchema, type OperationSchema } from './protocols/operation-schema.js';
import { UnknownFilterError } from './services/ec2/filters.js';

interface FrontDoorParts {
  readonly regions: Regions;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly services: readonly ServiceDefinition[];
  readonly sessions: Sessions;
  readonly faults: Faults;
  readonly notEmulated: NotEmulatedLog;
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

  /** As AWS does, each answer says what time it is. */
  async handle(request: LabHttpRequest, route: Route): Promise<LabHttpResponse> {
    const response = await this.#answerOrRefuse(request, route);
    const date = new Date(this.#parts.clock.now()).toUTCString();
    // What a HEAD is answered has no body; what GET would have is in the headers.
    const body = request.method === 'HEAD' ? new Uint8Array() : response.body;
    return { ...response, body, headers: { ...response.headers, date } };
  }

  async #answerOrRefuse(request: LabHttpRequest, route: Route): Promise<LabHttpResponse> {
    const requestId = this.#parts.ids.uuid();
    const dispatch = dispatchRequest(this.#parts.services, request);
    try {
      if (dispatch.kind === 'refused') throw dispatch.error;
      return await this.#answer(dispatch, { request, route, requestId });
    } catch (error) {
      if (error instanceof NotEmulatedError && dispatch.kind === 'operation') {
        this.#parts.notEmulated.add(dispatch.service.name, dispatch.operationName, error.what);
      }
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
    const { clock, sessions, faults } = this.#parts;
    const { service, operationName } = dispatch;
    const codec = codecOf(service);
    const caller = identifyCaller(request, route, sessions, service.protocol);
    const region = this.#chooseRegion(request, route, service);
    const operation = findEmulatedOperation(dispatch);
    await faults.meet(service, operationName, clock);
    const input = codec.decode(operation, dispatch.input);
    admitRequest({ state: region.state, service, operationName, input, caller, route });
    const asksForListenerUrls = request.headers['x-directrix-lab'] === 'listener-url';
    const beginSession: OperationCall['beginSession'] = (name, roleName, durationMs) =>
      sessions.begin(name, roleName, durationMs);
    const meetsFault: OperationCall['meetsFault'] = (kind) =>
      faults.take(kind, service.name, operationName, clock.now()) !== undefined;
    const output = this.#performOrNameFilter(region, {
      service,
      operationName,
      input,
      caller,
      route,
      requestId,
      asksForListenerUrls,
      beginSession,
      meetsFault,
    });
    return codec.encode(service, operation, output, requestId);
  }

  /** Where the request was signed for. An endpoint within a VPC is one region's, and so are requests without a scope. */
  #chooseRegion(request: LabHttpRequest, route: Route, service: ServiceDefinition): RegionParts {
    const { regions } = this.#parts;
    const name = route.kind === 'vpcEndpoint' ? undefined : credentialScopeOf(request)?.region;
    if (name === undefined) return regions.home;
    const region = regions.find(name);
    if (region === undefined) throw unknownRegion(name, service);
    return region;
  }

  // A filter that AWS documents is a gap of the lab, not a fault of the client.
  #performOrNameFilter(region: RegionParts, call: OperationCall): object {
    try {
      return this.#perform(region, call);
    } catch (error) {
      const { service, operationName } = call;
      if (!(error instanceof UnknownFilterError)) throw error;
      const documented = awsModelOf(service.name).filters?.[operationName] ?? [];
      if (documented.includes(error.filter)) throw notEmulated(`the filter ${error.filter} of ${operationName}`);
      throw error;
    }
  }

  #perform({ state, controlPlane }: RegionParts, call: OperationCall): object {
    const apply = (): object => controlPlane.apply(call);
    const { service, operationName, input } = call;
    if (!isReading(operationName)) return apply();
    return this.#staleAnswers.answer([state.region, service.name, operationName, input], apply);
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

function unknownRegion(name: string, { protocol }: ServiceDefinition): AwsError {
  const text = `Credential should be scoped to a valid region, not '${name}'.`;
  return {
    restXml: new AwsError('AuthorizationHeaderMalformed', text),
    awsJson1_1: new AwsError('InvalidSignatureException', text),
    awsQuery: new AwsError('SignatureDoesNotMatch', text, 403),
    ec2Query: new AwsError('AuthFailure', text, 401),
  }[protocol];
}
