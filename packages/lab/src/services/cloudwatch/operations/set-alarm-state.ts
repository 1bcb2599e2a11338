import type { SetAlarmStateCommandInput } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { evaluateAlarms, requireAlarm, setAlarmState } from '../alarms.js';

/** For a while: the next evaluation puts the alarm back to what its metric says. Composite alarms follow at once. */
export function setAlarmStateByHand(input: SetAlarmStateCommandInput, context: OperationContext): object {
  const record = requireAlarm(context.state.cloudWatch, input.AlarmName);
  if (input.StateReasonData !== undefined && !isJson(input.StateReasonData))
    throw new AwsError('InvalidFormat', 'StateReasonData was not valid JSON.');
  setAlarmState(context, record, {
    state: input.StateValue!,
    reason: input.StateReason!,
    ...(input.StateReasonData === undefined ? {} : { data: input.StateReasonData }),
  });
  evaluateAlarms(context, { isMetricLeftOut: true });
  return {};
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
