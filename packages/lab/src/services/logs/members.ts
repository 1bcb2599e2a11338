import type { MemberTable } from '../../protocols/check-members.js';

/** What each operation of CloudWatch Logs acts on. A member that is not here is refused by name. */
export const logsMembers: MemberTable = {
  CreateLogGroup: { acts: 'logGroupName tags logGroupClass deletionProtectionEnabled' },
  CreateLogStream: { acts: 'logGroupName logStreamName' },
  DeleteLogGroup: { acts: 'logGroupName' },
  DeleteLogStream: { acts: 'logGroupName logStreamName' },
  DeleteRetentionPolicy: { acts: 'logGroupName' },
  DescribeLogGroups: {
    acts: 'logGroupNamePrefix logGroupNamePattern nextToken limit logGroupClass logGroupIdentifiers',
  },
  DescribeLogStreams: {
    acts: 'logGroupName logGroupIdentifier logStreamNamePrefix orderBy descending nextToken limit',
  },
  DescribeQueries: { acts: 'logGroupName status maxResults nextToken queryLanguage' },
  FilterLogEvents: {
    acts: 'logGroupName logGroupIdentifier logStreamNames logStreamNamePrefix startTime endTime filterPattern nextToken limit interleaved',
    noEffect: 'unmask',
  },
  GetLogEvents: {
    acts: 'logStreamName logGroupName logGroupIdentifier startTime endTime nextToken limit startFromHead',
    noEffect: 'unmask',
  },
  GetQueryResults: { acts: 'queryId' },
  ListTagsForResource: { acts: 'resourceArn' },
  ListTagsLogGroup: { acts: 'logGroupName' },
  PutLogEvents: { acts: 'logGroupName logStreamName logEvents', noEffect: 'sequenceToken entity' },
  PutRetentionPolicy: { acts: 'logGroupName retentionInDays' },
  StartQuery: {
    acts: 'startTime endTime queryString queryLanguage logGroupName logGroupNames logGroupIdentifiers limit',
  },
  StopQuery: { acts: 'queryId' },
  TagLogGroup: { acts: 'logGroupName tags' },
  TagResource: { acts: 'resourceArn tags' },
  UntagLogGroup: { acts: 'logGroupName tags' },
  UntagResource: { acts: 'resourceArn tagKeys' },
};
