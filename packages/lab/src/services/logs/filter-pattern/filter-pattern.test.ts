// The examples of the CloudWatch Logs user guide, "Filter pattern syntax", each with what the guide says that it finds.
import { describe, expect, test } from 'vitest';
import { parseFilterPattern } from './filter-pattern.js';

type Example = readonly [pattern: string, expected: readonly number[]];

/** The places of the lines that the pattern finds. */
function found(pattern: string, lines: readonly string[]): readonly number[] {
  const matches = parseFilterPattern(pattern);
  return lines.flatMap((line, index) => (matches(line) ? index : []));
}

describe('terms', () => {
  const lines = [
    '[ERROR 400] BAD REQUEST',
    '[ERROR 401] UNAUTHORIZED REQUEST',
    '[ERROR 419] MISSING ARGUMENTS',
    '[ERROR 420] INVALID ARGUMENTS',
    '[ERROR 500] INTERNAL SERVER ERROR',
    '[SUCCESS 200] AUTHORIZED REQUEST',
    '[INFO] REQUEST FAILED',
    'one-word',
  ];

  test.each<Example>([
    ['', [0, 1, 2, 3, 4, 5, 6, 7]],
    ['" "', [0, 1, 2, 3, 4, 5, 6, 7]],
    ['ERROR', [0, 1, 2, 3, 4]],
    ['error', []],
    ['ERROR ARGUMENTS', [2, 3]],
    ['?ERROR ?ARGUMENTS', [0, 1, 2, 3, 4]],
    ['?FAILED ?INVALID', [3, 6]],
    // Beside other terms, those with a question mark are ignored.
    ['?ERROR ?ARGUMENTS REQUEST', [0, 1, 5, 6]],
    ['?FAILED -ERROR', [5, 6, 7]],
    ['"INTERNAL SERVER ERROR"', [4]],
    ['ERROR -ARGUMENTS', [0, 1, 4]],
    ['ERROR -"BAD REQUEST" -ARGUMENTS', [1, 4]],
    ['"one-word"', [7]],
    ['%AUTHORIZED%', [1, 5]],
  ])('%s', (pattern, expected) => {
    expect(found(pattern, lines)).toEqual(expected);
  });
});

describe('regular expressions', () => {
  test.each<readonly [string, readonly string[], readonly string[]]>([
    ['%^[hc]at%', ['hat', 'cat'], ['bat', 'a hat']],
    ['%[hc]at$%', ['a hat', 'cat'], ['hats', 'bat']],
    ['%colou?r%', ['color', 'colour'], ['colouur']],
    ['%[abcx-z]%', ['a', 'y'], ['d', 'A']],
    ['%^a{3,5}$%', ['aaa', 'aaaa', 'aaaaa'], ['aa', 'aaaaaa']],
    ['%^a{,2}b%', ['b', 'aab'], ['aaab']],
    ['%^a{2,}b%', ['aab', 'aaaaab'], ['ab']],
    ['%gray|grey%', ['gray', 'grey'], ['green']],
    ['%^starting|^initializing|^shutting down%', ['starting …', 'shutting down'], ['skipping initializing …']],
    ['%\\[.\\]%', ['[a]', '[7]', '[@]', '[ ]'], ['[ab]', 'a']],
    ['%10\\.10\\.0\\.1%', ['10.10.0.1'], ['10010,051']],
    ['%10.10.0.1%', ['10.10.0.1', '10010,051'], []],
    ['%ab*c%', ['ac', 'abc', 'abbbc'], ['adc']],
    ['%ab+c%', ['abc', 'abbbc'], ['ac']],
    ['%.at%', ['hat', '4at', '#at', ' at'], ['at']],
    ['%\\d\\D%', ['1a'], ['11', 'a1']],
    ['%\\s\\S%', ['a b', '\tb'], ['ab']],
    ['%^\\w\\W$%', ['a-', '_!'], ['ab', '--']],
    ['%a\\x3A\\x28%', ['a:('], ['a:)']],
  ])('%s', (pattern, matching, others) => {
    const matches = parseFilterPattern(pattern);
    expect(matching.filter((line) => !matches(line))).toEqual([]);
    expect(others.filter(matches)).toEqual([]);
  });

  test.each(['%something!%', '%(a|b)%', '%a(?=b)%', '%(a)\\1%', '%a\\b%', '%é%', '%[%', '%(?<name>a)%'])(
    '%s is refused: AWS does not support what it holds',
    (pattern) => {
      expect(() => parseFilterPattern(pattern)).toThrow(/^Invalid filter pattern/);
    },
  );
});

describe('JSON', () => {
  const trail = {
    eventType: 'UpdateTrail',
    sourceIPAddress: '111.111.111.111',
    arrayKey: ['value', 'another value'],
    objectList: [
      { name: 'a', id: 1 },
      { name: 'b', id: 2 },
    ],
    SomeObject: null,
    'cluster.name': 'c',
  };
  const users = {
    user: { id: 1, email: 'John.Stiles@example.com' },
    users: [
      { id: 2, email: 'John.Doe@example.com' },
      { id: 3, email: 'Jane.Doe@example.com' },
    ],
    actions: ['GET', 'PUT', 'DELETE'],
    coordinates: [
      [0, 1, 2],
      [4, 5, 6],
      [7, 8, 9],
    ],
  };
  const numbers = {
    bandwidth: 76,
    latency: 49,
    refreshRate: 60,
    responseTime: 5,
    errorCode: 400,
    number: [1000],
    ok: true,
    off: false,
  };
  const lines = [...[trail, users, numbers].map((document) => JSON.stringify(document)), 'no JSON', '{"torn":'];

  test.each<Example>([
    ['{ $.eventType = "UpdateTrail" }', [0]],
    ['{ $.eventType = UpdateTrail }', [0]],
    ['{ $.eventType = "Update*" }', [0]],
    ['{ $.sourceIPAddress != 123.123.* }', [0]],
    ['{ $.sourceIPAddress = 111.111.* }', [0]],
    ['{ $.arrayKey[0] = "value" }', [0]],
    ['{ $.arrayKey[1] = "value" }', []],
    ['{ $.eventType = %Trail% }', [0]],
    ['{ $.arrayKey[*] = %val.{2}% }', [0]],
    ['{ $.arrayKey[*] = "another value" }', [0]],
    ['{ $.objectList[*].id = 2 }', [0]],
    ['{ $.objectList[*].id = 3 }', []],
    ['{ $.* = %111\\.111\\.111\\.1[0-9]{1,2}% }', [0]],
    ['{ $.[\'cluster.name\'] = "c" }', [0]],
    ['{ $["cluster.name"] = "c" }', [0]],
    ['{ $.SomeObject IS NULL }', [0]],
    ['{ $.SomeOtherObject NOT EXISTS }', [0, 1, 2]],
    ['{ $.SomeObject NOT EXISTS }', [1, 2]],
    // A selector that points to a list or an object finds nothing.
    ['{ $.arrayKey = "*" }', []],
    ['{ $.user = "*" }', []],
    ['{ $.user != "a" }', []],
    ['{ $.bandwidth > 75 }', [2]],
    ['{ $.latency < 50 }', [2]],
    ['{ $.refreshRate >= 60 }', [2]],
    ['{ $.responseTime <= 5 }', [2]],
    ['{ $.responseTime < 5 }', []],
    ['{ $.errorCode = 400}', [2]],
    ['{ $.errorCode = 4* }', [2]],
    ['{ $.errorCode != 500 }', [2]],
    ['{ $.number[0] = 1e+3 }', [2]],
    ['{ $.number[0] != 1e-3 }', [2]],
    ['{ $.ok IS TRUE }', [2]],
    ['{ $.off IS FALSE }', [2]],
    ['{ $.off IS TRUE }', []],
    ['{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }', [1]],
    [
      '{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch" && $.actions[2] = "nonmatch" }',
      [1],
    ],
    [
      '{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch") && $.actions[2] = "nonmatch" }',
      [],
    ],
    ['{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }', []],
    ['{ $.coordinates[1][2] = 6 }', [1]],
  ])('%s', (pattern, expected) => {
    expect(found(pattern, lines)).toEqual(expected);
  });

  test.each([
    ['{ $.a IS NOT NULL }', 'IS NOT is not supported'],
    ['{ $.a EXISTS }', 'EXISTS is not supported'],
    ['{ $.a[*].b[*] = 1 }', 'more than one wildcard in a selector'],
    ['{ $.*.a = 1 || $.*.b = 1 || $.*.c = 1 || $.*.d = 1 }', 'more than three wildcards'],
    ['{ $.a = %a% || $.b = %b% || $.c = %c% }', 'more than two regular expressions'],
    ['{ $.a = foo-bar }', 'text with other characters without quotes'],
    ['{ $.a > "AssumeRole" }', 'an order of texts'],
    ['{ a = 1 }', 'no selector'],
    ['{ $.a }', 'no operator'],
    ['{ $.a = 1', 'no end'],
    ['{ ($.a = 1 }', 'no closing parenthesis'],
    ['{ $.a = 1 } b', 'something behind the end'],
  ])('%s is refused: %s', (pattern) => {
    expect(() => parseFilterPattern(pattern)).toThrow(/^Invalid filter pattern/);
  });
});

describe('fields between spaces', () => {
  const access = '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534';
  const lines = [
    access,
    'INFO 09/25/2014 12:00:00 GET /service/resource/67 1200',
    'INFO 09/25/2014 12:00:01 POST /service/resource/67/part/111 1310',
    'WARNING 09/25/2014 12:00:02 Invalid user request',
    'ERROR 09/25/2014 12:00:02 Failed to process request',
    'ERROR',
  ];

  test.each<Example>([
    ['[ip=%127\\.0\\.0\\.[1-9]%, user, username, timestamp, request =*.html*, status_code = 4*, bytes]', [0]],
    ['[..., request =*.html*, status_code = 4*, bytes]', [0]],
    ['[..., request =*.html*, status_code = 5*, bytes]', []],
    ['[ip, user, username, timestamp, request =*.html*, status_code = 404 || status_code = 410, bytes]', [0]],
    ['[ip, ..., bytes > 1500]', [0]],
    ['[ip, ..., bytes > 1534]', []],
    ['[..., status_code = 404, bytes]', [0]],
    ['[..., timestamp=*Oct*, request, status_code, bytes]', [0]],
    ['[w1=ERROR, w2]', [4]],
    ['[w1=ERROR || w1=WARNING, w2]', [3, 4]],
    ['[w1!=ERROR && w1!=WARNING, w2]', [0, 1, 2]],
    ['[logLevel, date, time, method, url=%/service/resource/[0-9]+$%, response_time]', [1]],
    ['[logLevel, date, time, method, url=%/service/resource/[0-9]+/part/[0-9]+$%, response_time]', [2]],
    ['[w1]', [0, 1, 2, 3, 4, 5]],
  ])('%s', (pattern, expected) => {
    expect(found(pattern, lines)).toEqual(expected);
  });

  test.each(['[a, ..., ...]', '[a', '[a] b', '[a > b]', '[=1]', '[a=%a%, b=%b%, c=%c%]'])(
    '%s is refused',
    (pattern) => {
      expect(() => parseFilterPattern(pattern)).toThrow(/^Invalid filter pattern/);
    },
  );
});

test.each([
  ['a term with other characters and no quotes', 'disk-full'],
  ['an open quote', '"open'],
  ['more than 1,024 characters', 'a'.repeat(1_025)],
])('%s is refused', (_, pattern) => {
  expect(() => parseFilterPattern(pattern)).toThrow(/^Invalid filter pattern/);
});
