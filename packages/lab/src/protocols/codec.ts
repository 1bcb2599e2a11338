// codec: from a request on the wire to the SDK's input object, and from the SDK's output object back to the wire.
//
// One codec per protocol, driven by the schemas that the SDK clients export; an operation never sees the wire.
//
//   P1. What the SDK's serializer writes, decode() reads to an equal value; what encode() writes, the SDK's deserializer does.
//   P2. Bad input is refused with AWS's own code and a sentence that names the parameter; it is never an assertion.
import { XmlNode } from '@aws-sdk/xml-builder';
import type { AwsError } from '../control-plane/aws-error.js';
import type { ServiceDefinition } from '../control-plane/types.js';
import type { LabHttpResponse } from '../data-plane.js';
import { decodeJsonInput, encodeJsonOutput } from './json-codec.js';
import { findModelledError, type OperationSchema } from './operation-schema.js';
import { decodeQueryInput, type QueryFlavour } from './query-decoder.js';
import type { ParameterNode } from './query-parameters.js';
import { decodeRestInput, encodeRestError, encodeRestOutput } from './rest-codec.js';
import type { RestRequest } from './rest-operations.js';
import { encodeMembers, textElement } from './xml-encoder.js';

/** The arguments of a request, as far as they can be read without knowing the operation. */
export type WireInput =
  | { readonly kind: 'parameters'; readonly parameters: ParameterNode }
  | { readonly kind: 'body'; readonly body: Uint8Array }
  | { readonly kind: 'rest'; readonly request: RestRequest };

/** What a codec needs to know of a service; a request whose service is unknown is refused with less. */
export type WireService = Pick<ServiceDefinition, 'protocol' | 'schemas' | 'xmlNamespace' | 'jsonVersion'>;

interface Codec {
  /** Throws AwsError for a malformed value. What the value may be, `checkRequest` knows. */
  decode(operation: OperationSchema, input: WireInput): object;
  encode(service: WireService, operation: OperationSchema, output: object, requestId: string): LabHttpResponse;
  encodeError(service: WireService, error: AwsError, requestId: string): LabHttpResponse;
}

const NO_PARAMETERS: ParameterNode = { children: new Map() };

const awsQuery: Codec = {
  decode: (operation, input) => decodeParameters(operation, input, 'awsQuery'),

  encode(service, operation, output, requestId) {
    const response = xmlRoot(`${operation.name}Response`, service);
    if (!operation.output.isUnitSchema()) {
      response.addChildNode(new XmlNode(`${operation.name}Result`, [...encodeMembers(operation.output, output)]));
    }
    response.addChildNode(new XmlNode('ResponseMetadata', [textElement('RequestId', requestId)]));
    return xmlResponse(200, response, requestId);
  },

  encodeError(service, error, requestId) {
    const { code, statusCode } = queryError(service, error);
    const details = new XmlNode('Error', [
      textElement('Type', statusCode < 500 ? 'Sender' : 'Receiver'),
      textElement('Code', code),
      textElement('Message', error.message),
    ]);
    const response = xmlRoot('ErrorResponse', service);
    response.addChildNode(details).addChildNode(textElement('RequestId', requestId));
    return xmlResponse(statusCode, response, requestId);
  },
};

const ec2Query: Codec = {
  decode: (operation, input) => decodeParameters(operation, input, 'ec2Query'),

  encode(service, operation, output, requestId) {
    const response = xmlRoot(`${operation.name}Response`, service);
    response.addChildNode(textElement('requestId', requestId));
    // EC2 answers true where its model says nothing.
    const members = operation.output.isUnitSchema()
      ? [textElement('return', 'true')]
      : encodeMembers(operation.output, output);
    for (const member of members) response.addChildNode(member);
    return xmlResponse(200, response, requestId);
  },

  encodeError(service, error, requestId) {
    const { code, statusCode } = queryError(service, error);
    const details = new XmlNode('Error', [textElement('Code', code), textElement('Message', error.message)]);
    const response = new XmlNode('Response', [new XmlNode('Errors', [details]), textElement('RequestID', requestId)]);
    return xmlResponse(statusCode, response, requestId);
  },
};

const awsJson1_1: Codec = {
  decode: (operation, input) => decodeJsonInput(operation.input, input.kind === 'body' ? input.body : new Uint8Array()),

  encode(service, operation, output, requestId) {
    return jsonResponse(service, 200, encodeJsonOutput(operation.output, output), requestId);
  },

  encodeError(service, error, requestId) {
    const modelled = findModelledError(service, error.code);
    const type = modelled?.shapeName ?? error.code;
    const body = JSON.stringify({ __type: type, message: error.message });
    const response = jsonResponse(service, error.statusCode, body, requestId);
    const headers = { ...response.headers, 'x-amzn-errortype': type };
    if (service.jsonVersion !== '1.0') return { ...response, headers };
    // A service that was spoken in the query protocol before keeps its codes, for those who know them.
    const side = error.statusCode < 500 ? 'Sender' : 'Receiver';
    return {
      ...response,
      headers: { ...headers, 'x-amzn-query-error': `${modelled?.queryCode ?? error.code};${side}` },
    };
  },
};

const restXml: Codec = {
  decode: (operation, input) => (input.kind === 'rest' ? decodeRestInput(operation.input, input.request) : {}),
  encode: (_service, operation, output, requestId) =>
    encodeRestOutput(operation.name, operation.output, output, requestId),
  encodeError: (_service, error, requestId) => encodeRestError(error, requestId),
};

const CODECS: Readonly<Record<ServiceDefinition['protocol'], Codec>> = { awsQuery, ec2Query, awsJson1_1, restXml };

export function codecOf(service: Pick<WireService, 'protocol'>): Codec {
  return CODECS[service.protocol];
}

function decodeParameters(operation: OperationSchema, input: WireInput, flavour: QueryFlavour): object {
  const parameters = input.kind === 'parameters' ? input.parameters : NO_PARAMETERS;
  return decodeQueryInput(operation.input, parameters, flavour);
}

// An operation may name the modelled error or its code, and leave the status to the model.
function queryError(service: WireService, error: AwsError): { readonly code: string; readonly statusCode: number } {
  const modelled = findModelledError(service, error.code);
  if (modelled === undefined) return error;
  return {
    code: modelled.queryCode,
    statusCode: error.statusCode === 400 ? modelled.queryStatusCode : error.statusCode,
  };
}

function xmlRoot(name: string, service: WireService): XmlNode {
  const root = new XmlNode(name);
  return service.xmlNamespace === undefined ? root : root.addAttribute('xmlns', service.xmlNamespace);
}

function xmlResponse(statusCode: number, root: XmlNode, requestId: string): LabHttpResponse {
  return {
    statusCode,
    headers: { 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': requestId },
    body: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${root.toString()}`, 'utf8'),
  };
}

function jsonResponse(
  { jsonVersion = '1.1' }: WireService,
  statusCode: number,
  text: string,
  requestId: string,
): LabHttpResponse {
  return {
    statusCode,
    headers: { 'content-type': `application/x-amz-json-${jsonVersion}`, 'x-amzn-requestid': requestId },
    body: Buffer.from(text, 'utf8'),
  };
}
