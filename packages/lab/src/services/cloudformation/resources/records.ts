// records: parameters, logs and alarms.
import type { DescribeAlarmsOutput } from '@aws-sdk/client-cloudwatch';
import { hasChanged, pick, type ResourceRequest, type ResourceType, tagChange } from './resource-type.js';

const LONGEST_PARAMETER_NAME = 1_011;
const PARAMETER = 'Type Value Description AllowedPattern Tier DataType';

export const parameter: ResourceType = {
  acts: `Name ${PARAMETER} Tags`,
  updates: `${PARAMETER} Tags`,
  nameProperty: 'Name',
  create(request) {
    const Name =
      request.properties.Name ?? `CFN-${request.logicalId}-${request.randomId(12)}`.slice(0, LONGEST_PARAMETER_NAME);
    request.ask('ssm', 'PutParameter', {
      Name,
      ...pick(request.properties, PARAMETER),
      ...(request.tags.length > 0 && { Tags: request.tags }),
    });
    request.created(Name);
  },
  update(request) {
    const Name = request.physicalId;
    if (hasChanged(request, PARAMETER))
      request.ask('ssm', 'PutParameter', { Name, ...pick(request.properties, PARAMETER), Overwrite: true });
    const { put, remove } = tagChange(request);
    const resource = { ResourceType: 'Parameter', ResourceId: Name };
    if (remove.length > 0) request.ask('ssm', 'RemoveTagsFromResource', { ...resource, TagKeys: remove });
    if (put.length > 0) request.ask('ssm', 'AddTagsToResource', { ...resource, Tags: put });
  },
  delete: (request) => void request.ask('ssm', 'DeleteParameter', { Name: request.physicalId }),
  attributes: ({ properties, physicalId, state }) => ({
    ...pick(properties, 'Type Value'),
    Arn: `arn:aws:ssm:${state.region}:${state.accountId}:parameter${physicalId.startsWith('/') ? '' : '/'}${physicalId}`,
  }),
};

const LONGEST_LOG_GROUP_NAME = 512;

export const logGroup: ResourceType = {
  acts: 'LogGroupName RetentionInDays LogGroupClass DeletionProtectionEnabled Tags',
  updates: 'RetentionInDays Tags',
  nameProperty: 'LogGroupName',
  create(request) {
    const {
      LogGroupName = request.generateName(LONGEST_LOG_GROUP_NAME),
      LogGroupClass,
      DeletionProtectionEnabled,
    } = request.properties;
    request.ask('logs', 'CreateLogGroup', {
      logGroupName: LogGroupName,
      ...(LogGroupClass !== undefined && { logGroupClass: LogGroupClass }),
      ...(DeletionProtectionEnabled !== undefined && { deletionProtectionEnabled: DeletionProtectionEnabled }),
      ...(request.tags.length > 0 && { tags: tagMap(request) }),
    });
    request.created(LogGroupName);
    setRetention(request);
  },
  update(request) {
    setRetention(request);
    const resourceArn = logGroupArn(request);
    const { put, remove } = tagChange(request);
    if (remove.length > 0) request.ask('logs', 'UntagResource', { resourceArn, tagKeys: remove });
    if (put.length > 0) request.ask('logs', 'TagResource', { resourceArn, tags: tagMap({ tags: put }) });
  },
  delete: (request) => void request.ask('logs', 'DeleteLogGroup', { logGroupName: request.physicalId }),
  attributes: (request) => ({ Arn: `${logGroupArn(request)}:*` }),
};

function tagMap({ tags }: Pick<ResourceRequest, 'tags'>): Readonly<Record<string, string>> {
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}

function logGroupArn({ state, physicalId }: ResourceRequest): string {
  return `arn:aws:logs:${state.region}:${state.accountId}:log-group:${physicalId}`;
}

function setRetention(request: ResourceRequest): void {
  if (!hasChanged(request, 'RetentionInDays')) return;
  const { RetentionInDays: retentionInDays } = request.properties;
  const logGroupName = request.physicalId;
  if (retentionInDays === undefined) request.ask('logs', 'DeleteRetentionPolicy', { logGroupName });
  else request.ask('logs', 'PutRetentionPolicy', { logGroupName, retentionInDays });
}

export const logStream: ResourceType = {
  acts: 'LogGroupName LogStreamName',
  nameProperty: 'LogStreamName',
  create(request) {
    const { LogGroupName, LogStreamName = request.generateName(LONGEST_LOG_GROUP_NAME) } = request.properties;
    request.ask('logs', 'CreateLogStream', { logGroupName: LogGroupName, logStreamName: LogStreamName });
    request.created(LogStreamName);
  },
  delete: (request) =>
    void request.ask('logs', 'DeleteLogStream', {
      logGroupName: request.properties.LogGroupName,
      logStreamName: request.physicalId,
    }),
};

const ANY_ALARM = 'ActionsEnabled AlarmActions AlarmDescription InsufficientDataActions OKActions';
const METRIC_ALARM = `${ANY_ALARM} ComparisonOperator DatapointsToAlarm Dimensions EvaluateLowSampleCountPercentile EvaluationPeriods ExtendedStatistic MetricName Metrics Namespace Period Statistic Threshold ThresholdMetricId TreatMissingData Unit`;
const LONGEST_ALARM_NAME = 255;

function alarmType(operationName: 'PutMetricAlarm' | 'PutCompositeAlarm', members: string): ResourceType {
  const put = (request: ResourceRequest, AlarmName: string, more: object = {}) =>
    request.ask('monitoring', operationName, { AlarmName, ...pick(request.properties, members), ...more });
  return {
    acts: `AlarmName ${members} Tags`,
    updates: `${members} Tags`,
    nameProperty: 'AlarmName',
    create(request) {
      const { AlarmName = request.generateName(LONGEST_ALARM_NAME) } = request.properties;
      put(request, AlarmName, request.tags.length > 0 ? { Tags: request.tags } : {});
      request.created(AlarmName);
    },
    update(request) {
      put(request, request.physicalId);
      const ResourceARN = alarmArn(request);
      const { put: tags, remove } = tagChange(request);
      if (remove.length > 0) request.ask('monitoring', 'UntagResource', { ResourceARN, TagKeys: remove });
      if (tags.length > 0) request.ask('monitoring', 'TagResource', { ResourceARN, Tags: tags });
    },
    delete: (request) => void request.ask('monitoring', 'DeleteAlarms', { AlarmNames: [request.physicalId] }),
    attributes: (request) => ({ Arn: alarmArn(request) }),
  };
}

function alarmArn(request: ResourceRequest): string | undefined {
  const answer = request.ask<DescribeAlarmsOutput>('monitoring', 'DescribeAlarms', {
    AlarmNames: [request.physicalId],
    AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
  });
  return (answer.MetricAlarms?.[0] ?? answer.CompositeAlarms?.[0])?.AlarmArn;
}

export const alarm = alarmType('PutMetricAlarm', METRIC_ALARM);
export const compositeAlarm = alarmType('PutCompositeAlarm', `${ANY_ALARM} AlarmRule`);
