import { expect, test } from 'vitest';
import { createAwsClock } from './aws-clock.js';

const noon = Date.UTC(2018, 10, 11, 12);

/** A machine whose clock is `aheadMs` ahead of AWS's. */
function machine(aheadMs: number) {
  const aws = { at: noon };
  const local = { now: () => aws.at + aheadMs };
  const clock = createAwsClock(local);
  const answer = (latencyMs = 40) => {
    const sentAt = local.now();
    aws.at += latencyMs / 2;
    const date = new Date(aws.at).toUTCString();
    aws.at += latencyMs / 2;
    clock.learn({ sentAt, arrivedAt: local.now(), date });
  };
  return { aws, clock, answer };
}

test.each([180_000, -180_000, 7_200_000, -7_200_000, 1_500])(
  'a clock that is %i ms ahead shows AWS’s time, to the second, after one answer',
  (aheadMs) => {
    const { aws, clock, answer } = machine(aheadMs);
    aws.at += 437;
    answer();
    expect(Math.abs(clock.now() - aws.at)).toBeLessThanOrEqual(1_040);
  },
);

test('a clock that is right is not touched, however many answers come and however slow they are', () => {
  const { aws, clock, answer } = machine(0);
  for (let turn = 0; turn < 500; turn++) {
    aws.at += 777;
    answer(turn * 10);
  }
  expect(clock.offsetMs).toBe(0);
});

test('many answers narrow it down', () => {
  const { aws, clock, answer } = machine(180_000);
  for (let turn = 0; turn < 50; turn++) {
    aws.at += 737;
    answer(10);
  }
  expect(Math.abs(clock.now() - aws.at)).toBeLessThanOrEqual(60);
});

test('a clock that is set right meanwhile is followed', () => {
  const aws = { at: noon };
  let aheadMs = 600_000;
  const clock = createAwsClock({ now: () => aws.at + aheadMs });
  const answer = () =>
    clock.learn({ sentAt: clock.local(), arrivedAt: clock.local(), date: new Date(aws.at).toUTCString() });
  answer();
  aheadMs = 0;
  answer();
  expect(Math.abs(clock.now() - aws.at)).toBeLessThanOrEqual(1_000);
});

test.each([undefined, '', 'yesterday'])('an answer whose Date is %j teaches nothing', (date) => {
  const clock = createAwsClock({ now: () => noon });
  clock.learn({ sentAt: noon, arrivedAt: noon, date });
  expect(clock.offsetMs).toBe(0);
});
