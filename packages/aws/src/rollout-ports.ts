// rollout-ports: the ports of run() over AWS, composed of the eyes (observe, reports), the hands (apply) and the memory (state).
import {
  DirectrixError,
  failureOf,
  listOutside,
  mustReadAll,
  type Observation,
  type RolloutEvent,
  type RolloutPorts,
  type RolloutRecord,
  type VersionReport,
} from '@directrix/rollout';
import { applyDecision } from './apply/apply.js';
import type { ApplyContext } from './apply/apply-context.js';
import type { AwsClients } from './clients/aws-clients.js';
import { collectEvidence, consoleTailOf, writeBundle } from './evidence/bundle.js';
import { createConsoleListener } from './evidence/console-status.js';
import { createTargetHistory } from './evidence/target-history.js';
import { createAlarmReader } from './observe/alarms.js';
import { createObserver, type Observer } from './observe/observe.js';
import { createTrafficReader } from './observe/traffic.js';
import type { Fetch, ReportClock } from './reports/hear-reports.js';
import { createReportSource, type ReportSettings, type RouteFinder } from './reports/report-source.js';
import type { Lease } from './state/lease.js';
import { createLoanTag } from './state/loan-tag.js';
import { createRecordWriter } from './state/record-store.js';

export interface RolloutPortsOptions {
  readonly clients: AwsClients;
  readonly clock: RolloutPorts['clock'] & ReportClock;
  readonly fetch: Fetch;
  readonly lease: Lease;
  readonly groupName: string;
  readonly reports: ReportSettings;
  /** That has looked at the group already. Default: one of its own. */
  readonly observer?: Observer;
  /** That has found the way to the group already. Default: one of its own. */
  readonly routes?: RouteFinder;
  /** Where evidence bundles are written. */
  readonly bundleDirectory: string;
  readonly journal: (event: RolloutEvent) => void;
}

/** AWS's clock and ours may differ: activities of this long before the rollout are shown too. */
const clockToleranceMs = 300_000;
/** Reports that are kept for a bundle. */
const keptReports = 500;
/** Different reasons that are told why instances could not be heard; more would fill the journal with one server's moods. */
const toldTroubles = 10;

export function createRolloutPorts(options: RolloutPortsOptions): RolloutPorts {
  const { clients, clock, lease } = options;
  const observer = options.observer ?? createObserver(clients, clock);
  const alarmReader = createAlarmReader(clients, clock);
  const trafficReader = createTrafficReader(clients, clock);
  const reportSource = createReportSource(options, options.reports);
  const consoleListener = createConsoleListener(clients, clock);
  const history = createTargetHistory();
  const troubles = new Set<string>();
  let heard: VersionReport[] = [];
  let latest: Observation | undefined;

  const applyContext: ApplyContext = {
    clients,
    renewLease: () => lease.renewIfDue(),
    async keepEvidence(record, { instanceIds, because }) {
      for (const instanceId of instanceIds)
        try {
          const bundle = await collectEvidence(record, instanceId, {
            clients,
            now: clock.now(),
            because,
            observation: latest,
            targetHealth: history.of(instanceId),
            reports: heard.filter((report) => report.instanceId === instanceId),
          });
          const path = await writeBundle(options.bundleDirectory, bundle);
          const event = {
            at: clock.now(),
            rolloutId: record.rolloutId,
            instanceId,
            path,
            consoleTail: consoleTailOf(bundle),
          };
          options.journal({ kind: 'bundle', ...event });
        } catch (error) {
          // A full disk must not keep a bad instance in service.
          const notice = { code: 'BUNDLE_NOT_WRITTEN', instanceId, failure: failureOf(error) } as const;
          options.journal({ kind: 'notice', at: clock.now(), rolloutId: record.rolloutId, notice });
        }
    },
  };

  // Without a listener nobody can be heard, and everything else can still be seen.
  const hear = async (observation: Observation, reportsFor: readonly string[], tell: (text: string) => void) => {
    const { unreadable = [] } = observation;
    try {
      return { reports: await reportSource.hear(observation, observer.targetGroups, reportsFor, tell), unreadable };
    } catch (error) {
      return { reports: [], unreadable: [...unreadable, { part: 'reports' as const, failure: failureOf(error) }] };
    }
  };

  const writeRecord = createRecordWriter(clients, lease, options.groupName);
  const tagLoans = createLoanTag(clients, lease, options.groupName, ({ rolloutId }, failure) =>
    options.journal({ kind: 'notice', at: clock.now(), rolloutId, notice: { code: 'LOANS_NOT_TAGGED', failure } }),
  );

  return {
    clock,
    journal: options.journal,
    async observe(record, reportsFor) {
      await lease.renewIfDue();
      const detachedIds = Object.entries(record.instances)
        .filter(([, instance]) => instance.quarantinedAt !== undefined || isMissed(instance))
        .map(([instanceId]) => instanceId);
      const observation = await observer.observe({
        groupName: options.groupName,
        since: record.startedAt - clockToleranceMs,
        detachedIds,
        isWhole: mustReadAll(record),
        ...outsideOf(record),
      });
      const { reports, unreadable } = await hear(observation, reportsFor, (text) => {
        if (troubles.size >= toldTroubles || troubles.has(text)) return;
        troubles.add(text);
        const notice = { code: 'VERSION_UNHEARD', trouble: text } as const;
        options.journal({ kind: 'notice', at: clock.now(), rolloutId: record.rolloutId, notice });
      });
      heard = [...heard, ...reports].slice(-keptReports);
      const consoles = await consoleListener.listen(record, observation);
      latest = {
        ...observation,
        unreadable,
        reports,
        consoles,
        alarms: await alarmReader.read(record.options.alarmNames),
        traffic: await trafficReader.read(record),
      };
      history.see(latest);
      return latest;
    },
    async apply(record, decision) {
      // A deployer that slept through its own lease must not act on what it saw before.
      await lease.check();
      return applyDecision(applyContext, record, decision);
    },
    async save(record) {
      const isOver = record.outcome !== undefined;
      if (isOver) await tagLoans(record);
      await writeRecord(record);
      if (!isOver) await tagLoans(record);
    },
  };
}

/** The instances outside of the group that have ids, and whose action leads users' requests to them. */
function outsideOf(record: RolloutRecord) {
  const { shadow, forward } = record.ours;
  const { canary } = record.options;
  const targetGroupArn = shadow?.route?.targetGroupArn;
  const outside = listOutside(record);
  const canaryIds = outside.flatMap(({ ordinal, instanceId }) =>
    ordinal === 0 || instanceId === undefined ? [] : [instanceId],
  );
  const first = outside.find(({ ordinal }) => ordinal === 0)?.instanceId;
  const isAsked = record.phase === 'canary' || forward !== undefined;
  return {
    ...(first === undefined ? {} : { proof: { instanceId: first, targetGroupArn } }),
    canaryIds,
    ...(canary !== undefined && isAsked ? { forward: canary.place } : {}),
  };
}

/** Of the group, as far as we know, and not shown in it, or lost: EC2 says what became of it. */
function isMissed({ leftAt, lostAt, missedCount }: RolloutRecord['instances'][string]): boolean {
  return leftAt === undefined && (lostAt !== undefined || missedCount !== undefined);
}

/** Whether nothing may be changed any more because another deployer has the group. */
export function isLeaseLost(error: unknown): boolean {
  return error instanceof DirectrixError && error.code === 'LEASE_LOST';
}
