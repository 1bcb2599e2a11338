import { describe, expect, it } from 'vitest';
import { TrafficRecord } from './traffic-record.js';

describe('TrafficRecord', () => {
  it('counts a second as down only when requests arrived in it and none was answered well', () => {
    const record = new TrafficRecord();
    record.note(100, undefined);
    record.note(1_100, '502');
    record.note(1_900, undefined);
    record.note(2_500, '502');
    record.note(2_600, 'timeout');
    // Nothing arrived in the fourth second.
    record.note(4_000, undefined);
    expect(record.summarize()).toEqual({ requests: 6, failed: 3, secondsDown: 1, failures: { '502': 2, timeout: 1 } });
  });

  it('places an answer in the second of its arrival, however late it is noted', () => {
    const record = new TrafficRecord();
    record.note(5_000, undefined);
    record.note(0, '504');
    expect(record.seconds.map(({ failed, succeeded }) => [failed, succeeded])).toEqual([
      [1, 0],
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 1],
    ]);
  });
});
