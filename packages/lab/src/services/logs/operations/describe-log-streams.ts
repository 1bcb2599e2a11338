import type { DescribeLogStreamsCommandInput, DescribeLogStreamsResponse } from '@aws-sdk/client-cloudwatch-logs';
import type { OperationContext } from '../../../control-plane/types.js';
import { takePage } from '../../page.js';
import { findGroup } from '../log-group.js';
import { lastEventTimestampOf, logStreamOf, streamsInOrder } from '../log-stream.js';
import { invalidParameter } from '../refusal.js';

const MOST_STREAMS = 50;

export function describeLogStreams(
  input: DescribeLogStreamsCommandInput,
  { state }: OperationContext,
): DescribeLogStreamsResponse {
  const { logStreamNamePrefix: prefix = '', orderBy = 'LogStreamName', descending = false } = input;
  if (orderBy === 'LastEventTime' && prefix !== '')
    throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
  const group = findGroup(state, input);
  const streams = streamsInOrder(group).filter(({ name }) => name.startsWith(prefix));
  if (orderBy === 'LastEventTime')
    streams.sort((a, b) => (lastEventTimestampOf(a) ?? 0) - (lastEventTimestampOf(b) ?? 0));
  if (descending) streams.reverse();
  const page = takePage(streams, input.nextToken, input.limit ?? MOST_STREAMS, 'InvalidParameterException');
  return { logStreams: page.items.map((stream) => logStreamOf(state, group, stream)), nextToken: page.next };
}
