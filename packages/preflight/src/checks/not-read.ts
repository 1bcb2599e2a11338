// What could not be read, so that silence is never taken for health.
import type { Check } from '../check.js';
import { groupSubject } from '../check.js';
import { draft } from '../draft.js';
import type { PreflightSnapshot, Read } from '../snapshot.js';

export const checkNotRead: Check = ({ snapshot }) =>
  partsOf(snapshot).flatMap(([what, part]) =>
    part.kind === 'read'
      ? []
      : [
          draft('PREFLIGHT_NOT_READ', {
            subject: groupSubject(snapshot),
            message: `Not checked: ${what}. ${part.because}`,
            evidence: [{ id: what, what: part.because }],
          }),
        ],
  );

function partsOf(snapshot: PreflightSnapshot): readonly (readonly [string, Read<unknown>])[] {
  const { backend } = snapshot;
  const unread = backend.role.kind === 'read' ? (backend.role.value?.unreadPolicies ?? []) : [];
  return [
    ['the launch template', snapshot.launchTemplate],
    ['the image', snapshot.image],
    ['instance types', snapshot.instanceTypes],
    ['target groups', snapshot.targetGroups],
    ['load balancers', snapshot.loadBalancers],
    ['the network', snapshot.network],
    ["the instances' role", backend.role],
    ...unread.map((name): [string, Read<unknown>] => [
      `the policy ${name}`,
      {
        kind: 'unread',
        because: 'Its document could not be read, so nothing is concluded from what the others do not allow.',
      },
    ]),
    ['builders', snapshot.builders],
    ...(snapshot.secrets === undefined
      ? []
      : [[`the names below ${snapshot.secrets.path}`, snapshot.secrets.parameters] as const]),
    ['lifecycle hooks', snapshot.hooks],
    ['scheduled actions', snapshot.scheduledActions],
    ['instance refreshes', snapshot.instanceRefreshes],
    ['the warm pool', snapshot.warmPool],
    ['other rollouts', snapshot.otherRollout],
    ["the deployer's permissions", snapshot.deployerPermissions],
  ];
}
