// tcp: the instance's network instead of this machine's, under every socket of the process.
//
// node:net, and with it http, https, tls, http2 and fetch, opens TCP connections through one native handle. Its methods are
// replaced here; everything above (happy eyeballs, timeouts, AggregateError, keep-alive) is Node's own.
//
//   T1. Nothing connects to, or listens on, anything but this machine's loopback.
//   T2. The application sees its instance's addresses and ports, in results and in errors, and never the loopback's.
//   T3. Loopback addresses and the instance's own address mean this instance; the lab is asked about all others.
//   T4. Pipes and Unix sockets are other handles, and are as they were.
import os from 'node:os';
import type { ControlChannel, Question } from './control-channel.js';
import { claimPort, findClaim, isLoopbackAddress, listensOn, releasePort } from './port-claim.js';
import type { ConnectVerdict, GuestIdentity } from './protocol.js';

interface ConnectRequest {
  oncomplete?: (
    status: number,
    handle: TcpHandle,
    request: ConnectRequest,
    readable: boolean,
    writable: boolean,
  ) => void;
}

interface SocketName {
  address?: string;
  family?: string;
  port?: number;
}

interface TcpHandle {
  connect(request: ConnectRequest, address: string, port: number): number;
  connect6(request: ConnectRequest, address: string, port: number): number;
  bind(address: string, port: number): number;
  bind6(address: string, port: number, flags?: number): number;
  listen(backlog: number): number;
  getsockname(out: SocketName): number;
  getpeername(out: SocketName): number;
  close(callback?: () => void): void;
  reset(callback?: () => void): number;
}

/** What the application believes of one handle. */
interface Belief {
  bound?: Required<SocketName>;
  /** The port that this handle has claimed, while it listens. */
  claimedPort?: number;
  peer?: Required<SocketName>;
  attempt?: Question;
}

const ERRNO = os.constants.errno;
const LOOPBACK = '127.0.0.1';
const MAPPED_IPV4 = '::ffff:';

export function installTcp(channel: ControlChannel, identity: GuestIdentity): void {
  const prototype = tcpPrototype();
  // `close` is inherited; called on a handle, the copies taken here are the native ones.
  const native = {
    connect: prototype.connect,
    bind: prototype.bind,
    listen: prototype.listen,
    getsockname: prototype.getsockname,
    getpeername: prototype.getpeername,
    close: prototype.close,
    reset: prototype.reset,
  };
  const beliefs = new WeakMap<TcpHandle, Belief>();
  /** The instance's port of each loopback port that this process listens on: what an accepted connection calls its own port. */
  const portsByLoopbackPort = new Map<number, number>();

  function beliefOf(handle: TcpHandle): Belief {
    const known = beliefs.get(handle);
    if (known !== undefined) return known;
    const fresh: Belief = {};
    beliefs.set(handle, fresh);
    return fresh;
  }

  function isThisInstance(address: string): boolean {
    return isLoopbackAddress(address) || address === identity.privateAddress;
  }

  function connect(handle: TcpHandle, request: ConnectRequest, address: string, port: number, family: string): number {
    const belief = beliefOf(handle);
    belief.peer = { address, port, family };
    const complete = (status: number): void => request.oncomplete?.(status, handle, request, false, false);
    if (isThisInstance(address)) return connectLocally(handle, request, address, port, complete);
    belief.attempt = channel.askToConnect(address, port, (verdict) => {
      delete belief.attempt;
      followVerdict(handle, request, verdict, complete);
    });
    return 0;
  }

  function connectLocally(
    handle: TcpHandle,
    request: ConnectRequest,
    address: string,
    port: number,
    complete: (status: number) => void,
  ): number {
    const claim = findClaim(identity.portsDirectory, port);
    if (claim !== undefined && listensOn(claim, address)) {
      return native.connect.call(handle, request, LOOPBACK, claim.loopbackPort);
    }
    const refusal = setImmediate(() => complete(-ERRNO.ECONNREFUSED));
    beliefOf(handle).attempt = { cancel: () => clearImmediate(refusal) };
    return 0;
  }

  function followVerdict(
    handle: TcpHandle,
    request: ConnectRequest,
    verdict: ConnectVerdict,
    complete: (status: number) => void,
  ): void {
    const status =
      verdict.kind === 'open'
        ? native.connect.call(handle, request, verdict.host, verdict.port)
        : ERROR_OF[verdict.kind];
    // From the event loop, as the kernel's own verdict would come, and with as short a stack.
    if (status !== 0) setImmediate(complete, status);
  }

  function bind(handle: TcpHandle, address: string, port: number, family: string): number {
    if (!isThisInstance(address)) return -ERRNO.EADDRNOTAVAIL;
    beliefOf(handle).bound = { address, port, family };
    return native.bind.call(handle, LOOPBACK, 0);
  }

  function listen(handle: TcpHandle, backlog: number): number {
    const error = native.listen.call(handle, backlog);
    if (error !== 0) return error;
    const belief = beliefOf(handle);
    const bound = belief.bound ?? { address: '0.0.0.0', port: 0, family: 'IPv4' };
    const loopbackPort = nativePort(handle);
    const port = bound.port === 0 ? loopbackPort : bound.port;
    const claim = { pid: process.pid, address: bound.address, port, loopbackPort };
    if (!claimPort(identity.portsDirectory, claim)) return -ERRNO.EADDRINUSE;
    belief.bound = { ...bound, port };
    belief.claimedPort = port;
    portsByLoopbackPort.set(loopbackPort, port);
    return 0;
  }

  function nativePort(handle: TcpHandle): number {
    const name: SocketName = {};
    native.getsockname.call(handle, name);
    return name.port ?? 0;
  }

  function letGo(handle: TcpHandle): void {
    const belief = beliefs.get(handle);
    if (belief === undefined) return;
    beliefs.delete(handle);
    belief.attempt?.cancel();
    if (belief.claimedPort === undefined) return;
    releasePort(identity.portsDirectory, belief.claimedPort);
    portsByLoopbackPort.delete(nativePort(handle));
  }

  prototype.connect = function (this: TcpHandle, request, address, port) {
    return connect(this, request, address, port, 'IPv4');
  };

  prototype.connect6 = function (this: TcpHandle, request, address, port) {
    if (address.startsWith(MAPPED_IPV4)) return connect(this, request, address.slice(MAPPED_IPV4.length), port, 'IPv4');
    // The lab's networks have no IPv6 routes. Linux says so before connect() returns.
    if (!isLoopbackAddress(address)) return -ERRNO.ENETUNREACH;
    return connect(this, request, address, port, 'IPv6');
  };

  prototype.bind = function (this: TcpHandle, address, port) {
    return bind(this, address, port, 'IPv4');
  };

  prototype.bind6 = function (this: TcpHandle, address, port) {
    return bind(this, address, port, 'IPv6');
  };

  prototype.listen = function (this: TcpHandle, backlog) {
    return listen(this, backlog);
  };

  prototype.getsockname = function (this: TcpHandle, out) {
    const error = native.getsockname.call(this, out);
    if (error !== 0) return error;
    const belief = beliefs.get(this);
    if (belief?.peer !== undefined) {
      out.family = belief.peer.family;
      out.address = isLoopbackAddress(belief.peer.address) ? belief.peer.address : identity.privateAddress;
    } else if (belief?.bound !== undefined) Object.assign(out, belief.bound);
    else out.port = portsByLoopbackPort.get(out.port ?? 0) ?? out.port;
    return 0;
  };

  prototype.getpeername = function (this: TcpHandle, out) {
    const error = native.getpeername.call(this, out);
    const peer = beliefs.get(this)?.peer;
    if (error === 0 && peer !== undefined) Object.assign(out, peer);
    return error;
  };

  prototype.close = function (this: TcpHandle, callback) {
    letGo(this);
    native.close.call(this, callback);
  };

  prototype.reset = function (this: TcpHandle, callback) {
    letGo(this);
    return native.reset.call(this, callback);
  };
}

const ERROR_OF = {
  timedOut: -ERRNO.ETIMEDOUT,
  refused: -ERRNO.ECONNREFUSED,
  unreachable: -ERRNO.ENETUNREACH,
} as const;

function tcpPrototype(): TcpHandle {
  const { binding } = process as unknown as { binding(name: 'tcp_wrap'): { TCP: { prototype: TcpHandle } } };
  return binding.call(process, 'tcp_wrap').TCP.prototype;
}
