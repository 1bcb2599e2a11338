import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createVirtualClock } from './virtual-clock.js';

const START = Date.parse('2018-11-11T08:00:00Z');

describe('a virtual clock', () => {
  test('V1, V2: timers fire in order of time and of setting, each at its time', async () => {
    const clock = createVirtualClock({ startAt: START });
    const fired: [name: string, atMs: number][] = [];
    const note = (name: string) => () => fired.push([name, clock.now() - START]);
    clock.setTimer(START + 20, note('later'));
    clock.setTimer(START + 10, note('first'));
    clock.setTimer(START + 10, note('second'));
    clock.setTimer(START + 31, note('never'));
    await clock.advance(30);
    expect(fired).toEqual([
      ['first', 10],
      ['second', 10],
      ['later', 20],
    ]);
    expect(clock.now()).toBe(START + 30);
  });

  test('a timer of the past fires without time moving, and not synchronously', async () => {
    const clock = createVirtualClock({ startAt: START });
    let hasFired = false;
    clock.setTimer(START - 5, () => {
      hasFired = true;
    });
    expect(hasFired).toBe(false);
    await new Promise(setImmediate);
    expect([hasFired, clock.now()]).toEqual([true, START]);
  });

  test('a cancelled timer never fires', async () => {
    const clock = createVirtualClock({ startAt: START });
    let hasFired = false;
    clock
      .setTimer(START + 5, () => {
        hasFired = true;
      })
      .cancel();
    await clock.advance(10);
    expect(hasFired).toBe(false);
  });

  test('advance plays what its timers set on the way', async () => {
    const clock = createVirtualClock({ startAt: START });
    const ticks: number[] = [];
    const tick = (): void => {
      ticks.push(clock.now() - START);
      clock.setTimer(clock.now() + 10, tick);
    };
    clock.setTimer(START + 10, tick);
    await clock.advance(35);
    expect(ticks).toEqual([10, 20, 30]);
  });

  test('run moves time as far as its promise needs', async () => {
    const clock = createVirtualClock({ startAt: START });
    const work = async (): Promise<string> => {
      await clock.sleep(1_000);
      await clock.sleep(60_000);
      return 'done';
    };
    expect(await clock.run(work())).toBe('done');
    expect(clock.now()).toBe(START + 61_000);
  });

  test('V3: run does not move time while it is held', async () => {
    const clock = createVirtualClock({ startAt: START });
    clock.setTimer(START + 1_000, () => undefined);
    const release = clock.holdTime();
    const backOff = new Promise((resolve) => setTimeout(resolve, 5)).then(release);
    await clock.run(backOff);
    expect(clock.now()).toBe(START);
    await clock.run(clock.sleep(2_000));
    expect(clock.now()).toBe(START + 2_000);
  });

  test('run rejects as its promise does', async () => {
    const clock = createVirtualClock({ startAt: START });
    await expect(clock.run(clock.sleep(5).then(() => Promise.reject(new Error('no'))))).rejects.toThrow('no');
  });

  test('run gives up when nothing can settle its promise', async () => {
    const clock = createVirtualClock({ startAt: START });
    await expect(clock.run(new Promise(() => undefined))).rejects.toThrow('no timer left');
  });

  test('run gives up after its limit', async () => {
    const clock = createVirtualClock({ startAt: START });
    await expect(clock.run(clock.sleep(2_000), { limitMs: 1_000 })).rejects.toThrow('Still running after 1000 ms');
  });

  test('a sleep ends with its signal', async () => {
    const clock = createVirtualClock({ startAt: START });
    const abort = new AbortController();
    const sleep = clock.sleep(1_000, abort.signal);
    abort.abort(new Error('enough'));
    await expect(sleep).rejects.toThrow('enough');
  });

  test('a start that is no time is refused', () => {
    expect(() => createVirtualClock({ startAt: 'soon' })).toThrow('cannot start at soon');
  });
});

test('V3: time stands still while files are written and closed, however long that takes', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'directrix-clock-'));
  const clock = createVirtualClock({ startAt: 0 });
  const tick = () => clock.setTimer(clock.now() + 1_000, tick);
  tick();
  const writeMany = async () => {
    for (let count = 0; count < 50; count += 1) await writeFile(join(directory, `${count}`), 'x'.repeat(100_000));
  };
  await clock.run(writeMany());
  rmSync(directory, { recursive: true });
  expect(clock.now()).toBe(0);
});

test('V3: a file that does not answer holds time for a while only, and others hold it as before', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'directrix-clock-'));
  const pipe = join(directory, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const clock = createVirtualClock({ startAt: 0, longestHoldWallMs: 500 });
  const reader = open(pipe, 'r');
  await clock.run(clock.sleep(1_000));
  expect(clock.now()).toBe(1_000);
  clock.setTimer(61_000, () => undefined);
  await clock.run(writeFile(join(directory, 'file'), 'x'.repeat(100_000)));
  expect(clock.now()).toBe(1_000);
  const writer = await open(pipe, 'w');
  await (await reader).close();
  await writer.close();
  rmSync(directory, { recursive: true });
});

test('V3: on a starved machine, where the longest hold is over after a few turns of the event loop, time waits all the same', async () => {
  const clock = createVirtualClock({ startAt: 0, longestHoldWallMs: 0 });
  const release = clock.holdTime();
  let releasedAt: number | undefined;
  const hold = async () => {
    for (let count = 0; count < 50; count += 1) await new Promise((resolve) => setImmediate(resolve));
    releasedAt = clock.now();
    release();
  };
  await Promise.all([clock.run(clock.sleep(60_000)), hold()]);
  expect([releasedAt, clock.now()]).toEqual([0, 60_000]);
});
