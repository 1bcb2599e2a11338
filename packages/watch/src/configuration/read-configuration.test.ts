import { describe, expect, test } from 'vitest';
import { readConfiguration } from './read-configuration.js';

const context = { env: { TOKEN: 'secret-token', HOOK: 'https://hooks.example/secret' }, placeDefault: 'home' };
const read = (text: string) => readConfiguration(text, context);

function issuesOf(text: string): string[] {
  const reading = read(text);
  if (!('issues' in reading)) throw new Error('it was read without an issue');
  return reading.issues.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`);
}

describe('a configuration that is well', () => {
  test('has everything filled in', () => {
    const reading = read('checks:\n  - name: front page\n    url: https://hyperbo.la/\n    every: 10s\n');
    expect(reading).toMatchObject({
      configuration: {
        place: 'home',
        checks: [{ name: 'front page', everyMs: 10_000, confirmations: 1, check: { timeoutMs: 4_000 } }],
        agreement: { agree: 1, placeNames: ['home'], reportTo: [] },
        alerts: { channels: [], recoverAfterMs: 60_000 },
        historyDays: 90,
      },
    });
  });

  test('asks over IPv4 and over IPv6 apart', () => {
    const reading = read('checks:\n  - { name: a, url: "https://hyperbo.la/", addresses: [4, 6] }\n');
    expect(reading).toMatchObject({
      configuration: {
        checks: [
          { name: 'a over IPv4', check: { request: { family: 4 } } },
          { name: 'a over IPv6', check: { request: { family: 6 } } },
        ],
      },
    });
  });

  test('reads what is secret from the environment, and a majority of the places must agree', () => {
    const reading = read(`
checks: [{ name: a, url: "http://127.0.0.1/" }]
places:
  token: { env: TOKEN }
  others: [{ name: oregon, url: "http://127.0.0.1:1/" }, { name: tokyo }]
alerts:
  to:
    - slack: { url: { env: HOOK } }
    - email: { smtp: "smtp://127.0.0.1", from: a@b.c, to: [d@e.f] }
    - sns: { topicArn: "arn:aws:sns:us-west-2:123456789012:alerts" }
`);
    expect(reading).toMatchObject({
      configuration: {
        agreement: {
          agree: 2,
          token: 'secret-token',
          placeNames: ['home', 'oregon', 'tokyo'],
          reportTo: [{ name: 'oregon', url: 'http://127.0.0.1:1/' }],
        },
        listen: { host: '127.0.0.1', port: 9720 },
        alerts: {
          channels: [{ kind: 'slack', url: 'https://hooks.example/secret' }, { kind: 'email' }, { kind: 'sns' }],
        },
      },
    });
  });
});

describe('a fault has its line and its column', () => {
  test.each<[what: string, text: string, issues: readonly string[]]>([
    [
      'no YAML',
      'checks: [',
      ['1:10 : Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ],
    ['an empty file', '', ['1:1 checks: is missing']],
    [
      'a name that is not known',
      'checks: []\nchekcs: 1\n',
      ['1:9 checks: must name at least one', '2:1 chekcs: is not known here'],
    ],
    [
      'an interval that is too short',
      'checks:\n  - name: a\n    url: http://a/\n    every: 200ms\n',
      ['4:12 checks[0].every: must be from 1s to 1d'],
    ],
    [
      'a duration without its unit',
      'checks:\n  - name: a\n    url: http://a/\n    every: 10\n',
      ['4:12 checks[0].every: expected string, received number'],
    ],
    ['what is missing, at what it is missing of', 'checks:\n  - name: a\n', ['2:5 checks[0].url: is missing']],
    [
      'an address with a password',
      'checks:\n  - { name: a, url: "http://u:hunter2@a/" }\n',
      ['2:21 checks[0].url: must be an address: http://… or https://…, without a password'],
    ],
    [
      'a certificate where there is none',
      'checks:\n  - name: a\n    url: http://a/\n    expect: { certificateDays: 3 }\n',
      ['4:32 checks[0].expect.certificateDays: only an https:// address has a certificate'],
    ],
    [
      'two checks of one name',
      'checks:\n  - { name: a, url: "http://a/" }\n  - { name: a, url: "http://b/" }\n',
      ['3:13 checks[1].name: is the name of checks[0] too'],
    ],
    [
      'more places that agree than there are',
      'checks: [{ name: a, url: "http://a/" }]\nplaces: { agree: 3, token: t, others: [{ name: b }] }\n',
      ['2:18 places.agree: is more than there are places: 2'],
    ],
    [
      'an environment variable that is not set',
      'checks: [{ name: a, url: "http://a/" }]\nalerts:\n  to:\n    - slack: { url: { env: NOT_SET } }\n',
      ['4:28 alerts.to[0].slack.url.env: the environment variable NOT_SET is not set'],
    ],
    [
      'a place with the name of this one',
      'checks: [{ name: a, url: "http://a/" }]\nplaces: { token: t, others: [{ name: home }] }\n',
      ['2:38 places.others[0].name: is the name of this place'],
    ],
    [
      'a channel of two kinds',
      'checks: [{ name: a, url: "http://a/" }]\nalerts:\n  to:\n    - slack: { url: x }\n      webhook: { url: x }\n',
      ['4:7 alerts.to[0]: must name one of webhook, slack, email, sns'],
    ],
  ])('%s', (_what, text, expected) => {
    expect(issuesOf(text)).toEqual(expected);
  });

  test('no fault repeats a value: it may be a secret', () => {
    const told = issuesOf(
      'checks:\n  - { name: a, url: "ftp://hunter2/" }\nplaces: { token: 7, others: [{ name: "hunter2 " }] }\n',
    );
    expect(told).toHaveLength(3);
    expect(told.join('\n')).not.toContain('hunter2');
  });

  test('an alias that repeats itself without end is refused', () => {
    const bomb = `a: &a [x, x]\n${'bcdefghijklmnop'
      .split('')
      .map(
        (name, index) => `${name}: &${name} [${'*'.concat('abcdefghijklmnop'[index]!)}, *${'abcdefghijklmnop'[index]}]`,
      )
      .join('\n')}\nchecks: *p\n`;
    expect(issuesOf(bomb).join()).toContain('Excessive alias count');
  });
});
