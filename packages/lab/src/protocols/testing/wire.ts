import * as autoScaling from '@aws-sdk/client-auto-scaling';
import * as ec2 from '@aws-sdk/client-ec2';
import * as elbv2 from '@aws-sdk/client-elastic-load-balancing-v2';
import * as iam from '@aws-sdk/client-iam';
import * as ssm from '@aws-sdk/client-ssm';
import type { ServiceDefinition } from '../../control-plane/types.js';
import type { LabHttpRequest, LabHttpResponse } from '../../data-plane.js';
import { createRequestHandler } from '../../endpoint/request-handler.js';
import { codecOf } from '../codec.js';
import { dispatchRequest } from '../dispatch.js';
import { findOperationSchema, type OperationSchema } from '../operation-schema.js';

/** The services as their wire sees them: without behaviour. */
export const WIRES = {
  ec2: {
    name: 'ec2',
    protocol: 'ec2Query',
    apiVersion: '2016-11-15',
    xmlNamespace: 'http://ec2.amazonaws.com/doc/2016-11-15/',
    schemas: ec2,
    members: {},
    operations: {},
  },
  autoScaling: {
    name: 'autoscaling',
    protocol: 'awsQuery',
    apiVersion: '2011-01-01',
    xmlNamespace: 'http://autoscaling.amazonaws.com/doc/2011-01-01/',
    schemas: autoScaling,
    members: {},
    operations: {},
  },
  elbv2: {
    name: 'elasticloadbalancing',
    protocol: 'awsQuery',
    apiVersion: '2015-12-01',
    xmlNamespace: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/',
    schemas: elbv2,
    members: {},
    operations: {},
  },
  iam: {
    name: 'iam',
    protocol: 'awsQuery',
    apiVersion: '2010-05-08',
    xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
    schemas: iam,
    members: {},
    operations: {},
  },
  ssm: {
    name: 'ssm',
    protocol: 'awsJson1_1',
    apiVersion: '2014-11-06',
    targetPrefix: 'AmazonSSM',
    schemas: ssm,
    members: {},
    operations: {},
  },
} as const satisfies Record<string, ServiceDefinition>;

export type WireName = keyof typeof WIRES;

interface AnyClient {
  send(command: object): Promise<object>;
}

const CLIENTS: Readonly<Record<WireName, new (configuration: object) => AnyClient>> = {
  ec2: ec2.EC2Client as never,
  autoScaling: autoScaling.AutoScalingClient as never,
  elbv2: elbv2.ElasticLoadBalancingV2Client as never,
  iam: iam.IAMClient as never,
  ssm: ssm.SSMClient as never,
};

export function operationOf(wire: WireName, name: string): OperationSchema {
  const schema = findOperationSchema(WIRES[wire], name);
  if (schema === undefined) throw new Error(`The SDK has no ${wire} ${name}.`);
  return schema;
}

/** An SDK client whose requests are answered by `respond`. */
export function clientOf(wire: WireName, respond: (request: LabHttpRequest) => LabHttpResponse): AnyClient {
  return new CLIENTS[wire]({
    region: 'us-west-2',
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: createRequestHandler(async (request) => respond(request)),
  });
}

function sendTo(client: AnyClient, wire: WireName, name: string, input: unknown): Promise<object> {
  const commands = WIRES[wire].schemas as Readonly<Record<string, unknown>>;
  const Command = commands[`${name}Command`] as new (input: unknown) => object;
  return client.send(new Command(input));
}

/** Sends `input` by the SDK, reads it as the lab does, answers `output` as the lab does, and tells what each side understood. */
export async function passThroughWire(
  wire: WireName,
  name: string,
  { input, output }: { readonly input: unknown; readonly output: object },
): Promise<{ readonly decodedInput: object; readonly receivedOutput: object }> {
  const service = WIRES[wire];
  const operation = operationOf(wire, name);
  let decodedInput: object = {};
  const client = clientOf(wire, (request) => {
    const dispatch = dispatchRequest(Object.values(WIRES), request);
    if (dispatch.kind === 'refused') throw dispatch.error;
    decodedInput = codecOf(service).decode(operation, dispatch.input);
    return codecOf(service).encode(service, operation, output, 'request-1');
  });
  const { $metadata: _metadata, ...receivedOutput } = (await sendTo(client, wire, name, input)) as {
    $metadata?: unknown;
  };
  return { decodedInput, receivedOutput };
}
