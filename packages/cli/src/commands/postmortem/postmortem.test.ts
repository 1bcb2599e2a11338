import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestIo } from '../../io.fixture.js';
import { runProgram } from '../../program.js';
import { renderHtml } from './html.js';

const t0 = Date.parse('2018-11-11T00:16:00Z');
const rolloutId = '20181111-001600-1f9c2a3b';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'postmortem-'));
  mkdirSync(join(directory, 'directrix', 'web'), { recursive: true });
  const events = [
    { at: 0, kind: 'started', groupName: 'web', from: { version: '0.149.1' }, to: { version: '0.149.2' }, epoch: 1 },
    {
      at: 1,
      kind: 'notice',
      notice: {
        code: 'PREFLIGHT_SKIPPED',
        findingCode: 'DNS_PRIVATE_DISABLED',
        subject: 'endpoint vpce-1',
        finding: 'It is <off>.',
      },
    },
    { at: 60, kind: 'evidence', evidence: { code: 'START_TIMEOUT', at: 60, instanceIds: ['i-1'] } },
    { at: 61, kind: 'phase', phase: 'halt', because: {} },
    { at: 90, kind: 'finished', ending: { outcome: 'rolledBack' }, elapsedMs: 90_000 },
  ];
  writeFileSync(
    join(directory, 'directrix', 'web', `${rolloutId}.jsonl`),
    events.map((event) => `${JSON.stringify({ rolloutId, ...event, at: t0 + event.at * 1000 })}\n`).join(''),
  );
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function run(...argv: readonly string[]) {
  const io = createTestIo({ env: { XDG_STATE_HOME: directory, AWS_REGION: 'us-west-2' } });
  const code = await runProgram(['postmortem', '--group', 'web', '--offline', ...argv], io);
  return { code, ...io.written };
}

const seconds = () =>
  Array.from({ length: 100 }, (_, index) => {
    const isDown = index >= 50 && index < 80;
    return JSON.stringify({
      at: t0 + index * 1000,
      succeeded: isDown ? 0 : 50,
      failed: isDown ? 50 : 0,
      failures: isDown ? { 502: 50 } : {},
    });
  }).join('\n');

describe('a rollout, told from its journal and the requests', () => {
  test('the page has the harm, the times and the causes', async () => {
    writeFileSync(join(directory, 'requests.jsonl'), seconds());
    const { code, stdout, stderr } = await run(rolloutId, '--requests', join(directory, 'requests.jsonl'));
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain('1500 of 5000 requests failed, and the site was down for 30 s. It took 30 s to restore.');
    expect(stdout).toContain('| detected | 2018-11-11 00:17:00 | 10 s | Directrix |');
    expect(stdout).toContain('DNS\\_PRIVATE\\_DISABLED (endpoint vpce-1): It is \\<off\\>.');
    expect(stdout).toContain('What did the group do? Its scaling activities were not at hand.');
  });

  test('written again, it keeps what people wrote, in every place', async () => {
    const output = join(directory, 'postmortem.md');
    await run(rolloutId, '--output', output);
    const first = readFileSync(output, 'utf8');
    const edited = first
      .replace('The impact on users is not known.', 'About a hundred users met it.')
      .replace('<!-- directrix:begin timeline', 'We ate pizza.\n\n<!-- directrix:begin timeline');
    writeFileSync(output, edited);
    writeFileSync(join(directory, 'requests.jsonl'), seconds());
    const { stderr } = await run(rolloutId, '--output', output, '--requests', join(directory, 'requests.jsonl'));
    const second = readFileSync(output, 'utf8');
    expect(second).toContain('About a hundred users met it.');
    expect(second).toContain('We ate pizza.');
    expect(second).toContain('| 2018-11-11 00:16:50 | 2018-11-11 00:17:20 | 1500 | 30 | 502: 1500 |');
    expect(stderr).toBe(
      'note: the section "summary" was changed by somebody and stays; --rewrite summary replaces it\n',
    );
  });

  test('a file of somebody else is never overwritten', async () => {
    const output = join(directory, 'notes.md');
    writeFileSync(output, 'my notes');
    const { code, stderr } = await run(rolloutId, '--output', output);
    expect([code, readFileSync(output, 'utf8')]).toEqual([2, 'my notes']);
    expect(stderr).toContain('error NOT_A_POSTMORTEM: ');
  });

  test('--json is the whole postmortem, and the HTML has no markup of others', async () => {
    const html = join(directory, 'p.html');
    const { stdout } = await run(rolloutId, '--json', '--html', html);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'directrix.postmortem/1',
      rolloutIds: [rolloutId],
      durations: { toDetectMs: 0, toDecideMs: 1000, toRestoreMs: 30_000 },
    });
    expect(readFileSync(html, 'utf8')).not.toContain('<off>');
  });
});

test('what a prober and others saw is told, and no secret of theirs', async () => {
  const incident = { id: 'a/1', check: 'front page', places: ['oregon'], flapCount: 0, reopenCount: 0, lastDownAt: t0 };
  const trouble = { kind: 'mismatch', codes: ['STATUS_DIFFERS'], statusCode: 502 };
  const times = { beganAt: t0 + 50_000, openedAt: t0 + 55_000 };
  const last = { incident: { ...incident, ...times, trouble }, endedAt: t0 + 85_000, tellCount: 2 };
  const place = join(directory, 'oregon');
  mkdirSync(place);
  writeFileSync(
    join(place, 'state.jsonl'),
    `${JSON.stringify({ type: 'state', check: 'a', state: { kind: 'well', last } })}\n`,
  );
  const witness = join(directory, 'others.jsonl');
  writeFileSync(
    witness,
    `${JSON.stringify({ at: t0 + 40_000, witness: 'secrets', what: 'written', name: '/app/KEY', value: 'hunter2' })}
${JSON.stringify({ at: t0 + 45_000, witness: 'log', instanceId: 'i-1', line: 'KO: password=hunter2' })}
nonsense
`,
  );
  const html = join(directory, 'p.html');
  const argv = [rolloutId, '--watch', place, '--witness', witness, '--html', html];
  const { stdout, stderr } = await run(...argv);
  expect(stderr).toBe(`warning: 1 lines of ${witness} are no sightings and are left out\n`);
  expect(stdout).toContain(
    '| 2018-11-11 00:16:55 | prober | alarm: front page is down (STATUS\\_DIFFERS), seen by oregon |',
  );
  expect(stdout).toContain('| detected | 2018-11-11 00:16:55 | 5 s | prober |');
  expect(stdout).toContain('| restored | 2018-11-11 00:17:25 | 35 s | prober |');
  expect(stdout).toContain('| 2018-11-11 00:16:40 | Parameter Store | /app/KEY was written |');
  const json = await run(...argv, '--json');
  expect(stdout + json.stdout + readFileSync(html, 'utf8')).not.toContain('hunter2');
});

test('what preflight said before is told apart from what was found afterwards', async () => {
  const finding = (code: string) => ({ code, severity: 'error', subject: 'web', message: `${code}.` });
  const write = (name: string, codes: readonly string[]) => {
    const file = join(directory, name);
    writeFileSync(file, JSON.stringify({ schema: 'directrix.preflight/1', findings: codes.map(finding), skipped: [] }));
    return file;
  };
  const [before, after] = [write('before.json', ['A', 'B']), write('after.json', ['B', 'C'])];
  const { stdout } = await run(rolloutId, '--findings-before', before, '--findings', after);
  for (const line of ['`A` (web), said before', '`B` (web), said before', '`C` (web), found afterwards'])
    expect(stdout).toContain(line);
});

test.each<[what: string, argv: readonly string[], code: string]>([
  ['a directory that is not of a watch', [rolloutId, '--watch', '/nowhere'], 'FILE_UNREADABLE'],
  ['neither a rollout nor a time', [], 'SPAN_MISSING'],
  ['a time that is none', ['--since', 'yesterday'], 'USAGE'],
  [
    'an end before the beginning',
    ['--since', '2018-11-11T01:00:00Z', '--until', '2018-11-11T00:00:00Z'],
    'SPAN_MISSING',
  ],
  ['a rollout that no journal tells of', ['r-9'], 'ROLLOUT_NOT_FOUND'],
  ['a file that is not there', [rolloutId, '--requests', '/nowhere'], 'FILE_UNREADABLE'],
])('%s is refused by its code, and nothing is written', async (_what, argv, expected) => {
  const { code, stdout, stderr } = await run(...argv);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(new RegExp(`^error ${expected}: `));
});

test('a line of requests that is none is named', async () => {
  writeFileSync(join(directory, 'requests.jsonl'), `${seconds()}\n{"at":1}\n`);
  const { stderr } = await run(rolloutId, '--requests', join(directory, 'requests.jsonl'));
  expect(stderr).toContain('error REQUESTS_UNREADABLE: Line 101 of ');
});

test('the page shows markup as text and follows no script', () => {
  const html = renderHtml('# A\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1)) <b onclick="x">y</b>', 'A & B');
  expect(html).not.toMatch(/<script|javascript:|<b /);
  expect(html).toContain('<title>A &#38; B</title>');
});
