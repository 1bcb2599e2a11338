// machine: an instance that runs as processes of this machine.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Instance } from '@aws-sdk/client-ec2';
import type { Timer } from '../../clock.js';
import type { ControlPlanePort } from '../../data-plane.js';
import type { InstanceListener } from '../../network/gateway.js';
import { createConsole } from './console.js';
import { buildEnvironment, buildHostEnvironment } from './environment.js';
import { findClaim, listensOn, releasePortsOf } from './guest/port-claim.js';
import type { GuestIdentity } from './guest/protocol.js';
import {
  FAULTS_TAG,
  type MachineImage,
  readMachineImage,
  type ServiceDescription,
  UnbootableImageError,
} from './image.js';
import { openJournal } from './journal.js';
import { createServiceUnit, type ServiceUnit } from './service-unit.js';

interface MachineOptions {
  readonly instanceId: string;
  readonly controlPlane: ControlPlanePort;
  readonly runDirectory: string;
  readonly controlSocket: string;
  readonly certificateFile: string;
  readonly guestUrl: string;
  /** The file of the machine's journalctl, and the Node that runs it. */
  readonly journalctl: { readonly node: string; readonly script: string };
}

export interface Machine {
  boot(): void;
  findListener(address: string, port: number): InstanceListener;
  releasePortsOf(pid: number): void;
  /** The names of its services that run on this machine's own network. */
  servicesOnHostNetwork(): readonly string[];
  stop(graceMs: number): Promise<void>;
  /** Pulls the plug. */
  end(): Promise<void>;
}

const FIRST_PROCESS_NUMBER = 401;

export function createMachine(options: MachineOptions): Machine {
  const { instanceId, controlPlane } = options;
  const { clock, state } = controlPlane;
  const directory = join(options.runDirectory, 'instances', instanceId);
  const portsDirectory = join(directory, 'ports');
  const homeDirectory = join(directory, 'home');
  const programsDirectory = join(directory, 'bin');
  const journalDirectory = join(directory, 'journal');
  const console = createConsole(clock, (text) =>
    controlPlane.report({ service: 'ec2', type: 'console', instanceId, text }),
  );
  let units: readonly ServiceUnit[] = [];
  let isUp = false;
  let servicesOnHostNetwork: readonly string[] = [];
  let bootTimer: Timer | undefined;
  let lastProcessNumber = FIRST_PROCESS_NUMBER - 1;

  function boot(): void {
    const instance = state.ec2.instances.get(instanceId)?.instance;
    if (instance === undefined) return;
    const image = state.ec2.images.get(instance.ImageId ?? '');
    const hostName = hostNameOf(instance);
    powerOn(() => console.keepIn(openJournal({ directory: journalDirectory, clock, instanceId, hostName })));
    console.write('kernel', `Directrix lab: ${instanceId} boots ${instance.ImageId} (${image?.Name ?? 'no name'})`);
    powerOn(() => {
      const faultsTag = state.ec2.tags.get(instance.ImageId ?? '')?.find((tag) => tag.Key === FAULTS_TAG)?.Value;
      const machineImage = readMachineImage(image?.ImageLocation ?? '', faultsTag);
      const delayMs = (machineImage.faults.bootDelaySeconds ?? 0) * 1000;
      if (delayMs === 0) startServices(machineImage, instance);
      else
        bootTimer = clock.setTimer(clock.now() + delayMs, () => powerOn(() => startServices(machineImage, instance)));
    });
  }

  /** An image that cannot boot, or a disk that is full, is the instance's misfortune: it goes to its console. */
  function powerOn(work: () => void): void {
    try {
      work();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      console.write('kernel', `${error instanceof UnbootableImageError ? 'No bootable image' : 'Panic'}: ${reason}`);
    }
  }

  function startServices(image: MachineImage, instance: Instance): void {
    for (const path of [portsDirectory, homeDirectory, programsDirectory])
      mkdirSync(path, { recursive: true, mode: 0o700 });
    writeJournalctl();
    isUp = true;
    noteHostNetwork(image);
    console.write('systemd[1]', `Hostname set to <${hostNameOf(instance)}>.`);
    units = image.services.map((service) =>
      createServiceUnit({
        instanceId,
        service,
        directory: image.directory,
        environment: environmentOf(service, instance),
        runDirectory: options.runDirectory,
        clock,
        console,
        crashAfterSeconds: image.faults.crashAfterSeconds,
        nextProcessNumber: () => ++lastProcessNumber,
      }),
    );
    for (const unit of units) unit.start();
    console.write('systemd[1]', 'Reached target multi-user.target - Multi-User System.');
  }

  function environmentOf(service: ServiceDescription, instance: Instance): Readonly<Record<string, string>> {
    if (service.network === 'host') return buildHostEnvironment({ service, homeDirectory, programsDirectory });
    return buildEnvironment({
      service,
      programsDirectory,
      clockSetting: clock.describe?.(),
      identity: identify(instance, service.container),
      guestUrl: options.guestUrl,
      homeDirectory,
      certificateFile: options.certificateFile,
    });
  }

  function writeJournalctl(): void {
    const { node, script } = options.journalctl;
    const words = [node, script, journalDirectory].map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
    writeFileSync(join(programsDirectory, 'journalctl'), `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`, { mode: 0o755 });
  }

  /** A stop and a reboot leave the disk as it is. */
  function isKept(): boolean {
    const name = state.ec2.instances.get(instanceId)?.instance.State?.Name;
    return name === 'stopping' || name === 'stopped' || name === 'running';
  }

  function noteHostNetwork({ services }: MachineImage): void {
    const names = services.filter(({ network }) => network === 'host').map(({ name }) => name);
    servicesOnHostNetwork = names;
    if (names.length === 0) return;
    const subject = names.length === 1 ? `service ${names[0]} runs` : `services ${names.join(', ')} run`;
    console.write(
      'kernel',
      `Directrix lab: ${subject} on this machine's own network. What it reaches or fails to reach says nothing about the lab's network.`,
    );
  }

  function identify(instance: Instance, inContainer: boolean): GuestIdentity {
    const cidr = state.ec2.subnets.get(instance.SubnetId ?? '')?.CidrBlock;
    return {
      controlSocket: options.controlSocket,
      portsDirectory,
      instanceId,
      inContainer,
      hostName: hostNameOf(instance),
      privateAddress: addressOf(instance),
      netmask: toNetmask(Number(cidr?.split('/')[1] ?? 32)),
      macAddress: instance.NetworkInterfaces?.[0]?.MacAddress ?? '02:00:00:00:00:00',
    };
  }

  function hostNameOf(instance: Instance): string {
    return instance.PrivateDnsName || `ip-${addressOf(instance).replaceAll('.', '-')}.${state.region}.compute.internal`;
  }

  async function finish(ended: Promise<unknown>): Promise<void> {
    bootTimer?.cancel();
    await ended;
    isUp = false;
    console.flush();
    rmSync(isKept() ? portsDirectory : directory, { recursive: true, force: true });
  }

  return {
    boot,
    findListener(address, port) {
      if (!isUp) return { kind: 'absent' };
      const claim = findClaim(portsDirectory, port);
      return claim !== undefined && listensOn(claim, address)
        ? { kind: 'open', port: claim.loopbackPort }
        : { kind: 'refused' };
    },
    servicesOnHostNetwork: () => servicesOnHostNetwork,
    releasePortsOf: (pid) => releasePortsOf(portsDirectory, pid),
    stop: (graceMs) => finish(Promise.all(units.map((unit) => unit.stop(graceMs)))),
    end: () => finish(Promise.all(units.map((unit) => unit.end()))),
  };
}

function addressOf(instance: Instance): string {
  return instance.PrivateIpAddress ?? '127.0.0.1';
}

/** 24 -> 255.255.255.0 */
function toNetmask(prefixLength: number): string {
  const mask = prefixLength === 0 ? 0 : (0xffffffff << (32 - prefixLength)) >>> 0;
  return [24, 16, 8, 0].map((shift) => (mask >>> shift) & 0xff).join('.');
}
