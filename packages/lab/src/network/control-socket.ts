// control-socket: where the guests of all instances call. See machines/process/guest/protocol.ts.
import { createServer, type Server, type Socket } from 'node:net';
import { type GuestMessage, type LabMessage, LONGEST_LINE_CHARACTERS } from '../machines/process/guest/protocol.js';
import type { Attempt, Gateway } from './gateway.js';
import { parseGuestMessage } from './guest-message.js';

interface ControlSocketOptions {
  readonly path: string;
  /** Undefined when there is no such instance: the guest is sent away, which ends it. */
  findGateway(instanceId: string): Gateway | undefined;
  /** A process of an instance has ended: its last connection closed. */
  onProcessEnded(instanceId: string, pid: number): void;
}

interface ControlSocket {
  /** Ends every process of an instance that has a guest, wherever its process group is. */
  dismissGuestsOf(instanceId: string): void;
  close(): Promise<void>;
}

export async function openControlSocket(options: ControlSocketOptions): Promise<ControlSocket> {
  /** With the instance that each is of, once it has said so. */
  const sockets = new Map<Socket, string | undefined>();
  /** Connections by process: each thread of a process has one. */
  const connections = new Map<number, number>();

  const server: Server = createServer((socket) => {
    sockets.set(socket, undefined);
    socket.on('error', () => socket.destroy());
    const guest = createGuestConnection(socket, {
      findGateway: options.findGateway,
      onHello(instanceId, pid) {
        sockets.set(socket, instanceId);
        connections.set(pid, (connections.get(pid) ?? 0) + 1);
      },
      onEnd(instanceId, pid) {
        const left = (connections.get(pid) ?? 1) - 1;
        if (left > 0) connections.set(pid, left);
        else {
          connections.delete(pid);
          options.onProcessEnded(instanceId, pid);
        }
      },
    });
    socket.setEncoding('utf8');
    socket.on('data', guest.read);
    socket.on('close', () => {
      sockets.delete(socket);
      guest.end();
    });
  });
  await new Promise<void>((fulfil, reject) => {
    server.once('error', reject);
    server.listen(options.path, fulfil);
  });

  return {
    dismissGuestsOf(instanceId) {
      for (const [socket, owner] of sockets) if (owner === instanceId) socket.destroy();
    },
    close: () =>
      new Promise((fulfil) => {
        server.close(() => fulfil());
        for (const socket of sockets.keys()) socket.destroy();
      }),
  };
}

interface GuestConnectionOptions {
  findGateway(instanceId: string): Gateway | undefined;
  onHello(instanceId: string, pid: number): void;
  onEnd(instanceId: string, pid: number): void;
}

function createGuestConnection(socket: Socket, options: GuestConnectionOptions) {
  let hello: (GuestMessage & { kind: 'hello' }) | undefined;
  let gateway: Gateway | undefined;
  const attempts = new Map<number, Attempt>();
  let rest = '';

  function say(message: LabMessage): void {
    if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
  }

  function take(message: GuestMessage): void {
    if (message.kind === 'hello') greet(message);
    else answer(message);
  }

  function answer(message: Exclude<GuestMessage, { kind: 'hello' }>): void {
    if (gateway === undefined || hello === undefined) throw new Error('A guest must say hello first.');
    const { id } = message;
    if (message.kind === 'cancel') {
      attempts.get(id)?.cancel();
      attempts.delete(id);
    } else if (message.kind === 'resolve') {
      say({ kind: 'name', id, answer: gateway.resolve(message.name) });
    } else {
      const to = { address: message.address, port: message.port, inContainer: hello.inContainer };
      attempts.set(
        id,
        gateway.connect(to, (verdict) => {
          attempts.delete(id);
          say({ kind: 'verdict', id, verdict });
        }),
      );
    }
  }

  function greet(message: GuestMessage & { kind: 'hello' }): void {
    gateway = options.findGateway(message.instanceId);
    if (hello !== undefined || gateway === undefined) throw new Error(`There is no instance ${message.instanceId}.`);
    hello = message;
    options.onHello(message.instanceId, message.pid);
  }

  return {
    read(text: string): void {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      try {
        for (const line of lines) take(parseGuestMessage(line));
        if (rest.length > LONGEST_LINE_CHARACTERS) throw new Error('That is no guest.');
      } catch {
        socket.destroy();
      }
    },
    end(): void {
      for (const attempt of attempts.values()) attempt.cancel();
      attempts.clear();
      if (hello !== undefined) options.onEnd(hello.instanceId, hello.pid);
    },
  };
}
