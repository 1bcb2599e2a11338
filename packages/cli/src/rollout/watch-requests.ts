// watch-requests: the outside prober of a rollout: asks the site through the load balancer, and gives what it hears to the gates.
import type { FoundRoute } from '@directrix/aws';
import {
  failureOf,
  parseHealthPage,
  type RequestWatch,
  type RolloutPorts,
  type RolloutRecord,
  type WatchedPath,
} from '@directrix/rollout';
import {
  type Check,
  type CheckResult,
  type HttpAnswer,
  isConnected,
  type Prober,
  runCheck,
  startProber,
  toRequestAnswer,
} from '@directrix/watch';
import type { World } from '../world.js';
import { createRequestCounter } from './counted-requests.js';
import { type Looked, type ObservedGroup, observeGroup } from './observed-group.js';

/** A server is as fast as the wall's clock, whatever the lab's says. */
const requestTimeoutMs = 10_000;
/** Between two attempts to find where the site is. */
const retryMs = 10_000;

export interface Watching {
  /** The ports with what was heard since the last look in each observation. */
  readonly ports: RolloutPorts;
  /** Why nobody is asked, where somebody should be. */
  readonly trouble?: string;
  stop(): Promise<void>;
}

/**
 * Begins to ask what the record says; nothing where it says nothing, and on the way back. While it is not known where the site is, the
 * rollout goes on by its health checks, the gate has no data, which never promotes, and each look may find it.
 */
export async function watchRequests(
  world: World,
  record: RolloutRecord,
  ports: RolloutPorts,
  { observer, routes }: Looked,
  countsFile: string,
): Promise<Watching> {
  const { requests } = record.options;
  if (requests === undefined || record.isGoingBack === true) return { ports, stop: async () => {} };
  const begin = async (): Promise<Prober> => {
    if (observer.targetGroups.length === 0) await observeGroup(world, record.groupName, { observer, routes });
    return startAsking(world, requests, await routes.find(observer.targetGroups, { url: requests.url }));
  };
  let triedAt = world.clock.now();
  let trouble: string | undefined;
  let prober = await begin().catch((error: unknown) => {
    trouble = failureOf(error).text;
    return undefined;
  });
  const identify = (answer: HttpAnswer) => identifyAnswer(answer, requests.versionHeader);
  const counter = createRequestCounter(countsFile, requests.paths);
  const tell = (results: readonly CheckResult[]) => results.map((result) => toRequestAnswer(result, identify));
  return {
    ...(trouble === undefined ? {} : { trouble }),
    async stop() {
      const last = prober?.take().results ?? [];
      await prober?.stop();
      counter.count(tell(last));
    },
    ports: {
      ...ports,
      async observe(current, reportsFor) {
        if (prober === undefined && world.clock.now() >= triedAt + retryMs) {
          triedAt = world.clock.now();
          prober = await begin().catch(() => undefined);
          if (prober !== undefined) tellFound(world, current, ports);
        }
        const observation = await ports.observe(current, reportsFor);
        if (prober === undefined) return observation;
        const answers = tell(prober.take().results);
        counter.count(answers);
        return { ...observation, requests: answers };
      },
      peek: () => tell(prober?.peek() ?? []),
    },
  };
}

/** Who was told that users' requests are not judged must know when they are. */
function tellFound({ clock }: World, { rolloutId }: RolloutRecord, { journal }: RolloutPorts): void {
  journal({ kind: 'notice', at: clock.now(), rolloutId, notice: { code: 'REQUESTS_WATCHED' } });
}

function startAsking(world: World, requests: RequestWatch, found: FoundRoute): Prober {
  return startProber({
    checks: requests.paths.map((path) => describeCheck(world, path, found)),
    requestsPerSecond: requests.requestsPerSecond,
    clock: world.clock,
    transport: world.transport,
  });
}

/** `more`: headers besides the host that the listener's rule wants. */
export function describeCheck(
  { clock }: World,
  { path, method, expect }: WatchedPath,
  { route }: FoundRoute,
  more: Readonly<Record<string, string>> = {},
): Check {
  const headers = { ...(route.host === undefined ? {} : { host: route.host }), ...more };
  return {
    name: path,
    request: { url: `${route.url}${path}`, method, headers },
    expect,
    timeoutMs: requestTimeoutMs * (clock.speed ?? 1),
  };
}

/** What an answer says of its release and its instance: in a header, or as a health page does. */
export function identifyAnswer({ headers, body }: HttpAnswer, versionHeader: string) {
  const page = parseHealthPage(body);
  return { version: headers[versionHeader] ?? page.version, fqdn: page.fqdn };
}

/** The pages with the status that they are answered with now; or why nothing answers. Throws what AWS refuses. */
export async function tryPaths(
  world: World,
  requests: RequestWatch,
  { targetGroups, looked }: ObservedGroup,
): Promise<RequestWatch | { readonly trouble: string }> {
  const found = await looked.routes.find(targetGroups, { url: requests.url }).catch((error: unknown) => {
    // That no page can be found is a fact of the site. That AWS does not answer now says nothing of it.
    if (failureOf(error).code === 'VERSION_ROUTE_UNKNOWN') return { trouble: failureOf(error).text };
    throw error;
  });
  if ('trouble' in found) return found;
  const tried = await Promise.all(requests.paths.map((path) => tryPath(world, path, found)));
  const unreached = tried.find(({ trouble }) => trouble !== undefined);
  if (unreached?.trouble !== undefined && tried.every(({ trouble }) => trouble !== undefined))
    return { trouble: unreached.trouble };
  return { ...requests, paths: tried.map(({ path }) => path) };
}

async function tryPath(
  world: World,
  path: WatchedPath,
  found: FoundRoute,
): Promise<{ readonly path: WatchedPath; readonly trouble?: string }> {
  const { result } = await runCheck(describeCheck(world, path, found), world);
  if (result.kind === 'answer') return { path: { ...path, usualStatus: result.statusCode } };
  return isConnected(result) ? { path } : { path, trouble: `${found.route.url}${path.path}: ${result.message}` };
}
