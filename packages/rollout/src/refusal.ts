// Refusals: why a rollout must not even begin. Nothing has been changed when one is returned.
import { type GroupFacts, type GroupRefusalCode, groupRules } from './group-rules.js';
import { isInStandby, isLeaving, listServing } from './members.js';
import type { Observation } from './observation.js';
import type { Release } from './record.js';
import { shell } from './shell-command.js';

export type RefusalCode = GroupRefusalCode | 'ALREADY_THIS_RELEASE';

export interface Refusal {
  readonly code: RefusalCode;
  /** One sentence with the names and numbers that mattered. */
  readonly message: string;
  /** What to do next. */
  readonly hint: string;
}

export interface RefusalTerms {
  /** The emergency: nothing is healthy now, and the release is the cure. */
  readonly isBrokenBaselineAccepted?: boolean;
  /** MaxSize is raised for the rollout, so it refuses nothing. */
  readonly isMaxSizeLent?: boolean;
}

/**
 * The first reason not to roll this group to `to`, or undefined. ALREADY_THIS_RELEASE is the one that is no failure: there is
 * nothing to do.
 */
export function refuseRollout(observation: Observation, to: Release, terms: RefusalTerms = {}): Refusal | undefined {
  const all = terms.isBrokenBaselineAccepted === true ? rulesOfEmergency : allRules;
  const rules = terms.isMaxSizeLent === true ? all.filter((rule) => rule !== others.NO_CAPACITY_HEADROOM) : all;
  return refuseBy(rulesOfShape, observation) ?? refuseSameRelease(observation, to) ?? refuseBy(rules, observation);
}

const { NO_LAUNCH_TEMPLATE, NO_TARGET_GROUP, GROUP_EMPTY, NO_HEALTHY_BASELINE, ...others } = groupRules;
const rulesOfShape = [NO_LAUNCH_TEMPLATE, NO_TARGET_GROUP, GROUP_EMPTY];
const rulesOfEmergency = Object.values(others);
const allRules = [others.PROCESS_SUSPENDED, NO_HEALTHY_BASELINE, others.NO_CAPACITY_HEADROOM];

function refuseBy(
  rules: readonly ((facts: GroupFacts) => Refusal | undefined)[],
  facts: GroupFacts,
): Refusal | undefined {
  for (const rule of rules) {
    const refusal = rule(facts);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function refuseSameRelease({ group, launchTemplate }: Observation, to: Release): Refusal | undefined {
  const isOfRelease = (version: string | undefined, imageId: string | undefined) =>
    to.launchTemplateVersion === undefined ? imageId === to.imageId : version === to.launchTemplateVersion;
  // What still drains from an earlier rollout is on its way out, and what is in Standby serves nobody.
  const staying = group.instances.filter(
    ({ lifecycleState }) => !isLeaving(lifecycleState) && !isInStandby(lifecycleState),
  );
  if (
    staying.length === 0 ||
    !staying.every((instance) => isOfRelease(instance.launchTemplateVersion, instance.imageId))
  ) {
    return undefined;
  }
  // All instances alike is not enough: the group must also launch that release from now on.
  const pinned = resolveVersion(group.launchTemplate?.version ?? '', launchTemplate);
  const isPinned =
    to.launchTemplateVersion === undefined
      ? staying.every((instance) => instance.launchTemplateVersion === pinned)
      : pinned === to.launchTemplateVersion;
  if (!isPinned) return undefined;
  return {
    code: 'ALREADY_THIS_RELEASE',
    message: `Every instance of ${group.name} (${staying.length}) is of release ${to.version}, image ${to.imageId}, already.`,
    hint: 'nothing to do',
  };
}

/** The number that a version as the group has it means now. */
export function resolveVersion(
  version: string,
  { latestVersion, defaultVersion }: Observation['launchTemplate'],
): string {
  if (version === '$Latest') return latestVersion;
  if (version === '$Default') return defaultVersion;
  return version;
}

/**
 * The release to come back to: the launch template version of most serving instances, never that of `to` (a rollback to the bad
 * release is none). Without a serving one, of most instances. Undefined when every instance is of `to` or none has a version.
 */
export function findBaseline(
  observation: Observation,
  to: Pick<Release, 'launchTemplateVersion'>,
): { readonly launchTemplateVersion: string; readonly imageId?: string } | undefined {
  return (
    findCommonest(listServing(observation), to.launchTemplateVersion) ??
    findCommonest(observation.group.instances, to.launchTemplateVersion)
  );
}

/** Why there would be no way back, and the command after which there is one. */
export function describeNoBaseline(
  groupName: string,
  launchTemplateId: string,
  imageId: string,
): { readonly message: string; readonly command: string } {
  const data = JSON.stringify({ ImageId: imageId });
  return {
    message: `The instances of ${groupName} run ${imageId}, and no version of its launch template ${launchTemplateId} has that image: there would be no way back to it.`,
    command: shell`aws ec2 create-launch-template-version --launch-template-id ${launchTemplateId} --source-version ${'$Latest'} --launch-template-data ${data}`,
  };
}

/** The image of most serving instances, or, when none serves, of most. */
export function findBaselineImage(observation: Observation): string | undefined {
  for (const instances of [listServing(observation), observation.group.instances]) {
    const images = instances.flatMap(({ imageId }) => imageId ?? []);
    const count = (imageId: string) => images.filter((other) => other === imageId).length;
    const [first] = [...new Set(images)].sort((a, b) => count(b) - count(a));
    if (first !== undefined) return first;
  }
  return undefined;
}

function findCommonest(
  instances: Observation['group']['instances'],
  except: string | undefined,
): { readonly launchTemplateVersion: string; readonly imageId?: string } | undefined {
  const count = new Map<string, { count: number; imageId?: string }>();
  for (const { launchTemplateVersion: version, imageId } of instances) {
    if (version === undefined || version === except) continue;
    const seen = count.get(version);
    count.set(version, { count: (seen?.count ?? 0) + 1, imageId: seen?.imageId ?? imageId });
  }
  const [first] = [...count].sort(([a, x], [b, y]) => y.count - x.count || Number(b) - Number(a));
  return first === undefined ? undefined : { launchTemplateVersion: first[0], imageId: first[1].imageId };
}
