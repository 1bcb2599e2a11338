// Simulate: run() against a World with faults, foreign actors and kills, and checkers that look at each step.
//
// A seed draws the options as well as the faults, and replays any failure. Faults stop after a while; then the rollout must end.
import { requestRollback } from '../abort.js';
import type { RolloutEvent } from '../event.js';
import type { Act } from '../ledger.js';
import type { Observation } from '../observation.js';
import { planRollout } from '../plan.js';
import type { RolloutPorts } from '../ports.js';
import type { RolloutOptions, RolloutRecord } from '../record.js';
import { run } from '../run.js';
import { type Chance, createChance } from './random.js';
import { type Behaviour, goodVersion, type Machine, World, type WorldOptions } from './world.js';

export interface Faults {
  /** The probability of a kill around each port call. */
  readonly kill?: number;
  readonly killCountMax?: number;
  /** Of a foreign scale-out or scale-in per second. */
  readonly scale?: number;
  /** Of an old machine ending by itself, per second. */
  readonly loseOld?: number;
  readonly failApply?: number;
  readonly failObserve?: number;
  readonly failSave?: number;
  /** Of an observation that is some seconds old, or misses an instance. */
  readonly stale?: number;
  /** Of a person who aborts instead of resuming after a kill. */
  readonly abort?: number;
}

export interface Simulation {
  readonly seed: number;
  readonly world: WorldOptions;
  readonly options?: Partial<RolloutOptions>;
  readonly faults?: Faults;
  /** Simulated time after which no fault happens. */
  readonly faultsEndAfterMs?: number;
  /** Is told every event and foreign act, one line each: to read a failing seed. */
  readonly log?: (line: string) => void;
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
}

const testOptions: Partial<RolloutOptions> = {
  minHealthyTimeMs: 10_000,
  startTimeoutMs: 60_000,
  progressDeadlineMs: 180_000,
  tickMs: 2_000,
};

/** Runs one simulation to an outcome, or throws when it has none after so many lives. */
export async function simulate(simulation: Simulation): Promise<Result> {
  return new Simulator(simulation).run();
}

class Simulator {
  private readonly chance: Chance;
  private readonly world: World;
  private readonly faults: Faults;
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

  constructor(private readonly simulation: Simulation) {
    this.chance = createChance(simulation.seed);
    this.world = new World(simulation.world);
    this.faults = simulation.faults ?? {};
    this.startedAt = this.world.now;
    const release: Partial<Behaviour> = { version: '2.0', imageId: 'ami-new', ...simulation.world.release };
    this.saved = planRollout({
      observation: this.world.observe([]),
      from: { version: '1.0', imageId: 'ami-old', launchTemplateVersion: goodVersion },
      to: { version: release.version ?? '', imageId: release.imageId ?? '' },
      options: { ...testOptions, ...simulation.options },
      rolloutId: 'r-1',
      epoch: 1,
      at: this.world.now,
    });
  }

  async run(): Promise<Result> {
    let record = this.saved;
    for (let life = 0; life < 60; life += 1) {
      const ended = await this.live(record);
      if (ended?.outcome === 'needsHuman' && this.isFaulty()) {
        // A person looks at it, and asks for more when the weather is better.
        this.world.advance(60_000);
        record = this.copy(ended);
        continue;
      }
      if (ended !== undefined) return this.finish(ended);
      this.world.advance(this.chance.between(0, 120) * 1_000);
      record = this.copy(this.saved);
      if (this.chance.isTrue(this.faults.abort ?? 0)) {
        record = requestRollback(record, { text: 'a person said so', at: this.world.now });
      }
    }
    throw new Error(`seed ${this.simulation.seed}: no outcome after 60 lives, phase ${this.saved.phase}`);
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
          throw Object.assign(new Error('Rate exceeded'), { code: 'Throttling' });
        return this.observe(reportsFor);
      },
      save: async (record) => {
        await this.mayBeKilled();
        if (this.isHit(this.faults.failSave)) throw new Error('the store does not answer');
        this.saved = JSON.parse(JSON.stringify(record)) as RolloutRecord;
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
    for (let left = ms; left > 0; left -= 1_000) {
      this.world.advance(Math.min(left, 1_000));
      if (this.isHit(this.faults.scale) && this.world.scaleBy(this.chance.isTrue(0.6) ? 1 : -1)) this.noteScaling();
      if (this.isHit(this.faults.loseOld)) this.loseOld();
    }
  }

  /** A number that somebody writes while the answer to our own write is lost cannot be told from ours. */
  private noteScaling(): void {
    this.tell('FOREIGN SCALING');
    this.isAmbiguous ||=
      this.saved.ours.inFlight?.some((change) => change.kind === 'setDesired' && !change.isConfirmed) ?? false;
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
    this.seen = { serving, isTrue: shown === truth, theirs: this.world.theirs };
    return shown;
  }

  private apply(act: Act): Readonly<Record<string, unknown>> | undefined {
    if (this.isHit(this.faults.failApply))
      throw Object.assign(new Error('Service Unavailable'), { code: 'ServiceUnavailable' });
    this.checkBefore(act);
    const before = this.world.listServing();
    const fail = () => {
      if (this.isHit(this.faults.failApply))
        throw Object.assign(new Error('half done'), { code: 'ServiceUnavailable' });
    };
    try {
      const result = this.world.apply(act, this.saved.rolloutId, fail);
      this.applied.push(act);
      if (this.isHit(this.faults.failApply))
        throw Object.assign(new Error('the answer was lost'), { code: 'TimeoutError' });
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

  /** S5, and the order of the way back. */
  private checkBefore(act: Act): void {
    const { ours } = this.saved;
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
    if (isNew && means !== goodVersion)
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
      case 'enterStandby':
      case 'exitStandby':
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
    if (this.seen.isTrue && after.size < this.seen.theirs && !this.isAmbiguous) {
      this.fail(
        'S1',
        `${act.kind} of ${gone.map(({ id }) => id).join(', ')} leaves ${after.size} serving where ${this.seen.theirs} are wanted`,
      );
    }
    if (act.kind !== 'enterStandby' || !this.seen.isTrue) return;
    const leftOld = [...this.world.machines.values()].filter(
      (machine) => !this.world.isNew(machine) && machine.state.includes('Standby'),
    );
    const proven = Object.values(this.saved.instances).filter((known) => known.verifiedAt !== undefined).length;
    const leftServing = leftOld.filter(
      ({ id }) => this.seen.serving.has(id) || before.some((machine) => machine.id === id),
    );
    if (leftServing.length > proven)
      this.fail('S2', `${leftServing.length} old serving ones left, ${proven} new ones were verified`);
  }

  private finish(record: RolloutRecord): Result {
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
    };
  }

  /** L1, S5, S6: the group as the outcome says, and nothing of ours left in it. */
  private checkEnd({ outcome, original, to }: RolloutRecord): void {
    if (outcome === undefined || outcome === 'needsHuman') return;
    const { world } = this;
    const wrong = world.listLive().filter((machine) => world.isNew(machine) !== (outcome === 'done'));
    if (wrong.length > 0)
      this.fail('L1', `${outcome}, and ${wrong.map(({ id }) => id).join(', ')} are of the other release`);
    const standby = [...world.machines.values()].filter(({ state }) => state.includes('Standby'));
    if (standby.length > 0)
      this.fail('L1', `${outcome}, and ${standby.map(({ id }) => id).join(', ')} are still in Standby`);
    const wanted = outcome === 'done' ? to.launchTemplateVersion : goodVersion;
    if (world.resolve(world.pin) !== wanted)
      this.fail('L1', `${outcome}, and the group launches version ${world.resolve(world.pin)}`);
    if (outcome === 'rolledBack' && world.pin !== original.launchTemplate.version)
      this.fail('S5', `the pin is ${world.pin}`);
    if (outcome === 'rolledBack' && world.latest !== goodVersion) this.fail('S5', `$Latest means ${world.latest}`);
    if (world.desired !== world.theirs && !this.isAmbiguous)
      this.fail('S6', `DesiredCapacity is ${world.desired} where ${world.theirs} are wanted`);
    if (world.min !== original.minSize || world.max !== original.maxSize)
      this.fail('S5', `sizes are ${world.min} to ${world.max}`);
    const suspended = [...world.suspended].sort().join();
    if (suspended !== [...original.suspendedProcesses].sort().join()) this.fail('S5', `suspended are ${suspended}`);
  }
}
