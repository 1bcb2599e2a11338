// deploys: which rollout an incident may come of. Pure. What is said is an order in time, not a cause.
import type { RolloutRecord } from '@directrix/rollout';

/** A rollout as far as an incident is concerned with it. Times are epoch milliseconds. */
export interface Deploy {
  readonly groupName: string;
  readonly rolloutId: string;
  readonly from: string;
  readonly to: string;
  readonly startedAt: number;
  /** Undefined while it goes on. */
  readonly outcome?: string;
  readonly phase: string;
  /** Each instance of the release, when it came into service. */
  readonly entries: readonly DeployEntry[];
}

export interface DeployEntry {
  readonly at: number;
  readonly instanceId: string;
  /** Undefined: not known any more. */
  readonly availabilityZone?: string;
}

/** What had happened last when an incident began. */
export type DeployNote = {
  readonly groupName: string;
  readonly rolloutId: string;
  /** The release that the rollout is to. */
  readonly version: string;
  /** How long before the incident. */
  readonly beforeMs: number;
  /** The rollout had no outcome yet when last read. */
  readonly isUnderWay: boolean;
} & (
  | { readonly what: 'inService'; readonly instanceId: string; readonly availabilityZone?: string }
  /** The rollout began; nothing of it was in service yet. */
  | { readonly what: 'started' }
);

/** The deploy of a group's last rollout. `zones`: the zone of an instance by its id. */
export function deployOf(record: RolloutRecord, zones: ReadonlyMap<string, string>): Deploy {
  const { groupName, rolloutId, from, to, startedAt, outcome, phase } = record;
  const entries = Object.entries(record.instances).flatMap(([instanceId, instance]): DeployEntry[] => {
    const isNew = instance.launchTemplateVersion === to.launchTemplateVersion && to.launchTemplateVersion !== undefined;
    if (!isNew || instance.inServiceAt === undefined) return [];
    return [{ at: instance.inServiceAt, instanceId, availabilityZone: zones.get(instanceId) }];
  });
  return {
    groupName,
    rolloutId,
    from: from.version,
    to: to.version,
    startedAt,
    outcome,
    phase,
    entries: entries.sort((left, right) => left.at - right.at),
  };
}

/** The last thing that a rollout did before `beganAt`, no longer ago than `withinMs`; undefined when there was none. */
export function findDeploy(deploys: readonly Deploy[], beganAt: number, withinMs: number): DeployNote | undefined {
  const notes = deploys.flatMap((deploy) => notesOf(deploy, beganAt));
  return notes
    .filter(({ beforeMs }) => beforeMs >= 0 && beforeMs <= withinMs)
    .sort((a, b) => a.beforeMs - b.beforeMs)[0];
}

function notesOf({ groupName, rolloutId, to, startedAt, outcome, entries }: Deploy, beganAt: number): DeployNote[] {
  const common = { groupName, rolloutId, version: to, isUnderWay: outcome === undefined };
  return [
    ...entries.map(
      ({ at, instanceId, availabilityZone }): DeployNote => ({
        ...common,
        what: 'inService',
        beforeMs: beganAt - at,
        instanceId,
        availabilityZone,
      }),
    ),
    { ...common, what: 'started', beforeMs: beganAt - startedAt },
  ];
}
