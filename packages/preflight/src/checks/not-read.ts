// What could not be read, so that silence is never taken for health.
import type { Check, Draft } from '../check.js';
import { groupSubject, readValue } from '../check.js';
import { draft } from '../draft.js';
import type { PreflightSnapshot, Read } from '../snapshot.js';

export const checkNotRead: Check = ({ snapshot }) => [...findUnread(snapshot), ...findUnresolved(snapshot)];

const findUnread = (snapshot: PreflightSnapshot) =>
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

function findUnresolved(snapshot: PreflightSnapshot): readonly Draft[] {
  const { unresolved = [] } = snapshot;
  if (unresolved.length === 0) return [];
  return [
    draft('TEMPLATE_NOT_RESOLVED', {
      subject: groupSubject(snapshot),
      message: `The template leaves open: ${unresolved.join(', ')}.`,
      evidence: unresolved.map((id) => ({ id, what: 'not known before the deployment' })),
    }),
  ];
}

function partsOf(snapshot: PreflightSnapshot): readonly (readonly [string, Read<unknown>])[] {
  const { backend } = snapshot;
  const role = readValue(backend.role);
  const boundary = role?.boundary !== undefined && role.boundary.document === undefined ? [role.boundary.name] : [];
  const unread = [...(role?.unreadPolicies ?? []), ...boundary];
  return [
    ['the launch template', snapshot.launchTemplate],
    ['the image', snapshot.image],
    ['instance types', snapshot.instanceTypes],
    ['target groups', snapshot.targetGroups],
    ['load balancers', snapshot.loadBalancers],
    ...(snapshot.baseline === undefined ? [] : [['the image of the present release', snapshot.baseline] as const]),
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
