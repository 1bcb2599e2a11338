import {
  createLab,
  createScaledClock,
  createSimulatedDataPlane,
  type Endpoint,
  type Lab,
  type LabOptions,
  startEndpoint,
} from '@directrix/lab';

/** A lab behind a real socket, with simulated machines, whose time runs fast. */
export interface RealLab {
  readonly lab: Lab;
  readonly endpoint: Endpoint;
  readonly defects: readonly unknown[];
  /** What a tool of AWS's needs in its environment. No configuration of this machine's user is read. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const SPEED = 60;

/** `speed`: how many times faster than the wall its time runs. */
export async function startRealLab({
  speed = SPEED,
  ...options
}: Partial<LabOptions> & { readonly speed?: number } = {}): Promise<RealLab> {
  const defects: unknown[] = [];
  const lab = createLab({
    clock: createScaledClock({ speed }),
    dataPlane: createSimulatedDataPlane(),
    onDefect: (error) => defects.push(error),
    ...options,
  });
  const endpoint = await startEndpoint(lab, { port: 0 });
  const environment = {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: '/nonexistent',
    AWS_ENDPOINT_URL: endpoint.url,
    AWS_DEFAULT_REGION: 'us-west-2',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_PAGER: '',
    AWS_MAX_ATTEMPTS: '2',
  };
  const close = async (): Promise<void> => {
    await endpoint.close();
    await lab.close();
  };
  return { lab, endpoint, defects, environment, close };
}

/** Asks until the answer is the one that is waited for; fails, with the last answer, when the deadline has passed. */
export async function until<Answer>(
  ask: () => Promise<Answer>,
  isAwaited: (answer: Answer) => boolean,
  deadlineMs = 120_000,
): Promise<Answer> {
  const endsAtMs = performance.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (isAwaited(answer)) return answer;
    if (performance.now() > endsAtMs) {
      throw new Error(`Not within ${deadlineMs} ms; the last answer was ${JSON.stringify(answer)}`);
    }
  }
}
