import { AwsError } from '../control-plane/aws-error.js';
import type { ServiceDefinition } from '../control-plane/types.js';
import type { LabHttpRequest } from '../data-plane.js';
import type { WireInput, WireService } from './codec.js';
import { credentialScopeOf } from './credential-scope.js';
import { parseQueryParameters } from './query-parameters.js';
import { readBody } from './request-body.js';
import { findRestOperation, readRestRequest } from './rest-operations.js';

/** Which operation of which service a request asks for; or why none, in the protocol that the caller speaks. */
export type Dispatch =
  | {
      readonly kind: 'operation';
      readonly service: ServiceDefinition;
      readonly operationName: string;
      readonly input: WireInput;
    }
  | { readonly kind: 'refused'; readonly service: WireService; readonly error: AwsError };

const FORM = 'application/x-www-form-urlencoded';
const UNKNOWN_QUERY_SERVICE: WireService = { protocol: 'awsQuery', schemas: {} };
const UNKNOWN_JSON_SERVICE: WireService = { protocol: 'awsJson1_1', schemas: {} };

/**
 * Finds the service by `X-Amz-Target`, or by the query's `Version`, or by the credential's scope. Never throws: what cannot be
 * dispatched is refused.
 */
export function dispatchRequest(services: readonly ServiceDefinition[], request: LabHttpRequest): Dispatch {
  const target = request.headers['x-amz-target'];
  const scope = credentialScopeOf(request)?.service;
  const scoped = services.find(({ name }) => name === scope);
  const fallback = target === undefined ? (scoped ?? UNKNOWN_QUERY_SERVICE) : UNKNOWN_JSON_SERVICE;
  if (target === undefined && scoped?.protocol === 'restXml') return dispatchRest(scoped, request);
  try {
    // Lambda and others say what they want by method and path, which would be called a query without an Action.
    if (target === undefined && scope !== undefined && scoped === undefined && !isQuery(request))
      throw new AwsError('InvalidAction', `The service ${scope} is not emulated by the lab.`);
    return target === undefined ? dispatchQuery(services, request, scoped) : dispatchTarget(services, request, target);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { kind: 'refused', service: fallback, error };
  }
}

function dispatchRest(service: ServiceDefinition, request: LabHttpRequest): Dispatch {
  const rest = readRestRequest(request);
  const operationName = findRestOperation(service, request.method, rest);
  if (operationName !== undefined)
    return { kind: 'operation', service, operationName, input: { kind: 'rest', request: rest } };
  const error = new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405);
  return { kind: 'refused', service, error };
}

function dispatchTarget(services: readonly ServiceDefinition[], request: LabHttpRequest, target: string): Dispatch {
  const [prefix = '', operationName = ''] = target.split('.', 2);
  const service = services.find(({ targetPrefix }) => targetPrefix === prefix);
  if (service === undefined) {
    throw new AwsError('UnknownOperationException', `${target} is not emulated by the lab.`);
  }
  expectContentType(request, `application/x-amz-json-${service.jsonVersion ?? '1.1'}`);
  return { kind: 'operation', service, operationName, input: { kind: 'body', body: readBody(request) } };
}

function dispatchQuery(
  services: readonly ServiceDefinition[],
  request: LabHttpRequest,
  scoped: ServiceDefinition | undefined,
): Dispatch {
  if (request.method !== 'GET') expectContentType(request, FORM);
  const text = request.method === 'GET' ? request.query : Buffer.from(readBody(request)).toString('utf8');
  const parameters = parseQueryParameters(text);
  const operationName = parameters.children.get('Action')?.value;
  if (operationName === undefined || operationName === '') {
    throw new AwsError('MissingAction', 'The request must contain the parameter Action.');
  }
  const version = parameters.children.get('Version')?.value;
  const service = findQueryService(services, version, scoped);
  if (service === undefined) {
    throw new AwsError(
      'InvalidAction',
      `${operationName} (version ${version ?? 'not given'}) is not emulated by the lab.`,
    );
  }
  return { kind: 'operation', service, operationName, input: { kind: 'parameters', parameters } };
}

function findQueryService(
  services: readonly ServiceDefinition[],
  version: string | undefined,
  scoped: ServiceDefinition | undefined,
): ServiceDefinition | undefined {
  if (version === undefined)
    return scoped?.protocol === 'awsJson1_1' || scoped?.protocol === 'restXml' ? undefined : scoped;
  return services.find(
    ({ apiVersion, protocol }) => apiVersion === version && protocol !== 'awsJson1_1' && protocol !== 'restXml',
  );
}

function isQuery({ method, query, headers }: LabHttpRequest): boolean {
  return method === 'GET' ? query.includes('Action=') : contentTypeOf(headers) === FORM;
}

function expectContentType(request: LabHttpRequest, expected: string): void {
  const given = contentTypeOf(request.headers);
  if (given !== expected) {
    throw new AwsError('UnsupportedMediaType', `The content type must be ${expected}, not '${given}'.`, 415);
  }
}

function contentTypeOf(headers: LabHttpRequest['headers']): string {
  return headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
}
