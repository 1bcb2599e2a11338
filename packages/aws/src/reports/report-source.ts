import { DirectrixError, type Observation, type VersionReport } from '@directrix/rollout';
import type { AwsClients } from '../clients/aws-clients.js';
import type { TargetGroupSettings } from '../observe/target-groups.js';
import { type Fetch, hearReports, type ReportClock } from './hear-reports.js';
import { findListenerRoute, type ListenerRoute } from './listener.js';

/** How instances are asked for their version. */
export interface ReportSettings {
  /** In place of what the listener says: `https://hyperbo.la`. */
  readonly url?: string;
  /** `/healthz`. */
  readonly healthPath: string;
  /** The header of an answer that names the version where the page does not. Default `x-version`. */
  readonly versionHeader?: string;
  /** How long one request may take, by the clock. Default 5 s. */
  readonly timeoutMs?: number;
}

export interface ReportSource {
  /**
   * The reports of the wanted instances that could be heard now. `onTrouble` is told each reason why a request gave none.
   * Throws VERSION_ROUTE_UNKNOWN when no listener leads to the group.
   */
  hear(
    observation: Observation,
    targetGroups: readonly TargetGroupSettings[],
    wantedIds: readonly string[],
    onTrouble: (text: string) => void,
  ): Promise<readonly VersionReport[]>;
}

export function createReportSource(
  ports: {
    readonly clients: AwsClients;
    readonly fetch: Fetch;
    readonly clock: ReportClock;
    readonly routes?: RouteFinder;
  },
  settings: ReportSettings,
): ReportSource {
  const routes = ports.routes ?? createRouteFinder(ports.clients);
  let found: FoundRoute | undefined;
  return {
    async hear(observation, targetGroups, wantedIds, onTrouble) {
      if (wantedIds.length === 0) return [];
      found ??= await routes.find(targetGroups, settings);
      const { route, targetGroupArn } = found;
      const targets = observation.targetGroups.find((group) => group.targetGroupArn === targetGroupArn)?.targets ?? [];
      const healthyIds = targets.filter(({ state }) => state === 'healthy').map(({ instanceId }) => instanceId);
      // The load balancer sends nothing to the others, so asking for them would ask in vain.
      const audibleIds = wantedIds.filter((id) => healthyIds.includes(id));
      if (audibleIds.length === 0) return [];
      const { reports, troubles } = await hearReports(
        {
          route,
          path: settings.healthPath,
          wantedIds: audibleIds,
          instances: observation.group.instances,
          targetCount: healthyIds.length,
          versionHeader: settings.versionHeader,
          timeoutMs: settings.timeoutMs,
        },
        ports,
      );
      for (const trouble of troubles) onTrouble(trouble);
      return reports;
    },
  };
}

export interface FoundRoute {
  readonly route: ListenerRoute;
  readonly targetGroupArn: string;
}

export interface RouteFinder {
  /** As findReportRoute; what was found is not looked for again. */
  find: (
    targetGroups: readonly TargetGroupSettings[],
    settings: Parameters<typeof findReportRoute>[2],
  ) => Promise<FoundRoute>;
}

export function createRouteFinder(clients: AwsClients): RouteFinder {
  const known = new Map<string, FoundRoute>();
  return {
    async find(targetGroups, settings) {
      const key = JSON.stringify([targetGroups.map((one) => one.targetGroupArn), settings.url, settings.healthPath]);
      const found = known.get(key) ?? (await findReportRoute(clients, targetGroups, settings));
      known.set(key, found);
      return found;
    },
  };
}

/** The way to the first of the target groups that a listener leads to. Throws VERSION_ROUTE_UNKNOWN. */
export async function findReportRoute(
  clients: AwsClients,
  targetGroups: readonly TargetGroupSettings[],
  settings: Pick<ReportSettings, 'url'> & { readonly healthPath?: string },
): Promise<FoundRoute> {
  const override = settings.url?.replace(/\/+$/, '');
  if (override !== undefined)
    return { route: { url: override }, targetGroupArn: targetGroups[0]?.targetGroupArn ?? '' };
  for (const targetGroup of targetGroups) {
    const route = await findListenerRoute(clients, targetGroup, settings.healthPath ?? '/');
    if (route !== undefined) return { route, targetGroupArn: targetGroup.targetGroupArn };
  }
  throw new DirectrixError(
    'VERSION_ROUTE_UNKNOWN',
    `No HTTP or HTTPS listener forwards plain requests to ${targetGroups.map(({ name }) => name).join(' or ')}, so its instances cannot be asked for their version.`,
    {
      source: 'load balancer',
      hint: 'say where they answer with --url https://…, or go without with --no-version-check',
    },
  );
}

/**
 * Asks the instances that serve now, before anything is changed. Undefined when one of them could be heard, or none serves; else a
 * sentence for the operator. Throws VERSION_ROUTE_SILENT when nothing answers there at all: no release could ever be verified.
 */
export async function tryReportRoute(
  { route, targetGroupArn }: FoundRoute,
  observation: Observation,
  settings: ReportSettings,
  ports: { readonly fetch: Fetch; readonly clock: ReportClock },
): Promise<string | undefined> {
  const targets = observation.targetGroups.find((group) => group.targetGroupArn === targetGroupArn)?.targets ?? [];
  const healthyIds = targets.filter(({ state }) => state === 'healthy').map(({ instanceId }) => instanceId);
  if (healthyIds.length === 0) return undefined;
  const { reports, troubles, isAnswered } = await hearReports(
    {
      route,
      path: settings.healthPath,
      wantedIds: healthyIds.slice(0, 1),
      instances: observation.group.instances,
      targetCount: healthyIds.length,
      versionHeader: settings.versionHeader,
      timeoutMs: settings.timeoutMs,
    },
    ports,
  );
  if (!isAnswered)
    throw new DirectrixError(
      'VERSION_ROUTE_SILENT',
      `No instance of ${observation.group.name} can be asked for its version: ${troubles.join('; ')}.`,
      {
        source: settings.url === undefined ? 'load balancer' : '--url',
        hint: 'say where they answer with --url https://…, or go without with --no-version-check',
      },
    );
  if (reports.some(({ instanceId }) => instanceId !== undefined)) return undefined;
  const [stranger] = reports;
  return stranger === undefined
    ? troubles.join('; ')
    : `${route.url}${settings.healthPath} names FQDN ${stranger.fqdn}, which is the private DNS name of no instance of ${observation.group.name}`;
}
