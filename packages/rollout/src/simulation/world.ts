// World: a small model of one Auto Scaling group behind target groups, for tests of this package only. Its rules are those of
// AWS that a rollout depends on: Standby, detaching and their limits, desired capacity, one-pass admission, draining, a launch
// template whose alias is resolved at launch. It is the truth; observations may be stale.
import type { Act } from '../ledger.js';
import type {
  ActivityObservation,
  InstanceObservation,
  Observation,
  TargetObservation,
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
}

export const goodVersion = '7';

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
  readonly templates = new Map<string, Behaviour>();
  readonly activities: ActivityObservation[] = [];
  /** What the group would want if we had never come: the truth behind S6. */
  theirs: number;
  createdBy = new Map<string, string>();
  private sequence = 0;
  private readonly drainMs: number;
  private readonly targetGroupCount: number;
  private readonly release: Behaviour;

  constructor(options: WorldOptions) {
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
    this.replaceUnhealthy();
    this.meetDesired();
  }

  private move(machine: Machine): void {
    const waited = this.now - machine.stateSince;
    const behaviour = this.behaviourOf(machine);
    if (behaviour.diesAfterMs !== undefined && this.now - machine.launchedAt >= behaviour.diesAfterMs)
      machine.isRunning = false;
    if (machine.state === 'Pending' && waited >= (machine.registeredAt === undefined ? behaviour.bootMs : 1_000)) {
      this.setState(machine, 'InService');
      machine.registeredAt = this.now;
    } else if (machine.state === 'EnteringStandby' && waited >= this.drainMs) {
      this.setState(machine, 'Standby');
    } else if (machine.state === 'Terminating' && waited >= this.drainMs) {
      this.machines.delete(machine.id);
    } else if (machine.state === 'Detaching' && waited >= this.drainMs) {
      this.machines.delete(machine.id);
      this.detached.set(machine.id, machine);
    }
  }

  private replaceUnhealthy(): void {
    if (this.suspended.has('ReplaceUnhealthy')) return;
    const unhealthy = this.listLive().find(
      (machine) => machine.state === 'InService' && this.now - machine.stateSince > 60_000 && !this.isServing(machine),
    );
    if (unhealthy !== undefined)
      this.endMachine(unhealthy, 'was taken out of service in response to an ELB system health check failure');
  }

  private meetDesired(): void {
    if (this.suspended.has('Launch')) return;
    const missing = this.desired - this.listLive().length;
    for (let index = 0; index < missing; index += 1) this.launchOne();
    for (let index = missing; index < 0; index += 1) {
      const victim = this.listLive().find((machine) => machine.state === 'InService');
      if (victim !== undefined) {
        this.endMachine(
          victim,
          'was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity',
        );
      }
    }
  }

  private launchOne(): void {
    const version = this.resolve(this.pin);
    const { launchError } = this.templates.get(version) ?? this.release;
    if (launchError === undefined) this.launch(version);
    else this.tell('Failed', 'Launching a new EC2 instance', 'an instance was started', launchError);
  }

  private launch(templateVersion: string): Machine {
    this.sequence += 1;
    const machine: Machine = {
      id: `i-${String(this.sequence).padStart(4, '0')}`,
      templateVersion,
      zone: `us-west-2${'abc'[this.sequence % 3]}`,
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
    return [...this.machines.values()].filter(({ state }) => state === 'Pending' || state === 'InService');
  }

  isNew({ templateVersion }: Machine): boolean {
    return templateVersion !== goodVersion;
  }

  targetState(machine: Machine): string {
    const { registeredAt } = machine;
    if (machine.state !== 'InService' || registeredAt === undefined) return 'unused';
    const behaviour = this.behaviourOf(machine);
    const age = this.now - registeredAt;
    if (machine.isBroken || !machine.isRunning) return 'unhealthy';
    if (behaviour.isSick === true) return age > 15_000 ? 'unhealthy' : 'initial';
    const wait = machine.launchedAt < registeredAt - behaviour.bootMs - 1 ? 2_000 : behaviour.healthyAfterMs;
    if (age < wait) return 'initial';
    if (behaviour.failsAfterMs !== undefined && age >= wait + behaviour.failsAfterMs) return 'unhealthy';
    return 'healthy';
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
      privateDnsName: `${machine.id}.internal`,
      launchedAt: machine.launchedAt,
      isProtectedFromScaleIn: false,
    }));
    const targets: TargetObservation[] = [...this.machines.values()]
      .filter(({ state }) => state === 'InService')
      .map((machine) => describeTarget(machine.id, this.targetState(machine)));
    return {
      at: this.now,
      group: {
        name: 'web',
        minSize: this.min,
        maxSize: this.max,
        desiredCapacity: this.desired,
        launchTemplate: { launchTemplateId: 'lt-1', launchTemplateName: 'web', version: this.pin },
        healthCheckType: 'ELB',
        healthCheckGracePeriodMs: 120_000,
        suspendedProcesses: [...this.suspended],
        instances,
        activities: [...this.activities],
      },
      targetGroups: Array.from({ length: this.targetGroupCount }, (_, index) => ({
        targetGroupArn: `arn:${index}`,
        name: index === 0 ? 'web' : `web-${index}`,
        healthCheckIntervalMs: 5_000,
        healthyThresholdCount: 2,
        deregistrationDelayMs: this.drainMs,
        targets,
      })),
      launchTemplate: { latestVersion: this.latest, defaultVersion: this.defaultVersion },
      detached: [...this.detached.values()].map(({ id }) => ({ instanceId: id, instanceState: 'running' })),
      reports: this.report(reportsFor),
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
    }
  }

  private eachId(ids: readonly string[], fail: () => void, each: (machine: Machine) => void): void {
    ids.forEach((id, index) => {
      if (index > 0) fail();
      const machine = this.machines.get(id);
      if (machine !== undefined) each(machine);
    });
  }

  private createVersion(rolloutId: string): string {
    const known = this.createdBy.get(rolloutId);
    if (known !== undefined) return known;
    const version = String(Math.max(...[...this.templates.keys()].map(Number)) + 1);
    this.templates.set(version, this.release);
    this.createdBy.set(rolloutId, version);
    this.latest = version;
    return version;
  }

  private deleteVersion(version: string): void {
    if (version === this.defaultVersion) throw awsError('cannot delete the default version');
    this.templates.delete(version);
    this.latest = String(Math.max(...[...this.templates.keys()].map(Number)));
  }

  private setSizes(act: Extract<Act, { readonly kind: 'setSizes' }>): void {
    const { desiredCapacity, ifDesiredCapacity, minSize, maxSize } = act;
    if (desiredCapacity !== undefined) {
      if (ifDesiredCapacity !== this.desired) {
        throw Object.assign(new Error(`DesiredCapacity is ${this.desired}`), { code: 'DESIRED_CAPACITY_CHANGED' });
      }
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

  private enterStandby(machine: Machine): void {
    if (machine.state === 'Standby' || machine.state === 'EnteringStandby') return;
    if (machine.state !== 'InService') throw awsError(`${machine.id} is ${machine.state}, not InService`);
    if (!machine.isRunning) throw awsError(`${machine.id} is not running`);
    this.decrement();
    this.setState(machine, 'EnteringStandby');
  }

  private exitStandby(machine: Machine): void {
    if (machine.state === 'InService' || machine.state === 'Pending') return;
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

  scaleBy(delta: number): boolean {
    const value = this.desired + delta;
    if (value < this.min || value > this.max || this.theirs + delta < this.min || this.theirs + delta < 1) return false;
    this.desired = value;
    this.theirs += delta;
    this.meetDesired();
    return true;
  }
}

function describeTarget(instanceId: string, state: string): TargetObservation {
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

function awsError(message: string): Error {
  return Object.assign(new Error(message), { code: 'ValidationError' });
}
