// World: a small model of one Auto Scaling group behind target groups, for tests of this package only. Its rules are those of
// AWS that a rollout depends on: Standby, detaching and their limits, desired capacity, one-pass admission, draining, a launch
// template whose alias is resolved at launch. It is the truth; observations may be stale.
import { type PlainForward, weightsOf } from '../canary-plan.js';
import type { Act } from '../decision.js';
import { DirectrixError } from '../error.js';
import type { RequestAnswer } from '../gates/request-answer.js';
import type {
  ActivityObservation,
  ForwardObservation,
  InstanceObservation,
  Observation,
  TargetObservation,
  TrafficCounts,
  VersionReport,
} from '../observation.js';

/** How instances of one launch template version behave. */
export interface Behaviour {
  readonly version: string;
  readonly imageId: string;
  readonly bootMs: number;
  readonly healthyAfterMs: number;
  /** Never passes a check. */
  readonly isSick?: boolean;
  /** Healthy for so long after its first check, then not. */
  readonly failsAfterMs?: number;
  /** The machine ends by itself so long after its launch. */
  readonly diesAfterMs?: number;
  /** What it reports instead of `version`. */
  readonly reports?: string;
  readonly isSilent?: boolean;
  readonly launchError?: string;
  /** The share of users' requests that fail, whatever its health checks say. */
  readonly failing?: number;
  /** It passes its checks, and fails every request from so long after it was registered. */
  readonly failingAfterMs?: number;
  readonly answerMs?: number;
}

export interface Machine {
  readonly id: string;
  readonly templateVersion: string;
  readonly zone: string;
  readonly launchedAt: number;
  state: string;
  stateSince: number;
  isRunning: boolean;
  isBroken: boolean;
  registeredAt: number | undefined;
  /** In no target group: somebody took it out, or nobody put it in. */
  isDeregistered?: boolean;
  /** EC2's code, where somebody ended it there. */
  stateReason?: string;
}

export interface WorldOptions {
  readonly desired: number;
  readonly min: number;
  readonly max: number;
  readonly pin?: string;
  readonly targetGroupCount?: number;
  readonly drainMs?: number;
  readonly old?: Partial<Behaviour>;
  readonly release: Partial<Behaviour>;
  readonly suspended?: readonly string[];
  /** Which member a shrinking group ends. Default: the oldest. */
  readonly victim?: 'oldest' | 'newest' | 'any';
  /** The image of the present release was deregistered: AWS refuses to point the group at it. */
  readonly isOldImageGone?: boolean;
  /** A launch lifecycle hook holds each new instance for so long. */
  readonly hookMs?: number;
  readonly zoneCount?: number;
  /** Default 5 s. */
  readonly healthCheckIntervalMs?: number;
  /** AWS refuses a rule of the listener. */
  readonly isListenerTheirs?: boolean;
  /** EC2 launches nothing outside of the group. */
  readonly hasNoSpare?: boolean;
  /** CloudWatch has no minute of the canary. */
  readonly isUncounted?: boolean;
  /** AWS refuses to change an action of the listener. */
  readonly isActionTheirs?: boolean;
}

/** How the listener leads users' requests on before the rollout. */
export const originalForward = {
  kind: 'forward',
  targetGroups: [{ targetGroupArn: 'arn:0', weight: 7 }],
  order: 1,
  stickiness: { isEnabled: true, durationSeconds: 300 },
} as const satisfies ForwardObservation;

/** What takes longer is slow: the 95th percentile of what serves is 30 ms. */
export const slowMs = 280;

const shadowArn = 'arn:shadow';

function structuredCopy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

export const goodVersion = '7';

/** Nothing is wrong with it: it must ship. */
export function isGood(release: Partial<Behaviour>): boolean {
  return Object.keys(release).length === 0;
}

export class World {
  now = 1_000_000_000;
  min: number;
  max: number;
  desired: number;
  pin: string;
  latest = goodVersion;
  defaultVersion = goodVersion;
  readonly suspended: Set<string>;
  readonly machines = new Map<string, Machine>();
  readonly detached = new Map<string, Machine>();
  /** Outside of the group: tried, and not ended. */
  readonly outside = new Map<string, Machine>();
  /** The shadow target group and its rule are there. */
  shadow: { readonly registered: Map<string, number> } | undefined;
  /** How the listener leads users' requests on. */
  forward: ForwardObservation = structuredCopy(originalForward);
  /** When the shadow target group last got users' requests. */
  ledAt: number | undefined;
  /** Users' requests of each whole minute, by target group. */
  readonly minutes = new Map<number, { readonly canary: TrafficCounts; readonly stable: TrafficCounts }>();
  /** Somebody deletes it. */
  isShadowGone = false;
  readonly templates = new Map<string, Behaviour>();
  readonly activities: ActivityObservation[] = [];
  /** What the group would want if we had never come: the truth behind S6. */
  theirs: number;
  createdBy = new Map<string, string>();
  private sequence = 0;
  private isForwardForeign = false;
  private readonly ordinals = new Map<string, number>();
  private newestVersion = Number(goodVersion);
  /** Settable: what happens to a group behind our back. */
  groupArn = 'arn:aws:autoscaling:us-west-2:1:autoScalingGroup:1:autoScalingGroupName/web';
  launchTemplateId = 'lt-1';
  /** Target groups that were deleted half-way, by index. */
  readonly goneTargetGroups = new Set<number>();
  readonly options: WorldOptions;
  mendedVersion: string | undefined;
  /** Somebody changed the listener: no rule leads to the target groups. */
  isUnrouted = false;
  /** Which member goes when any may. */
  chooseVictim: (machines: readonly Machine[]) => Machine | undefined = (machines) => machines[0];
  private readonly drainMs: number;
  private readonly targetGroupCount: number;
  private readonly release: Behaviour;

  constructor(options: WorldOptions) {
    this.options = options;
    this.min = options.min;
    this.max = options.max;
    this.desired = options.desired;
    this.theirs = options.desired;
    this.pin = options.pin ?? '$Latest';
    this.suspended = new Set(options.suspended ?? []);
    this.drainMs = options.drainMs ?? 10_000;
    this.targetGroupCount = options.targetGroupCount ?? 1;
    const usual = { version: '1.0', imageId: 'ami-old', bootMs: 8_000, healthyAfterMs: 6_000 };
    this.templates.set(goodVersion, { ...usual, ...options.old });
    this.release = { ...usual, version: '2.0', imageId: 'ami-new', ...options.release };
    for (let index = 0; index < options.desired; index += 1) this.seedOld();
  }

  private seedOld(): void {
    const machine = this.launch(goodVersion);
    machine.state = 'InService';
    machine.registeredAt = this.now - 3_600_000;
    machine.stateSince = this.now - 3_600_000;
  }

  // ------------------------------------------------------------------------------------------------------------------ time

  advance(ms: number): void {
    const end = this.now + ms;
    while (this.now < end) {
      this.now = Math.min(end, this.now + 1_000);
      this.turn();
    }
  }

  private turn(): void {
    for (const machine of [...this.machines.values()]) this.move(machine);
    for (const machine of this.outside.values()) this.moveOutside(machine);
    this.replaceUnhealthy();
    this.meetDesired();
  }

  private move(machine: Machine): void {
    const waited = this.now - machine.stateSince;
    const behaviour = this.behaviourOf(machine);
    if (behaviour.diesAfterMs !== undefined && this.now - machine.launchedAt >= behaviour.diesAfterMs)
      machine.isRunning = false;
    const hookMs = machine.registeredAt === undefined ? (this.options.hookMs ?? 0) : 0;
    if (hookMs > 0 && machine.state === 'Pending' && waited >= behaviour.bootMs) {
      this.setState(machine, 'Pending:Wait');
    } else if (machine.state === 'Pending:Wait' && waited >= hookMs) {
      this.enterService(machine);
    } else if (
      machine.state === 'Pending' &&
      waited >= (machine.registeredAt === undefined ? behaviour.bootMs : 1_000)
    ) {
      this.enterService(machine);
    } else if (machine.state === 'EnteringStandby' && waited >= this.drainMs) {
      this.setState(machine, 'Standby');
    } else if (machine.state === 'Terminating' && waited >= this.drainMs) {
      this.machines.delete(machine.id);
    } else if (machine.state === 'Detaching' && waited >= this.drainMs) {
      this.machines.delete(machine.id);
      this.detached.set(machine.id, machine);
    }
  }

  private enterService(machine: Machine): void {
    this.setState(machine, 'InService');
    machine.registeredAt = this.now;
    // What was launched meanwhile is never added later.
    machine.isDeregistered = this.suspended.has('AddToLoadBalancer');
  }

  private moveOutside(machine: Machine): void {
    const behaviour = this.behaviourOf(machine);
    const age = this.now - machine.launchedAt;
    if (machine.state === 'pending' && age >= behaviour.bootMs) this.setState(machine, 'running');
    if (behaviour.diesAfterMs !== undefined && age >= behaviour.diesAfterMs) this.setState(machine, 'terminated');
  }

  private replaceUnhealthy(): void {
    if (this.suspended.has('ReplaceUnhealthy')) return;
    const unhealthy = this.listLive().find(
      (machine) => machine.state === 'InService' && this.now - machine.stateSince > 60_000 && !this.isServing(machine),
    );
    if (unhealthy === undefined) return;
    const by = unhealthy.isRunning
      ? 'ELB system health check failure'
      : 'EC2 health check indicating it has been terminated or stopped';
    this.endMachine(unhealthy, `was taken out of service in response to an ${by}`);
  }

  private meetDesired(): void {
    if (this.suspended.has('Launch')) return;
    const missing = this.desired - this.listLive().length;
    for (let index = 0; index < missing; index += 1) this.launchOne();
    for (let index = missing; index < 0; index += 1) {
      const inService = this.listLive().filter((machine) => machine.state === 'InService');
      const victim = this.pickVictim(inService);
      if (victim !== undefined) {
        this.endMachine(
          victim,
          'was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity',
        );
      }
    }
  }

  private pickVictim(machines: readonly Machine[]): Machine | undefined {
    if (this.options.victim === 'newest') return machines.at(-1);
    return this.options.victim === 'any' ? this.chooseVictim(machines) : machines[0];
  }

  private launchOne(): void {
    const version = this.resolve(this.pin);
    if (!this.templates.has(version)) {
      const text = `Could not find the specified version ${version} for the launch template with ID lt-1. Launching EC2 instance failed.`;
      this.tell('Failed', 'Launching a new EC2 instance', 'an instance was started', text);
      return;
    }
    const { launchError } = this.templates.get(version) ?? this.release;
    if (launchError === undefined) this.launch(version);
    else this.tell('Failed', 'Launching a new EC2 instance', 'an instance was started', launchError);
  }

  private launch(templateVersion: string): Machine {
    this.sequence += 1;
    const machine: Machine = {
      id: `i-${String(this.sequence).padStart(4, '0')}`,
      templateVersion,
      zone: this.emptiestZone(),
      launchedAt: this.now,
      state: 'Pending',
      stateSince: this.now,
      isRunning: true,
      isBroken: false,
      registeredAt: undefined,
    };
    this.machines.set(machine.id, machine);
    return machine;
  }

  /** As Auto Scaling does: where the fewest are. */
  private emptiestZone(): string {
    const zones = Array.from({ length: this.options.zoneCount ?? 3 }, (_, index) => `us-west-2${'abcdef'[index]}`);
    const countIn = (zone: string) => this.listLive().filter((machine) => machine.zone === zone).length;
    return zones.reduce((best, zone) => (countIn(zone) < countIn(best) ? zone : best));
  }

  private setState(machine: Machine, state: string): void {
    machine.state = state;
    machine.stateSince = this.now;
  }

  endMachine(machine: Machine, cause: string): void {
    this.setState(machine, 'Terminating');
    this.tell('Successful', `Terminating EC2 instance: ${machine.id}`, `an instance ${cause}`);
  }

  private tell(statusCode: string, description: string, cause: string, statusMessage?: string): void {
    this.activities.unshift({
      activityId: `activity-${this.activities.length}`,
      statusCode,
      description,
      cause,
      statusMessage,
      startedAt: this.now,
    });
  }

  // ----------------------------------------------------------------------------------------------------------------- truth

  resolve(version: string): string {
    if (version === '$Latest') return this.latest;
    return version === '$Default' ? this.defaultVersion : version;
  }

  behaviourOf(machine: Machine): Behaviour {
    const behaviour = this.templates.get(machine.templateVersion) ?? this.release;
    return behaviour;
  }

  listLive(): Machine[] {
    return [...this.machines.values()].filter(({ state }) => state.startsWith('Pending') || state === 'InService');
  }

  isNew({ templateVersion }: Machine): boolean {
    return templateVersion !== goodVersion && templateVersion !== this.mendedVersion;
  }

  targetState(machine: Machine): string {
    const { registeredAt } = machine;
    if (machine.state !== 'InService' || registeredAt === undefined) return 'unused';
    if (machine.isDeregistered === true || this.isUnrouted) return 'unused';
    const behaviour = this.behaviourOf(machine);
    const age = this.now - registeredAt;
    if (machine.isBroken || !machine.isRunning) return 'unhealthy';
    if (behaviour.isSick === true) return age > 15_000 ? 'unhealthy' : 'initial';
    const wait = machine.launchedAt < registeredAt - behaviour.bootMs - 1 ? 2_000 : behaviour.healthyAfterMs;
    if (age < wait) return 'initial';
    if (behaviour.failsAfterMs !== undefined && age >= wait + behaviour.failsAfterMs) return 'unhealthy';
    return 'healthy';
  }

  private proofState(machine: Machine): string | undefined {
    const registeredAt = this.shadow?.registered.get(machine.id);
    if (registeredAt === undefined || this.isShadowGone) return undefined;
    return this.targetState({ ...machine, state: 'InService', registeredAt, isRunning: machine.state === 'running' });
  }

  private observeProof(machine: Machine | undefined): Observation['proof'] {
    if (machine === undefined) return undefined;
    const state = this.proofState(machine);
    return {
      instanceId: machine.id,
      instanceState: machine.state,
      imageId: this.behaviourOf(machine).imageId,
      privateDnsName: `${machine.id}.internal`,
      targetGroupName: 'directrix-shadow',
      ...(this.isShadowGone ? { isTargetGroupGone: true } : {}),
      ...(state === undefined ? {} : { target: describeTarget(machine.id, state) }),
      answers: state === 'healthy' ? this.answerProof(machine) : [],
    };
  }

  private outsideOf(ordinal: number): Machine | undefined {
    return [...this.outside.values()].find(({ id }) => (this.ordinals.get(id) ?? 0) === ordinal);
  }

  /** The share of users' requests that goes to the shadow target group. */
  get canaryShare(): number {
    const { forward } = this;
    if (forward.kind === 'other') return 0;
    const total = forward.targetGroups.reduce((sum, { weight = 1 }) => sum + weight, 0);
    const canary = forward.targetGroups.find(({ targetGroupArn }) => targetGroupArn === shadowArn)?.weight ?? 0;
    return total === 0 ? 0 : canary / total;
  }

  /** Who answers what goes to the shadow target group: the healthy ones, or all where none is. */
  listCanaries(): readonly Machine[] {
    const running = [...this.outside.values(), ...this.machines.values()].filter(
      (machine) => this.shadow?.registered.has(machine.id) === true && machine.state !== 'terminated',
    );
    const healthy = running.filter((machine) => this.proofState({ ...machine, state: 'running' }) === 'healthy');
    return healthy.length > 0 ? healthy : running;
  }

  countTraffic(isCanary: boolean, isFailed: boolean, isSlow: boolean): void {
    const at = Math.floor(this.now / 60_000) * 60_000;
    const none = { requests: 0, failures: 0, slow: 0 };
    const minute = this.minutes.get(at) ?? { canary: none, stable: none };
    const which = isCanary ? 'canary' : 'stable';
    const { requests, failures, slow = 0 } = minute[which];
    const counted = { requests: requests + 1, failures: failures + Number(isFailed), slow: slow + Number(isSlow) };
    this.minutes.set(at, { ...minute, [which]: counted });
  }

  /** CloudWatch has a minute one minute after it ended. */
  private observeTraffic(): Observation['traffic'] {
    const minutes = [...this.minutes]
      .filter(([at]) => at + 120_000 <= this.now && this.options.isUncounted !== true)
      .map(([at, minute]) => ({ at, ...minute }));
    return { minutes, stableP95Ms: 30 };
  }

  private answerProof(machine: Machine): RequestAnswer[] {
    const { version, reports, isSilent, failing = 0, failingAfterMs, answerMs = 40 } = this.behaviourOf(machine);
    const registeredAt = this.shadow?.registered.get(machine.id) ?? this.now;
    const isLate = failingAfterMs !== undefined && this.now - registeredAt >= failingAfterMs;
    const answer = { at: this.now, path: '/', durationMs: answerMs, isConnected: true };
    const says = isSilent === true ? {} : { version: reports ?? version, fqdn: `${machine.id}.internal` };
    // Of three: as many fail as their share says.
    const failures = isLate ? 3 : Math.round(failing * 3);
    // They are counted in the target group, as users' requests are.
    for (const index of [0, 1, 2]) this.countTraffic(true, index < failures, answerMs > slowMs);
    return [0, 1, 2].map((index) => ({ ...answer, ...says, statusCode: index < failures ? 500 : 200 }));
  }

  isServing(machine: Machine): boolean {
    return this.targetState(machine) === 'healthy';
  }

  listServing(): Machine[] {
    return [...this.machines.values()].filter((machine) => this.isServing(machine));
  }

  observe(reportsFor: readonly string[]): Observation {
    const instances: InstanceObservation[] = [...this.machines.values()].map((machine) => ({
      instanceId: machine.id,
      lifecycleState: machine.state,
      healthStatus: 'Healthy',
      availabilityZone: machine.zone,
      launchTemplateVersion: machine.templateVersion,
      imageId: this.behaviourOf(machine).imageId,
      instanceState: machine.isRunning ? 'running' : 'terminated',
      ...(machine.stateReason === undefined ? {} : { stateReason: machine.stateReason }),
      privateDnsName: `${machine.id}.internal`,
      launchedAt: machine.launchedAt,
      isProtectedFromScaleIn: false,
    }));
    const targets: TargetObservation[] = [...this.machines.values()]
      .filter(({ state, isDeregistered }) => state === 'InService' && isDeregistered !== true)
      .map((machine) => describeTarget(machine.id, this.targetState(machine)));
    return {
      at: this.now,
      group: {
        name: 'web',
        minSize: this.min,
        maxSize: this.max,
        desiredCapacity: this.desired,
        groupArn: this.groupArn,
        availabilityZones: Array.from(
          { length: this.options.zoneCount ?? 3 },
          (_, index) => `us-west-2${'abcdef'[index]}`,
        ),
        launchTemplate: { launchTemplateId: this.launchTemplateId, launchTemplateName: 'web', version: this.pin },
        healthCheckType: 'ELB',
        healthCheckGracePeriodMs: 120_000,
        suspendedProcesses: [...this.suspended],
        instances,
        activities: [...this.activities],
      },
      targetGroups: Array.from({ length: this.targetGroupCount }, (_, index) => ({
        targetGroupArn: `arn:${index}`,
        name: index === 0 ? 'web' : `web-${index}`,
        healthCheckIntervalMs: this.options.healthCheckIntervalMs ?? 5_000,
        healthyThresholdCount: 2,
        deregistrationDelayMs: this.drainMs,
        ...(this.goneTargetGroups.has(index) ? { targets: [], unreadable: goneFailure } : { targets }),
      })),
      launchTemplate: { latestVersion: this.latest, defaultVersion: this.defaultVersion },
      detached: [...this.detached.values()].map(({ id }) => ({ instanceId: id, instanceState: 'running' })),
      reports: this.report(reportsFor),
      proof: this.observeProof(this.outsideOf(0)),
      canaries: [...this.outside.values()].flatMap((machine) =>
        machine === this.outsideOf(0) ? [] : (this.observeProof(machine) ?? []),
      ),
      forward: structuredCopy(this.forward),
      traffic: this.observeTraffic(),
    };
  }

  private report(reportsFor: readonly string[]): VersionReport[] {
    return reportsFor.flatMap((instanceId) => {
      const machine = this.machines.get(instanceId);
      if (machine === undefined || !this.isServing(machine)) return [];
      const { version, reports, isSilent } = this.behaviourOf(machine);
      if (isSilent === true) return [];
      return [
        {
          at: this.now,
          instanceId,
          fqdn: `${instanceId}.internal`,
          version: reports ?? version,
          status: 'OK',
          statusCode: 200,
        },
      ];
    });
  }

  // ----------------------------------------------------------------------------------------------------------------- hands

  /** One decision, as packages/aws would apply it: idempotent, in calls of at most `idsPerCall` ids; `fail` may throw between. */
  apply(act: Act, rolloutId: string, fail: () => void): Readonly<Record<string, unknown>> | undefined {
    const result = this.applyOne(act, rolloutId, fail);
    // Auto Scaling acts on a change at once, not when we look next.
    this.meetDesired();
    return result;
  }

  private applyOne(act: Act, rolloutId: string, fail: () => void): Readonly<Record<string, unknown>> | undefined {
    switch (act.kind) {
      case 'pinLaunchTemplate':
        if (!act.version.startsWith('$') && !this.templates.has(act.version))
          throw awsError(`version ${act.version} does not exist`);
        if (this.options.isOldImageGone === true && this.resolve(act.version) === goodVersion)
          throw awsError("You must use a valid fully-formed launch template. The image id '[ami-old]' does not exist");
        this.pin = act.version;
        return undefined;
      case 'createLaunchTemplateVersion':
        return { launchTemplateVersion: this.createVersion(rolloutId) };
      case 'deleteLaunchTemplateVersion':
        this.deleteVersion(act.version);
        return undefined;
      case 'setDefaultLaunchTemplateVersion':
        this.defaultVersion = act.version;
        return undefined;
      case 'suspendProcesses':
        for (const name of act.processes) this.suspended.add(name);
        return undefined;
      case 'resumeProcesses':
        for (const name of act.processes) this.suspended.delete(name);
        return undefined;
      case 'setSizes':
        this.setSizes(act);
        return undefined;
      case 'enterStandby':
        this.refuseUnless(act.ifDesiredCapacity ?? this.desired);
        this.eachId(act.instanceIds, fail, (machine) => this.enterStandby(machine));
        return undefined;
      case 'exitStandby':
        this.eachId(act.instanceIds, fail, (machine) => this.exitStandby(machine));
        return undefined;
      case 'quarantine':
        this.eachId(act.instanceIds, fail, (machine) => this.detach(machine));
        return undefined;
      case 'terminate':
        this.eachId(act.instanceIds, fail, (machine) => this.terminate(machine, act.decrement));
        return undefined;
      case 'openShadow':
        if (this.options.isListenerTheirs === true) throw deniedError('elasticloadbalancing:CreateRule');
        this.shadow ??= { registered: new Map() };
        return { targetGroupArn: shadowArn };
      case 'closeShadow':
        if (this.canaryShare > 0) throw awsError('Target group is currently in use by a listener or a rule');
        this.shadow = undefined;
        return undefined;
      case 'launchProof':
        return { instanceId: this.launchProof(act) };
      case 'setForward':
        this.setForward(act);
        return undefined;
      case 'restoreForward':
        return this.restoreForward(act);
      case 'registerProof':
        if (this.outside.get(act.instanceId)?.state !== 'running') throw awsError('not in a running state');
        if (!this.shadow?.registered.has(act.instanceId)) this.shadow?.registered.set(act.instanceId, this.now);
        return undefined;
      case 'attach':
        for (const id of act.instanceIds) this.attach(id);
        return undefined;
      case 'endProof':
        return this.endProof(act);
    }
  }

  private eachId(ids: readonly string[], fail: () => void, each: (machine: Machine) => void): void {
    ids.forEach((id, index) => {
      if (index > 0) fail();
      const machine = this.machines.get(id);
      if (machine !== undefined) each(machine);
    });
  }

  /** Found again where it was launched before, as AWS finds it by its token. */
  private launchProof(act: Extract<Act, { readonly kind: 'launchProof' }>): string {
    const { launchTemplateVersion: templateVersion, availabilityZone: zone, ordinal = 0 } = act;
    const known = this.outsideOf(ordinal);
    if (known !== undefined) return known.id;
    if (this.options.hasNoSpare === true) throw awsError('We currently do not have sufficient t3.micro capacity.');
    const { launchError } = this.templates.get(templateVersion) ?? this.release;
    if (launchError !== undefined) throw awsError(launchError);
    const machine = this.launch(templateVersion);
    this.machines.delete(machine.id);
    machine.state = 'pending';
    this.outside.set(machine.id, { ...machine, zone });
    this.ordinals.set(machine.id, ordinal);
    return machine.id;
  }

  private setForward({ share, original }: Extract<Act, { readonly kind: 'setForward' }>): void {
    if (this.options.isActionTheirs === true) throw deniedError('elasticloadbalancing:ModifyListener');
    if (this.shadow === undefined) throw awsError('One or more target groups not found');
    if (!this.isForwardOurs(original)) throw conflictError();
    const { canary, stable } = weightsOf(share);
    this.forward = {
      ...(this.forward.kind === 'forward' ? this.forward : originalForward),
      targetGroups: [
        { targetGroupArn: original.targetGroupArn, weight: stable },
        { targetGroupArn: shadowArn, weight: canary },
      ],
    };
  }

  /** Whether it is as it was, or leads to the shadow target group because of the rollout. */
  private isForwardOurs(original: PlainForward): boolean {
    const { forward } = this;
    if (forward.kind === 'other' || this.isForwardForeign) return false;
    return forward.targetGroups.every(({ targetGroupArn }) =>
      [original.targetGroupArn, shadowArn].includes(targetGroupArn),
    );
  }

  private restoreForward({ original }: Extract<Act, { readonly kind: 'restoreForward' }>) {
    const { forward } = this;
    if (this.canaryShare > 0) this.ledAt = this.now;
    if (this.isForwardOurs(original)) {
      const { targetGroupArn, weight } = original;
      this.forward = { ...(forward as typeof originalForward), targetGroups: [{ targetGroupArn, weight }] };
      return { isTheirs: false };
    }
    if (forward.kind === 'forward')
      this.forward = {
        ...forward,
        targetGroups: forward.targetGroups.filter(({ targetGroupArn }) => targetGroupArn !== shadowArn),
      };
    return { isTheirs: true };
  }

  private attach(id: string): void {
    if (this.machines.has(id)) return;
    const machine = this.outside.get(id);
    if (machine?.state !== 'running') throw awsError(`${id} is not in correct state`);
    if (this.suspended.has('Launch')) throw awsError('Cannot attach instances while the Launch process is suspended.');
    if (this.desired + 1 > this.max) throw awsError(`attaching would exceed max value ${this.max}`);
    this.outside.delete(id);
    this.desired += 1;
    // It runs already: there is nothing to boot.
    this.machines.set(id, { ...machine, state: 'Pending', stateSince: this.now - 60_000 });
  }

  private endProof({
    instanceId,
    ordinal = 0,
    isKept,
  }: Extract<Act, { readonly kind: 'endProof' }>): Readonly<Record<string, unknown>> {
    if (instanceId !== undefined && this.machines.has(instanceId)) return { found: 1, joined: true };
    const known = instanceId === undefined ? this.outsideOf(ordinal) : this.outside.get(instanceId);
    const found = known === undefined ? [] : [known];
    for (const machine of found) {
      this.outside.delete(machine.id);
      if (isKept) this.detached.set(machine.id, machine);
    }
    return { found: found.length };
  }

  private createVersion(rolloutId: string): string {
    const known = this.createdBy.get(rolloutId);
    if (known !== undefined) return known;
    const version = this.nextVersion();
    this.templates.set(version, this.release);
    this.createdBy.set(rolloutId, version);
    this.latest = version;
    return version;
  }

  /** A number is never given twice. */
  private nextVersion(): string {
    this.newestVersion += 1;
    return String(this.newestVersion);
  }

  private deleteVersion(version: string): void {
    if (version === this.defaultVersion) throw awsError('cannot delete the default version');
    this.templates.delete(version);
    this.latest = String(Math.max(...[...this.templates.keys()].map(Number)));
  }

  private setSizes(act: Extract<Act, { readonly kind: 'setSizes' }>): void {
    const { desiredCapacity, ifDesiredCapacity, minSize, maxSize } = act;
    if (desiredCapacity !== undefined) {
      this.refuseUnless(ifDesiredCapacity);
      if (desiredCapacity > this.max)
        throw awsError(`New SetDesiredCapacity value ${desiredCapacity} is above max value ${this.max}`);
      if (desiredCapacity < this.min)
        throw awsError(`New SetDesiredCapacity value ${desiredCapacity} is below min value ${this.min}`);
      this.tell(
        'Successful',
        'Setting desired capacity',
        `a user request changing the desired capacity from ${this.desired} to ${desiredCapacity}`,
      );
      this.desired = desiredCapacity;
    }
    if (minSize !== undefined) this.min = minSize;
    if (maxSize !== undefined) this.max = maxSize;
    this.desired = Math.min(Math.max(this.desired, this.min), this.max);
    this.meetDesired();
  }

  private refuseUnless(desired: number | undefined): void {
    if (desired !== this.desired)
      throw new DirectrixError('DESIRED_CAPACITY_CHANGED', `DesiredCapacity is ${this.desired}`, { kind: 'conflict' });
  }

  private enterStandby(machine: Machine): void {
    if (machine.state === 'Standby' || machine.state === 'EnteringStandby') return;
    if (machine.state !== 'InService') throw awsError(`${machine.id} is ${machine.state}, not InService`);
    if (!machine.isRunning) throw awsError(`${machine.id} is not running`);
    this.decrement();
    this.setState(machine, 'EnteringStandby');
  }

  private exitStandby(machine: Machine): void {
    if (machine.state === 'InService' || machine.state === 'Pending') return;
    // AWS's words: the Launch process is what brings an instance back, and attaches one.
    if (this.suspended.has('Launch')) throw awsError('Cannot exit standby while the Launch process is suspended.');
    if (machine.state !== 'Standby') throw awsError(`${machine.id} is ${machine.state}, not Standby`);
    if (this.desired + 1 > this.max) throw awsError(`exit would exceed max value ${this.max}`);
    this.desired += 1;
    this.setState(machine, 'Pending');
  }

  private detach(machine: Machine): void {
    if (machine.state === 'Detaching') return;
    if (machine.state !== 'InService') throw awsError(`${machine.id} is ${machine.state}, not InService`);
    this.decrement();
    this.setState(machine, 'Detaching');
  }

  private terminate(machine: Machine, decrement: boolean): void {
    if (machine.state === 'Terminating') return;
    if (decrement) this.decrement();
    this.endMachine(machine, 'was terminated by a user request');
    this.meetDesired();
  }

  private decrement(): void {
    if (this.desired - 1 < this.min) {
      throw awsError(
        `Currently, desiredSize equals minSize (${this.min}). Terminating instance without replacement will violate group's min size constraint.`,
      );
    }
    this.desired -= 1;
  }

  // ------------------------------------------------------------------------------------------------------- foreign actors

  /** Somebody changes the listener: puts it back, shows another page, or leads to a target group of theirs beside what is there. */
  changeListener(how: 'putBack' | 'page' | 'beside' | 'weights'): void {
    const { forward } = this;
    this.isForwardForeign = true;
    if (how === 'putBack') this.forward = structuredCopy(originalForward);
    else if (how === 'page' || forward.kind === 'other') this.forward = { kind: 'other' };
    else if (how === 'weights')
      this.forward = { ...forward, targetGroups: forward.targetGroups.map((each) => ({ ...each, weight: 100 })) };
    else
      this.forward = {
        ...forward,
        targetGroups: [...forward.targetGroups, { targetGroupArn: 'arn:theirs', weight: 5 }],
      };
  }

  /** A scaling policy adds or takes: a difference. */
  scaleBy(delta: number): boolean {
    const value = this.desired + delta;
    if (value < this.min || value > this.max || this.theirs + delta < this.min || this.theirs + delta < 1) return false;
    this.writeDesired(value, 'a monitor alarm load in state ALARM triggered policy scale');
    this.theirs += delta;
    return true;
  }

  /** A person, or Terraform, writes a number and means that number. */
  scaleTo(value: number): boolean {
    if (value === this.desired || value < Math.max(1, this.min) || value > this.max) return false;
    // A lower number is meant as such; a higher one counts in what they saw.
    this.theirs = value < this.desired ? value : this.theirs + value - this.desired;
    this.writeDesired(value, 'a user request explicitly set group desired capacity');
    return true;
  }

  /** Somebody suspends a process. */
  suspendByOthers(name: string): void {
    this.suspended.add(name);
  }

  /** Somebody takes one out of the target groups. */
  deregister(machine: Machine): void {
    machine.isDeregistered = true;
  }

  /** Somebody, who was told, puts them all in again. */
  registerAll(): void {
    for (const machine of this.machines.values()) {
      if (machine.state !== 'InService' || machine.isDeregistered !== true) continue;
      machine.isDeregistered = false;
      machine.registeredAt = this.now;
    }
  }

  /** Somebody changes the listener, and leads it back. */
  route(isLed: boolean): void {
    if (isLed && this.isUnrouted)
      for (const machine of this.machines.values()) if (machine.state === 'InService') machine.registeredAt = this.now;
    this.isUnrouted = !isLed;
  }

  /** Somebody ends one in EC2: TerminateInstances. */
  endInEc2(machine: Machine): void {
    machine.isRunning = false;
    machine.stateReason = 'Client.UserInitiatedShutdown';
  }

  /** Somebody deletes the version that the release is launched from. */
  deleteReleaseVersion(): boolean {
    const version = [...this.createdBy.values()].at(-1);
    if (version === undefined || !this.templates.has(version) || version === this.defaultVersion) return false;
    this.deleteVersion(version);
    return true;
  }

  /** Somebody makes a version with another image of the release before, and points the group at it. */
  mendImage(): void {
    const version = this.nextVersion();
    const good = this.templates.get(goodVersion) ?? this.release;
    this.templates.set(version, { ...good, imageId: 'ami-old-again' });
    this.latest = version;
    this.pin = '$Latest';
    this.mendedVersion = version;
  }

  private writeDesired(value: number, by: string): void {
    this.tell(
      'Successful',
      'Setting desired capacity',
      `${by} changing the desired capacity from ${this.desired} to ${value}`,
    );
    this.desired = value;
    this.meetDesired();
  }
}

const goneFailure = {
  kind: 'missing',
  code: 'AWS_REFUSED',
  awsCode: 'TargetGroupNotFound',
  text: 'One or more target groups not found',
} as const;

function describeTarget(instanceId: string, state: string): TargetObservation {
  if (state === 'unused') return { instanceId, port: 8888, state, reason: 'Target.NotInUse' };
  if (state === 'initial') {
    return {
      instanceId,
      port: 8888,
      state,
      reason: 'Elb.InitialHealthChecking',
      description: 'Initial health checks in progress',
    };
  }
  if (state === 'unhealthy') {
    return {
      instanceId,
      port: 8888,
      state,
      reason: 'Target.ResponseCodeMismatch',
      description: 'Health checks failed with these codes: [502]',
    };
  }
  return { instanceId, port: 8888, state };
}

function deniedError(action: string): Error {
  return new DirectrixError('ACCESS_DENIED', `not allowed: ${action}`, { kind: 'denied', action });
}

function conflictError(): Error {
  return new DirectrixError('FORWARD_CHANGED', "the action is somebody else's", { kind: 'conflict' });
}

function awsError(message: string): Error {
  return new DirectrixError('AWS_REFUSED', message, { awsCode: 'ValidationError' });
}
