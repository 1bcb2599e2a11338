// Whether the instances can be asked for their version through the load balancer: without it no release can be verified.
import { type Check, type Draft, groupSubject, readValue } from '../check.js';
import { draft } from '../draft.js';
import { type RouteObstacle, routeThrough } from '../version-route.js';

export const checkVersionRoute: Check = ({ snapshot, intent }) => {
  const { versionCheck } = intent;
  const targetGroups = readValue(snapshot.targetGroups) ?? [];
  const loadBalancers = readValue(snapshot.loadBalancers);
  if (versionCheck === undefined || versionCheck.url !== undefined) return [];
  if (loadBalancers === undefined || targetGroups.length === 0) return [];
  const verdicts = targetGroups.flatMap(({ targetGroup: { TargetGroupArn = '' } }) =>
    loadBalancers.flatMap(({ listeners }) =>
      listeners.map((listener) => routeThrough(listener, TargetGroupArn, versionCheck.healthPath)),
    ),
  );
  if (verdicts.some(({ kind }) => kind === 'route')) return [];
  const obstacles = verdicts.flatMap((verdict) => (verdict.kind === 'none' ? verdict.obstacles : []));
  // No rule forwards to them at all: TARGET_GROUP_UNUSED says so.
  if (obstacles.length === 0) return [];
  const names = targetGroups.map(({ targetGroup }) => targetGroup.TargetGroupName).join(' or ');
  const found = noRoute(groupSubject(snapshot), names, versionCheck.healthPath, obstacles);
  return [versionCheck.isRequired ? found : { ...found, severity: 'note' }];
};

function noRoute(subject: string, names: string, path: string, obstacles: readonly RouteObstacle[]): Draft {
  const because = obstacles.map(obstacleText);
  return draft('VERSION_ROUTE_UNKNOWN', {
    subject,
    message: `No listener takes a request for ${path} to ${names}, so instances cannot be asked for their version: ${because.join('; ')}.`,
    evidence: obstacles.map((obstacle) => ({
      id: 'rule' in obstacle ? obstacle.rule : obstacle.listenerArn,
      what: obstacleText(obstacle),
    })),
  });
}

function obstacleText(obstacle: RouteObstacle): string {
  switch (obstacle.code) {
    case 'protocol':
      return `a ${obstacle.protocol} listener forwards to it`;
    case 'weightZero':
      return 'a rule forwards to it with weight 0';
    case 'wildcardHost':
      return `a rule forwards to it for the host ${obstacle.host} only, which is no name to ask`;
    case 'condition':
      return `a rule forwards to it by ${obstacle.field}, which a request for that page does not meet`;
    case 'authentication':
      return 'a rule forwards to it after a login';
    case 'earlierRule':
      return 'an earlier rule takes the same requests';
  }
}
