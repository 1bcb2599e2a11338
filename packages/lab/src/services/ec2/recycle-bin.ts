// recycle bin: what a retention rule keeps of deregistered images and deleted snapshots, and for how long.
//
//   1. Without a rule that fits, what is deleted is gone.
//   2. Of several rules that fit, the longest counts, and a rule with tags before one of the whole region, as AWS has it.
import type { Image, Snapshot, Tag } from '@aws-sdk/client-ec2';
import { AwsError } from '../../control-plane/aws-error.js';
import type { ControlPlaneContext } from '../../control-plane/types.js';
import type { Ec2State, Recycled, RetentionRule } from './state.js';

interface Kept {
  readonly image: Image;
  readonly snapshot: Snapshot;
}

const dayMs = 24 * 3600 * 1000;
const binOf = { image: 'images', snapshot: 'snapshots' } as const;
const timerOf = { image: 'recycledImage', snapshot: 'recycledSnapshot' } as const;

/** Keeps the resource, with its tags, where a rule says so. It must be out of EC2's own books already. */
export function recycle<K extends keyof Kept>(
  kind: K,
  id: string,
  resource: Kept[K],
  tags: readonly Tag[],
  context: ControlPlaneContext,
): void {
  const { recycleBin } = context.state.ec2;
  const days = daysKept([...recycleBin.rules.values()], kind, tags);
  if (days === undefined) return;
  const exitsAt = context.now + days * dayMs;
  const entry = { resource, tags: [...tags], enteredAt: context.now, exitsAt };
  (recycleBin[binOf[kind]] as Map<string, Recycled<Kept[K]>>).set(id, entry);
  context.schedule(exitsAt, { service: 'ec2', type: 'timer', name: timerOf[kind], id });
}

function daysKept(
  rules: readonly RetentionRule[],
  kind: RetentionRule['kind'],
  tags: readonly Tag[],
): number | undefined {
  const ofKind = rules.filter((rule) => rule.kind === kind);
  const tagged = ofKind.filter((rule) => rule.tags.some((wanted) => tags.some((tag) => isSameTag(tag, wanted))));
  const fitting = tagged.length > 0 ? tagged : ofKind.filter((rule) => rule.tags.length === 0);
  return fitting.length === 0 ? undefined : Math.max(...fitting.map(({ days }) => days));
}

function isSameTag(left: Tag, right: Tag): boolean {
  return left.Key === right.Key && left.Value === right.Value;
}

/** Called by the timer. What was restored meanwhile, or deleted again later, has another time of exit. */
export function forgetRecycled(kind: keyof Kept, id: string, { state, now }: ControlPlaneContext): void {
  const bin = state.ec2.recycleBin[binOf[kind]];
  if ((bin.get(id)?.exitsAt ?? Number.POSITIVE_INFINITY) <= now) bin.delete(id);
}

/** Throws the code of AWS when the bin does not hold it. */
export function requireRecycled<K extends keyof Kept>(kind: K, id: string, ec2: Ec2State): Recycled<Kept[K]> {
  const found = (ec2.recycleBin[binOf[kind]] as Map<string, Recycled<Kept[K]>>).get(id);
  if (found !== undefined) return found;
  throw kind === 'image'
    ? new AwsError('InvalidAMIID.NotFound', `The image id '[${id}]' does not exist in the Recycle Bin`)
    : new AwsError('InvalidSnapshot.NotFound', `The snapshot '${id}' does not exist in the Recycle Bin.`);
}
