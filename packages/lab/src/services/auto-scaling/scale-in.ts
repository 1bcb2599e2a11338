// scale-in: which instance goes. Pure.
//
//   I1. Always from the zone with the most instances; the policy chooses among those.
//   I2. A protected instance is never chosen.
//   I3. Default: launch configuration before launch template, then the oldest launch template version, then the one closest to
//       its next billing hour, then any.
// Source: Auto Scaling guide, "Control which instances terminate during scale in". On a tie of zones, candidates of all of them
// compete, which is what "the zone that holds the oldest" comes to.
import type { Instance } from '@aws-sdk/client-auto-scaling';

export const TERMINATION_POLICIES = [
  'Default',
  'OldestInstance',
  'NewestInstance',
  'OldestLaunchTemplate',
  'OldestLaunchConfiguration',
  'ClosestToNextInstanceHour',
  'AllocationStrategy',
] as const;

export interface Candidate {
  readonly instance: Instance;
  readonly launchedAt: number;
}

interface ScaleInQuestion {
  /** In service and unprotected. */
  readonly candidates: readonly Candidate[];
  /** By zone: every instance that counts as capacity. */
  readonly zoneCounts: ReadonlyMap<string, number>;
  readonly policies: readonly string[];
  readonly now: number;
  /** In [0, 1): breaks the last tie. */
  readonly random: number;
}

/** Undefined when there is no candidate. */
export function chooseVictim(question: ScaleInQuestion): Instance | undefined {
  let left = inFullestZone(question);
  for (const policy of question.policies) {
    for (const rank of ranksOf(policy, question.now)) left = lowest(left, rank);
  }
  return left[Math.floor(question.random * left.length)]?.instance;
}

function inFullestZone({ candidates, zoneCounts }: ScaleInQuestion): readonly Candidate[] {
  return lowest(candidates, ({ instance }) => -(zoneCounts.get(instance.AvailabilityZone!) ?? 0));
}

type Rank = (candidate: Candidate) => number;

const byAge: Rank = ({ launchedAt }) => launchedAt;
const configurationFirst: Rank = ({ instance }) => (instance.LaunchTemplate ? 1 : 0);
const byTemplateVersion: Rank = ({ instance }) => Number(instance.LaunchTemplate?.Version ?? 0);

function ranksOf(policy: string, now: number): readonly Rank[] {
  const toNextHour: Rank = ({ launchedAt }) => 3_600_000 - ((now - launchedAt) % 3_600_000);
  switch (policy) {
    case 'OldestInstance':
      return [byAge];
    case 'NewestInstance':
      return [(candidate) => -byAge(candidate)];
    case 'OldestLaunchTemplate':
      return [(candidate) => -configurationFirst(candidate), byTemplateVersion];
    case 'OldestLaunchConfiguration':
      return [configurationFirst];
    case 'ClosestToNextInstanceHour':
      return [toNextHour];
    // Without a mixed instances policy every instance fits the allocation strategy.
    case 'AllocationStrategy':
      return [];
    default:
      return [configurationFirst, byTemplateVersion, toNextHour];
  }
}

function lowest(candidates: readonly Candidate[], rank: Rank): readonly Candidate[] {
  const best = Math.min(...candidates.map(rank));
  return candidates.filter((candidate) => rank(candidate) === best);
}
