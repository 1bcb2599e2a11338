// For tests: a VPC with private subnets in three zones, an interface endpoint for SSM, and a control plane that is only a stub.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NetworkInterface } from '@aws-sdk/client-ec2';
import type { Resolution } from '@directrix/reachability';
import { createLabState } from '../../control-plane/state.js';
import { DEFAULT_TIMING } from '../../control-plane/timing.js';
import type { LabState, LabTiming, Route } from '../../control-plane/types.js';
import type { ControlPlanePort, LabHttpRequest, LabHttpResponse } from '../../data-plane.js';
import type { Reachability } from '../../network/decision.js';
import { createProcessDataPlane, type ProcessDataPlane } from '../../process-data-plane.js';
import { createScaledClock } from '../../scaled-clock.js';

export interface TestSite {
  readonly state: LabState;
  readonly dataPlane: ProcessDataPlane;
  readonly controlPlane: ControlPlanePort;
  readonly runDirectory: string;
  /** Requests that reached a service, and how. */
  readonly requests: { readonly request: LabHttpRequest; readonly route: Route }[];
  /** Boots an instance of an image made of these services, and returns its id. */
  boot(services: readonly object[], options?: BootOptions): string;
  console(instanceId: string): string;
  /** Resolves with the first match in the instance's console; rejects with the console after the deadline. */
  untilConsole(instanceId: string, pattern: RegExp): Promise<RegExpExecArray>;
  close(): Promise<void>;
}

export interface BootOptions {
  readonly faults?: object;
  readonly metadataOptions?: object;
}

export interface TestSiteOptions {
  readonly speed?: number;
  readonly timing?: Partial<LabTiming>;
  /** What the network does. Default: everything passes, and the endpoint's private DNS answers. */
  readonly network?: Partial<TestNetwork>;
}

export interface TestNetwork {
  passes(address: string, port: number): boolean;
  resolve(name: string): Resolution;
}

export const ENDPOINT_ADDRESSES = ['10.0.1.10', '10.0.2.10', '10.0.3.10'];
const DEADLINE_MS = 20_000;

export function fixture(name: string): string {
  return fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url)).replace('/dist/', '/src/');
}

export async function until<Result>(look: () => Result | undefined, describe: () => string): Promise<Result> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const result = look();
    if (result !== undefined) return result;
    if (performance.now() > deadline) throw new Error(`Not within ${DEADLINE_MS} ms: ${describe()}`);
    await new Promise((fulfil) => setTimeout(fulfil, 10));
  }
}

export function createTestSite(options: TestSiteOptions = {}): TestSite {
  const root = mkdtempSync(join(tmpdir(), 'dx-'));
  const runDirectory = join(root, 'run');
  const state = createLabState({});
  const consoles = new Map<string, string>();
  const requests: TestSite['requests'] = [];
  const network: TestNetwork = { passes: () => true, resolve: resolvePrivately, ...options.network };
  const dataPlane = createProcessDataPlane({ runDirectory, reachability: reachabilityOf(network) });
  const controlPlane: ControlPlanePort = {
    clock: createScaledClock({ speed: options.speed ?? 1 }),
    timing: { ...DEFAULT_TIMING, ...options.timing },
    state,
    report(event) {
      if (event.type === 'console') consoles.set(event.instanceId, (consoles.get(event.instanceId) ?? '') + event.text);
    },
    reportDefect(error) {
      throw error;
    },
    async handle(request, route) {
      requests.push({ request, route });
      return answerParameters();
    },
    issueCredentials: () => ({
      roleName: 'app',
      accessKeyId: 'ASIATEST',
      secretAccessKey: 'a-secret',
      sessionToken: 'a-token',
      expiresAt: Date.now() + 3_600_000,
    }),
  };
  addNetwork(state);
  dataPlane.attach(controlPlane);
  let instanceCount = 0;

  return {
    state,
    dataPlane,
    controlPlane,
    runDirectory,
    requests,
    boot(services, { faults, metadataOptions } = {}) {
      instanceCount += 1;
      const instanceId = `i-${String(instanceCount).padStart(17, '0')}`;
      const directory = join(root, `image-${instanceCount}`);
      mkdirSync(directory);
      writeFileSync(join(directory, 'instance.json'), JSON.stringify({ services, faults }));
      addInstance(state, { instanceId, number: instanceCount, directory, metadataOptions });
      dataPlane.perform({ kind: 'startMachine', instanceId });
      return instanceId;
    },
    console: (instanceId) => consoles.get(instanceId) ?? '',
    untilConsole: (instanceId, pattern) =>
      until(
        () => pattern.exec(consoles.get(instanceId) ?? '') ?? undefined,
        () => `${pattern} in the console:\n${consoles.get(instanceId)}`,
      ),
    async close() {
      await dataPlane.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function resolvePrivately(name: string): Resolution {
  if (name === 'ssm.us-west-2.amazonaws.com') {
    return { kind: 'private', addresses: ENDPOINT_ADDRESSES, by: 'vpce-00000000000000001' };
  }
  const [, ...octets] = /^ip-(\d+)-(\d+)-(\d+)-(\d+)\.us-west-2\.compute\.internal$/.exec(name) ?? [];
  if (octets.length > 0) return { kind: 'private', addresses: [octets.join('.')], by: 'the VPC resolver' };
  return { kind: 'public' };
}

function reachabilityOf(network: TestNetwork): Reachability<unknown> {
  return {
    buildNetwork: (snapshot) => snapshot,
    decideReach: (_network, { to, port }) => ({
      verdict: to.kind === 'address' && network.passes(to.address, port) ? 'reachable' : 'unreachable',
    }),
    resolve: (_network, { name }) => network.resolve(name),
  };
}

function answerParameters(): LabHttpResponse {
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: Buffer.from(JSON.stringify({ Parameters: [{ Name: '/app/production/KEY', Type: 'String', Value: 'v' }] })),
  };
}

function addNetwork(state: LabState): void {
  const zones = ['a', 'b', 'c'].map((letter) => `us-west-2${letter}`);
  const interfaces = zones.map((zone, index): NetworkInterface => {
    const id = `eni-endpoint${index + 1}`;
    state.ec2.subnets.set(`subnet-${index + 1}`, {
      SubnetId: `subnet-${index + 1}`,
      VpcId: 'vpc-1',
      CidrBlock: `10.0.${index + 1}.0/24`,
      AvailabilityZone: zone,
    });
    return {
      NetworkInterfaceId: id,
      VpcId: 'vpc-1',
      SubnetId: `subnet-${index + 1}`,
      AvailabilityZone: zone,
      PrivateIpAddress: ENDPOINT_ADDRESSES[index],
    };
  });
  for (const networkInterface of interfaces) {
    state.ec2.networkInterfaces.set(networkInterface.NetworkInterfaceId ?? '', networkInterface);
  }
  state.ec2.vpcEndpoints.set('vpce-00000000000000001', {
    VpcEndpointId: 'vpce-00000000000000001',
    VpcId: 'vpc-1',
    ServiceName: 'com.amazonaws.us-west-2.ssm',
    NetworkInterfaceIds: interfaces.map(({ NetworkInterfaceId }) => NetworkInterfaceId ?? ''),
    DnsEntries: [{ DnsName: 'vpce-00000000000000001-abcdefgh.ssm.us-west-2.vpce.amazonaws.com' }],
  });
}

interface NewInstance {
  readonly instanceId: string;
  readonly number: number;
  readonly directory: string;
  readonly metadataOptions: object | undefined;
}

function addInstance(state: LabState, { instanceId, number, directory, metadataOptions }: NewInstance): void {
  const address = `10.0.1.${100 + number}`;
  const imageId = `ami-${number}`;
  state.ec2.images.set(imageId, { ImageId: imageId, Name: `image ${number}`, ImageLocation: directory });
  const networkInterface = {
    NetworkInterfaceId: `eni-instance${number}`,
    VpcId: 'vpc-1',
    SubnetId: 'subnet-1',
    PrivateIpAddress: address,
    MacAddress: '02:00:00:00:00:01',
  };
  state.ec2.networkInterfaces.set(networkInterface.NetworkInterfaceId, networkInterface);
  state.ec2.instances.set(instanceId, {
    instance: {
      InstanceId: instanceId,
      ImageId: imageId,
      InstanceType: 't3.micro',
      VpcId: 'vpc-1',
      SubnetId: 'subnet-1',
      PrivateIpAddress: address,
      PrivateDnsName: `ip-${address.replaceAll('.', '-')}.us-west-2.compute.internal`,
      Placement: { AvailabilityZone: 'us-west-2a' },
      NetworkInterfaces: [networkInterface],
      MetadataOptions: {
        HttpTokens: 'required',
        HttpPutResponseHopLimit: 1,
        HttpEndpoint: 'enabled',
        ...metadataOptions,
      },
    },
    console: '',
  });
  state.ec2.networkRevision += 1;
}
