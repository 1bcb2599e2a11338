// How long old instances drain.
import { shell } from '@directrix/rollout';
import type { Check } from '../check.js';
import { readValue } from '../check.js';
import { draft } from '../draft.js';

/** A longer drain is told. */
const longDrainSeconds = 120;

/** What is enough for requests that end within half a minute. */
export const drainSeconds = 30;

export const checkDeregistration: Check = ({ snapshot }) =>
  (readValue(snapshot.targetGroups) ?? []).flatMap(({ targetGroup, attributes }) => {
    const seconds = Number(attributes['deregistration_delay.timeout_seconds'] ?? 300);
    if (seconds > 0 && seconds <= longDrainSeconds) return [];
    const arn = targetGroup.TargetGroupArn;
    return [
      draft(seconds === 0 ? 'DEREGISTRATION_DELAY_ZERO' : 'DEREGISTRATION_DELAY_LONG', {
        subject: `target group ${targetGroup.TargetGroupName}`,
        message:
          seconds === 0
            ? `${targetGroup.TargetGroupName} cuts requests in flight when an instance leaves: its deregistration delay is 0 s.`
            : `${targetGroup.TargetGroupName} lets each batch of old instances drain for ${seconds} s.`,
        evidence: [{ id: arn ?? '', what: `deregistration_delay.timeout_seconds ${seconds}` }],
        fix: {
          commands: [
            shell`aws elbv2 modify-target-group-attributes --target-group-arn ${arn} --attributes Key=deregistration_delay.timeout_seconds,Value=${drainSeconds}`,
          ],
        },
      }),
    ];
  });
