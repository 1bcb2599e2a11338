import { DirectrixError } from '@directrix/rollout';

/** Throws DESIRED_CAPACITY_CHANGED when DesiredCapacity is not what it was when the change was decided. Nothing is changed then. */
export function refuseOtherCapacity(groupName: string, present: number | undefined, expected: number): void {
  if (present === expected) return;
  throw new DirectrixError(
    'DESIRED_CAPACITY_CHANGED',
    `${groupName} has DesiredCapacity ${present}; ${expected} was expected before it is changed.`,
    {
      kind: 'conflict',
      source: `group ${groupName}`,
      hint: 'somebody else scaled the group; it is looked at again',
    },
  );
}
