// Metrics: what a watch sees, for Prometheus.
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { WatchEvent, WatchStatus } from './watch.js';

export interface WatchMetrics {
  readonly contentType: string;
  note(event: WatchEvent): void;
  /** The metrics as text; `status` is of now. */
  expose(status: WatchStatus): Promise<string>;
}

const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createMetrics(): WatchMetrics {
  const registry = new Registry();
  const common = { registers: [registry] };
  const looks = new Counter({
    ...common,
    name: 'directrix_watch_looks_total',
    help: 'Looks by outcome: good, bad, or cutOff (our own network was down).',
    labelNames: ['check', 'outcome'],
  });
  const duration = new Histogram({
    ...common,
    name: 'directrix_watch_phase_seconds',
    help: 'How long each phase of a request took.',
    labelNames: ['check', 'phase'],
    buckets,
  });
  const up = new Gauge({
    ...common,
    name: 'directrix_watch_up',
    help: 'What all places together say: 1 up, 0 down. Absent while it is not known.',
    labelNames: ['check'],
  });
  const incident = new Gauge({
    ...common,
    name: 'directrix_watch_incident_open',
    help: '1 while an incident is open.',
    labelNames: ['check'],
  });
  const certificate = new Gauge({
    ...common,
    name: 'directrix_watch_certificate_expires_timestamp_seconds',
    help: 'When the certificate ends.',
    labelNames: ['check'],
  });
  const place = new Gauge({
    ...common,
    name: 'directrix_watch_place_heard',
    help: '1 when the other place was heard lately.',
    labelNames: ['place'],
  });
  const cutOff = new Gauge({
    ...common,
    name: 'directrix_watch_cut_off',
    help: '1 when no control target answers either: our own network is down.',
  });
  const deploy = new Gauge({
    ...common,
    name: 'directrix_watch_rollout_under_way',
    help: '1 while a rollout of the group is under way.',
    labelNames: ['group'],
  });
  const deliveries = new Counter({
    ...common,
    name: 'directrix_watch_alert_deliveries_total',
    help: 'Tries to deliver an alert.',
    labelNames: ['channel', 'outcome'],
  });
  const lost = new Gauge({
    ...common,
    name: 'directrix_watch_history_lost',
    help: 'Looks that could not be written to the history.',
  });

  return {
    contentType: registry.contentType,
    note(event) {
      if (event.kind === 'delivery') deliveries.inc({ channel: event.channel, outcome: event.outcome });
      if (event.kind !== 'looked') return;
      const { check, look, certificateExpiresAt } = event;
      looks.inc({ check, outcome: look.outcome });
      for (const [phase, ms] of Object.entries(look.phases)) duration.observe({ check, phase }, ms / 1_000);
      if (certificateExpiresAt !== undefined) certificate.set({ check }, certificateExpiresAt / 1_000);
    },
    expose(status) {
      for (const { name, verdict, incident: state } of status.subjects) {
        if (verdict === 'unknown') up.remove({ check: name });
        else up.set({ check: name }, verdict === 'up' ? 1 : 0);
        incident.set({ check: name }, state.kind === 'open' ? 1 : 0);
      }
      for (const { name, isHeard } of status.others) place.set({ place: name }, isHeard ? 1 : 0);
      for (const { groupName, outcome } of status.deploys)
        deploy.set({ group: groupName }, outcome === undefined ? 1 : 0);
      cutOff.set(status.isCutOff ? 1 : 0);
      lost.set(status.lostCount);
      return registry.metrics();
    },
  };
}
