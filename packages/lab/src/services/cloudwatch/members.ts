import type { MemberTable } from '../../protocols/check-members.js';

const ALARM = 'AlarmName AlarmDescription ActionsEnabled OKActions AlarmActions InsufficientDataActions Tags';

/** What each operation of CloudWatch acts on. A member that is not here is refused by name. */
export const cloudWatchMembers: MemberTable = {
  DeleteAlarms: { acts: 'AlarmNames' },
  DescribeAlarmHistory: {
    acts: 'AlarmName AlarmTypes HistoryItemType StartDate EndDate MaxRecords NextToken ScanBy',
  },
  DescribeAlarms: {
    acts: 'AlarmNames AlarmNamePrefix AlarmTypes ChildrenOfAlarmName ParentsOfAlarmName StateValue ActionPrefix MaxRecords NextToken',
  },
  DescribeAlarmsForMetric: { acts: 'MetricName Namespace Statistic ExtendedStatistic Dimensions Period Unit' },
  DisableAlarmActions: { acts: 'AlarmNames' },
  EnableAlarmActions: { acts: 'AlarmNames' },
  GetMetricData: {
    acts: 'MetricDataQueries StartTime EndTime NextToken ScanBy MaxDatapoints',
    noEffect: 'LabelOptions',
  },
  GetMetricStatistics: {
    acts: 'Namespace MetricName Dimensions StartTime EndTime Period Statistics ExtendedStatistics Unit',
  },
  ListMetrics: { acts: 'Namespace MetricName Dimensions NextToken RecentlyActive' },
  ListTagsForResource: { acts: 'ResourceARN' },
  PutCompositeAlarm: { acts: `${ALARM} AlarmRule` },
  PutMetricAlarm: {
    acts: `${ALARM} MetricName Namespace Statistic ExtendedStatistic Dimensions Period Unit EvaluationPeriods DatapointsToAlarm Threshold ComparisonOperator TreatMissingData Metrics ThresholdMetricId`,
    noEffect: 'EvaluateLowSampleCountPercentile',
  },
  PutMetricData: { acts: 'Namespace MetricData', noEffect: 'StrictEntityValidation' },
  SetAlarmState: { acts: 'AlarmName StateValue StateReason StateReasonData' },
  TagResource: { acts: 'ResourceARN Tags' },
  UntagResource: { acts: 'ResourceARN TagKeys' },
};
