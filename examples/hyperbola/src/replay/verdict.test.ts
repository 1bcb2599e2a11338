import { describe, expect, it } from 'vitest';
import type { Performance } from './act.js';
import { findPostmortemSurprises } from './verdict.js';

const second = (failed: number) => ({ succeeded: 50 - failed, failed });
const performance = (postmortem: object) =>
  ({
    postmortem: {
      causeCodes: ['SG_SHARED_NO_SELF_RULE', 'ENI_SG_RULES_MISMATCH', 'DNS_PRIVATE_DISABLED'],
      beganAt: 1_000,
      detectedAt: 2_400,
      decidedAt: 2_500,
      restoredAt: 3_000,
      failed: 70,
      ...postmortem,
    },
    people: [
      { at: 2_400.3, what: 'noticed', text: '' },
      { at: 2_500, what: 'decided', text: '' },
    ],
    seconds: [second(0), second(50), second(20), second(0)],
    traffic: { failed: 70 },
  }) as unknown as Performance;

describe('the postmortem of Act I', () => {
  it('that says what was recorded is no surprise', () => {
    expect(findPostmortemSurprises(performance({}))).toEqual([]);
  });

  it.each([
    [{ causeCodes: ['DNS_PRIVATE_DISABLED', 'ENI_SG_RULES_MISMATCH'] }, 'does not name SG_SHARED_NO_SELF_RULE'],
    [{ beganAt: 2_001 }, 'beganAt of the postmortem is 2001, and 1000 was recorded'],
    [{ restoredAt: undefined }, 'restoredAt of the postmortem is undefined'],
    [{ failed: 69 }, 'counts 69 failed requests, and 70 were recorded'],
  ])('%j is one', (postmortem, surprise) => {
    expect(findPostmortemSurprises(performance(postmortem))).toEqual([expect.stringContaining(surprise)]);
  });
});
