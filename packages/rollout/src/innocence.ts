// Innocence: whose doing it is, where it is not the release's.
//
//   1. What others did to the group, its target groups, its launch template or its instances is never held against the release: a
//      person is told, and nothing is withdrawn. A start that nothing checks has not begun (track).
//   2. One piece of evidence that stands for itself is enough to go back: all of it must be explained.
//   3. What can be told from one look only counts where the evidence took its time: each of these comes after a deadline, or after five
//      refusals.
//
// | what is seen                                        | what explains it                                    | told as                   |
// |-----------------------------------------------------|-----------------------------------------------------|---------------------------|
// | nothing progresses                                  | a process that is needed is suspended, not by us     | PROCESS_SUSPENDED         |
// | AWS refuses attach, exitStandby                     | Launch is suspended, not by us                       | PROCESS_SUSPENDED         |
// | nothing progresses                                  | MinSize was raised, MaxSize lowered                  | SIZES_CHANGED             |
// | nothing progresses                                  | not registered in a target group                     | TARGETS_NOT_REGISTERED    |
// | the same; users' requests fail                      | no rule leads to the target group (Target.NotInUse)  | TARGET_GROUP_NOT_IN_USE   |
// | a start takes too long, one falls ill; the above    | the health check was changed, and no old one meets it | HEALTH_CHECK_CHANGED     |
// | a launch fails, or AWS refuses the version          | it could be launched before, and names what is gone  | LAUNCH_SOURCE_GONE        |
// | nothing progresses                                  | AWS is too busy                                      | APPLY_DELAYED             |
import type { Evidence } from './contract/evidence.js';
import type { Need } from './contract/need.js';
import { listNeededSuspended } from './group-rules.js';
import { findHealthCheckChanged } from './health-checks.js';
import { readWanted } from './ledger.js';
import { isCheckedIn, type Member } from './members.js';
import type { Observation, TargetGroupObservation } from './observation.js';
import type { RolloutRecord } from './record.js';

interface Sight {
  readonly record: RolloutRecord;
  readonly observation: Observation;
  readonly members: readonly Member[];
}

/** What a person must know, where all of the evidence is somebody else's doing. Undefined: the release must answer for it. */
export function findInnocence(
  record: RolloutRecord,
  observation: Observation,
  members: readonly Member[],
  evidence: readonly Evidence[],
): Need | undefined {
  const sight = { record, observation, members };
  const explained = evidence.map((each) => explain(sight, each));
  return explained.every((each) => each !== undefined) ? explained[0] : undefined;
}

function explain(sight: Sight, evidence: Evidence): Need | undefined {
  switch (evidence.code) {
    case 'PROGRESS_DEADLINE':
      return (
        findSuspended(sight) ??
        findSizesChanged(sight) ??
        findUnchecked(sight) ??
        findChanged(sight) ??
        findSourceGone(sight, evidence.launchFailure) ??
        findDelay(sight)
      );
    case 'START_TIMEOUT':
    case 'UNHEALTHY_AGAIN':
      return findChanged(sight);
    case 'REQUESTS_FAILING':
      return findUnused(sight);
    case 'LAUNCH_FAILED':
      return findSourceGone(sight, evidence.awsText);
    case 'APPLY_FAILED':
      return evidence.act === 'attach' || evidence.act === 'exitStandby'
        ? findSuspended(sight)
        : findSourceGone(sight, evidence.failure.text);
    default:
      return undefined;
  }
}

/** What others did that nothing can go on with, whichever way the rollout goes. */
export function findOthersDoing(sight: Sight): Need | undefined {
  return findSuspended(sight) ?? findUnchecked(sight) ?? findChanged(sight);
}

function findChanged({ record, observation, members }: Sight): Need | undefined {
  return findHealthCheckChanged(record, observation, members);
}

function findUnchecked(sight: Sight): Need | undefined {
  return findUnused(sight) ?? findUnregistered(sight);
}

/** Processes that a rollout cannot do without, and that somebody else has suspended. */
export function listSuspendedByOthers({ ours }: RolloutRecord, { group }: Observation): readonly string[] {
  return listNeededSuspended(group.suspendedProcesses).filter((name) => !ours.suspendedProcesses.includes(name));
}

export function findSuspended({ record, observation }: Pick<Sight, 'record' | 'observation'>): Need | undefined {
  const processes = listSuspendedByOthers(record, observation);
  return processes.length === 0 ? undefined : { code: 'PROCESS_SUSPENDED', processes };
}

/** Somebody changed the sizes so that nothing can be added and nothing may leave. */
function findSizesChanged({ record, observation, members }: Sight): Need | undefined {
  const { original, ours } = record;
  const { group } = observation;
  const isRaised = group.minSize > original.minSize && ours.minSize === undefined;
  const isLowered = group.maxSize < original.maxSize && ours.maxSize === undefined;
  const wanted = readWanted(record, observation);
  const oldCount = members.filter(({ isNew, isLive }) => isLive && !isNew).length;
  // Somebody may also want as many as MaxSize allows: then nothing can be added either.
  const isFull = oldCount > 0 && wanted >= group.maxSize;
  if (!isRaised && !isLowered && !isFull) return undefined;
  return {
    code: 'SIZES_CHANGED',
    minSize: group.minSize,
    maxSize: group.maxSize,
    originalMinSize: original.minSize,
    originalMaxSize: original.maxSize,
    wanted,
    oldCount,
  };
}

/** Target groups in which instances in service are not registered, or not any more: no check can find them healthy. */
function findUnregistered({ observation, members }: Sight): Need | undefined {
  const inService = members.filter(({ instance, isDead }) => instance.lifecycleState === 'InService' && !isDead);
  const targetGroups = observation.targetGroups.flatMap((group) => {
    const { name, targetGroupArn } = group;
    const out = inService.filter(({ instanceId }) => !isCheckedIn(instanceId, group));
    if (group.unreadable !== undefined || out.length === 0) return [];
    return [{ name, targetGroupArn, instanceIds: out.map(({ instanceId }) => instanceId) }];
  });
  return targetGroups.length === 0 ? undefined : { code: 'TARGETS_NOT_REGISTERED', targetGroups };
}

/** Target groups to which no rule of any listener leads: the load balancer checks nobody in them. */
function findUnused({ observation }: Sight): Need | undefined {
  const targetGroups = observation.targetGroups.filter(isNotInUse);
  if (targetGroups.length === 0) return undefined;
  return {
    code: 'TARGET_GROUP_NOT_IN_USE',
    targetGroups: targetGroups.map(({ name, targetGroupArn }) => ({ name, targetGroupArn })),
  };
}

function isNotInUse({ targets }: TargetGroupObservation): boolean {
  return targets.length > 0 && targets.every(({ reason }) => reason === 'Target.NotInUse');
}

/** AWS's words for something that a launch needs and that is not there. */
const goneText = /could not find|not found|NotFound|not exist|no longer|invalid.*version|was deleted|has been deleted/i;

/**
 * What the release is launched from was there, for one was launched from it, and is gone. Its launch template version was made by this
 * rollout: whatever comes of it, that it is gone is not the release's doing.
 */
function findSourceGone({ record, observation }: Sight, awsText: string | undefined): Need | undefined {
  const { launchTemplateVersion, imageId } = record.to;
  if (awsText === undefined || launchTemplateVersion === undefined || !goneText.test(awsText)) return undefined;
  // Where the group itself has launched none yet, going back costs nothing and asks for no person.
  const wasLaunched = Object.values(record.instances).some(
    (known) => known.launchTemplateVersion === launchTemplateVersion && known.joinedAt === undefined,
  );
  const isTemplate = isReleaseVersionGone(record, observation);
  if (!wasLaunched && !isTemplate) return undefined;
  return describeSourceGone(record, { launchTemplateVersion, imageId, awsText });
}

function describeSourceGone(
  { original }: RolloutRecord,
  parts: { readonly launchTemplateVersion: string; readonly imageId: string; readonly awsText?: string },
): Need {
  return { code: 'LAUNCH_SOURCE_GONE', launchTemplateId: original.launchTemplate.launchTemplateId, ...parts };
}

/** The newest version is an older one than the release's: somebody has deleted that. */
function isReleaseVersionGone({ to }: RolloutRecord, { launchTemplate }: Observation): boolean {
  const [newest, release] = [Number(launchTemplate.latestVersion), Number(to.launchTemplateVersion)];
  return launchTemplate.latestVersion !== '' && newest < release;
}

/** Before the way back is given up: the group names a version of the release that can be launched no more. */
export function findReleaseVersionGone(record: RolloutRecord, observation: Observation): Need | undefined {
  const { launchTemplateVersion, imageId } = record.to;
  if (launchTemplateVersion === undefined || !isReleaseVersionGone(record, observation)) return undefined;
  return describeSourceGone(record, { launchTemplateVersion, imageId });
}

function findDelay({ record, observation }: Sight): Need | undefined {
  const { delayed } = record;
  if (delayed === undefined) return undefined;
  const { act, since, failure } = delayed;
  return { code: 'APPLY_DELAYED', act, waitedMs: observation.at - since, failure };
}
