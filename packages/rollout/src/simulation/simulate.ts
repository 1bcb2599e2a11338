// Simulate: run() against a World with faults, foreign actors and kills, and checkers that look at each step.
//
// A seed draws the options as well as the faults, and replays any failure. Faults stop after a while; then the rollout must end.
import { requestRollback } from '../abort.js';
import type { Need } from '../contract/need.js';
import type { Act } from '../decision.js';
import { DirectrixError } from '../error.js';
import type { RolloutEvent } from '../event.js';
import type { Observation } from '../observation.js';
import { planRollout } from '../plan.js';
import type { RolloutPorts } from '../ports.js';
import type { RolloutOptions, RolloutRecord } from '../record.js';
import { run } from '../run.js';
import { type Chance, createChance } from './random.js';
import { Prober, type RequestsOptions } from './requests.js';
import {
  type Behaviour,
  goodVersion,
  isGood,
  type Machine,
  originalForward,
  World,
  type WorldOptions,
} from './world.js';

export interface Faults {
  /** The probability of a kill around each port call. */
  readonly kill?: number;
  readonly killCountMax?: number;
  /** Of a foreign scale-out or scale-in per second. */
  readonly scale?: number;
  /** Of an old machine ending by itself, per second. */
  readonly loseOld?: number;
  /** Of somebody who writes DesiredCapacity as a number, per second. */
  readonly write?: number;
  /** Of a definite refusal of a call, whatever it is. */
  readonly refuseApply?: number;
  /** Refused whenever it is tried on the way back. */
  readonly deniedGoingBack?: Act['kind'];
  /** Of a part that an observation could not read. */
  readonly unreadable?: number;
  /** Of a target group that is deleted, per second, once. */
  readonly deleteTargetGroup?: number;
  /** Of somebody who changes the listener while a share of users' requests goes to the canary, per second, once. */
  readonly changeListener?: number;
  /** Of the group deleted and made again under its name, per kill. */
  readonly recreateGroup?: number;
  /** Of somebody who suspends a process, takes an instance out of the target groups, changes the listener, ends an instance in EC2, or
   *  deletes the release's launch template version; per second, each. */
  readonly meddle?: number;
  /** Those of them that happen. Default: all. */
  readonly meddling?: readonly Meddling[];
  /** Whether somebody makes another image of the release before, where AWS refuses to point the group back. */
  readonly mendImage?: boolean;
  readonly failApply?: number;
  readonly failObserve?: number;
  readonly failSave?: number;
  /** Of an observation that is some seconds old, or misses an instance. */
  readonly stale?: number;
  /** Of a person who aborts instead of resuming after a kill. */
  readonly abort?: number;
}

/** What somebody else does to a group in the midst of a rollout, besides writing its sizes. */
export const meddlings = [
  'suspendLaunch',
  'suspendAddToLoadBalancer',
  'suspendHealthCheck',
  'deregister',
  'unroute',
  'endInEc2',
  'deleteReleaseVersion',
] as const;
type Meddling = (typeof meddlings)[number];

export interface Simulation {
  readonly seed: number;
  readonly world: WorldOptions;
  readonly options?: Partial<RolloutOptions>;
  readonly faults?: Faults;
  /** By how much AWS's clock is ahead of ours. */
  readonly awsClockOffsetMs?: number;
  /** Users' requests; undefined: nobody asks. */
  readonly requests?: RequestsOptions;
  /** Simulated time after which no fault happens. */
  readonly faultsEndAfterMs?: number;
  /** Is told every event and foreign act, one line each: to read a failing seed. */
  readonly log?: (line: string) => void;
  /** Is told every record that is saved. */
  readonly onSave?: (record: RolloutRecord) => void;
}

export interface Result {
  readonly world: World;
  readonly record: RolloutRecord;
  readonly events: readonly RolloutEvent[];
  readonly applied: readonly Act[];
  /** Each a property number and a sentence. Empty when every property held. */
  readonly violations: readonly string[];
  readonly killCount: number;
  readonly elapsedMs: number;
  /** How often the group was looked at. */
  readonly lookCount: number;
  /** Requests that failed. */
  readonly failedUsers: number;
  /** Requests that the canary was asked. */
  readonly canaryUsers: number;
}

const testOptions: Partial<RolloutOptions> = {
  minHealthyTimeMs: 10_000,
  startTimeoutMs: 60_000,
  progressDeadlineMs: 180_000,
  tickMs: 2_000,
  bakeMs: 20_000,
};

const watched = { paths: [{ path: '/', usualStatus: 200 }], requestsPerSecond: 5, versionHeader: 'x-version' };

/** What takes longer has no end (L1). */
const longestRolloutMs = 6 * 3_600_000;

/** Runs one simulation to an outcome, or throws when it has none after so many lives. */
export async function simulate(simulation: Simulation): Promise<Result> {
  return new Simulator(simulation).run();
}

/** What no resume and no abort leads out of: a person has to mend it outside. */
function isFinal({ code }: Need, { release }: WorldOptions, faults: Faults): boolean {
  if (faults.deniedGoingBack !== undefined) return true;
  // Nothing warm is left, and the release dies again and again.
  if (code === 'NEW_NOT_SERVING') return !isGood(release);
  if (code === 'POINT_BACK_REFUSED') return faults.mendImage !== true;
  return code === 'GROUP_REPLACED' || code === 'OLD_NOT_SERVING';
}

/** The record names it as one that stays warm. */
function isKeptHere(known: RolloutRecord['instances'][string] | undefined): boolean {
  return known?.warmAt !== undefined && known.leftAt === undefined;
}

class Simulator {
  private readonly chance: Chance;
  private readonly world: World;
  private readonly faults: Faults;
  private readonly prober: Prober | undefined;
  /** Users there are whether somebody asks as they do or not; they are what CloudWatch counts of a canary. */
  private readonly users: Prober | undefined;
  private readonly events: RolloutEvent[] = [];
  private readonly applied: Act[] = [];
  private readonly violations: string[] = [];
  private readonly history: Observation[] = [];
  private readonly startedAt: number;
  private killCount = 0;
  private kill: () => void = () => {};
  private saved: RolloutRecord;
  /** The truth at the last observation, and whether what was shown was that truth. */
  private seen: { serving: Set<string>; isTrue: boolean; theirs: number } = {
    serving: new Set(),
    isTrue: false,
    theirs: 0,
  };
  private isAmbiguous = false;
  private isForeignUnbelieved = false;
  /** Apart from `chance`: what others do changes nothing else that a seed draws. */
  private readonly others: Chance;
  private readonly suspendedByOthers = new Set<string>();
  private hasMetUsers = false;
  private isForeign = false;
  private isListenerChanged = false;

  constructor(private readonly simulation: Simulation) {
    this.chance = createChance(simulation.seed);
    this.others = createChance(simulation.seed * 15_485_863);
    this.world = new World(simulation.world);
    this.world.chooseVictim = (machines) => this.chance.pick(machines);
    this.faults = simulation.faults ?? {};
    this.startedAt = this.world.now;
    const { requests, seed } = simulation;
    this.prober = requests && new Prober(seed, this.world, requests);
    if (simulation.options?.canary !== undefined && requests === undefined)
      this.users = new Prober(seed, this.world, { isNamed: false });
    const release: Partial<Behaviour> = { version: '2.0', imageId: 'ami-new', ...simulation.world.release };
    this.saved = planRollout({
      observation: this.world.observe([]),
      from: { version: '1.0', imageId: 'ami-old', launchTemplateVersion: goodVersion },
      to: { version: release.version ?? '', imageId: release.imageId ?? '' },
      options: { ...testOptions, requests: requests && watched, ...simulation.options },
      rolloutId: 'r-1',
      epoch: 1,
      at: this.world.now,
    });
  }

  async run(): Promise<Result> {
    let record = this.saved;
    for (let life = 0; life < 60; life += 1) {
      const ended = await this.live(record);
      if (
        ended?.outcome === 'needsHuman' &&
        ended.needs !== undefined &&
        !isFinal(ended.needs, this.simulation.world, this.faults)
      ) {
        // A person looks at it, and asks for more when the weather is better; or to go back, where no way leads forward.
        this.world.advance(60_000);
        this.mend(ended.needs);
        record = this.copy(ended);
        const text = 'no way leads forward';
        if (['PART_UNREADABLE', 'SIZES_CHANGED', 'LAUNCH_SOURCE_GONE'].includes(ended.needs.code))
          record = requestRollback(record, { text, at: this.world.now });
        continue;
      }
      if (ended !== undefined) return this.finish(ended);
      this.world.advance(this.chance.between(0, 120) * 1_000);
      record = this.copy(this.saved);
      if (this.isHit(this.faults.recreateGroup)) this.world.groupArn = `${this.world.groupArn}-again`;
      if (this.chance.isTrue(this.faults.abort ?? 0)) {
        record = requestRollback(record, { text: 'a person said so', at: this.world.now });
      }
    }
    throw new Error(`seed ${this.simulation.seed}: no outcome after 60 lives, phase ${this.saved.phase}`);
  }

  /** What the person was told to do before going on. */
  private mend(need: Need): void {
    if (need.code === 'PROCESS_SUSPENDED') for (const name of need.processes) this.world.suspended.delete(name);
    if (need.code === 'TARGETS_NOT_REGISTERED') this.world.registerAll();
    if (need.code === 'TARGET_GROUP_NOT_IN_USE') this.world.route(true);
    if (need.code === 'POINT_BACK_REFUSED' && this.world.mendedVersion === undefined) this.world.mendImage();
  }

  /** One machine's attempt: its record, or undefined when it was killed. */
  private live(record: RolloutRecord): Promise<RolloutRecord | undefined> {
    const killed = new Promise<undefined>((resolve) => {
      this.kill = () => resolve(undefined);
    });
    return Promise.race([run(record, this.createPorts(), { aborted: false }), killed]);
  }

  private copy(record: RolloutRecord): RolloutRecord {
    const copied = JSON.parse(JSON.stringify(record)) as RolloutRecord;
    return { ...copied, epoch: copied.epoch + 1 };
  }

  private isFaulty(): boolean {
    return this.world.now - this.startedAt < (this.simulation.faultsEndAfterMs ?? 600_000);
  }

  private isHit(probability: number | undefined): boolean {
    return this.isFaulty() && this.chance.isTrue(probability ?? 0);
  }

  /** Never comes back when the machine is killed here: whatever it would have done next does not happen. */
  private async mayBeKilled(): Promise<void> {
    const max = this.faults.killCountMax ?? 20;
    if (this.killCount >= max || !this.isHit(this.faults.kill)) return;
    this.killCount += 1;
    this.tell('KILLED');
    this.kill();
    await new Promise<never>(() => {});
  }

  private createPorts(): RolloutPorts {
    return {
      clock: {
        now: () => this.world.now,
        sleep: async (ms) => {
          await this.mayBeKilled();
          this.pass(ms);
        },
      },
      observe: async (_record, reportsFor) => {
        await this.mayBeKilled();
        if (this.isHit(this.faults.failObserve))
          throw new DirectrixError('AWS_THROTTLED', 'Rate exceeded', { kind: 'passing' });
        return { ...this.observe(reportsFor), requests: this.prober?.take() };
      },
      peek: () => this.prober?.peek() ?? [],
      save: async (record) => {
        await this.mayBeKilled();
        if (this.isHit(this.faults.failSave))
          throw new DirectrixError('AWS_UNAVAILABLE', 'the store does not answer', { kind: 'passing' });
        this.saved = JSON.parse(JSON.stringify(record)) as RolloutRecord;
        this.simulation.onSave?.(this.saved);
        if (record.outcome === 'done') this.checkDone(record);
        await this.mayBeKilled();
      },
      apply: async (_record, act) => {
        await this.mayBeKilled();
        const result = this.apply(act);
        await this.mayBeKilled();
        return result;
      },
      journal: (event) => {
        this.events.push(event);
        if (event.kind === 'notice' && event.notice.code === 'FOREIGN_SIZE_CHANGE') this.isForeignUnbelieved = false;
        if (event.kind !== 'waiting') this.tell(JSON.stringify({ ...event, at: undefined, rolloutId: undefined }));
      },
    };
  }

  private tell(text: string): void {
    const { now, desired, theirs } = this.world;
    const states = [...this.world.machines.values()].map(
      (machine) =>
        `${machine.id}:${this.world.isNew(machine) ? 'new' : 'old'}:${machine.state}:${this.world.targetState(machine)}`,
    );
    this.simulation.log?.(
      `${(now - this.startedAt) / 1_000} s desired ${desired} theirs ${theirs} [${states.join(' ')}] ${text}`,
    );
  }

  private pass(ms: number): void {
    if (this.world.now - this.startedAt > longestRolloutMs)
      throw new Error(`no outcome after ${longestRolloutMs / 3_600_000} h, phase ${this.saved.phase}`);
    for (let left = ms; left > 0; left -= 1_000) {
      this.world.advance(Math.min(left, 1_000));
      this.checkUnproved();
      this.users?.take();
      this.checkCanary();
      if (this.world.canaryShare > 0 && !this.isListenerChanged && this.isHit(this.faults.changeListener)) {
        this.isListenerChanged = true;
        this.isForeign = true;
        const how = this.chance.pick(['putBack', 'page', 'beside', 'weights'] as const) ?? 'page';
        this.tell(`FOREIGN LISTENER ${how}`);
        this.world.changeListener(how);
      }
      if (this.isHit(this.faults.scale) && this.world.scaleBy(this.chance.isTrue(0.6) ? 1 : -1)) this.noteScaling();
      if (this.isHit(this.faults.write)) this.writeNumber();
      if (this.isHit(this.faults.loseOld)) this.loseOld();
      if (this.isFaulty() && this.faults.meddle !== undefined && this.others.isTrue(this.faults.meddle)) this.meddle();
      const { goneTargetGroups } = this.world;
      if (goneTargetGroups.size === 0 && this.isHit(this.faults.deleteTargetGroup)) goneTargetGroups.add(0);
    }
  }

  /**
   * A number that somebody writes while a change of ours is on its way cannot be told from it; nor can two changes that may
   * cancel each other be told apart before the first is believed.
   */
  private noteScaling(): void {
    this.tell('FOREIGN SCALING');
    this.isForeign = true;
    this.isAmbiguous ||= this.isForeignUnbelieved;
    this.isForeignUnbelieved = true;
    this.isAmbiguous ||= (this.saved.ours.inFlight ?? []).length > 0;
  }

  /** A person, or Terraform: often the number that it was at the start. */
  private writeNumber(): void {
    const { min, max } = this.world;
    const value = this.chance.isTrue(0.5) ? this.simulation.world.desired : this.chance.between(Math.max(1, min), max);
    if (this.world.scaleTo(value)) this.noteScaling();
  }

  private meddle(): void {
    const { world, others } = this;
    const what = others.pick(this.faults.meddling ?? meddlings) ?? 'suspendLaunch';
    const inService = world.listLive().filter(({ state }) => state === 'InService');
    const victim = others.pick(inService);
    switch (what) {
      case 'suspendLaunch':
      case 'suspendAddToLoadBalancer':
      case 'suspendHealthCheck': {
        const name = what.slice('suspend'.length);
        if (world.suspended.has(name)) return;
        world.suspendByOthers(name);
        this.suspendedByOthers.add(name);
        break;
      }
      case 'deregister':
        if (victim === undefined) return;
        world.deregister(victim);
        break;
      case 'unroute':
        world.route(false);
        break;
      case 'endInEc2':
        if (victim === undefined) return;
        world.endInEc2(victim);
        break;
      case 'deleteReleaseVersion':
        if (!world.deleteReleaseVersion()) return;
    }
    this.tell(`MEDDLED ${what} ${victim?.id ?? ''}`);
  }

  private loseOld(): void {
    const old = [...this.world.machines.values()].filter((machine) => !this.world.isNew(machine) && machine.isRunning);
    const machine = this.chance.pick(old);
    if (machine !== undefined) machine.isRunning = false;
  }

  private observe(reportsFor: readonly string[]): Observation {
    const truth = this.world.observe(reportsFor);
    this.history.push(truth);
    let shown = truth;
    if (this.isHit(this.faults.stale)) {
      const recent = this.history.filter(({ at }) => truth.at - at <= 12_000);
      const older = this.chance.pick(recent) ?? truth;
      const missing = this.chance.pick(truth.group.instances)?.instanceId;
      shown = this.chance.isTrue(0.7)
        ? { ...older, at: truth.at, reports: [] }
        : {
            ...truth,
            group: {
              ...truth.group,
              instances: truth.group.instances.filter(({ instanceId }) => instanceId !== missing),
            },
          };
    }
    const serving = new Set(this.world.listServing().map(({ id }) => id));
    // A wish beyond their own MaxSize could only be had while we lent more.
    const theirs = Math.min(this.world.theirs, this.simulation.world.max);
    this.seen = { serving, isTrue: shown === truth, theirs };
    return this.skew(this.isHit(this.faults.unreadable) ? this.blind(shown) : shown);
  }

  private blind(shown: Observation): Observation {
    const failure = { kind: 'denied', code: 'ACCESS_DENIED', text: 'not now' } as const;
    const part = this.chance.pick(['activities', 'instances', 'targetHealth'] as const) ?? 'activities';
    const { group } = shown;
    const unreadable = [...(shown.unreadable ?? []), { part, failure }];
    if (part === 'activities') return { ...shown, unreadable, group: { ...group, activities: [] } };
    if (part === 'targetHealth')
      return {
        ...shown,
        unreadable,
        targetGroups: shown.targetGroups.map((one) => ({ ...one, targets: [], unreadable: one.unreadable ?? failure })),
      };
    const instances = group.instances.map((one) => ({ ...one, instanceState: undefined, imageId: undefined }));
    return { ...shown, unreadable, group: { ...group, instances } };
  }

  /** AWS's times by AWS's clock. */
  private skew(shown: Observation): Observation {
    const offset = this.simulation.awsClockOffsetMs ?? 0;
    const { group } = shown;
    return {
      ...shown,
      awsClockOffsetMs: offset,
      traffic: shown.traffic && {
        ...shown.traffic,
        minutes: shown.traffic.minutes.map((one) => ({ ...one, at: one.at + offset })),
      },
      group: {
        ...group,
        instances: group.instances.map((one) => ({ ...one, launchedAt: (one.launchedAt ?? 0) + offset })),
        activities: group.activities.map((one) => ({ ...one, startedAt: one.startedAt + offset })),
      },
    };
  }

  private apply(act: Act): Readonly<Record<string, unknown>> | undefined {
    if (this.isHit(this.faults.failApply))
      throw new DirectrixError('AWS_UNAVAILABLE', 'Service Unavailable', { kind: 'passing' });
    if (this.isHit(this.faults.refuseApply))
      throw this.chance.isTrue(0.5)
        ? new DirectrixError('ACCESS_DENIED', 'not allowed', { kind: 'denied' })
        : new DirectrixError('AWS_REFUSED', 'not possible', { awsCode: 'ValidationError' });
    if (this.saved.isGoingBack === true && act.kind === this.faults.deniedGoingBack)
      throw new DirectrixError('ACCESS_DENIED', 'never', { kind: 'denied' });
    this.checkBefore(act);
    const before = this.world.listServing();
    const fail = () => {
      if (this.isHit(this.faults.failApply))
        throw new DirectrixError('AWS_UNAVAILABLE', 'half done', { kind: 'passing' });
    };
    try {
      const result = this.world.apply(act, this.saved.rolloutId, fail);
      this.applied.push(act);
      if (this.isHit(this.faults.failApply))
        throw new DirectrixError('ENDPOINT_UNREACHABLE', 'the answer was lost', { kind: 'passing' });
      return result;
    } finally {
      this.checkAfter(act, before);
    }
  }

  // -------------------------------------------------------------------------------------------------------------- checkers

  private fail(property: string, text: string): void {
    const at = (this.world.now - this.startedAt) / 1_000;
    this.tell(`VIOLATION ${property} ${text}`);
    this.violations.push(`${property} at ${at} s: ${text}`);
  }

  /** S3: users reach nothing of a release that is tried before them, and was not proved. */
  private checkUnproved(): void {
    const { options, proof } = this.saved;
    if (options.prove === undefined || this.hasMetUsers) return;
    const met = this.world.listServing().find((machine) => this.world.isNew(machine));
    if (met === undefined) return;
    this.hasMetUsers = true;
    if (proof?.verdict === undefined) this.fail('S3', `${met.id} serves, and nothing of the release was proved`);
    const live = this.world.listLive();
    const serving = live.filter((machine) => this.world.isNew(machine));
    // Where no old one is left, the group launches by itself as many as it wants.
    if (serving.length === live.length) return;
    const isVerified = serving.some(({ id }) => this.saved.instances[id]?.verifiedAt !== undefined);
    // What others add meanwhile is of the release, too: the group launches nothing else.
    if (proof?.verdict === 'byHealthAlone' && serving.length > 1 && !isVerified && !this.isForeign)
      this.fail('S3', `${serving.length} of the release, and none of it was verified`);
  }

  /** S3: not more than the share of the canary, and nothing of the group, before the canary has passed. */
  private checkCanary(): void {
    const { options, canary, phase } = this.saved;
    const share = this.world.canaryShare;
    if (options.canary === undefined || share === 0 || this.isListenerChanged) return;
    const most = Math.max(...options.canary.steps.map((step) => step.share));
    const now = options.canary.steps[canary?.step ?? 0]?.share ?? most;
    if (share > Math.max(now, 0.0015) + 0.001)
      this.fail('S3', `${share} of users' requests go to the canary in ${phase}`);
    // One that ends by itself leaves users to nobody until that is seen.
    if (this.world.listCanaries().length === 0 && isGood(this.simulation.world.release))
      this.fail('S1', 'users are led to nobody');
  }

  /** What users may be asking of is not taken away. */
  private checkUsersLed(act: Act): void {
    if (act.kind !== 'closeShadow' && !(act.kind === 'endProof' && !act.isKept)) return;
    const { canaryShare, ledAt = Number.NEGATIVE_INFINITY, now } = this.world;
    const isJoined = act.kind === 'endProof' && this.world.machines.has(act.instanceId ?? '');
    if (isJoined) return;
    if (canaryShare > 0) this.fail('S1', `${act.kind} while ${canaryShare} of users' requests go there`);
    // What others put back, they cut off themselves.
    const drainMs = this.simulation.world.drainMs ?? 10_000;
    if (now - ledAt < drainMs && !this.isListenerChanged)
      this.fail('S1', `${act.kind} ${now - ledAt} ms after users were led away`);
  }

  /** S5, and the order of the way back. */
  private checkBefore(act: Act): void {
    const { ours } = this.saved;
    this.checkUsersLed(act);
    const missing = this.findUnrecorded(act);
    if (missing !== undefined)
      this.fail(
        'S5',
        `${act.kind} was applied, and the saved record does not know ${missing}: ${JSON.stringify(ours)}`,
      );
    if (act.kind !== 'quarantine' && !(act.kind === 'terminate' && this.saved.isGoingBack === true)) return;
    const isNew = act.instanceIds.some((id) => {
      const machine = this.world.machines.get(id);
      return machine !== undefined && this.world.isNew(machine);
    });
    const means = this.world.resolve(this.world.pin);
    const isGoodNamed = means === goodVersion || means === this.world.mendedVersion;
    if (isNew && !isGoodNamed && !this.world.suspended.has('Launch'))
      this.fail('POINT_BACK_FIRST', `${act.kind} while the group launches version ${means}`);
  }

  private findUnrecorded(act: Act): string | undefined {
    const { ours } = this.saved;
    const isOrdered = (kind: string, ids: readonly string[]) =>
      ours.inFlight?.some(
        (change) =>
          change.kind === kind && 'instanceIds' in change && ids.every((id) => change.instanceIds.includes(id)),
      );
    switch (act.kind) {
      case 'pinLaunchTemplate':
        return ours.pin?.version === act.version ? undefined : 'the pin';
      case 'suspendProcesses':
        return act.processes.every((name) => ours.suspendedProcesses.includes(name)) ? undefined : 'the processes';
      case 'createLaunchTemplateVersion':
        return ours.hasCreatedLaunchTemplateVersion ? undefined : 'the version';
      case 'setSizes': {
        const { desiredCapacity: to, minSize, maxSize } = act;
        if (to !== undefined && !ours.inFlight?.some((change) => change.kind === 'setDesired' && change.to === to))
          return 'the capacity';
        if (maxSize !== undefined && ours.maxSize?.during !== maxSize && ours.maxSize?.original !== maxSize)
          return 'MaxSize';
        return minSize !== undefined && ours.minSize?.during !== minSize ? 'MinSize' : undefined;
      }
      case 'openShadow':
        return ours.shadow?.route === undefined ? 'the shadow target group' : undefined;
      case 'launchProof':
        return (act.ordinal === undefined ? ours.shadow?.instance : ours.shadow?.others?.[act.ordinal]) === undefined
          ? 'the instance outside'
          : undefined;
      case 'setForward':
        return ours.forward?.ordered.includes(act.share) === true ? undefined : 'the share';
      case 'enterStandby':
      case 'exitStandby':
      case 'attach':
      case 'quarantine':
      case 'terminate':
        return isOrdered(act.kind, act.instanceIds) ? undefined : 'the instances';
      default:
        return undefined;
    }
  }

  /** S1 and S2: by what could be known, so only where the observation was the truth. */
  private checkAfter(act: Act, before: readonly Machine[]): void {
    const after = new Set(this.world.listServing().map(({ id }) => id));
    const gone = before.filter(({ id }) => !after.has(id));
    if (gone.length === 0) return;
    const { goneTargetGroups, options } = this.world;
    // Without any target group nobody can tell who is healthy, and users reach nobody.
    const isGateless = goneTargetGroups.size >= (options.targetGroupCount ?? 1);
    if (this.seen.isTrue && after.size < this.seen.theirs && !this.isAmbiguous && !isGateless) {
      this.fail(
        'S1',
        `${act.kind} of ${gone.map(({ id }) => id).join(', ')} leaves ${after.size} serving where ${this.seen.theirs} are wanted`,
      );
    }
    if (act.kind !== 'enterStandby' || !this.seen.isTrue) return;
    const leftOld = [...this.world.machines.values()].filter(
      (machine) => !this.world.isNew(machine) && machine.state.includes('Standby'),
    );
    const live = this.world.listLive();
    const verified = live.filter(({ id }) => this.saved.instances[id]?.verifiedAt !== undefined).length;
    const oldServing = live.filter((machine) => !this.world.isNew(machine) && this.world.isServing(machine)).length;
    if (verified + oldServing < this.seen.theirs && leftOld.length > 0 && !this.isAmbiguous)
      this.fail('S2', `old ones left, and ${verified} verified and ${oldServing} old ones are all that serve`);
  }

  private finish(record: RolloutRecord): Result {
    this.checkVerdict(record);
    this.world.advance(30_000);
    this.checkEnd(record);
    return {
      world: this.world,
      record,
      events: this.events,
      applied: this.applied,
      violations: this.violations,
      killCount: this.killCount,
      elapsedMs: this.world.now - this.startedAt,
      lookCount: this.history.length,
      failedUsers: (this.prober ?? this.users)?.failedUsers ?? 0,
      canaryUsers: (this.prober ?? this.users)?.canaryUsers ?? 0,
    };
  }

  /** S7: the verdict is a fact at this moment; a good release ships; and what can be given back is (L3). */
  private checkDone({ instances }: RolloutRecord): void {
    const { world } = this;
    if (this.seen.isTrue) {
      const ill = world.listLive().filter((machine) => !world.isServing(machine) || !world.isNew(machine));
      if (ill.length > 0 && this.seen.isTrue)
        this.fail('S7', `done, and ${ill.map(({ id }) => id).join(', ')} does not serve`);
      const unverified = world.listLive().filter(({ id }) => instances[id]?.verifiedAt === undefined);
      if (unverified.length > 0)
        this.fail('S7', `done, and ${unverified.map(({ id }) => id).join(', ')} was never verified`);
    }
  }

  private checkVerdict({ outcome, evidence, needs }: RolloutRecord): void {
    const { world } = this;
    if (outcome === 'rolledBack' && isGood(this.simulation.world.release)) {
      // Of no fault of the release a canary may be impossible, or see too little; and that is no reason to go on without one.
      const innocent = ['ABORTED', 'APPLY_FAILED', 'CANARY_IMPOSSIBLE', 'CANARY_NO_DATA', 'LISTENER_CHANGED'];
      const wrong = evidence.filter(({ code }) => !innocent.includes(code));
      if (wrong.length > 0) this.fail('SHIP', `a good release was withdrawn: ${JSON.stringify(wrong[0])}`);
    }
    if (outcome !== 'needsHuman' || needs === undefined || needs.code === 'GROUP_REPLACED') return;
    if (!isFinal(needs, this.simulation.world, this.faults)) this.fail('L1', `ended in ${needs.code}`);
    const { deniedGoingBack } = this.faults;
    const kept = [...world.suspended].filter(
      (name) =>
        !(this.simulation.world.suspended ?? []).includes(name) &&
        !this.suspendedByOthers.has(name) &&
        name !== 'Launch',
    );
    if (kept.length > 0 && deniedGoingBack !== 'resumeProcesses')
      this.fail('L3', `${needs.code}, and ${kept.join(', ')} are still suspended`);
    const isResized = world.min !== this.simulation.world.min || world.max !== this.simulation.world.max;
    if (isResized && deniedGoingBack !== 'setSizes')
      this.fail('L3', `${needs.code}, and sizes are ${world.min} to ${world.max}`);
    if (needs.code === 'NEW_NOT_SERVING') return;
    const serving = world.listServing().length;
    // What is only coming up yet cannot serve yet, nor what ended by itself, or was taken out, a moment ago.
    const isTaken = ({ isRunning, isDeregistered }: Machine) =>
      !isRunning || isDeregistered === true || world.isUnrouted;
    const live = world.listLive().filter((machine) => machine.state === 'InService' && !isTaken(machine));
    // Where AWS does not let the good release be launched, none of it can be added, whatever others want.
    const old = live.filter((machine) => !world.isNew(machine)).length;
    const most = needs.code === 'POINT_BACK_REFUSED' ? old : live.length;
    if (serving < Math.min(world.theirs, this.simulation.world.desired, most))
      this.fail('S1', `${needs.code}, and ${serving} serve where ${world.theirs} are wanted`);
  }

  /** L1, S5, S6: the group as the outcome says, and nothing of ours left in it. */
  private checkEnd({ outcome, original, to, ours, warmUntilAt, options, instances }: RolloutRecord): void {
    const { forward, canaryShare } = this.world;
    if (canaryShare > 0 && this.faults.deniedGoingBack !== 'restoreForward')
      this.fail('S5', `${canaryShare} of users' requests still go to the canary: ${JSON.stringify(ours.forward)}`);
    else if (
      !this.isListenerChanged &&
      canaryShare === 0 &&
      JSON.stringify(forward) !== JSON.stringify(originalForward)
    )
      this.fail('S5', `the listener is ${JSON.stringify(forward)}`);
    if (outcome === undefined || outcome === 'needsHuman') return;
    const { world } = this;
    if (world.shadow !== undefined) this.fail('S5', 'the shadow target group is still there');
    const running = [...world.outside.values()].filter(({ state }) => state !== 'terminated');
    if (running.length > 0)
      this.fail('S5', `${running.map(({ id }) => id).join(', ')} still runs outside of the group`);
    const wrong = world.listLive().filter((machine) => world.isNew(machine) !== (outcome === 'done'));
    if (wrong.length > 0)
      this.fail('L1', `${outcome}, and ${wrong.map(({ id }) => id).join(', ')} are of the other release`);
    const kept = (outcome === 'done' && warmUntilAt !== undefined && options.keepWarmMs) || 0;
    const standby = [...world.machines.values()].filter(
      ({ id, state }) => state.includes('Standby') && !(kept > 0 && state === 'Standby' && isKeptHere(instances[id])),
    );
    if (standby.length > 0)
      this.fail('L1', `${outcome}, and ${standby.map(({ id }) => id).join(', ')} are still in Standby`);
    const good = world.mendedVersion ?? goodVersion;
    const wanted = outcome === 'done' ? to.launchTemplateVersion : good;
    if (world.resolve(world.pin) !== wanted)
      this.fail('L1', `${outcome}, and the group launches version ${world.resolve(world.pin)}`);
    if (outcome === 'rolledBack' && world.pin !== original.launchTemplate.version && good === goodVersion)
      this.fail('S5', `the pin is ${world.pin}`);
    if (outcome === 'rolledBack' && world.latest !== good) this.fail('S5', `$Latest means ${world.latest}`);
    if (outcome === 'rolledBack' && world.suspended.has('Launch') && !this.suspendedByOthers.has('Launch'))
      this.fail('S5', 'Launch is still suspended');
    // Where nobody could read who wrote a number, it may be kept although it was a difference: never less than was wanted.
    const mayBeUnseen = (this.faults.unreadable ?? 0) > 0 || (this.faults.stale ?? 0) > 0 || this.killCount > 0;
    // MaxSize is theirs too: a wish beyond it could only be had while we lent more.
    const allowed = Math.min(world.theirs, original.maxSize);
    const isMore = world.desired > allowed && mayBeUnseen;
    if (world.desired !== allowed && !isMore && !this.isAmbiguous)
      this.fail('S6', `DesiredCapacity is ${world.desired} where ${allowed} are wanted`);
    if (world.min !== original.minSize || world.max !== original.maxSize)
      this.fail('S5', `sizes are ${world.min} to ${world.max}`);
    const isTheirs = (name: string) => this.suspendedByOthers.has(name);
    const suspended = [...world.suspended].filter((name) => !isTheirs(name)).sort();
    const before = original.suspendedProcesses.filter((name) => !isTheirs(name)).sort();
    if (suspended.join() !== before.join()) this.fail('S5', `suspended are ${suspended.join()}`);
  }
}
