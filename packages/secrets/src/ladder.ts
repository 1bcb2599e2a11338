// The probe ladder: from the name upwards, each step names one layer, and the first that fails is the answer.
//
//   lookup all -> class of the addresses -> TCP to each -> TLS with SNI -> an unsigned HTTPS request
//
// What is above (credentials, authorisation, the path) shows in the SDK's own answer and needs no probe.
//
//   P1. A probe sends no credentials and no secret.
//   P2. A probe ends within its time limits, whatever the network does.
import { lookup } from 'node:dns/promises';
import { request } from 'node:https';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { connect as connectTls } from 'node:tls';
import { isPrivateAddress } from './address.js';
import type { Layer, Problem } from './secrets-error.js';

export interface ProbeTarget {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
}

export interface ProbeLimits {
  readonly connectMs: number;
  readonly requestMs: number;
}

export interface Diagnosis {
  readonly layer: Layer;
  readonly problem: Problem;
  readonly hint: string;
}

type ConnectResult = 'open' | 'dropped' | 'refused' | 'reset';

/** Climbs the ladder. Returns the first layer that fails, or undefined when the path works up to HTTP. */
export async function probe(
  target: ProbeTarget,
  limits: ProbeLimits,
  signal: AbortSignal,
): Promise<Diagnosis | undefined> {
  const addresses = await lookUp(target.host, signal);
  if (addresses.length === 0) return nameNotFound(target.host);
  const results = await Promise.all(
    addresses.map(async (address) => ({
      address,
      result: await tryConnect(address, target.port, limits.connectMs, signal),
    })),
  );
  const failed = results.filter(({ result }) => result !== 'open');
  if (failed.length === results.length) return notConnected(target, addresses, results[0]!.result);
  if (failed.length > 0)
    return partly(
      target,
      failed.map(({ address }) => address),
      results.length,
    );
  if (!target.isTls) return undefined;
  const refusal = await tryTls(target, addresses[0]!, limits.requestMs, signal);
  if (refusal !== undefined) return tlsFailed(target, refusal);
  const isAnswered = await tryHttps(target, limits.requestMs, signal);
  return isAnswered ? undefined : silent(target, limits.requestMs);
}

async function lookUp(host: string, signal: AbortSignal): Promise<string[]> {
  const found = lookup(host, { all: true }).then(
    (records) => records.map(({ address }) => address),
    () => [],
  );
  const aborted = new Promise<string[]>((resolve) =>
    signal.addEventListener('abort', () => resolve([]), { once: true }),
  );
  return Promise.race([found, aborted]);
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
    const socket = connectTls({ host: address, port, servername: host });
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
function tryHttps({ host, port }: ProbeTarget, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const probing = request({ host, port, method: 'GET', path: '/', timeout: timeoutMs, signal, agent: false });
    probing.once('response', (response) => {
      response.resume();
      probing.destroy();
      resolve(true);
    });
    probing.once('timeout', () => probing.destroy(new Error('timeout')));
    probing.once('error', () => resolve(false));
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

function notConnected({ host, port }: ProbeTarget, addresses: readonly string[], result: ConnectResult): Diagnosis {
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
  if (hasOnlyPrivateAddresses()) {
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
    hint: 'Check the route to the internet gateway, the public address, and the security group.',
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
