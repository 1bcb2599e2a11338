import type { DisableAlarmActionsCommandInput, EnableAlarmActionsCommandInput } from '@aws-sdk/client-cloudwatch';
import type { OperationContext } from '../../../control-plane/types.js';

export function enableAlarmActions(input: EnableAlarmActionsCommandInput, context: OperationContext): object {
  return switchActions(input.AlarmNames!, true, context);
}

export function disableAlarmActions(input: DisableAlarmActionsCommandInput, context: OperationContext): object {
  return switchActions(input.AlarmNames!, false, context);
}

function switchActions(names: readonly string[], isEnabled: boolean, { state }: OperationContext): object {
  for (const name of names) {
    const record = state.cloudWatch.alarms.get(name);
    if (record !== undefined) record.alarm.ActionsEnabled = isEnabled;
  }
  return {};
}
