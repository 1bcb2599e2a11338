// watch-proof: asks the instance that is tried outside of the group, through the rule that only we meet.
import { type FoundRoute, findReportRoute, type ReportSettings } from '@directrix/aws';
import {
  defaultRequestsPerSecond,
  defaultVersionHeader,
  failureOf,
  proofHeader,
  type RolloutPorts,
  type RolloutRecord,
  type WatchedPath,
} from '@directrix/rollout';
import { type Prober, startProber, toRequestAnswer } from '@directrix/watch';
import type { World } from '../world.js';
import { observeGroup } from './observed-group.js';
import { describeCheck, identifyAnswer, type Watching } from './watch-requests.js';

/** From when the load balancer calls it healthy until something has come of it. */
export async function watchProof(
  world: World,
  record: RolloutRecord,
  ports: RolloutPorts,
  reports: ReportSettings,
): Promise<Watching> {
  const place = record.options.prove;
  const paths = listPaths(record, reports);
  const silent: Watching = { ports, stop: async () => {} };
  if (place === undefined || !isTried(record) || record.isGoingBack === true || paths.length === 0) return silent;
  const found = await findRoute(world, record, reports);
  if ('trouble' in found) return { ...silent, trouble: found.trouble };
  let prober: Prober | undefined;
  const stop = async () => {
    await prober?.stop();
    prober = undefined;
  };
  const start = () =>
    startProber({
      checks: paths.map((path) => describeCheck(world, path, found, { [proofHeader]: place.token })),
      requestsPerSecond: record.options.requests?.requestsPerSecond ?? defaultRequestsPerSecond,
      clock: world.clock,
      transport: world.transport,
    });
  const versionHeader = record.options.requests?.versionHeader ?? defaultVersionHeader;
  return {
    stop,
    ports: {
      ...ports,
      async observe(now, reportsFor) {
        const observation = await ports.observe(now, reportsFor);
        const { proof } = observation;
        if (proof === undefined || !isTried(now)) {
          await stop();
          return observation;
        }
        if (proof.target?.state === 'healthy') prober ??= start();
        const results = prober?.take().results ?? [];
        const answers = results.map((result) =>
          toRequestAnswer(result, (answer) => identifyAnswer(answer, versionHeader)),
        );
        return { ...observation, proof: { ...proof, answers } };
      },
    },
  };
}

/** While it is proved, and while a share of users' requests goes to it: what it answers us, too, is counted then. */
function isTried({ phase, proof, canary }: RolloutRecord): boolean {
  if (phase === 'canary') return canary?.verdict === undefined;
  return phase === 'prove' && proof?.verdict === undefined;
}

/** What users are asked for, and the page that names the version. */
function listPaths({ options }: RolloutRecord, { healthPath }: ReportSettings): readonly WatchedPath[] {
  const asked = options.requests?.paths ?? [];
  const isNamed = asked.some(({ path, method = 'GET' }) => path === healthPath && method === 'GET');
  return options.isVersionChecked && !isNamed ? [...asked, { path: healthPath }] : asked;
}

async function findRoute(
  world: World,
  { groupName, options }: RolloutRecord,
  reports: ReportSettings,
): Promise<FoundRoute | { readonly trouble: string }> {
  try {
    const { targetGroups } = await observeGroup(world, groupName);
    return await findReportRoute(world.clients, targetGroups, {
      ...reports,
      url: options.requests?.url ?? reports.url,
    });
  } catch (error) {
    // It is proved by its health in the shadow target group alone, and the rollout says so.
    return { trouble: failureOf(error).text };
  }
}
