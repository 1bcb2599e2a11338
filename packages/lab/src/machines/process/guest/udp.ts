import { isLoopbackAddress } from './port-claim.js';

interface UdpHandle {
  send(request: unknown, list: Uint8Array[], count: number, ...destination: unknown[]): number;
  send6(request: unknown, list: Uint8Array[], count: number, ...destination: unknown[]): number;
}

/**
 * UDP is not modelled: a datagram to anywhere but loopback is lost, as datagrams may be, so that none leaves this machine. What is
 * sent through a connected socket is lost too.
 */
export function installUdp(): void {
  const { binding } = process as unknown as { binding(name: 'udp_wrap'): { UDP: { prototype: UdpHandle } } };
  const { prototype } = binding.call(process, 'udp_wrap').UDP;
  for (const method of ['send', 'send6'] as const) {
    const native = prototype[method];
    prototype[method] = function (this: UdpHandle, request, list, count, ...destination) {
      // (request, list, count, port, address, hasCallback); without port and address on a connected socket.
      const address = destination[1];
      if (typeof address === 'string' && isLoopbackAddress(address)) {
        return native.call(this, request, list, count, ...destination);
      }
      const bytes = list.reduce((sum, chunk) => sum + chunk.byteLength, 0);
      // How the native method says "sent before I returned".
      return bytes + 1;
    };
  }
}
