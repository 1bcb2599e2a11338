import type { Observation } from '@directrix/rollout';

/** A change of one target's health, as it was seen. */
export interface TargetChange {
  readonly at: number;
  readonly targetGroup: string;
  readonly state: string;
  readonly reason?: string;
  readonly description?: string;
}

interface TargetHistory {
  see(observation: Observation): void;
  of(instanceId: string): readonly TargetChange[];
}

/** Changes kept of one instance: the newest. A flapping one has shown its flapping by then. */
const maximumChanges = 100;

/** Remembers how the health of each target changed, because AWS tells only how it is. */
export function createTargetHistory(): TargetHistory {
  const changes = new Map<string, TargetChange[]>();
  const latest = new Map<string, string>();
  return {
    see({ at, targetGroups, proof }) {
      const shadow = {
        name: proof?.targetGroupName ?? '',
        targetGroupArn: 'shadow',
        targets: proof?.target ? [proof.target] : [],
      };
      for (const group of [...targetGroups, shadow])
        for (const { instanceId, port, state, reason, description } of group.targets) {
          const key = `${group.targetGroupArn} ${instanceId} ${port}`;
          const word = `${state} ${reason} ${description}`;
          if (latest.get(key) === word) continue;
          latest.set(key, word);
          const list = changes.get(instanceId) ?? [];
          list.push({ at, targetGroup: group.name, state, reason, description });
          changes.set(instanceId, list.slice(-maximumChanges));
        }
    },
    of: (instanceId) => changes.get(instanceId) ?? [],
  };
}
