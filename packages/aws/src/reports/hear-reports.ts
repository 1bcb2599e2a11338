// hear-reports: asks the instances behind a load balancer for their version, through the load balancer.
//
// A deployer has no way into private subnets, and what the load balancer answers is what users get. The load balancer chooses who
// answers, so it is asked again until everybody who was asked for has been heard, within a bound; the next tick goes on.
//
//   R1. Each request opens its own connection, so that whatever balances by connection balances too.
//   R2. Requests per call, bytes of a body and time of a request are bounded.
//   R3. It never throws because of what a server does: a failed request is trouble, and no report.
import {
  defaultVersionHeader,
  type InstanceObservation,
  isSameHost,
  parseHealthPage,
  type VersionReport,
} from '@directrix/rollout';
import type { ListenerRoute } from './listener.js';

/** The part of the platform's fetch that is used. */
export type Fetch = (
  url: string,
  init: {
    readonly headers: Readonly<Record<string, string>>;
    readonly redirect: 'manual';
    readonly signal: AbortSignal;
  },
) => Promise<{
  readonly status: number;
  /** Absent: none can be asked for. */
  readonly headers?: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
}>;

export interface ReportClock {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

interface ReportRequest {
  readonly route: ListenerRoute;
  /** `/healthz`. */
  readonly path: string;
  /** Whose reports are wanted. */
  readonly wantedIds: readonly string[];
  /** Everybody who may answer. */
  readonly instances: readonly InstanceObservation[];
  /** How many targets share the requests. */
  readonly targetCount: number;
  /** The header of an answer that names the version where the page does not. */
  readonly versionHeader?: string;
  /** How long one request may take, by the clock. Default 5 s. */
  readonly timeoutMs?: number;
}

interface HeardReports {
  readonly reports: readonly VersionReport[];
  /** Why requests gave no report, each once. */
  readonly troubles: readonly string[];
  /** Whether any request was answered over HTTP, with a report or without. */
  readonly isAnswered: boolean;
}

/** Requests in one call, whatever the size of the group. */
const maximumRequests = 64;
const requestsAtATime = 4;
const defaultTimeoutMs = 5_000;
const maximumBodyBytes = 64 * 1024;

export async function hearReports(
  request: ReportRequest,
  ports: { readonly fetch: Fetch; readonly clock: ReportClock },
): Promise<HeardReports> {
  const wanted = new Set(request.wantedIds);
  const reports: VersionReport[] = [];
  const troubles = new Set<string>();
  let isAnswered = false;
  // Two rounds of the round-robin reach everybody even when others' requests come in between.
  let left = Math.min(maximumRequests, 2 * Math.max(request.targetCount, 1) + 2);
  const askUntilHeard = async () => {
    while (left > 0 && wanted.size > 0) {
      left--;
      const { trouble, report, ...answer } = await ask(request, ports);
      isAnswered ||= answer.isAnswered;
      if (report === undefined) {
        troubles.add(trouble);
        // A server that does not answer will not answer sixty times in a row either.
        left = Math.min(left, requestsAtATime);
        continue;
      }
      reports.push(report);
      if (report.instanceId !== undefined) wanted.delete(report.instanceId);
    }
  };
  await Promise.all(Array.from({ length: requestsAtATime }, askUntilHeard));
  return { reports: latestOfEach(reports), troubles: [...troubles], isAnswered };
}

// One report an instance and tick is enough, and it is the last: an instance that changed its word said the last one last.
function latestOfEach(reports: readonly VersionReport[]): VersionReport[] {
  return [...new Map(reports.map((report) => [`${report.fqdn} ${report.version}`, report])).values()];
}

async function ask(
  { route, path, instances, versionHeader = defaultVersionHeader, timeoutMs = defaultTimeoutMs }: ReportRequest,
  ports: { readonly fetch: Fetch; readonly clock: ReportClock },
): Promise<Answer> {
  const url = `${route.url}${path}`;
  const answer = await getPage(url, route.host, versionHeader, timeoutMs, ports);
  if (typeof answer === 'string') return { isAnswered: false, trouble: answer };
  const page = parseHealthPage(answer.body);
  // The page is written for this; the header may be of something else, such as an API.
  const version = page.version ?? answer.version;
  if (version === undefined || page.fqdn === undefined) {
    const missing = version === undefined ? 'VERSION' : 'FQDN';
    return { isAnswered: true, trouble: `${url} answered ${answer.statusCode} without ${missing}` };
  }
  const { fqdn } = page;
  return {
    isAnswered: true,
    report: {
      at: ports.clock.now(),
      instanceId: instances.find(({ privateDnsName }) => isSameHost(privateDnsName ?? '', fqdn))?.instanceId,
      fqdn,
      version,
      status: page.status,
      statusCode: answer.statusCode,
    },
  };
}

type Answer =
  | { readonly isAnswered: boolean; readonly trouble: string; readonly report?: undefined }
  | { readonly isAnswered: true; readonly report: VersionReport; readonly trouble?: undefined };

async function getPage(
  url: string,
  host: string | undefined,
  versionHeader: string,
  timeoutMs: number,
  { fetch, clock }: { readonly fetch: Fetch; readonly clock: ReportClock },
): Promise<{ readonly statusCode: number; readonly body: string; readonly version?: string } | string> {
  const timeout = new AbortController();
  const answered = new AbortController();
  const timer = clock.sleep(timeoutMs, answered.signal).then(
    () => timeout.abort(new Error(`no answer within ${timeoutMs / 1000} s`)),
    () => undefined,
  );
  try {
    const response = await fetch(url, {
      headers: { connection: 'close', 'user-agent': 'directrix', ...(host === undefined ? {} : { host }) },
      redirect: 'manual',
      signal: timeout.signal,
    });
    const version = response.headers?.get(versionHeader)?.trim() || undefined;
    return { statusCode: response.status, body: await readBody(response.body), version };
  } catch (error) {
    return `${url}: ${timeout.signal.aborted ? (timeout.signal.reason as Error).message : describe(error)}`;
  } finally {
    answered.abort();
    await timer;
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

async function readBody(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body ?? []) {
    pieces.push(piece);
    size += piece.byteLength;
    if (size > maximumBodyBytes) break;
  }
  return Buffer.concat(pieces).subarray(0, maximumBodyBytes).toString('utf8');
}
