import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  GetQueryResultsCommand,
  type InputLogEvent,
  ListTagsForResourceCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
  paginateFilterLogEvents,
  StartQueryCommand,
  StopQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { describe, expect, test } from 'vitest';
import { createTestLab, START } from '../../testing/create-test-lab.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MOST_BYTES = 1_048_576;

async function setUp(streams: readonly string[] = ['i-1']) {
  const { logs, clock, lab } = createTestLab();
  await logs.send(new CreateLogGroupCommand({ logGroupName: 'web', tags: { team: 'a' } }));
  for (const name of streams) await logs.send(new CreateLogStreamCommand({ logGroupName: 'web', logStreamName: name }));
  const put = (logEvents: InputLogEvent[], logStreamName = 'i-1') =>
    logs.send(new PutLogEventsCommand({ logGroupName: 'web', logStreamName, logEvents }));
  const say = (...messages: readonly string[]) =>
    put(messages.map((message, index) => ({ timestamp: START + index, message })));
  const filter = async (filterPattern: string) => {
    const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName: 'web', filterPattern }));
    return events.map(({ message }) => message);
  };
  const query = async (queryString: string) => {
    const { queryId } = await logs.send(
      new StartQueryCommand({ logGroupName: 'web', startTime: 0, endTime: START / 1000 + 9999, queryString }),
    );
    await clock.advance(1000);
    const { results = [], ...rest } = await logs.send(new GetQueryResultsCommand({ queryId }));
    const rows = results.map((row) => Object.fromEntries(row.map(({ field, value }) => [field, value])));
    return { rows: rows.map(({ '@ptr': _ptr, ...row }) => row), ...rest };
  };
  return { logs, clock, lab, put, say, filter, query };
}

const event = (timestamp: number, message = 'm'): InputLogEvent => ({ timestamp, message });

describe('groups and streams', () => {
  test('a group is created once, tagged, kept for as long as it is told, and deleted with its streams', async () => {
    const { logs, say } = await setUp();
    const group = { logGroupName: 'web' };
    await expect(logs.send(new CreateLogGroupCommand(group))).rejects.toMatchObject({
      name: 'ResourceAlreadyExistsException',
    });
    await logs.send(new PutRetentionPolicyCommand({ ...group, retentionInDays: 7 }));
    await say('four');
    const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: 'w' }));
    expect(logGroups).toMatchObject([{ ...group, retentionInDays: 7, storedBytes: 4, creationTime: START }]);
    const resourceArn = logGroups?.[0]?.logGroupArn;
    expect((await logs.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual({ team: 'a' });
    await logs.send(new DeleteLogGroupCommand(group));
    await expect(logs.send(new DescribeLogStreamsCommand(group))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified log group does not exist.',
    });
  });

  test('streams are listed by name, or by their last event, in pages', async () => {
    const { logs, put } = await setUp(['a', 'b', 'c']);
    for (const [stream, at] of Object.entries({ a: 2, b: 3, c: 1 })) await put([event(START + at)], stream);
    const list = async (more: object) => {
      const answer = await logs.send(new DescribeLogStreamsCommand({ logGroupName: 'web', ...more }));
      return { names: answer.logStreams?.map(({ logStreamName }) => logStreamName), nextToken: answer.nextToken };
    };
    expect((await list({ orderBy: 'LastEventTime', descending: true })).names).toEqual(['b', 'a', 'c']);
    const first = await list({ limit: 2 });
    expect(first.names).toEqual(['a', 'b']);
    expect((await list({ limit: 2, nextToken: first.nextToken })).names).toEqual(['c']);
  });

  test('what retention has passed is neither read nor kept', async () => {
    const { logs, put, clock, filter } = await setUp();
    await logs.send(new PutRetentionPolicyCommand({ logGroupName: 'web', retentionInDays: 1 }));
    await put([event(START, 'old')]);
    await clock.advance(DAY_MS + 1);
    expect(await filter('')).toEqual([]);
    await put([event(START + DAY_MS, 'new')]);
    const { logGroups } = await logs.send(new DescribeLogGroupsCommand({}));
    expect(logGroups?.[0]?.storedBytes).toBe(3);
  });
});

describe('PutLogEvents', () => {
  test.each([
    ['no event', [], /logEvents/],
    ['more than 10,000', Array.from({ length: 10_001 }, () => event(START)), /10000/],
    ['wrong order', [event(START + 1), event(START)], /chronological order/],
    ['more than 24 hours', [event(START - DAY_MS - 1), event(START)], /more than 24 hours/],
    ['an event of more than 1 MB', [event(START, 'x'.repeat(MOST_BYTES - 25))], /Log event too large: 1048577/],
    [
      'more than 1 MB with 26 bytes an event',
      [event(START, 'é'.repeat(262_144)), event(START, 'x'.repeat(524_237))],
      /Upload too large: 1048577/,
    ],
    ['an empty message', [event(START, '')], /length greater/],
  ])('a batch with %s is refused whole', async (_, events, text) => {
    const { put, filter } = await setUp();
    await expect(put(events)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringMatching(text),
    });
    expect(await filter('')).toEqual([]);
  });

  test('a batch of exactly 1 MB is taken', async () => {
    const { put, filter } = await setUp();
    await put([event(START, 'é'.repeat(262_144)), event(START, 'x'.repeat(524_236))]);
    expect(await filter('')).toHaveLength(2);
  });

  test('events that are too old, expired or too new are left out, and the answer says which', async () => {
    const { logs, put, filter } = await setUp();
    const old = await put([event(START - 14 * DAY_MS - 1, 'a'), event(START - 14 * DAY_MS, 'b')]);
    expect(old.rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1 });
    const soon = await put([event(START + 2 * HOUR_MS, 'c'), event(START + 2 * HOUR_MS + 1, 'd')]);
    expect(soon.rejectedLogEventsInfo).toEqual({ tooNewLogEventStartIndex: 1 });
    await logs.send(new PutRetentionPolicyCommand({ logGroupName: 'web', retentionInDays: 3 }));
    const expired = await put([event(START - 3 * DAY_MS - 1, 'e'), event(START - 3 * DAY_MS, 'f')]);
    expect(expired.rejectedLogEventsInfo).toEqual({ expiredLogEventEndIndex: 1 });
    expect(await filter('')).toEqual(['f', 'c']);
  });

  test('an unknown stream is said to be unknown', async () => {
    const { put } = await setUp();
    await expect(put([event(START)], 'i-2')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified log stream does not exist.',
    });
  });
});

describe('reading', () => {
  test('GetLogEvents pages forwards and backwards, and gives the same token back at the end', async () => {
    const { logs, say } = await setUp();
    await say('1', '2', '3', '4', '5');
    const get = async (more: object) => {
      const input = { logGroupName: 'web', logStreamName: 'i-1', limit: 2, ...more };
      const { events, ...tokens } = await logs.send(new GetLogEventsCommand(input));
      return { messages: events?.map(({ message }) => message), ...tokens };
    };
    const newest = await get({});
    expect(newest.messages).toEqual(['4', '5']);
    expect((await get({ nextToken: newest.nextBackwardToken })).messages).toEqual(['2', '3']);
    const end = await get({ nextToken: newest.nextForwardToken });
    expect([end.messages, end.nextForwardToken]).toEqual([[], newest.nextForwardToken]);
    const head = await get({ startFromHead: true });
    expect(head.messages).toEqual(['1', '2']);
    expect((await get({ nextToken: head.nextForwardToken, endTime: START + 3 })).messages).toEqual(['3']);
    await expect(get({ nextToken: 'f/1' })).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  test('FilterLogEvents interleaves the streams by time, to the last event, in pages', async () => {
    const { logs, put } = await setUp(['a', 'b']);
    await put([event(START, 'a0'), event(START + 2, 'a2')], 'a');
    await put([event(START + 1, 'b1'), event(START + 3, 'b3')], 'b');
    const pages: (string | undefined)[][] = [];
    const input = { logGroupName: 'web', limit: 2, endTime: START + 3 };
    for await (const page of paginateFilterLogEvents({ client: logs }, input))
      pages.push(page.events?.map(({ message }) => message) ?? []);
    expect(pages).toEqual([
      ['a0', 'b1'],
      ['a2', 'b3'],
    ]);
  });

  test('an event that comes late takes its place by time', async () => {
    const { put, filter } = await setUp();
    await put([event(START + 5, 'later')]);
    await put([event(START + 1, 'earlier')]);
    expect(await filter('')).toEqual(['earlier', 'later']);
  });
});

describe('filter patterns', () => {
  const lines = [
    'ERROR disk full',
    'WARN disk slow',
    'INFO ready',
    '{"level":"error","status":503,"user":null,"took":{"ms":12},"ok":true}',
    '{"level":"info","status":200,"tags":["a","b"]}',
    '10.0.0.1 - [10/Nov] "GET / HTTP/1.1" 503 12',
  ];
  const [error, warn, info, failed, fine, access] = lines;

  test.each([
    ['disk', [error, warn]],
    ['disk full', [error]],
    ['"disk full"', [error]],
    ['disk -WARN', [error]],
    ['?ERROR ?INFO', [error, info]],
    ['%d[a-z]sk full|d[a-z]sk slow%', [error, warn]],
    ['{ $.level = "error" }', [failed]],
    ['{ $.status >= 200 && $.status < 300 }', [fine]],
    ['{ ($.status = 5* || $.level = "info") && $.took.ms != 13 }', [failed]],
    ['{ $.user IS NULL }', [failed]],
    ['{ $.user NOT EXISTS }', [fine]],
    ['{ $.ok IS TRUE }', [failed]],
    ['{ $.tags[1] = "b" }', [fine]],
    ['{ $.level = %^err% }', [failed]],
    ['[ip, user, time, request, status=5*, size]', [access]],
    ['[ip=10.*, ..., size > 10 && size < 13]', [access]],
    ['[ip=INFO, user]', [info]],
  ])('%s', async (pattern, expected) => {
    const { say, filter } = await setUp();
    await say(...lines);
    expect(await filter(pattern)).toEqual(expected);
  });

  test.each([
    '{ $.level }',
    '{ level = 1 }',
    '[a, ..., ...]',
    'disk-full',
    '"open',
    '{ $.a = 1',
    '%(%',
    '{ $.a = 1 } x',
  ])('%s is refused as a pattern', async (pattern) => {
    const { filter } = await setUp();
    await expect(filter(pattern)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});

describe('Insights', () => {
  const lines = [
    '{"status":200,"ms":10,"path":"/"}',
    '{"status":503,"ms":30,"path":"/a"}',
    '{"status":503,"ms":20,"path":"/b"}',
    'user=anna took 7 ms',
  ];

  test.each<[string, readonly Record<string, string>[]]>([
    ['fields @message | filter @message like "anna"', [{ '@message': 'user=anna took 7 ms' }]],
    ['filter status >= 500 and path = "/a" | display ms * 2 as double', [{ double: '60' }]],
    [
      'filter ispresent(status) | stats count(*), avg(ms) as mean, pct(ms, 50) by status | sort status asc',
      [
        { status: '200', 'count(*)': '1', mean: '10', 'pct(ms, 50)': '10' },
        { status: '503', 'count(*)': '2', mean: '25', 'pct(ms, 50)': '20' },
      ],
    ],
    ['parse @message "user=* took * ms" as who, took | filter took > 5 | display who', [{ who: 'anna' }]],
    ['parse /user=(?<who>\\w+)/ | filter ispresent(who) | display toupper(who) as name', [{ name: 'ANNA' }]],
    ['filter path not in ["/a", "/b"] and not (status = 503) and ispresent(path) | display path', [{ path: '/' }]],
    ['stats count(*) as n by bin(1h)', [{ 'bin(1h)': '2018-11-11 08:00:00.000', n: '4' }]],
    ['filter @message =~ /(?i)TOOK/ | display @timestamp # the last', [{ '@timestamp': '2018-11-11 08:00:00.003' }]],
    [
      'filter ispresent(status) | display status, ms | dedup status',
      [
        { status: '503', ms: '20' },
        { status: '200', ms: '10' },
      ],
    ],
    ['stats count(*) by status | sort count(*) desc | limit 1', [{ status: '503', 'count(*)': '2' }]],
  ])('%s', async (text, expected) => {
    const { say, query } = await setUp();
    await say(...lines);
    const { rows, status } = await query(text);
    expect([status, rows]).toEqual(['Complete', expected]);
  });

  test('without a command that names fields, times and messages come newest first, with what was scanned', async () => {
    const { say, query } = await setUp();
    await say('one', 'two');
    const { rows, statistics } = await query('limit 1');
    expect(rows).toEqual([{ '@timestamp': '2018-11-11 08:00:00.001', '@message': 'two' }]);
    expect(statistics).toMatchObject({ recordsScanned: 2, recordsMatched: 1, bytesScanned: 6 });
  });

  test.each(['filter', 'fields a |', 'pattern @message', 'fields nope(a)', 'limit 0', 'filter a like 5', 'fields a) '])(
    '%s is refused as malformed',
    async (text) => {
      const { query } = await setUp();
      await expect(query(text)).rejects.toMatchObject({ name: 'MalformedQueryException' });
    },
  );

  test('a query runs until it is complete, or stopped', async () => {
    const { logs, say } = await setUp();
    await say('one');
    const start = { logGroupName: 'web', startTime: 0, endTime: START, queryString: 'fields @message' };
    const { queryId } = await logs.send(new StartQueryCommand(start));
    expect(await logs.send(new GetQueryResultsCommand({ queryId }))).toMatchObject({ status: 'Running', results: [] });
    await logs.send(new StopQueryCommand({ queryId }));
    expect(await logs.send(new GetQueryResultsCommand({ queryId }))).toMatchObject({ status: 'Cancelled' });
    await expect(logs.send(new StopQueryCommand({ queryId }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });
});
