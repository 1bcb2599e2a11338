// metadata-service: 169.254.169.254 as one instance sees it (IMDSv2).
//
//   M1. What is answered depends on the instance's MetadataOptions at the moment of the request.
//   M2. Credentials leave it only under the instance's own role, and only when IMDS would give them.
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Instance } from '@aws-sdk/client-ec2';
import type { ControlPlanePort } from '../data-plane.js';

export const METADATA_ADDRESS = '169.254.169.254';

const LONGEST_TOKEN_TTL_SECONDS = 21_600;
const MOST_TOKENS = 1_000;
const TOKEN_PATH = '/latest/api/token';

export interface MetadataRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** A container on a bridge is one hop further from the service than the instance itself. */
  readonly inContainer: boolean;
}

export interface MetadataResponse {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers one request; undefined when the answer never arrives. */
type AnswerMetadata = (request: MetadataRequest) => MetadataResponse | undefined;

interface MetadataSource {
  readonly instanceId: string;
  readonly controlPlane: ControlPlanePort;
  /** The wall's clock: the application compares what it gets with its own. */
  readonly wallNow: () => number;
}

export function createMetadataAnswers({ instanceId, controlPlane, wallNow }: MetadataSource): AnswerMetadata {
  const tokens = new Map<string, number>();

  function issueToken(request: MetadataRequest, hopLimit: number): MetadataResponse | undefined {
    // The answer's time to live is the hop limit: it dies before it reaches a container.
    if (request.inContainer && hopLimit < 2) return undefined;
    if (request.headers['x-forwarded-for'] !== undefined) return refuse(403, 'Forbidden');
    const ttlText = String(request.headers['x-aws-ec2-metadata-token-ttl-seconds'] ?? '');
    const ttlSeconds = Number(ttlText);
    if (!/^\d+$/.test(ttlText) || ttlSeconds < 1 || ttlSeconds > LONGEST_TOKEN_TTL_SECONDS)
      return refuse(400, 'Bad Request');
    const token = `${randomBytes(40).toString('base64url')}==`;
    const [oldest] = tokens.keys();
    if (tokens.size >= MOST_TOKENS && oldest !== undefined) tokens.delete(oldest);
    tokens.set(token, wallNow() + ttlSeconds * 1000);
    return { statusCode: 200, headers: { 'x-aws-ec2-metadata-token-ttl-seconds': ttlText }, body: token };
  }

  function isAllowed(request: MetadataRequest, tokensRequired: boolean): boolean {
    const token = request.headers['x-aws-ec2-metadata-token'];
    if (token === undefined) return !tokensRequired;
    return (tokens.get(String(token)) ?? 0) > wallNow();
  }

  return (request) => {
    const record = controlPlane.state.ec2.instances.get(instanceId);
    if (record === undefined) return undefined;
    const options = record.instance.MetadataOptions;
    if (options?.HttpEndpoint === 'disabled') return refuse(403, 'Forbidden');
    if (request.path === TOKEN_PATH) {
      if (request.method !== 'PUT') return refuse(405, 'Method Not Allowed');
      return issueToken(request, options?.HttpPutResponseHopLimit ?? 1);
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'Method Not Allowed');
    if (!isAllowed(request, options?.HttpTokens === 'required')) return refuse(401, 'Unauthorized');
    const body = findMetadata(request.path, {
      instance: record.instance,
      controlPlane,
      wallNow,
      userData: record.userData,
    });
    return body === undefined ? refuse(404, 'Not Found') : { statusCode: 200, body };
  };
}

/** Serves the answers on a loopback port of their own. */
export async function serveMetadata(
  answerMetadata: AnswerMetadata,
  inContainer: boolean,
): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const answer = answerMetadata({ method: request.method ?? 'GET', path, headers: request.headers, inContainer });
    if (answer === undefined) return; // lost on the way: the client waits for as long as it likes
    response.writeHead(answer.statusCode, { 'content-type': 'text/plain', server: 'EC2ws', ...answer.headers });
    response.end(request.method === 'HEAD' ? undefined : answer.body);
  });
  await new Promise<void>((fulfil, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', fulfil);
  });
  return { port: (server.address() as AddressInfo).port, server };
}

interface MetadataFacts {
  readonly instance: Instance;
  readonly userData: string | undefined;
  readonly controlPlane: ControlPlanePort;
  readonly wallNow: () => number;
}

type Leaf = (facts: MetadataFacts) => string | undefined;

/** Undefined when there is nothing at this path. A directory lists its entries, those with entries of their own with a slash. */
function findMetadata(askedPath: string, facts: MetadataFacts): string | undefined {
  const path = askedPath.replace(/^\/(latest|20\d\d-\d\d-\d\d)\//, '').replace(/\/$/, '');
  const dynamicLeaf = findDynamicLeaf(path, facts);
  if (dynamicLeaf !== undefined) return dynamicLeaf;
  const leaf = LEAVES[path];
  if (leaf !== undefined) return leaf(facts);
  const entries = listEntries(path, facts);
  return entries.length === 0 ? undefined : entries.join('\n');
}

const LEAVES: Readonly<Record<string, Leaf>> = {
  'user-data': ({ userData }) =>
    userData === undefined ? undefined : Buffer.from(userData, 'base64').toString('utf8'),
  'dynamic/instance-identity/document': identityDocument,
  'meta-data/ami-id': ({ instance }) => instance.ImageId,
  'meta-data/ami-launch-index': ({ instance }) => String(instance.AmiLaunchIndex ?? 0),
  'meta-data/hostname': ({ instance }) => instance.PrivateDnsName,
  'meta-data/iam/info': profileInfo,
  'meta-data/iam/security-credentials': roleName,
  'meta-data/instance-id': ({ instance }) => instance.InstanceId,
  'meta-data/instance-life-cycle': () => 'on-demand',
  'meta-data/instance-type': ({ instance }) => instance.InstanceType,
  'meta-data/local-hostname': ({ instance }) => instance.PrivateDnsName,
  'meta-data/local-ipv4': ({ instance }) => instance.PrivateIpAddress,
  'meta-data/mac': macAddress,
  'meta-data/placement/availability-zone': ({ instance }) => instance.Placement?.AvailabilityZone,
  'meta-data/placement/region': ({ controlPlane }) => controlPlane.state.region,
  'meta-data/public-hostname': ({ instance }) => instance.PublicDnsName || undefined,
  'meta-data/public-ipv4': ({ instance }) => instance.PublicIpAddress,
  'meta-data/reservation-id': () => undefined,
  'meta-data/security-groups': ({ instance }) => instance.SecurityGroups?.map((group) => group.GroupName).join('\n'),
};

function findDynamicLeaf(path: string, facts: MetadataFacts): string | undefined {
  const [, role] = /^meta-data\/iam\/security-credentials\/([^/]+)$/.exec(path) ?? [];
  if (role !== undefined) return roleCredentials(role, facts);
  const tags = tagsInMetadata(facts.instance);
  if (path === 'meta-data/tags/instance') return tags.size === 0 ? undefined : [...tags.keys()].join('\n');
  const [, key] = /^meta-data\/tags\/instance\/(.+)$/.exec(path) ?? [];
  return key === undefined ? undefined : tags.get(decodeURIComponent(key));
}

function listEntries(path: string, facts: MetadataFacts): string[] {
  const prefix = path === '' ? '' : `${path}/`;
  const names = new Set<string>();
  for (const [leaf, read] of Object.entries(LEAVES)) {
    if (!leaf.startsWith(prefix) || read(facts) === undefined) continue;
    const [name = '', ...below] = leaf.slice(prefix.length).split('/');
    names.add(below.length === 0 && leaf !== 'meta-data/iam/security-credentials' ? name : `${name}/`);
  }
  if (path === 'meta-data' && tagsInMetadata(facts.instance).size > 0) names.add('tags/');
  return [...names].sort();
}

function roleName({ controlPlane, instance }: MetadataFacts): string | undefined {
  return controlPlane.issueCredentials(instance.InstanceId ?? '')?.roleName;
}

function roleCredentials(role: string, { controlPlane, instance, wallNow }: MetadataFacts): string | undefined {
  const credentials = controlPlane.issueCredentials(instance.InstanceId ?? '');
  if (credentials === undefined || credentials.roleName !== role) return undefined;
  return toJson({
    Code: 'Success',
    LastUpdated: toIsoSeconds(wallNow()),
    Type: 'AWS-HMAC',
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    Token: credentials.sessionToken,
    Expiration: toIsoSeconds(credentials.expiresAt),
  });
}

function profileInfo({ instance, wallNow }: MetadataFacts): string | undefined {
  const profile = instance.IamInstanceProfile;
  if (profile === undefined) return undefined;
  return toJson({
    Code: 'Success',
    LastUpdated: toIsoSeconds(wallNow()),
    InstanceProfileArn: profile.Arn,
    InstanceProfileId: profile.Id,
  });
}

function identityDocument({ instance, controlPlane }: MetadataFacts): string {
  return toJson({
    accountId: controlPlane.state.accountId,
    architecture: instance.Architecture ?? 'x86_64',
    availabilityZone: instance.Placement?.AvailabilityZone,
    imageId: instance.ImageId,
    instanceId: instance.InstanceId,
    instanceType: instance.InstanceType,
    pendingTime: instance.LaunchTime === undefined ? undefined : toIsoSeconds(instance.LaunchTime.getTime()),
    privateIp: instance.PrivateIpAddress,
    region: controlPlane.state.region,
    version: '2017-09-30',
  });
}

function macAddress({ instance }: MetadataFacts): string | undefined {
  return instance.NetworkInterfaces?.[0]?.MacAddress;
}

function tagsInMetadata(instance: Instance): Map<string, string> {
  if (instance.MetadataOptions?.InstanceMetadataTags !== 'enabled') return new Map();
  return new Map((instance.Tags ?? []).map((tag) => [tag.Key ?? '', tag.Value ?? '']));
}

function refuse(statusCode: number, body: string): MetadataResponse {
  return { statusCode, body };
}

function toJson(value: object): string {
  return JSON.stringify(value, null, 2);
}

/** As AWS writes it, without milliseconds. */
function toIsoSeconds(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d+Z$/, 'Z');
}
