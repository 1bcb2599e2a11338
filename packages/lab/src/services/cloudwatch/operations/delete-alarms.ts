import type { DeleteAlarmsCommandInput } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { alarmsOf, parseAlarmRule } from '../alarm-rule.js';
import { keepHistory } from '../alarms.js';

/** A name that no alarm has is left out, as on AWS; all are, when one is still needed by a composite alarm that stays. */
export function deleteAlarms(input: DeleteAlarmsCommandInput, context: OperationContext): object {
  const { alarms } = context.state.cloudWatch;
  const names = new Set(input.AlarmNames);
  for (const { kind, alarm } of alarms.values()) {
    if (kind !== 'composite' || names.has(alarm.AlarmName!)) continue;
    const needed = alarmsOf(parseAlarmRule(alarm.AlarmRule!)).find((name) => names.has(name));
    if (needed !== undefined)
      throw new AwsError(
        'ValidationError',
        `Cannot delete ${needed} as there are composite alarm(s) that depend on it.`,
      );
  }
  for (const name of names) {
    const record = alarms.get(name);
    if (record === undefined) continue;
    keepHistory(context, record, {
      type: 'ConfigurationUpdate',
      summary: `Alarm "${name}" deleted`,
      data: { type: 'Delete' },
    });
    alarms.delete(name);
  }
  return {};
}
