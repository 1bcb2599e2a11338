// rollout-ports: the ports of run() over AWS, composed of the eyes (observe, reports), the hands (apply) and the memory (state).
import {
  DirectrixError,
  type Observation,
  type RolloutEvent,
  type RolloutPorts,
  type VersionReport,
} from '@directrix/rollout';
import { applyDecision } from './apply/apply.js';
import type { ApplyContext } from './apply/apply-context.js';
import type { AwsClients } from './clients/aws-clients.js';
import { collectEvidence, consoleTailOf, writeBundle } from './evidence/bundle.js';
import { createConsoleListener } from './evidence/console-status.js';
import { createTargetHistory } from './evidence/target-history.js';
import { createObserver } from './observe/observe.js';
import type { Fetch, ReportClock } from './reports/hear-reports.js';
import { createReportSource, type ReportSettings } from './reports/report-source.js';
import type { Lease } from './state/lease.js';
import { createRecordWriter } from './state/record-store.js';

export interface RolloutPortsOptions {
  readonly clients: AwsClients;
  readonly clock: RolloutPorts['clock'] & ReportClock;
  readonly fetch: Fetch;
  readonly lease: Lease;
  readonly groupName: string;
  readonly reports: ReportSettings;
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
  const observer = createObserver(clients, clock);
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
          const text = `The evidence of ${instanceId} was not written: ${(error as Error).message}`;
          options.journal({
            kind: 'notice',
            at: clock.now(),
            rolloutId: record.rolloutId,
            code: 'BUNDLE_NOT_WRITTEN',
            text,
          });
        }
    },
  };

  return {
    clock,
    journal: options.journal,
    async observe(record, reportsFor) {
      await lease.renewIfDue();
      const detachedIds = Object.entries(record.instances)
        .filter(([, instance]) => instance.quarantinedAt !== undefined)
        .map(([instanceId]) => instanceId);
      const observation = await observer.observe({
        groupName: options.groupName,
        since: record.startedAt - clockToleranceMs,
        detachedIds,
      });
      const reports = await reportSource.hear(observation, observer.targetGroups, reportsFor, (text) => {
        if (troubles.size >= toldTroubles || troubles.has(text)) return;
        troubles.add(text);
        const code = 'VERSION_UNHEARD';
        options.journal({ kind: 'notice', at: clock.now(), rolloutId: record.rolloutId, code, text });
      });
      heard = [...heard, ...reports].slice(-keptReports);
      latest = { ...observation, reports, consoles: await consoleListener.listen(record, observation) };
      history.see(latest);
      return latest;
    },
    async apply(record, decision) {
      // A deployer that slept through its own lease must not act on what it saw before.
      await lease.check();
      return applyDecision(applyContext, record, decision);
    },
    save: createRecordWriter(clients, lease, options.groupName),
  };
}

/** Whether nothing may be changed any more because another deployer has the group. */
export function isLeaseLost(error: unknown): boolean {
  return error instanceof DirectrixError && error.code === 'LEASE_LOST';
}
