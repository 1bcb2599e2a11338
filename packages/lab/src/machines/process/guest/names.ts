// names: the resolver of the instance's VPC, under node:dns.
//
// dns.lookup, and through it every connection by name, and the dns.resolve family ask the lab. The errors are those of getaddrinfo
// and of c-ares, to the letter.
import dns from 'node:dns';
import net from 'node:net';
import os from 'node:os';
import { promisify } from 'node:util';
import type { ControlChannel } from './control-channel.js';
import type { GuestIdentity, NameAnswer } from './protocol.js';

type LookupCallback = (error: Error | null, address?: string | dns.LookupAddress[], family?: number) => void;
type Failure = 'ENOTFOUND' | 'EAI_AGAIN' | 'ENODATA';

// libuv's numbers of the resolver's failures, which the system has no errno for.
const EAI_ERRNO = { ENOTFOUND: -3008, ENODATA: -3007, EAI_AGAIN: -3001 } as const;
const RECORD_TTL_SECONDS = 60;

export function installNames(channel: ControlChannel, identity: GuestIdentity): void {
  const native = { lookup: dns.lookup, lookupPromise: dns.promises.lookup };

  function askForAddresses(name: string, settle: (answer: NameAnswer) => void): void {
    const local = addressesOfThisHost(name, identity);
    if (local !== undefined) setImmediate(() => settle({ kind: 'addresses', addresses: local }));
    else channel.askForName(name, settle);
  }

  function lookup(name: string, options: unknown, callback?: unknown): void {
    const done = (callback ?? options) as LookupCallback;
    const { family, all } = readLookupOptions(callback === undefined ? undefined : options);
    // Literals need no resolver, and bad arguments deserve Node's own complaint.
    if (typeof name !== 'string' || name === '' || net.isIP(name) !== 0 || typeof done !== 'function') {
      (native.lookup as (...args: unknown[]) => void)(name, options, callback);
      return;
    }
    askForAddresses(name, (answer) => {
      const addresses = answer.kind === 'addresses' && family !== 6 ? answer.addresses : [];
      const [first] = addresses;
      if (first === undefined) return done(lookupError(failureOf(answer), name));
      if (all)
        done(
          null,
          addresses.map((address) => ({ address, family: 4 })),
        );
      else done(null, first, 4);
    });
  }

  function lookupPromise(name: string, options?: unknown): Promise<dns.LookupAddress | dns.LookupAddress[]> {
    if (typeof name !== 'string' || name === '' || net.isIP(name) !== 0) {
      return native.lookupPromise(name, options as dns.LookupAllOptions);
    }
    return new Promise((fulfil, reject) => {
      lookup(name, options ?? {}, ((error, found, family) => {
        if (error !== null) reject(error);
        else fulfil(typeof found === 'string' ? { address: found, family: family ?? 4 } : (found ?? []));
      }) satisfies LookupCallback);
    });
  }

  /** A records by the lab, and no record of any other type. */
  function resolveRecords(name: string, type: string, withTtl: boolean): Promise<unknown[]> {
    return new Promise((fulfil, reject) => {
      askForAddresses(name, (answer) => {
        if (answer.kind !== 'addresses') return reject(queryError(failureOf(answer), type, name));
        if (type !== 'A') return reject(queryError('ENODATA', type, name));
        fulfil(answer.addresses.map((address) => (withTtl ? { address, ttl: RECORD_TTL_SECONDS } : address)));
      });
    });
  }

  const promised: Record<string, (name: string, option?: unknown) => Promise<unknown[]>> = {
    resolve: (name, type) => resolveRecords(name, typeof type === 'string' ? type : 'A', false),
    resolve4: (name, options) => resolveRecords(name, 'A', wantsTtl(options)),
    reverse: (address) => Promise.reject(queryError('ENOTFOUND', 'PTR', address)),
  };
  for (const [method, type] of Object.entries(OTHER_RECORDS))
    promised[method] = (name) => resolveRecords(name, type, false);

  Object.defineProperty(lookup, promisify.custom, { value: lookupPromise });
  Object.assign(dns, { lookup });
  Object.assign(dns.promises, { lookup: lookupPromise });
  for (const [method, ask] of Object.entries(promised)) {
    const withCallback = callbackForm(ask);
    Object.assign(dns, { [method]: withCallback });
    Object.assign(dns.Resolver.prototype, { [method]: withCallback });
    Object.assign(dns.promises, { [method]: ask });
    Object.assign(dns.promises.Resolver.prototype, { [method]: ask });
  }
}

const OTHER_RECORDS = {
  resolve6: 'AAAA',
  resolveAny: 'ANY',
  resolveCaa: 'CAA',
  resolveCname: 'CNAME',
  resolveMx: 'MX',
  resolveNaptr: 'NAPTR',
  resolveNs: 'NS',
  resolvePtr: 'PTR',
  resolveSoa: 'SOA',
  resolveSrv: 'SRV',
  resolveTxt: 'TXT',
} as const;

function addressesOfThisHost(name: string, identity: GuestIdentity): readonly string[] | undefined {
  const host = name.toLowerCase().replace(/\.$/, '');
  if (host === 'localhost' || host.endsWith('.localhost')) return ['127.0.0.1'];
  // As /etc/hosts would have it, whatever the VPC's resolver does.
  if (host === identity.hostName) return [identity.privateAddress];
  return undefined;
}

function readLookupOptions(options: unknown): { readonly family: number; readonly all: boolean } {
  if (typeof options === 'number') return { family: options, all: false };
  if (typeof options !== 'object' || options === null) return { family: 0, all: false };
  const { family, all } = options as { family?: number | 'IPv4' | 'IPv6'; all?: boolean };
  return { family: family === 'IPv6' ? 6 : family === 'IPv4' ? 4 : (family ?? 0), all: all === true };
}

function wantsTtl(options: unknown): boolean {
  return typeof options === 'object' && options !== null && 'ttl' in options && options.ttl === true;
}

function failureOf(answer: NameAnswer): Failure {
  return answer.kind === 'tryAgain' ? 'EAI_AGAIN' : 'ENOTFOUND';
}

function lookupError(code: Failure, hostname: string): Error {
  const error = new Error(`getaddrinfo ${code} ${hostname}`);
  return Object.assign(error, { errno: EAI_ERRNO[code], code, syscall: 'getaddrinfo', hostname });
}

function queryError(failure: Failure, type: string, hostname: string): Error {
  // c-ares has its own word for a server that does not answer.
  const code = failure === 'EAI_AGAIN' ? 'ETIMEOUT' : failure;
  const syscall = type === 'PTR' ? 'getHostByAddr' : `query${type.charAt(0)}${type.slice(1).toLowerCase()}`;
  const error = new Error(`${syscall} ${code} ${hostname}`);
  return Object.assign(error, {
    errno: code === 'ETIMEOUT' ? -os.constants.errno.ETIMEDOUT : undefined,
    code,
    syscall,
    hostname,
  });
}

function callbackForm(ask: (name: string, option?: unknown) => Promise<unknown[]>) {
  return (name: string, ...rest: unknown[]): void => {
    const callback = rest.pop() as (error: unknown, records?: unknown[]) => void;
    ask(name, rest[0]).then(
      (records) => process.nextTick(callback, null, records),
      (error: unknown) => process.nextTick(callback, error),
    );
  };
}
