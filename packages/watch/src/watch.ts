// Watch: one place that looks at its checks, hears the other places, keeps what was seen, and sends alerts.
//
// The rules are pure and elsewhere (incident/). Here are the loops: one for each check, one that judges, one that reports to the other
// places, one for each group whose rollouts are read, and the dead man's switch.
//
//   W13. Each check is looked at one at a time, and no faster than its interval; a bad look is confirmed soon.
//   W14. Stopped, it begins nothing more, ends what is under way, and leaves what has not arrived in the state log.
import { setMaxListeners } from 'node:events';
import type { Channel, Post } from './alerts/channel.js';
import { Deliveries, type DeliveryOutcome } from './alerts/deliveries.js';
import { type CheckResult, runCheck } from './check.js';
import type { WatchConfiguration, WatchedCheck } from './configuration/configuration.js';
import { controlFreshMs, deployEveryMs, deployWithinMs, reportEveryMs, silentAfterMs } from './defaults.js';
import type { History } from './history/history.js';
import type { Look } from './history/look-record.js';
import type { Delivery, StateLog } from './history/state-log.js';
import { type Deploy, type DeployNote, findDeploy } from './incident/deploys.js';
import { type Alert, advanceIncident, type IncidentState, wellState } from './incident/incident.js';
import { advancePlace, type PlaceState } from './incident/place-state.js';
import { certificateSight, type Sight, siteSight, type Trouble } from './incident/sight.js';
import { judgeReports, type PlaceReport, type Verdict } from './incident/verdict.js';
import { type HeardPlace, Places, type Reception } from './places/places.js';
import { writeReport } from './places/report.js';
import type { ProberClock } from './prober.js';
import type { Transport } from './request.js';

export interface WatchPorts {
  readonly clock: ProberClock;
  readonly transport: Transport;
  readonly post: Post;
  readonly channels: readonly Channel[];
  readonly history: Pick<History, 'append' | 'lostCount'>;
  readonly stateLog: StateLog;
  /** An alert in words. */
  readonly tell: (alert: Alert, context: AlertContext) => { readonly title: string; readonly text: string };
  /** The last rollout of a group; undefined when there never was one. Absent: rollouts are not read. */
  readonly readDeploy?: (groupName: string, signal: AbortSignal) => Promise<Deploy | undefined>;
  readonly onEvent?: (event: WatchEvent) => void;
}

export interface AlertContext {
  readonly place: string;
  readonly url: string;
  /** What a rollout had done last when the incident began. */
  readonly deploy?: DeployNote;
  /** Rollouts that are under way now. */
  readonly underWay: readonly Deploy[];
}

/** What happens, as data: the log and the metrics are made of it. */
export type WatchEvent =
  | { readonly kind: 'looked'; readonly check: string; readonly look: Look; readonly certificateExpiresAt?: number }
  | { readonly kind: 'alert'; readonly alert: Alert; readonly isSender: boolean; readonly context: AlertContext }
  /** An incident began that nobody is told of now: planned work. */
  | { readonly kind: 'quiet'; readonly check: string; readonly note: string }
  | {
      readonly kind: 'delivery';
      readonly channel: string;
      readonly id: string;
      readonly outcome: DeliveryOutcome;
      readonly code?: string;
    }
  | { readonly kind: 'cutOff'; readonly isCutOff: boolean }
  | { readonly kind: 'place'; readonly place: string; readonly isHeard: boolean }
  | { readonly kind: 'unreported'; readonly places: readonly string[] }
  | { readonly kind: 'deploy'; readonly deploy: Deploy }
  | { readonly kind: 'deployUnread'; readonly groupName: string; readonly error: unknown };

/** What a check is at this moment, for pages and metrics. */
export interface SubjectStatus {
  readonly name: string;
  readonly place?: PlaceState;
  readonly verdict: Verdict['kind'];
  readonly incident: IncidentState;
  readonly lastLook?: Look;
}

export interface WatchStatus {
  readonly place: string;
  readonly isCutOff: boolean;
  readonly others: readonly HeardPlace[];
  readonly subjects: readonly SubjectStatus[];
  readonly deploys: readonly Deploy[];
  readonly lostCount: number;
}

export interface Watch {
  status(): WatchStatus;
  /** A report of another place, as it arrived. */
  receive(document: unknown): Reception;
  stop(): Promise<void>;
}

const judgeEveryMs = 1_000;
/** How long each place that should send before this one has for it. Of a beginning it reports at once, of an end in its turn. */
const stepInAfterMs = ({ kind }: Alert) => 2_000 + (kind === 'began' ? 0 : reportEveryMs);

export function startWatch(configuration: WatchConfiguration, ports: WatchPorts): Watch {
  return new RunningWatch(configuration, ports);
}

/** The site of a check, or its certificate: what has a state and incidents of its own. */
interface Subject {
  readonly name: string;
  readonly watched: WatchedCheck;
  state?: PlaceState;
  verdict: Verdict;
  incident: IncidentState;
  /** The last alert of the incident was sent by this place. */
  isTeller: boolean;
  /** An alert that another place should send: ours to send when nothing is heard of that by then. */
  waiting?: { readonly alert: Alert; readonly senders: readonly string[]; readonly dueAt: number };
  lastLook?: Look;
}

/** What the certificate of a check is called. */
function certificateNameOf(check: string): string {
  return `${check}: certificate`;
}

class RunningWatch implements Watch {
  readonly #configuration: WatchConfiguration;
  readonly #ports: WatchPorts;
  readonly #places: Places;
  readonly #subjects = new Map<string, Subject>();
  readonly #deploys = new Map<string, Deploy>();
  readonly #deliveries: Deliveries;
  readonly #stopping = new AbortController();
  readonly #ended: Promise<unknown>;
  readonly #heard = new Set<string>();
  #control: { readonly at: number; readonly answer: Promise<boolean> } | undefined;
  #isCutOff = false;
  #wakeReport: () => void = () => undefined;
  readonly #wakeDeploy = new Map<string, () => void>();

  constructor(configuration: WatchConfiguration, ports: WatchPorts) {
    this.#configuration = configuration;
    this.#ports = ports;
    this.#places = new Places(configuration.place, configuration.agreement, ports);
    const { states, deliveries } = ports.stateLog.contents;
    for (const watched of configuration.checks) {
      const names = [
        watched.name,
        ...(watched.certificateDaysLeast === undefined ? [] : [certificateNameOf(watched.name)]),
      ];
      for (const name of names)
        this.#subjects.set(name, {
          name,
          watched,
          verdict: unheard,
          incident: states.get(name) ?? wellState,
          isTeller: false,
        });
    }
    this.#deliveries = new Deliveries({
      channels: ports.channels,
      clock: ports.clock,
      log: ports.stateLog,
      onOutcome: (delivery: Delivery, outcome, code) =>
        this.#tell({ kind: 'delivery', channel: delivery.channel, id: delivery.id, outcome, code }),
    });
    this.#deliveries.resume(deliveries);
    setMaxListeners(0, this.#stopping.signal);
    this.#ended = Promise.all(this.#loops());
  }

  status(): WatchStatus {
    const now = this.#ports.clock.now();
    return {
      place: this.#configuration.place,
      isCutOff: this.#isCutOff,
      others: this.#places.others(now),
      subjects: [...this.#subjects.values()].map(({ name, state, verdict, incident, lastLook }) => ({
        name,
        place: state,
        verdict: verdict.kind,
        incident,
        lastLook,
      })),
      deploys: [...this.#deploys.values()],
      lostCount: this.#ports.history.lostCount,
    };
  }

  receive(document: unknown): Reception {
    const reception = this.#places.receive(document, this.#ports.clock.now());
    if (reception === 'accepted') this.#judgeAll();
    return reception;
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the watch was stopped'));
    await Promise.all([this.#ended, this.#deliveries.stop()]);
  }

  #loops(): Promise<void>[] {
    const { checks, deadMansSwitch, agreement } = this.#configuration;
    const groupNames = new Set(checks.flatMap(({ groupName }) => groupName ?? []));
    return [
      ...checks.map((watched, index) => this.#watch(watched, (watched.everyMs * index) / checks.length)),
      this.#every(judgeEveryMs, async () => this.#judgeAll()),
      ...(agreement.reportTo.length === 0 ? [] : [this.#keepReporting()]),
      ...(deadMansSwitch === undefined
        ? []
        : [this.#every(deadMansSwitch.everyMs, () => this.#reassure(deadMansSwitch.url))]),
      ...(this.#ports.readDeploy === undefined ? [] : [...groupNames].map((name) => this.#followDeploys(name))),
    ];
  }

  get #isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  #sleep(ms: number): Promise<void> {
    return this.#ports.clock.sleep(ms, this.#stopping.signal).catch(() => undefined);
  }

  async #every(ms: number, act: () => Promise<void>): Promise<void> {
    while (!this.#isStopped) {
      await act();
      await this.#sleep(ms);
    }
  }

  /** Sleeps, or until `wake` is called. `arm` gets what wakes it. */
  async #pause(ms: number, arm: (wake: () => void) => void): Promise<void> {
    const woken = new AbortController();
    arm(() => woken.abort(new Error('woken')));
    await this.#ports.clock.sleep(ms, AbortSignal.any([woken.signal, this.#stopping.signal])).catch(() => undefined);
  }

  async #watch(watched: WatchedCheck, offsetMs: number): Promise<void> {
    const { clock } = this.#ports;
    await this.#sleep(offsetMs);
    let dueAt = clock.now();
    while (!this.#isStopped) {
      await this.#look(watched);
      for (let count = 0; count < watched.confirmations && this.#isSuspect(watched.name); count += 1) {
        this.#wakeDeploy.get(watched.groupName ?? '')?.();
        await this.#sleep(watched.confirmAfterMs);
        if (!this.#isStopped) await this.#look(watched);
      }
      // What was missed is not made up for.
      dueAt = Math.max(dueAt + watched.everyMs, clock.now());
      await this.#sleep(dueAt - clock.now());
    }
  }

  #isSuspect(name: string): boolean {
    return this.#subjects.get(name)?.state?.status === 'suspect';
  }

  async #look(watched: WatchedCheck): Promise<void> {
    const result = await runCheck(watched.check, this.#ports, this.#stopping.signal);
    if (this.#isStopped) return;
    const { at } = result.result;
    const seen = siteSight(result);
    const sight = seen.kind === 'bad' && !(await this.#hasNetwork()) ? { ...seen, kind: 'cutOff' as const } : seen;
    if (this.#isStopped) return;
    this.#noteCutOff(sight.kind);
    const look = describeLook(result, sight);
    const certificateExpiresAt = result.result.certificate?.expiresAt;
    this.#ports.history.append(watched.name, look);
    this.#tell({ kind: 'looked', check: watched.name, look, certificateExpiresAt });
    this.#note(watched.name, sight, at, watched.confirmations, look);
    if (watched.certificateDaysLeast === undefined) return;
    const certificate = certificateSight(result);
    // Days are counted the same twice: there is nothing to confirm.
    if (certificate !== undefined) this.#note(certificateNameOf(watched.name), certificate, at, 0);
  }

  #note(name: string, sight: Sight, at: number, confirmations: number, look?: Look): void {
    const subject = this.#subjects.get(name);
    if (subject === undefined) return;
    const before = subject.state?.status;
    subject.state = advancePlace(subject.state, sight, at, { confirmations });
    subject.lastLook = look ?? subject.lastLook;
    if (subject.state.status !== before) this.#wakeReport();
    this.#judge(subject, this.#ports.clock.now());
  }

  /** Whether any control target answers. Without one, our own network is taken to be well. */
  #hasNetwork(): Promise<boolean> {
    const { control } = this.#configuration;
    const now = this.#ports.clock.now();
    if (control.length === 0) return Promise.resolve(true);
    if (this.#control === undefined || now - this.#control.at > controlFreshMs)
      this.#control = { at: now, answer: this.#askControl(control) };
    return this.#control.answer;
  }

  async #askControl(control: readonly string[]): Promise<boolean> {
    const timeoutMs = Math.min(...this.#configuration.checks.map(({ check }) => check.timeoutMs ?? 10_000));
    const answers = control.map(async (url) => {
      const check = { name: url, request: { url, method: 'HEAD' }, timeoutMs };
      const { result } = await runCheck(check, this.#ports, this.#stopping.signal);
      // A connection alone is not enough: what cuts us off may take it, and end it.
      if (result.kind === 'failure') throw new Error(url);
    });
    return Promise.any(answers).then(
      () => true,
      () => false,
    );
  }

  #noteCutOff(kind: Sight['kind']): void {
    const isCutOff = kind === 'cutOff';
    if (isCutOff === this.#isCutOff) return;
    this.#isCutOff = isCutOff;
    this.#tell({ kind: 'cutOff', isCutOff });
  }

  #judgeAll(): void {
    const now = this.#ports.clock.now();
    for (const { name, isHeard } of this.#places.others(now)) {
      if (isHeard === this.#heard.has(name)) continue;
      if (isHeard) this.#heard.add(name);
      else this.#heard.delete(name);
      this.#tell({ kind: 'place', place: name, isHeard });
    }
    for (const subject of this.#subjects.values()) this.#judge(subject, now);
  }

  #judge(subject: Subject, now: number): void {
    const { agreement, alerts } = this.#configuration;
    const reports = [...this.#ownReport(subject, now), ...this.#places.reportsOf(subject.name)];
    subject.verdict = judgeReports(reports, { ...agreement, silentAfterMs }, now);
    const window = this.#plannedWork(subject, now);
    const before = subject.incident;
    const step = advanceIncident(before, subject.name, subject.verdict, now, {
      ...alerts,
      isQuiet: window !== undefined,
      elsewhere: subject.isTeller ? undefined : this.#places.toldIncident(subject.name, now),
    });
    subject.incident = step.state;
    for (const alert of step.alerts) this.#alert(subject, alert);
    this.#stepIn(subject, now);
    // After its alerts: a kill in between sends one twice rather than never.
    if (isNews(before, step.state)) {
      this.#ports.stateLog.noteState(subject.name, step.state);
      this.#wakeReport();
    }
    if (window !== undefined && before.kind === 'well' && step.state.kind === 'open')
      this.#tell({ kind: 'quiet', check: subject.name, note: window.note });
  }

  // We hear ourselves at once; but a check that has not been looked at for long says nothing of now.
  #ownReport({ state, watched }: Subject, now: number): PlaceReport[] {
    if (state === undefined || now - state.at > 3 * watched.everyMs + silentAfterMs) return [];
    const { status, downSince, trouble } = state;
    return [{ place: this.#configuration.place, status, heardAt: now, downSince, trouble }];
  }

  #plannedWork({ watched }: Subject, now: number) {
    return this.#configuration.maintenance.find(
      ({ from, until, checks }) => from <= now && now < until && (checks?.includes(watched.writtenName) ?? true),
    );
  }

  #alert(subject: Subject, alert: Alert): void {
    const own = { sends: this.#ports.channels.length > 0, isCutOff: this.#isCutOff };
    const senders = this.#places.sendersBefore(own, alert.at);
    const isSender = senders?.length === 0;
    subject.isTeller = isSender && alert.kind !== 'recovered';
    subject.waiting =
      senders === undefined || isSender
        ? undefined
        : { alert, senders, dueAt: alert.at + senders.length * stepInAfterMs(alert) };
    const context = this.#contextOf(subject.watched, alert);
    this.#tell({ kind: 'alert', alert, isSender, context });
    if (isSender) this.#send(alert, context);
  }

  // The place that should send may be gone: an alert is rather sent twice than never.
  #stepIn(subject: Subject, now: number): void {
    const { waiting } = subject;
    if (waiting === undefined) return;
    const { alert, senders, dueAt } = waiting;
    const isSent =
      alert.kind === 'began'
        ? this.#places.toldIncident(subject.name, now) !== undefined
        : this.#places.wasHeardSince(senders, alert.at);
    if (!isSent && now < dueAt) return;
    subject.waiting = undefined;
    if (isSent) return;
    subject.isTeller = alert.kind !== 'recovered';
    const context = this.#contextOf(subject.watched, alert);
    this.#tell({ kind: 'alert', alert, isSender: true, context });
    this.#send(alert, context);
    this.#wakeReport();
  }

  #send(alert: Alert, context: AlertContext): void {
    const { title, text } = this.#ports.tell(alert, context);
    this.#deliveries.send({ id: alert.id, title, text, at: alert.at, document: { ...alert, ...context } });
  }

  #contextOf({ check, groupName }: WatchedCheck, { incident }: Alert): AlertContext {
    const deploys = [...this.#deploys.values()].filter((deploy) => deploy.groupName === groupName);
    return {
      place: this.#configuration.place,
      url: withoutQuery(check.request.url),
      deploy: findDeploy(deploys, incident.beganAt, deployWithinMs),
      underWay: deploys.filter(({ outcome }) => outcome === undefined),
    };
  }

  async #keepReporting(): Promise<void> {
    let [missing, sentAt] = ['', 0];
    while (!this.#isStopped) {
      const checks = [...this.#subjects.values()].flatMap(({ name, state, incident, isTeller }) =>
        state === undefined ? [] : [{ name, state, incident, isTeller }],
      );
      // Later than the last one, though both may be of one millisecond (W11).
      sentAt = Math.max(this.#ports.clock.now(), sentAt + 1);
      const terms = { sentAt, sends: this.#ports.channels.length > 0 };
      let isAwake = false;
      this.#wakeReport = () => {
        isAwake = true;
      };
      const failed = await this.#places.send(
        writeReport(this.#configuration.place, checks, terms),
        this.#stopping.signal,
      );
      if (this.#isStopped) return;
      if (failed.join() !== missing) this.#tell({ kind: 'unreported', places: failed });
      missing = failed.join();
      // Something changed meanwhile: the others must know at once.
      await this.#pause(isAwake ? 10 : reportEveryMs, (wake) => {
        this.#wakeReport = wake;
      });
    }
  }

  async #followDeploys(groupName: string): Promise<void> {
    while (!this.#isStopped) {
      try {
        const deploy = await this.#ports.readDeploy?.(groupName, this.#stopping.signal);
        const before = this.#deploys.get(groupName);
        if (deploy !== undefined) this.#deploys.set(groupName, deploy);
        if (deploy !== undefined && (deploy.rolloutId !== before?.rolloutId || deploy.outcome !== before.outcome))
          this.#tell({ kind: 'deploy', deploy });
      } catch (error) {
        if (!this.#isStopped) this.#tell({ kind: 'deployUnread', groupName, error });
      }
      await this.#pause(deployEveryMs, (wake) => this.#wakeDeploy.set(groupName, wake));
    }
  }

  // Silence is the alarm: nothing is sent while this place cannot tell whether its checks are well.
  async #reassure(url: string): Promise<void> {
    const isBlind = [...this.#subjects.values()].some(({ verdict }) => verdict.kind === 'unknown');
    if (isBlind || this.#isCutOff) return;
    const check = { name: "dead man's switch", request: { url }, timeoutMs: 10_000 };
    await runCheck(check, this.#ports, this.#stopping.signal);
  }

  #tell(event: WatchEvent): void {
    this.#ports.onEvent?.(event);
  }
}

const unheard: Verdict = { kind: 'unknown', silent: [] };

function isNews(before: IncidentState, after: IncidentState): boolean {
  if (before.kind !== 'open' || after.kind !== 'open') return before !== after;
  return (
    before.toldAt !== after.toldAt ||
    before.wellSince !== after.wellSince ||
    before.incident.flapCount !== after.incident.flapCount
  );
}

function describeLook({ result }: CheckResult, sight: Sight): Look {
  const { at, durationMs, phases } = result;
  const outcome = sight.kind;
  const common = { at, durationMs, phases, outcome };
  if (result.kind === 'failure') return { ...common, phase: result.phase, code: result.code };
  const code = sight.kind === 'good' ? undefined : codeOf(sight.trouble);
  return { ...common, statusCode: result.statusCode, ...(code === undefined ? {} : { code }) };
}

function codeOf(trouble: Trouble): string | undefined {
  return trouble.kind === 'mismatch' ? trouble.codes[0] : undefined;
}

// A query may hold a token.
function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
