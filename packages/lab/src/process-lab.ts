// process-lab: a whole lab with real processes and sockets, put together.
//
// The scaled clock, the control plane, the process data plane and the endpoint. The CLI and the tests share it.
import type { Clock } from './clock.js';
import type { NotEmulatedCount } from './control-plane/not-emulated.js';
import type { LabTiming } from './control-plane/types.js';
import { type Endpoint, startEndpoint } from './endpoint/endpoint.js';
import { createLab, type Lab } from './lab.js';
import { type LabInventory, takeInventory } from './lab-status.js';
import type { AccessLog } from './load-balancer/access-log.js';
import type { MetricsSnapshot } from './load-balancer/metrics.js';
import { createProcessDataPlane } from './process-data-plane.js';
import { createScaledClock } from './scaled-clock.js';

/** Each instance is a set of real processes: what one machine carries. */
const PROCESS_INSTANCE_LIMIT = 200;

export interface ProcessLabOptions {
  /** Of the endpoint. 0 takes a free one. */
  readonly port: number;
  /** Lab milliseconds per millisecond of the wall. */
  readonly speed: number;
  /** Private to this lab. */
  readonly runDirectory: string;
  /** Where the endpoint listens. Default 127.0.0.1. */
  readonly host?: string;
  readonly seed?: number;
  readonly region?: string;
  readonly timing?: Partial<LabTiming>;
  readonly accessLog?: AccessLog;
  /** What `GET /_lab/status` tells besides ProcessLabStatus. */
  readonly describe?: () => object;
  /** Called after `POST /_lab/down` has been answered; it should close the lab. */
  readonly onDown?: () => void;
  /** Told of an error of the lab's own. */
  readonly onDefect?: (error: unknown) => void;
}

export interface ProcessLabStatus extends LabInventory {
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  /** What a shell exports to talk to the lab. */
  readonly env: LabEnvironment;
  readonly clock: { readonly now: string; readonly speed: number };
  /** What clients asked for and the lab refused because it does not emulate it, the most frequent first. */
  readonly notEmulated: readonly NotEmulatedCount[];
}

/** The environment that sends every AWS tool to the lab. */
export interface LabEnvironment {
  readonly AWS_ENDPOINT_URL: string;
  readonly AWS_REGION: string;
  /** For boto3 and AWS CLI 1, which do not read AWS_REGION. */
  readonly AWS_DEFAULT_REGION: string;
  readonly AWS_ACCESS_KEY_ID: string;
  readonly AWS_SECRET_ACCESS_KEY: string;
  /** So that no tool looks for another metadata service than the lab's. */
  readonly AWS_EC2_METADATA_DISABLED: string;
  /** `<speed>@<wallEpochMs>=<labEpochMs>`: the lab's time, for Directrix itself. */
  readonly DIRECTRIX_CLOCK: string;
}

export interface ProcessLab {
  readonly lab: Lab;
  readonly clock: Clock;
  readonly endpoint: Endpoint;
  readonly env: LabEnvironment;
  status(): ProcessLabStatus;
  metrics(): MetricsSnapshot | undefined;
  /** Ends the endpoint, every process and every socket. Resolves when they are gone. */
  close(): Promise<void>;
}

/** Rejects with LabError PORT_TAKEN or PORT_REFUSED, leaving nothing behind; throws RangeError for a speed that is none. */
export async function startProcessLab(options: ProcessLabOptions): Promise<ProcessLab> {
  const { speed, runDirectory, accessLog, seed, region, timing, onDefect } = options;
  const clock = createScaledClock({ speed });
  const dataPlane = createProcessDataPlane({ runDirectory, loadBalancer: { accessLog } });
  const lab = createLab({ clock, dataPlane, seed, region, timing, onDefect, instanceLimit: PROCESS_INSTANCE_LIMIT });
  const status = (): ProcessLabStatus => ({
    endpoint: endpoint.url,
    region: lab.state.region,
    accountId: lab.state.accountId,
    env,
    clock: { now: new Date(clock.now()).toISOString(), speed },
    notEmulated: lab.notEmulated(),
    ...takeInventory(lab.state, dataPlane),
  });
  let endpoint: Endpoint;
  try {
    endpoint = await startEndpoint(lab, {
      port: options.port,
      host: options.host,
      status: () => ({ ...options.describe?.(), ...status() }),
      down: options.onDown,
    });
  } catch (error) {
    await lab.close();
    throw error;
  }
  const env = describeEnvironment(endpoint.url, lab.state.region, clock, speed);
  return {
    lab,
    clock,
    endpoint,
    env,
    status,
    metrics: () => dataPlane.metrics(),
    close: async () => {
      await Promise.all([endpoint.close(), lab.close()]);
    },
  };
}

function describeEnvironment(endpoint: string, region: string, clock: Clock, speed: number): LabEnvironment {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    // Any key is the lab's administrator.
    AWS_ACCESS_KEY_ID: 'lab',
    AWS_SECRET_ACCESS_KEY: 'lab',
    AWS_EC2_METADATA_DISABLED: 'true',
    DIRECTRIX_CLOCK: clock.describe?.() ?? `${speed}@${Date.now()}=${clock.now()}`,
  };
}
