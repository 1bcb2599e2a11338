import type { LabState, Permission } from '../../control-plane/types.js';
import { alarmArn } from './alarms.js';

interface AnyInput {
  readonly AlarmName?: string;
  readonly AlarmNames?: readonly string[];
  readonly ResourceARN?: string;
}

const OF_ALARMS =
  /^(Put(Metric|Composite)Alarm|SetAlarmState|DeleteAlarms|(En|Dis)ableAlarmActions|DescribeAlarms|DescribeAlarmHistory)$/;

/** Service Authorization Reference, "Actions, resources, and condition keys for Amazon CloudWatch". */
export function cloudWatchPermissions(operationName: string, input: object, state: LabState): readonly Permission[] {
  const { AlarmName, AlarmNames, ResourceARN } = input as AnyInput;
  const action = `cloudwatch:${operationName}`;
  if (ResourceARN !== undefined) return [{ action, resource: ResourceARN }];
  if (!OF_ALARMS.test(operationName)) return [{ action, resource: '*' }];
  const names = AlarmNames ?? (AlarmName === undefined ? ['*'] : [AlarmName]);
  return names.map((name) => ({ action, resource: alarmArn(state, name) }));
}
