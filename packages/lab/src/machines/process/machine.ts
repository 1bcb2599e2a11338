// machine: an instance that runs as processes of this machine.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Instance } from '@aws-sdk/client-ec2';
import type { Timer } from '../../clock.js';
import type { ControlPlanePort } from '../../data-plane.js';
import type { InstanceListener } from '../../network/gateway.js';
import { createConsole } from './console.js';
import { buildEnvironment } from './environment.js';
import { findClaim, listensOn, releasePortsOf } from './guest/port-claim.js';
import type { GuestIdentity } from './guest/protocol.js';
import { FAULTS_TAG, type MachineImage, readMachineImage, UnbootableImageError } from './image.js';
import { createServiceUnit, type ServiceUnit } from './service-unit.js';

export interface MachineOptions {
  readonly instanceId: string;
  readonly controlPlane: ControlPlanePort;
  readonly runDirectory: string;
  readonly controlSocket: string;
  readonly certificateFile: string;
  readonly guestUrl: string;
}

export interface Machine {
  boot(): void;
  findListener(address: string, port: number): InstanceListener;
  releasePortsOf(pid: number): void;
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
  const console = createConsole(clock, (text) =>
    controlPlane.report({ service: 'ec2', type: 'console', instanceId, text }),
  );
  let units: readonly ServiceUnit[] = [];
  let isUp = false;
  let bootTimer: Timer | undefined;
  let lastProcessNumber = FIRST_PROCESS_NUMBER - 1;

  function boot(): void {
    const instance = state.ec2.instances.get(instanceId)?.instance;
    if (instance === undefined) return;
    const image = state.ec2.images.get(instance.ImageId ?? '');
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
    for (const path of [portsDirectory, homeDirectory]) mkdirSync(path, { recursive: true, mode: 0o700 });
    isUp = true;
    console.write('systemd[1]', `Hostname set to <${hostNameOf(instance)}>.`);
    units = image.services.map((service) =>
      createServiceUnit({
        instanceId,
        service,
        directory: image.directory,
        environment: buildEnvironment({
          service,
          identity: identify(instance, service.container),
          guestUrl: options.guestUrl,
          homeDirectory,
          certificateFile: options.certificateFile,
        }),
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
    rmSync(directory, { recursive: true, force: true });
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
