import type { Evidence, TargetState } from '@directrix/rollout';
import { describe, expect, test } from 'vitest';
import { tellEvidence } from './evidence-text.js';

const failing: TargetState = {
  targetGroupName: 'web',
  state: 'unhealthy',
  reason: 'Target.ResponseCodeMismatch',
  description: 'Health checks failed with these codes: [502]',
};

function unhealthy(targets: readonly TargetState[], dipCount = 1, status?: string): Evidence {
  const shown = [{ instanceId: 'i-1', lifecycleState: 'InService', targets, unhealthyMs: 41_000, dipCount, status }];
  return { code: 'UNHEALTHY_AGAIN', at: 0, instanceIds: ['i-1'], shown };
}

describe('evidence', () => {
  test('names the instance, the target group, the state, the reason, the description and the seconds', () => {
    expect(tellEvidence(unhealthy([failing], 1, 'KO: secrets'))).toBe(
      'i-1 was healthy and is target unhealthy Target.ResponseCodeMismatch (Health checks failed with these codes: [502]) in target group web for 41 s now; it says: KO: secrets.',
    );
  });

  test('tells what several target groups show alike once', () => {
    expect(tellEvidence(unhealthy([failing, { ...failing, targetGroupName: 'api' }]))).toMatch(
      /\[502\]\) in target groups web and api for 41 s now\.$/,
    );
  });

  test('of a start that took too long says how each target group asked', () => {
    const shown = [
      { instanceId: 'i-1', lifecycleState: 'InService', targets: [failing], waitedMs: 61_000, status: undefined },
    ];
    const healthChecks = [
      { targetGroupName: 'web', protocol: 'HTTP', port: '8888', path: '/healthz' },
      { targetGroupName: 'raw', protocol: 'TCP', port: '7000' },
    ];
    const evidence: Evidence = {
      ...{ code: 'START_TIMEOUT', at: 0, instanceIds: ['i-1'], shown, allowedMs: 60_000 },
      healthChecks,
    };
    expect(tellEvidence(evidence)).toMatch(
      /61 s after its launch, where 60 s were allowed; target group web asks for \/healthz by HTTP on port 8888; target group raw connects by TCP to port 7000\.$/,
    );
  });

  test('counts in words', () => {
    expect(tellEvidence(unhealthy([failing], 3))).toContain('for 41 s now, for the third time');
  });

  test('gathers the instances that show the same, and counts those that are not described', () => {
    const shown = ['i-1', 'i-2', 'i-3'].map((instanceId) => ({ instanceId, version: '1.0' }));
    expect(
      tellEvidence({
        code: 'WRONG_VERSION',
        at: 0,
        expected: '2.0',
        instanceIds: ['i-1', 'i-2', 'i-3', 'i-4'],
        shown,
      }),
    ).toBe('i-1 (and likewise i-2, i-3) reports version 1.0 where 2.0 was expected; and 1 more.');
  });
});
