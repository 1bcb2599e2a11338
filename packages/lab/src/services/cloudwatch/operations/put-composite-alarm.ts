import type { CompositeAlarm, PutCompositeAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { alarmsOf, parseAlarmRule } from '../alarm-rule.js';
import { evaluateCompositeAlarm, keepAlarm, readTags, withState } from '../alarms.js';

/** Makes a composite alarm, or replaces the one of this name but for its state and its tags; and evaluates it. */
export function putCompositeAlarm(input: PutCompositeAlarmCommandInput, context: OperationContext): object {
  const { alarms } = context.state.cloudWatch;
  const name = input.AlarmName!;
  const unknown = alarmsOf(parseAlarmRule(input.AlarmRule!)).filter((each) => !alarms.has(each) || each === name);
  if (unknown.length > 0) throw invalid(`AlarmRule references alarms that do not exist: ${unknown.join(', ')}`);
  const known = alarms.get(name);
  if (known?.kind === 'metric') throw invalid(`A metric alarm has the name ${name} already.`);
  const { Tags, ...settings } = input;
  const alarm = withState<CompositeAlarm>(context, settings, known?.alarm);
  evaluateCompositeAlarm(context, keepAlarm(context, { kind: 'composite', alarm, tags: readTags(Tags) }));
  return {};
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationError', message);
}
