import { AsyncResource } from 'node:async_hooks';
import net from 'node:net';
import type { ConnectVerdict, GuestIdentity, GuestMessage, LabMessage, NameAnswer } from './protocol.js';

export interface Question {
  /** The answer is not wanted any more. */
  cancel(): void;
}

/**
 * The guest's line to the lab. It keeps the process alive only while a question is open, as a pending connection or a lookup
 * would, and ends the process when the lab is gone: G3.
 */
export interface ControlChannel {
  askToConnect(address: string, port: number, settle: (verdict: ConnectVerdict) => void): Question;
  askForName(name: string, settle: (answer: NameAnswer) => void): Question;
}

export function openControlChannel(identity: GuestIdentity): ControlChannel {
  const open = new Map<number, (message: LabMessage) => void>();
  let lastId = 0;
  const socket = net.connect(identity.controlSocket);
  socket.setEncoding('utf8');
  socket.on('error', endProcess);
  socket.on('close', endProcess);
  socket.on(
    'data',
    readLines((line) => settleQuestion(JSON.parse(line) as LabMessage)),
  );
  socket.unref();
  say({ kind: 'hello', instanceId: identity.instanceId, pid: process.pid, inContainer: identity.inContainer });

  function say(message: GuestMessage): void {
    socket.write(`${JSON.stringify(message)}\n`);
  }

  function ask(toMessage: (id: number) => GuestMessage, settle: (message: LabMessage) => void): Question {
    lastId += 1;
    const id = lastId;
    // The answer continues what asked, so that AsyncLocalStorage finds its store.
    open.set(id, AsyncResource.bind(settle));
    socket.ref();
    say(toMessage(id));
    return { cancel: () => closeQuestion(id) && say({ kind: 'cancel', id }) };
  }

  function closeQuestion(id: number): boolean {
    const wasOpen = open.delete(id);
    if (open.size === 0) socket.unref();
    return wasOpen;
  }

  function settleQuestion(message: LabMessage): void {
    const settle = open.get(message.id);
    closeQuestion(message.id);
    settle?.(message);
  }

  return {
    askToConnect: (address, port, settle) =>
      ask(
        (id) => ({ kind: 'connect', id, address, port }),
        (message) => message.kind === 'verdict' && settle(message.verdict),
      ),
    askForName: (name, settle) =>
      ask(
        (id) => ({ kind: 'resolve', id, name }),
        (message) => message.kind === 'name' && settle(message.answer),
      ),
  };
}

/** Calls `take` with each whole line of a stream of text. */
function readLines(take: (line: string) => void): (text: string) => void {
  let rest = '';
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  };
}

// SIGKILL, and not process.exit: that runs exit listeners, and in a worker thread it would end only the thread.
function endProcess(): void {
  process.kill(process.pid, 'SIGKILL');
}
