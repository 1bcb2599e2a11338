// The probe ladder: from the name upwards, each step names one layer, and the first that fails is the answer.
//
//   lookup all -> class of the addresses -> TCP to each -> TLS with SNI -> an unsigned HTTP request
//
// What is above (credentials, authorisation, the path) shows in the SDK's own answer and needs no probe. On EC2 every interface has a
// private address only: whether there is a public one before it, the instance metadata service knows.
//
//   P1. A probe sends no credentials and no secret.
//   P2. A probe ends within its time limits, whatever the network does.
import { lookup } from 'node:dns/promises';
import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { connect, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { connect as connectTls } from 'node:tls';
import { isPrivateAddress } from './address.js';
import { hasPublicAddress } from './instance-metadata.js';
import type { Diagnosis } from './secrets-error.js';

export interface ProbeTarget {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
}

export interface ProbeLimits {
  readonly connectMs: number;
  readonly requestMs: number;
}

type ConnectResult = 'open' | 'dropped' | 'refused' | 'reset';

/** Climbs the ladder. Returns the first layer that fails, or undefined when the path works up to HTTP. */
export async function probe(
  target: ProbeTarget,
  limits: ProbeLimits,
  signal: AbortSignal,
): Promise<Diagnosis | undefined> {
  const addresses = await lookUp(target.host, limits.requestMs, signal);
  if (addresses.length === 0) return nameNotFound(target.host);
  const isPublic = !addresses.some(isPrivateAddress);
  const [results, publicSelf] = await Promise.all([
    Promise.all(addresses.map((address) => tryConnect(address, target.port, limits.connectMs, signal))),
    isPublic ? hasPublicAddress(process.env, signal) : undefined,
  ]);
  const failed = addresses.filter((_, index) => results[index] !== 'open');
  if (failed.length === addresses.length) return notConnected(target, addresses, results[0]!, publicSelf);
  if (failed.length > 0) return partly(target, failed, addresses.length);
  if (target.isTls) {
    const refusal = await tryTls(target, addresses[0]!, limits.requestMs, signal);
    if (refusal !== undefined) return tlsFailed(target, refusal);
  }
  return (await tryHttp(target, limits.requestMs, signal)) ? undefined : silent(target, limits.requestMs);
}

/** No address when the name does not resolve, or not in time. */
async function lookUp(host: string, timeoutMs: number, signal: AbortSignal): Promise<string[]> {
  if (isIP(host)) return [host];
  const ending = new AbortController();
  const tooLate = new Promise<string[]>((resolve) => {
    const timer = setTimeout(() => resolve([]), timeoutMs);
    ending.signal.addEventListener('abort', () => clearTimeout(timer));
    signal.addEventListener('abort', () => resolve([]), { once: true, signal: ending.signal });
  });
  const found = lookup(host, { all: true }).then(
    (records) => records.map(({ address }) => address),
    () => [],
  );
  return Promise.race([found, tooLate]).finally(() => ending.abort());
}

function tryConnect(host: string, port: number, timeoutMs: number, signal: AbortSignal): Promise<ConnectResult> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, signal });
    const timer = setTimeout(() => end('dropped'), timeoutMs);
    const end = (result: ConnectResult) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => end('open'));
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      end(code === 'ECONNREFUSED' ? 'refused' : code === 'ECONNRESET' ? 'reset' : 'dropped');
    });
  });
}

/** Resolves with the reason of the refusal, or undefined when the handshake and the certificate are good. */
function tryTls(
  { host, port }: ProbeTarget,
  address: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connectTls({ host: address, port, servername: isIP(host) ? undefined : host });
    const end = (reason: string | undefined) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      socket.destroy();
      resolve(reason);
    };
    const abort = () => end('ABORTED');
    const timer = setTimeout(() => end('TIMEOUT'), timeoutMs);
    signal.addEventListener('abort', abort, { once: true });
    socket.once('secureConnect', () => end(undefined));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.name));
  });
}

/** Any HTTP status proves the path: the request is unsigned, and is expected to be refused. */
function tryHttp({ host, port, isTls }: ProbeTarget, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const request = isTls ? requestTls : requestPlain;
    const probing = request({ host, port, method: 'GET', path: '/', signal, agent: false });
    const end = (isAnswered: boolean) => {
      clearTimeout(timer);
      probing.destroy();
      resolve(isAnswered);
    };
    const timer = setTimeout(() => end(false), timeoutMs);
    probing.once('response', () => end(true));
    probing.once('error', () => end(false));
    probing.end();
  });
}

function nameNotFound(host: string): Diagnosis {
  return {
    layer: 'name',
    problem: { code: 'DNS_NAME_NOT_FOUND', message: `${host} does not resolve` },
    hint: "Check the VPC's enableDnsSupport and its private hosted zones, and that the region is right.",
  };
}

function notConnected(
  { host, port }: ProbeTarget,
  addresses: readonly string[],
  result: ConnectResult,
  publicSelf: boolean | undefined,
): Diagnosis {
  const where = `${host} (${addresses.join(', ')}) port ${port}`;
  if (result === 'refused' || result === 'reset') {
    return {
      layer: 'network',
      problem: { code: 'CONNECT_REFUSED', message: `${where} refuses connections` },
      hint: 'AWS drops and does not refuse: the name points at a proxy or at a wrong host.',
    };
  }
  if (addresses.some(isPrivateAddress)) {
    return {
      layer: 'network',
      problem: {
        code: 'ENI_SG_RULES_MISMATCH',
        message: `${where} does not answer: the name is right (a private address), so a security group or a network ACL drops the connection`,
      },
      hint: "Let this instance's security group out to the endpoint on 443, and the endpoint's group in from it; then look at the network ACLs.",
    };
  }
  if (publicSelf === false || (publicSelf === undefined && hasOnlyPrivateAddresses())) {
    return {
      layer: 'name',
      problem: {
        code: 'DNS_PRIVATE_DISABLED',
        message: `${host} resolves to a public address (${addresses.join(', ')}) from a subnet with no way out: private DNS of the VPC endpoint is off`,
      },
      hint: 'Switch private DNS on for the endpoint (look at who else uses the name in this VPC first), or give the subnet a NAT gateway.',
    };
  }
  return {
    layer: 'network',
    problem: { code: 'PUBLIC_NO_EGRESS', message: `${where} does not answer from here` },
    hint: 'This machine has a public address: check the route to the internet gateway, the security group and the network ACLs. Or switch private DNS on for a VPC endpoint.',
  };
}

function partly({ host, port }: ProbeTarget, failed: readonly string[], total: number): Diagnosis {
  return {
    layer: 'network',
    problem: {
      code: 'PARTIAL_AZ',
      message: `${host} port ${port}: ${failed.length} of ${total} addresses do not answer (${failed.join(', ')})`,
    },
    hint: 'Some zones of the endpoint fail: compare the network ACLs and routes of its subnets.',
  };
}

function tlsFailed({ host }: ProbeTarget, reason: string): Diagnosis {
  return {
    layer: 'tls',
    problem: { code: 'TLS_FAILED', message: `TLS with ${host} fails: ${reason}` },
    hint: 'Something between here and AWS terminates TLS, or the certificate bundle of this machine is too old.',
  };
}

function silent({ host }: ProbeTarget, timeoutMs: number): Diagnosis {
  return {
    layer: 'service',
    problem: {
      code: 'SERVICE_SILENT',
      message: `${host} accepts connections and does not answer within ${timeoutMs} ms`,
    },
    hint: 'The service or something before it hangs: see the AWS Health Dashboard.',
  };
}

/** Whether this machine has no address of its own on the internet. */
function hasOnlyPrivateAddresses(): boolean {
  return Object.values(networkInterfaces())
    .flat()
    .every((address) => address === undefined || isPrivateAddress(address.address));
}
