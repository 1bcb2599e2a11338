import type { ServiceDefinition } from '../../control-plane/types.js';
import { listTagsForResource, tagResource, untagResource } from './operations/alarm-tags.js';
import { deleteAlarms } from './operations/delete-alarms.js';
import { describeAlarmHistory } from './operations/describe-alarm-history.js';
import { describeAlarms } from './operations/describe-alarms.js';
import { describeAlarmsForMetric } from './operations/describe-alarms-for-metric.js';
import { getMetricData } from './operations/get-metric-data.js';
import { getMetricStatistics } from './operations/get-metric-statistics.js';
import { listMetrics } from './operations/list-metrics.js';
import { putCompositeAlarm } from './operations/put-composite-alarm.js';
import { putMetricAlarm } from './operations/put-metric-alarm.js';
import { putMetricData } from './operations/put-metric-data.js';
import { setAlarmStateByHand } from './operations/set-alarm-state.js';
import { disableAlarmActions, enableAlarmActions } from './operations/switch-alarm-actions.js';

export const cloudWatchOperations: ServiceDefinition['operations'] = {
  DeleteAlarms: deleteAlarms,
  DescribeAlarmHistory: describeAlarmHistory,
  DescribeAlarms: describeAlarms,
  DescribeAlarmsForMetric: describeAlarmsForMetric,
  DisableAlarmActions: disableAlarmActions,
  EnableAlarmActions: enableAlarmActions,
  GetMetricData: getMetricData,
  GetMetricStatistics: getMetricStatistics,
  ListMetrics: listMetrics,
  ListTagsForResource: listTagsForResource,
  PutCompositeAlarm: putCompositeAlarm,
  PutMetricAlarm: putMetricAlarm,
  PutMetricData: putMetricData,
  SetAlarmState: setAlarmStateByHand,
  TagResource: tagResource,
  UntagResource: untagResource,
};
