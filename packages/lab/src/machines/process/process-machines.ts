// process-machines: every instance of the lab as a set of child processes of this one.
//
//   K1. No process outlives close(): each is ended with its group, by its id.
//   K2. Nor does one outlive this process, even when that is killed: its guest ends a Node process at once, and the records in the
//       run directory let the next lab end whatever else there is (process-record.ts).
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ControlPlanePort } from '../../data-plane.js';
import { openControlSocket } from '../../network/control-socket.js';
import type { Gateway, InstanceListeners } from '../../network/gateway.js';
import { createMachine, type Machine } from './machine.js';

interface ProcessMachinesOptions {
  readonly controlPlane: ControlPlanePort;
  /** Private to this lab, and its own: sockets, records and home directories go here. */
  readonly runDirectory: string;
  /** The certificate that instances trust besides the usual ones, as PEM. */
  readonly certificate: Promise<string>;
  createGateway(instanceId: string): Gateway;
}

export interface ProcessMachines {
  readonly listeners: InstanceListeners;
  start(instanceId: string): void;
  stop(instanceId: string, graceMs: number): void;
  /** By instance: the names of its services that run on this machine's own network. */
  servicesOnHostNetwork(instanceId: string): readonly string[];
  close(): Promise<void>;
}

interface Running {
  readonly machine: Machine;
  readonly gateway: Gateway;
}

// sun_path is 104 bytes on macOS and 108 on Linux, its closing zero included.
const LONGEST_SOCKET_PATH_BYTES = 103;

export function createProcessMachines(options: ProcessMachinesOptions): ProcessMachines {
  const { controlPlane, runDirectory } = options;
  const controlSocketPath = join(runDirectory, 'guests.sock');
  const certificateFile = join(runDirectory, 'lab-ca.pem');
  const running = new Map<string, Running>();
  /** The last thing asked of each instance: what is asked next waits for it, so that a reboot is a stop and then a start. */
  const tails = new Map<string, Promise<void>>();
  let isClosed = false;
  const ready = prepare();
  // Whoever starts a machine or closes will see the error.
  ready.catch(() => undefined);

  async function prepare() {
    if (Buffer.byteLength(controlSocketPath) > LONGEST_SOCKET_PATH_BYTES) {
      throw new Error(
        `The lab's run directory has too long a path for a Unix socket: ${controlSocketPath} is more than ${LONGEST_SOCKET_PATH_BYTES} bytes.`,
      );
    }
    mkdirSync(runDirectory, { recursive: true, mode: 0o700 });
    writeFileSync(certificateFile, await options.certificate, { mode: 0o600 });
    return openControlSocket({
      path: controlSocketPath,
      findGateway: (instanceId) => running.get(instanceId)?.gateway,
      onProcessEnded: (instanceId, pid) => running.get(instanceId)?.machine.releasePortsOf(pid),
    });
  }

  function enqueue(instanceId: string, work: () => Promise<void>): void {
    const tail = (tails.get(instanceId) ?? ready.then(() => undefined)).then(work).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      const text = `The lab cannot run this machine: ${reason}\n`;
      controlPlane.report({ service: 'ec2', type: 'console', instanceId, text });
    });
    tails.set(instanceId, tail);
    void tail.then(() => {
      if (tails.get(instanceId) === tail) tails.delete(instanceId);
    });
  }

  async function boot(instanceId: string): Promise<void> {
    if (isClosed || running.has(instanceId)) return;
    const machine = createMachine({
      instanceId,
      controlPlane,
      runDirectory,
      controlSocket: controlSocketPath,
      certificateFile,
      guestUrl: findBuilt('guest.js').href,
      journalctl: { node: process.execPath, script: fileURLToPath(findBuilt('journalctl.js')) },
    });
    running.set(instanceId, { machine, gateway: options.createGateway(instanceId) });
    machine.boot();
  }

  async function shutDown(instanceId: string, end: (machine: Machine) => Promise<void>): Promise<void> {
    const found = running.get(instanceId);
    if (found === undefined) return;
    await end(found.machine);
    // What left its service's process group is still a process of this instance.
    (await ready).dismissGuestsOf(instanceId);
    found.gateway.close();
    running.delete(instanceId);
  }

  return {
    listeners: {
      find: (instanceId, address, port) =>
        running.get(instanceId)?.machine.findListener(address, port) ?? { kind: 'absent' },
    },
    start: (instanceId) => enqueue(instanceId, () => boot(instanceId)),
    stop: (instanceId, graceMs) => enqueue(instanceId, () => shutDown(instanceId, (machine) => machine.stop(graceMs))),
    servicesOnHostNetwork: (instanceId) => running.get(instanceId)?.machine.servicesOnHostNetwork() ?? [],
    async close() {
      isClosed = true;
      // Not in the queue: a machine that is stopping gets no more grace.
      await Promise.all([...running.keys()].map((instanceId) => shutDown(instanceId, (machine) => machine.end())));
      await Promise.all(tails.values());
      const controlSocket = await ready.catch(() => undefined);
      await controlSocket?.close();
      rmSync(join(runDirectory, 'instances'), { recursive: true, force: true });
      rmSync(certificateFile, { force: true });
    },
  };
}

/** What runs under plain Node is always the built one, also when this file runs from its source. */
function findBuilt(name: string): URL {
  const beside = new URL(`./guest/${name}`, import.meta.url);
  return existsSync(beside) ? beside : new URL(beside.href.replace('/src/machines/', '/dist/machines/'));
}
