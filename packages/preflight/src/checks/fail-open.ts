// A load balancer without a healthy target routes to every target.
import { shell } from '@directrix/rollout';
import type { Check } from '../check.js';
import { groupName, groupSubject } from '../check.js';
import { draft } from '../draft.js';

export const checkFailOpen: Check = ({ snapshot }) => {
  const { group } = snapshot;
  if (group.DesiredCapacity !== 1) return [];
  return [
    draft('FAIL_OPEN', {
      subject: groupSubject(snapshot),
      message: `${groupName(group)} wants one instance: should it fail before the new one is healthy, the load balancer routes to both, healthy or not.`,
      evidence: [{ id: groupName(group), what: `DesiredCapacity 1, MaxSize ${group.MaxSize}` }],
      ...((group.MaxSize ?? 0) < 3
        ? {}
        : {
            fix: {
              commands: [
                shell`aws autoscaling set-desired-capacity --auto-scaling-group-name ${groupName(group)} --desired-capacity 2`,
              ],
            },
          }),
    }),
  ];
};
