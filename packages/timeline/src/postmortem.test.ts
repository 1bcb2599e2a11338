import { describe, expect, test } from 'vitest';
import type { RequestSecond } from './impact.js';
import type { JournalEvent } from './journal.js';
import { type FindingSeen, type PostmortemRequest, writePostmortem } from './postmortem.js';
import { statementOfJournal } from './statements.js';
import type { Statement } from './timeline.js';

const t0 = 1_541_894_400_000;
const span = { since: t0, until: t0 + 600_000 };
const at = (second: number) => t0 + second * 1000;

type Bare<Event> = Event extends unknown ? Omit<Event, 'at' | 'rolloutId'> : never;
function journal(...events: readonly (readonly [second: number, event: Bare<JournalEvent>])[]): Statement {
  return {
    sightings: statementOfJournal(
      events.map(([second, event]) => ({ at: at(second), rolloutId: 'r-1', ...event }) as JournalEvent),
    ),
  };
}

const finding: FindingSeen = {
  code: 'DNS_PRIVATE_DISABLED',
  subject: 'endpoint vpce-1',
  message: 'Private DNS is off.',
  fix: 'switch it on',
  commands: ['aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-1 --private-dns-enabled'],
  isSkipped: true,
  wasSaidBefore: true,
};

function seconds(from: number, to: number, failed: number): RequestSecond[] {
  return Array.from({ length: to - from }, (_, index) => ({
    at: at(from + index),
    succeeded: failed === 50 ? 0 : 50 - failed,
    failed,
    ...(failed === 0 ? {} : { failures: { 502: failed } }),
  }));
}

function write(request: Partial<PostmortemRequest>) {
  return writePostmortem({ groupName: 'web', span, statements: [], findings: [], ...request });
}

describe('an incident that was halted', () => {
  const statement = journal(
    [10, { kind: 'started', groupName: 'web', from: '0.149.1', to: '0.149.2' }],
    [12, { kind: 'skipped', code: finding.code, subject: finding.subject, finding: finding.message }],
    [70, { kind: 'evidence', code: 'START_TIMEOUT', instanceIds: ['i-1'] }],
    [71, { kind: 'phase', phase: 'halt' }],
    [100, { kind: 'finished', outcome: 'rolledBack' }],
  );
  const requests = [...seconds(0, 60, 0), ...seconds(60, 90, 50), ...seconds(90, 120, 0)];
  const written = write({ statements: [statement], requests, findings: [finding] });

  test('its times are counted from the first failed request', () => {
    expect(written.durations).toEqual({ toDetectMs: 10_000, toDecideMs: 11_000, toRestoreMs: 30_000 });
    expect(written.impact).toMatchObject({ requests: 6_000, failed: 1_500, secondsDown: 30 });
    expect(written.rolloutIds).toEqual(['r-1']);
  });

  test('its causes are what preflight had found and what made it halt', () => {
    expect(written.causes).toEqual([
      { kind: 'finding', finding },
      { kind: 'evidence', code: 'START_TIMEOUT', instanceIds: ['i-1'], at: at(70) },
    ]);
    expect(written.remediation.map(({ code }) => code)).toEqual(['FIX_FINDING', 'REVIEW_SKIP']);
    expect(written.questions).toEqual([{ code: 'WITNESS_SILENT', witness: 'autoScaling' }]);
  });

  test('the same witnesses in another order give the same times', () => {
    const turned = write({
      statements: [{ sightings: [...statement.sightings].reverse() }],
      requests,
      findings: [finding],
    });
    expect(turned.milestones).toEqual(written.milestones);
  });
});

describe('what nobody saw is a question, not a guess', () => {
  test('without requests the impact is unknown, and watching them is an item', () => {
    const written = write({ statements: [journal([5, { kind: 'evidence', code: 'WRONG_VERSION', instanceIds: [] }])] });
    expect(written.impact).toBeUndefined();
    expect(written.questions.map(({ code }) => code)).toEqual(['IMPACT_UNKNOWN', 'NOT_RESTORED', 'WITNESS_SILENT']);
    expect(written.remediation.map(({ code }) => code)).toEqual(['WATCH_REQUESTS']);
  });

  test('an outage that nothing detected and nothing explains', () => {
    const written = write({ requests: [...seconds(0, 10, 50), ...seconds(10, 20, 0)] });
    expect(written.milestones.detected).toBeUndefined();
    expect(written.questions.map(({ code }) => code)).toEqual([
      'NOT_DETECTED',
      'CAUSE_UNKNOWN',
      'WITNESS_SILENT',
      'WITNESS_SILENT',
    ]);
  });

  test('an outage that the counts end with is not restored', () => {
    expect(write({ requests: seconds(0, 10, 50) }).questions.map(({ code }) => code)).toContain('NOT_RESTORED');
  });

  test('without harm nothing has a cause, whatever preflight says', () => {
    const written = write({
      requests: seconds(0, 10, 0),
      findings: [{ ...finding, isSkipped: false, wasSaidBefore: false }],
    });
    expect(written.causes).toEqual([]);
    expect(written.milestones).toEqual({});
    expect(written.remediation.map(({ code }) => code)).toEqual(['FIX_FINDING', 'RUN_PREFLIGHT']);
  });

  test('a rollout that needs a human is an open question', () => {
    const written = write({ statements: [journal([9, { kind: 'finished', outcome: 'needsHuman', needCode: 'X' }])] });
    expect(written.questions).toContainEqual({ code: 'NEEDS_HUMAN', rolloutId: 'r-1' });
  });
});

describe('what preflight said', () => {
  const { wasSaidBefore: _, ...found } = { ...finding, isSkipped: false };
  const outage = [...seconds(0, 60, 0), ...seconds(60, 90, 50), ...seconds(90, 120, 0)];

  test('before it began is of the last run before: what an earlier run said may have been mended', () => {
    const written = write({
      requests: outage,
      preflightRuns: [
        { at: at(1), findings: [{ ...found, code: 'MENDED' }] },
        { at: at(30), findings: [found] },
        { at: at(100), findings: [found, { ...found, code: 'FOUND_LATER' }] },
      ],
    });
    expect(written.findings).toEqual([
      { ...found, wasSaidBefore: true, saidAt: at(30) },
      { ...found, code: 'FOUND_LATER', wasSaidBefore: false, saidAt: at(100) },
    ]);
    expect(written.timeline.filter(({ witness }) => witness === 'preflight')).toHaveLength(3);
    expect(written.remediation.map(({ code }) => code)).toEqual([
      'FIX_FINDING',
      'FIX_FINDING',
      'RUN_PREFLIGHT',
      'WATCH_REQUESTS',
    ]);
  });

  test('and who overrode it: the rollout, not a person', () => {
    const written = write({
      statements: [journal([12, { kind: 'skipped', code: found.code, subject: found.subject, finding: 'x' }])],
      requests: outage,
      findings: [{ ...finding, saidAt: at(12) }],
      preflightRuns: [{ at: at(11), findings: [{ ...found, isSkipped: true }] }],
    });
    expect(written.findings).toMatchObject([{ isSkipped: true, wasSaidBefore: true, saidAt: at(11) }]);
    expect(written.remediation.map(({ code }) => code)).toContain('REVIEW_SKIP');
  });
});

describe('a network that was changed', () => {
  const change = {
    from: 'web',
    to: 'ssm:443',
    before: 'reachable',
    after: 'unreachable',
    codes: ['X'],
    edits: ['allow 443'],
  };
  const seen = (second: number, more: object) => ({
    at: at(second),
    sighting: { witness: 'network', change: { ...change, notBefore: at(second - 20), ...more } } as const,
  });
  const outage = [...seconds(0, 60, 0), ...seconds(60, 90, 50), ...seconds(90, 120, 0)];
  const writeWith = (...sightings: Statement['sightings']) => write({ requests: outage, statements: [{ sightings }] });

  test('before it began is a candidate for the cause, with what mends it; while it is broken it is to be mended', () => {
    const written = writeWith(seen(70, { kind: 'breaks' }));
    expect(written.causes).toMatchObject([
      { kind: 'network', edits: [], changes: [{ edits: ['allow 443'] }], at: at(70) },
    ]);
    expect(written.remediation.map(({ code }) => code)).toEqual([
      'FIX_NETWORK',
      'REVIEW_NETWORK_CHANGES',
      'WATCH_REQUESTS',
    ]);
    expect(written.questions.map(({ code }) => code)).not.toContain('CAUSE_UNKNOWN');
  });

  test('is one cause with what was changed, however many paths it cut', () => {
    const edit = {
      id: 'acl-1',
      kind: 'gained',
      what: 'entry 50 out: deny',
      undo: 'delete it',
      notBefore: at(50),
    } as const;
    const written = writeWith(
      { at: at(70), sighting: { witness: 'networkEdit', edit } },
      seen(70, { kind: 'breaks' }),
      seen(70, { kind: 'breaks', to: 's3:443' }),
    );
    expect(written.causes).toMatchObject([
      { kind: 'network', edits: [edit], changes: [{ to: 'ssm:443' }, { to: 's3:443' }] },
    ]);
  });

  test('is a candidate too when nobody looked at the path that it cut', () => {
    const edit = { id: 'acl-1', kind: 'gained', what: 'entry 50 in: deny', notBefore: at(50) } as const;
    const edited = (second: number, notBefore: number) =>
      ({ at: at(second), sighting: { witness: 'networkEdit', edit: { ...edit, notBefore: at(notBefore) } } }) as const;
    const written = writeWith(edited(70, 50), edited(110, 80));
    expect(written.causes).toEqual([{ kind: 'network', at: at(70), edits: [edit], changes: [] }]);
    expect(written.remediation.map(({ code }) => code)).toContain('REVIEW_NETWORK_CHANGES');
  });

  test('whose edits were taken back has nothing to mend, though the instance that met it is gone', () => {
    const edit = { id: 'acl-1', kind: 'gained', what: 'entry 50 out: deny', notBefore: at(50) } as const;
    const edited = (second: number, kind: 'gained' | 'lost') => ({
      at: at(second),
      sighting: { witness: 'networkEdit', edit: { ...edit, kind } } as const,
    });
    const codes = (...sightings: Statement['sightings']) => writeWith(...sightings).remediation.map(({ code }) => code);
    const made = [edited(70, 'gained'), seen(70, { kind: 'breaks', from: 'i-1' })];
    expect(codes(...made)).toContain('FIX_NETWORK');
    expect(codes(...made, edited(95, 'lost'))).not.toContain('FIX_NETWORK');
  });

  test('and mended since is a cause, and nothing to mend any more', () => {
    const written = writeWith(seen(70, { kind: 'breaks' }), seen(95, { kind: 'opens', after: 'reachable' }));
    expect(written.causes).toHaveLength(1);
    expect(written.remediation.map(({ code }) => code)).toEqual(['REVIEW_NETWORK_CHANGES', 'WATCH_REQUESTS']);
  });

  test('after it had begun is no cause; nor is what opens or goes another way', () => {
    expect(writeWith(seen(110, { kind: 'breaks' })).causes).toEqual([]);
    expect(writeWith(seen(70, { kind: 'moves' }), seen(70, { kind: 'opens', to: 'b' })).causes).toEqual([]);
  });

  test('that somebody wrote down is judged by its verdicts', () => {
    const { notBefore: _, ...said } = { ...change, notBefore: 0 };
    expect(writeWith({ at: at(50), sighting: { witness: 'network', change: said } }).causes).toHaveLength(1);
  });
});

test('a person who noticed first is the detection, and who decided is the decision', () => {
  const people: Statement = {
    sightings: [
      { at: at(30), sighting: { witness: 'person', what: 'decided', text: 'roll back' } },
      { at: at(20), sighting: { witness: 'person', what: 'noticed', text: 'the page is down' } },
    ],
  };
  const { durations } = write({ statements: [people], requests: [...seconds(5, 50, 50), ...seconds(50, 60, 0)] });
  expect(durations).toEqual({ toDetectMs: 15_000, toDecideMs: 25_000, toRestoreMs: 45_000 });
});
