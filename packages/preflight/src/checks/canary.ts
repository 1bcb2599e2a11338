// Whether a share of users' requests can be led to a canary, where the deploy is to have one.
import { describeCanaryObstacle, findCanaryPlace, findTrialPlace } from '../canary-place.js';
import { type Check, groupSubject, readValue } from '../check.js';
import { draft } from '../draft.js';

export const checkCanary: Check = ({ snapshot, intent }) => {
  const { canary } = intent;
  const loadBalancers = readValue(snapshot.loadBalancers);
  const targetGroups = readValue(snapshot.targetGroups);
  if (canary === undefined || loadBalancers === undefined || targetGroups === undefined) return [];
  const listened = targetGroups.map(({ targetGroup: { TargetGroupArn = '', LoadBalancerArns = [] } }) => ({
    targetGroupArn: TargetGroupArn,
    listeners: loadBalancers
      .filter(({ loadBalancer }) => LoadBalancerArns.includes(loadBalancer.LoadBalancerArn ?? ''))
      .flatMap(({ listeners }) => listeners),
  }));
  const trial = findTrialPlace(listened, canary.healthPath, canary.url);
  const verdict =
    typeof trial === 'string'
      ? ({ kind: 'none', obstacle: { code: trial } } as const)
      : findCanaryPlace(trial, canary.paths);
  if (verdict.kind === 'place') return [];
  const { message, fix, subjectArn } = describeCanaryObstacle(
    snapshot.group.AutoScalingGroupName ?? '',
    verdict.obstacle,
  );
  return [
    draft('CANARY_ROUTE_UNFIT', {
      subject: groupSubject(snapshot),
      message,
      evidence: subjectArn === undefined ? [] : [{ id: subjectArn, what: "leads users' requests to the group" }],
      fix: { text: fix },
    }),
  ];
};
