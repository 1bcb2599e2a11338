// The examples of the CloudWatch Logs user guide, "Logs Insights QL", each over lines that tell whether it does what the guide says.
import { describe, expect, test } from 'vitest';
import { parseQuery } from './query.js';
import type { QueriedEvent } from './row.js';

const START = Date.parse('2018-11-11T08:00:00Z');
const HOUR_MS = 3_600_000;

/** A line a second, the first one oldest. Objects are JSON. */
function run(query: string, lines: readonly (string | object)[], everyMs = 1_000) {
  const events = lines.map(
    (line, index): QueriedEvent => ({
      eventId: String(index).padStart(56, '0'),
      timestamp: START + index * everyMs,
      ingestionTime: START,
      message: typeof line === 'string' ? line : JSON.stringify(line),
      log: '123456789012:web',
      logStream: 'prod/web/i-1/0',
    }),
  );
  const { rows } = parseQuery(query, START + HOUR_MS)(events);
  return rows.map((row) =>
    Object.fromEntries(row.flatMap(({ field, value }) => (field === '@ptr' ? [] : [[field, value]]))),
  );
}

type Example = readonly [query: string, lines: readonly (string | object)[], expected: readonly object[]];

describe('the commands', () => {
  const served = [
    { f1: 10, f2: 'a', f3: 1, duration: 1_000, statusCode: 200 },
    { f1: 20, f2: 'b', f3: 30, duration: 3_000, statusCode: 404 },
    { f1: 30, f2: 'a', f3: 2, duration: 2_500, statusCode: 500 },
  ];
  const errors = ['Exception: a', 'fine', 'exception: b', 'an Exception'];
  const oneLine = '25 May 2019 10:24:39,474 [ERROR] {foo=2, bar=data} The error was: DataIntegrityException';
  const parsed = [{ level: 'ERROR', config: '{foo=2, bar=data}', exception: 'DataIntegrityException' }];
  const calls = [
    '25 May 2019 10:24:39,474 user=user1, method:GET, latency := 216',
    'user=user1, method:GET, latency := 100',
    'user=user2, method:PUT, latency := 5',
  ];
  const servers = [
    { server: 's1', severity: 'ERROR', message: 'm1' },
    { server: 's1', severity: 'INFO', message: 'm2' },
    { server: 's2', severity: 'INFO', message: 'm3' },
    { server: 's1', severity: 'INFO', message: 'm4' },
    { message: 'no server' },
    { message: 'nor here' },
  ];

  test.each<Example>([
    [
      'fields `foo-bar`, action, abs(f3-f4)',
      [{ 'foo-bar': 'x', action: 'go', f3: 2, f4: 5 }],
      [{ 'foo-bar': 'x', action: 'go', 'abs(f3-f4)': '3' }],
    ],
    [
      "fields concat(Operation, '-', StatusCode) as opStatus",
      [{ Operation: 'Put', StatusCode: 200 }],
      [{ opStatus: 'Put-200' }],
    ],
    [
      'fields f1, f2, f3 | filter (duration>2000)',
      served,
      [
        { f1: '30', f2: 'a', f3: '2' },
        { f1: '20', f2: 'b', f3: '30' },
      ],
    ],
    [
      'fields f1, f2 | filter (f1=10 or f3>25)',
      served,
      [
        { f1: '20', f2: 'b' },
        { f1: '10', f2: 'a' },
      ],
    ],
    ['fields f1 | filter statusCode like /2\\d\\d/', served, [{ f1: '10' }]],
    ['fields f1 | filter statusCode not like /2\\d\\d/', served, [{ f1: '30' }, { f1: '20' }]],
    ['fields f1 | filter statusCode in [300,400,500]', served, [{ f1: '30' }]],
    ['fields f1 | filter f2 not in ["a","bar",1]', served, [{ f1: '20' }]],
    [
      'fields @message | filter @message like "Exception"',
      errors,
      [{ '@message': 'an Exception' }, { '@message': 'Exception: a' }],
    ],
    [
      'fields @message | filter @message like /Exception/',
      errors,
      [{ '@message': 'an Exception' }, { '@message': 'Exception: a' }],
    ],
    [
      'fields @message | filter @message =~ /Exception/',
      errors,
      [{ '@message': 'an Exception' }, { '@message': 'Exception: a' }],
    ],
    ['fields @message | filter @message not like "xception"', errors, [{ '@message': 'fine' }]],
    ['fields @message | filter @message like /(?i)EXCEPTION/ | limit 1', errors, [{ '@message': 'an Exception' }]],
    [
      'stats avg (f1) by f2 | sort f2 asc',
      served,
      [
        { f2: 'a', 'avg (f1)': '20' },
        { f2: 'b', 'avg (f1)': '20' },
      ],
    ],
    [
      'stats avg(f1) as myAvgF1 by f2 | sort myAvgF1 desc, f2 desc',
      served,
      [
        { f2: 'b', myAvgF1: '20' },
        { f2: 'a', myAvgF1: '20' },
      ],
    ],
    [
      'fields f1, f2, f3 | sort f1 desc',
      served,
      [
        { f1: '30', f2: 'a', f3: '2' },
        { f1: '20', f2: 'b', f3: '30' },
        { f1: '10', f2: 'a', f3: '1' },
      ],
    ],
    ['fields f1 | sort abs(f1 - 19) asc', served, [{ f1: '20' }, { f1: '10' }, { f1: '30' }]],
    [
      'sort @timestamp desc | limit 2 | display f1, f2',
      served,
      [
        { f1: '30', f2: 'a' },
        { f1: '20', f2: 'b' },
      ],
    ],
    ['display f2 | display f1 | fields f3 | limit 1', served, [{ f1: '30' }]],
    ['fields f1 | fields f2 | limit 1', served, [{ f1: '30', f2: 'a' }]],
    [
      'parse @message "[*] * The error was: *" as level, config, exception | display level, config, exception',
      [oneLine],
      parsed,
    ],
    [
      'parse @message /\\[(?<level>\\S+)\\]\\s+(?<config>\\{.*\\})\\s+The error was: (?<exception>\\S+)/ | display level, config, exception',
      [oneLine],
      parsed,
    ],
    [
      'fields @message | parse @message "[*] *" as loggingType, loggingMessage | filter loggingType = "ERROR" | display loggingMessage',
      ['[ERROR] one', '[INFO] two'],
      [{ loggingMessage: 'one' }],
    ],
    [
      'FIELDS @message\n| PARSE @message "* [*] *" as loggingTime, loggingType, loggingMessage\n| FILTER loggingType IN ["ERROR", "INFO"]\n| DISPLAY loggingMessage, loggingType = "ERROR" as isError',
      ['10:00 [ERROR] one', '10:01 [INFO] two', '10:02 [DEBUG] three'],
      [
        { loggingMessage: 'two', isError: '0' },
        { loggingMessage: 'one', isError: '1' },
      ],
    ],
    [
      'parse @message "user=*, method:*, latency := *" as @user,\n    @method, @latency | stats avg(@latency) by @method, @user | sort @user asc',
      calls,
      [
        { '@method': 'GET', '@user': 'user1', 'avg(@latency)': '158' },
        { '@method': 'PUT', '@user': 'user2', 'avg(@latency)': '5' },
      ],
    ],
    [
      'parse @message /user=(?<user2>.*?), method:(?<method2>.*?), latency := (?<latency2>\\d+)/ | stats avg(latency2) by method2, user2 | sort user2 asc | limit 1',
      calls,
      [{ method2: 'GET', user2: 'user1', 'avg(latency2)': '158' }],
    ],
    [
      'parse @logStream "*/*/*/*" as env, service, instance, shard | stats count(*) by env, service',
      ['a', 'b'],
      [{ env: 'prod', service: 'web', 'count(*)': '2' }],
    ],
    [
      'parse @message "url=*" as url | parse url "/api/*/users/*" as apiVersion, userId | display apiVersion, userId',
      ['url=/api/v2/users/7'],
      [{ apiVersion: 'v2', userId: '7' }],
    ],
    [
      'parse @message /(?<NetworkInterface>eni-.*?) / | display NetworkInterface',
      ['2 eni-0abc 10.0.0.1'],
      [{ NetworkInterface: 'eni-0abc' }],
    ],
    ['parse @message "a=*" as a | display @message, a', ['b=1'], [{ '@message': 'b=1' }]],
    // Events without the field are no duplicates.
    [
      'fields message | sort @timestamp asc | dedup server',
      servers,
      [{ message: 'm1' }, { message: 'm3' }, { message: 'no server' }, { message: 'nor here' }],
    ],
    [
      'fields message | filter ispresent(server) | sort @timestamp desc | dedup server, severity',
      servers,
      [{ message: 'm4' }, { message: 'm3' }, { message: 'm1' }],
    ],
    ['fields message | dedup server | limit 1', servers, [{ message: 'nor here' }]],
    ['fields @message\n    # | filter @message like /delay/\n    | limit 1', errors, [{ '@message': 'an Exception' }]],
  ])('%s', (query, lines, expected) => {
    expect(run(query, lines)).toEqual(expected);
  });

  test('exceptions are counted for each hour, and the hour is shown as a time whatever it is called', () => {
    const query = 'filter @message like /Exception/ | stats count(*) as exceptionCount by bin(1h)';
    expect(run(`${query} | sort exceptionCount desc`, [...errors, 'Exception'], HOUR_MS / 2)).toEqual(
      [
        { 'bin(1h)': '2018-11-11 08:00:00.000', exceptionCount: '1' },
        { 'bin(1h)': '2018-11-11 09:00:00.000', exceptionCount: '1' },
        { 'bin(1h)': '2018-11-11 10:00:00.000', exceptionCount: '1' },
      ].sort((a, b) => (a['bin(1h)'] < b['bin(1h)'] ? 1 : -1)),
    );
    expect(
      run('filter logStatus="SKIPDATA" | stats count(*) by bin(1h) as t | sort t', [{ logStatus: 'SKIPDATA' }]),
    ).toEqual([{ t: '2018-11-11 08:00:00.000', 'count(*)': '1' }]);
    expect(run('fields @timestamp as at | display at', ['one'])).toEqual([{ at: '2018-11-11 08:00:00.000' }]);
  });

  test.each([
    ['bin(5m)', '2018-11-11 08:05:00.000'],
    ['bin(10 s)', undefined],
    ['bin(10s)', '2018-11-11 08:06:40.000'],
    // At most 60 seconds.
    ['bin(300s)', '2018-11-11 08:06:00.000'],
    ['bin(1hr)', '2018-11-11 08:00:00.000'],
    ['bin(2hrs)', '2018-11-11 08:00:00.000'],
    ['bin(1 month)', undefined],
    ['datefloor(@timestamp, 1h)', '2018-11-11 08:00:00.000'],
    ['dateceil(@timestamp, 1h)', '2018-11-11 09:00:00.000'],
  ])('a time in %s is %s', (period, expected) => {
    const ask = () => run(`stats count(*) by ${period} as t | display t | limit 1`, ['a', 'b'], 400_000)[0]?.t;
    if (expected === undefined) expect(ask).toThrow();
    else expect(ask()).toBe(expected);
  });

  test('statistics are calculated with, and a column may use those before it', () => {
    const query = `filter type = "REPORT"
      | stats max(memorySize / 1000 / 1000) as provisonedMemoryMB,
          min(maxMemoryUsed / 1000 / 1000) as smallestMemoryRequestMB,
          avg(maxMemoryUsed / 1000 / 1000) as avgMemoryUsedMB,
          max(maxMemoryUsed / 1000 / 1000) as maxMemoryUsedMB,
          provisonedMemoryMB - maxMemoryUsedMB as overProvisionedMB`;
    const lines = [40e6, 60e6].map((maxMemoryUsed) => ({ type: 'REPORT', memorySize: 128e6, maxMemoryUsed }));
    expect(run(query, lines)).toEqual([
      {
        provisonedMemoryMB: '128',
        smallestMemoryRequestMB: '40',
        avgMemoryUsedMB: '50',
        maxMemoryUsedMB: '60',
        overProvisionedMB: '68',
      },
    ]);
  });

  test.each([
    ['count(*)', '4'],
    ['count()', '4'],
    ['count(a)', '3'],
    ['count_distinct(a)', '2'],
    ['sum(a)', '5'],
    ['avg(b)', '2.5'],
    ['min(b)', '1'],
    ['max(b)', '4'],
    ['median(b)', '2'],
    ['pct(b, 75)', '3'],
    ['stddev(b)', '1.118033988749895'],
    ['earliest(b)', '1'],
    ['latest(b)', '4'],
    ['sortsFirst(c)', 'k'],
    ['sortsLast(c)', 'z'],
  ])('stats %s is %s', (statistic, expected) => {
    const lines = [
      { a: 1, b: 1, c: 'm' },
      { a: 2, b: 2, c: 'z' },
      { a: 2, b: 3, c: 'k' },
      { b: 4, c: 'l' },
    ];
    expect(run(`stats ${statistic} as it`, lines)).toEqual([{ it: expected }]);
  });
});

describe('sample queries', () => {
  const flow = (srcAddr: string, bytes: number) => ({ srcAddr, dstAddr: '192.0.2.7', protocol: 17, bytes });

  test.each<Example>([
    [
      'fields @timestamp, @message | sort @timestamp desc | limit 1',
      ['a', 'b'],
      [{ '@timestamp': '2018-11-11 08:00:01.000', '@message': 'b' }],
    ],
    ['fields @message | filter @message not like /Exception/', ['Exception', 'b'], [{ '@message': 'b' }]],
    [
      'filter type = "REPORT" |\n stats avg(duration), max(duration), min(duration) by bin(5m)',
      [
        { type: 'REPORT', duration: 1 },
        { type: 'REPORT', duration: 3 },
      ],
      [{ 'bin(5m)': '2018-11-11 08:00:00.000', 'avg(duration)': '2', 'max(duration)': '3', 'min(duration)': '1' }],
    ],
    [
      'stats sum(bytes) as bytesTransferred by srcAddr, dstAddr | sort bytesTransferred  desc | limit 1',
      [flow('10.0.0.1', 5), flow('10.0.0.2', 3), flow('10.0.0.2', 4)],
      [{ srcAddr: '10.0.0.2', dstAddr: '192.0.2.7', bytesTransferred: '7' }],
    ],
    [
      'filter isIpv4InSubnet(srcAddr, "192.0.2.0/24") | stats sum(bytes) as bytesTransferred by dstAddr',
      [flow('192.0.2.200', 5), flow('192.0.3.1', 3)],
      [{ dstAddr: '192.0.2.7', bytesTransferred: '5' }],
    ],
    [
      'filter protocol=17 | stats count(*) by srcAddr',
      [flow('10.0.0.1', 5)],
      [{ srcAddr: '10.0.0.1', 'count(*)': '1' }],
    ],
    [
      'filter (eventName="StartInstances" or eventName="StopInstances") and awsRegion="us-east-2" | display eventName',
      [
        { eventName: 'StopInstances', awsRegion: 'us-east-2' },
        { eventName: 'StopInstances', awsRegion: 'us-west-2' },
      ],
      [{ eventName: 'StopInstances' }],
    ],
    [
      'filter eventName="CreateUser" | fields awsRegion, requestParameters.userName, responseElements.user.arn',
      [
        {
          eventName: 'CreateUser',
          awsRegion: 'r',
          requestParameters: { userName: 'anna' },
          responseElements: { user: { arn: 'arn:x' } },
        },
      ],
      [{ awsRegion: 'r', 'requestParameters.userName': 'anna', 'responseElements.user.arn': 'arn:x' }],
    ],
    [
      'filter eventName="UpdateTrail" and ispresent(errorCode) | stats count(*) by errorCode, errorMessage',
      [{ eventName: 'UpdateTrail', errorCode: 'E', errorMessage: 'M' }, { eventName: 'UpdateTrail' }],
      [{ errorCode: 'E', errorMessage: 'M', 'count(*)': '1' }],
    ],
    [
      'filter tlsDetails.tlsVersion in [ "TLSv1", "TLSv1.1" ] | stats count(*) as numOutdatedTlsCalls by eventSource | sort numOutdatedTlsCalls desc',
      [
        { tlsDetails: { tlsVersion: 'TLSv1.1' }, eventSource: 's3' },
        { tlsDetails: { tlsVersion: 'TLSv1.3' }, eventSource: 's3' },
      ],
      [{ eventSource: 's3', numOutdatedTlsCalls: '1' }],
    ],
    [
      "filter (dstAddr like '192.0.2.' and srcAddr not like '10.1.') | stats sum(bytes) as bytesTransferred by srcAddr",
      [flow('10.0.0.1', 5), flow('10.1.0.1', 3)],
      [{ srcAddr: '10.0.0.1', bytesTransferred: '5' }],
    ],
    [
      'fields @timestamp, @message | stats count(*) as numberOfEvents by `detail-type` | sort numberOfEvents desc',
      [{ 'detail-type': 'x' }],
      [{ 'detail-type': 'x', numberOfEvents: '1' }],
    ],
    ['filter toMillis(@timestamp) >= (now() * 1000 - 3600000) | stats count(*) as n', ['a', 'b'], [{ n: '2' }]],
    ['filter toMillis(@timestamp) >= (now() * 1000 - 3599000) | stats count(*) as n', ['a', 'b'], [{ n: '1' }]],
  ])('%s', (query, lines, expected) => {
    expect(run(query, lines)).toEqual(expected);
  });
});

test.each([
  ['2 ^ 3', '8'],
  ['10 % 3', '1'],
  ['1 + 2 * 3 - 4 / 2', '5'],
  ['abs(-2)', '2'],
  ['ceil(1.2)', '2'],
  ['floor(1.8)', '1'],
  ['round(1.257, 2)', '1.26'],
  ['greatest(1, 3, 2)', '3'],
  ['least(3, 1, 2)', '1'],
  ['sqrt(9)', '3'],
  ['ltrim("xyZxyfooxyZ","xyZ")', 'fooxyZ'],
  ['rtrim("xyZfooxyxyZ","xyZ")', 'xyZfoo'],
  ['trim("xyZxyfooxyxyZ","xyZ")', 'foo'],
  ['trim(" a ")', 'a'],
  ['strlen("naïve😀")', '6'],
  ['substr("xyZfooxyZ",3, 3)', 'foo'],
  ['replace("smoke_test","smoke_test","Smoke")', 'Smoke'],
  ['toupper("a")', 'A'],
  ['strcontains("abc", "B")', '0'],
  ['strcontains("abc", "B", true)', '1'],
  ['startsWith("abc", "ab")', '1'],
  ['endsWith("abc", "ab")', '0'],
  ['coalesce(none, "b")', 'b'],
  ['ispresent(none)', '0'],
  ['isempty("")', '1'],
  ['isblank(" ")', '1'],
  ['isNumeric("1.5")', '1'],
  ['isValidIp("::1")', '1'],
  ['isValidIpV4("::1")', '0'],
  ['isIpInSubnet("2001:db8::1", "2001:db8::/32")', '1'],
  ['isIpv4InSubnet("192.0.3.1", "192.0.2.0/24")', '0'],
  ['fromMillis(0)', '1970-01-01 00:00:00.000'],
])('%s is %s', (expression, expected) => {
  expect(run(`fields ${expression} as it | display it`, [{ a: 1 }])).toEqual([{ it: expected }]);
});

test('what is true in JSON can be asked for by its word and by its number, and is shown as a number', () => {
  const lines = [
    { ok: true, n: 1 },
    { ok: false, n: 2 },
  ];
  for (const condition of ['ok = true', 'ok = 1', 'ok'])
    expect(run(`filter ${condition} | display n`, lines)).toEqual([{ n: '1' }]);
  expect(run('fields ok', lines)).toEqual([{ ok: '0' }, { ok: '1' }]);
});

test.each([
  ['pattern @message', 'pattern'],
  ['diff', 'diff'],
  ['unmask @message', 'unmask'],
  ['anomaly', 'anomaly'],
  ['filterIndex a = 1', 'filterindex'],
  ['unnest a into b', 'unnest'],
  ['SOURCE logGroups()', 'source'],
  ['fields jsonParse(@message) as j', 'jsonParse'],
  ['fields haversine(1, 2, 3, 4)', 'haversine'],
  ['parse @message logfmt as lf', 'logfmt'],
  ['stats count(*) by bin(1month)', 'month'],
  ['fields a[0]', 'lists'],
])('%s is refused, and says that %s is not emulated by the lab', (query, what) => {
  expect(() => parseQuery(query, START)).toThrow(new RegExp(`${what}.* not emulated by the lab`));
});

test.each([
  ['parse @message "a=*" as a, b', 'more names than wildcards'],
  ['parse @message "a=* b=*" as a', 'fewer names than wildcards'],
  ['parse @message /a=(.*)/', 'a group without a name'],
  ['dedup a | display b', 'a command behind dedup that is not limit'],
  ['stats a by b', 'no statistic'],
  ['stats max(a) + b', 'a field without a statistic'],
  ['stats sum(*)', 'no field'],
  ['stats nope(a)', 'an unknown statistic'],
  ['sort count(*) desc', 'a statistic that no stats has named'],
  ['fields substr("a")', 'too few arguments'],
  ['limit 0', 'no result'],
  ['limit 10001', 'too many results'],
])('%s is refused: %s', (query) => {
  expect(() => parseQuery(query, START)).toThrow(expect.objectContaining({ code: 'MalformedQueryException' }));
});
