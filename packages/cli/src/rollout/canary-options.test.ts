import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { addCanaryOptions, type CanaryOptions, readCanaryOptions } from './canary-options.js';

function parse(...argv: readonly string[]): CanaryOptions {
  const command = addCanaryOptions(new Command().exitOverride().configureOutput({ writeErr: () => undefined }));
  return command.parse(argv, { from: 'user' }).opts();
}

const read = (desired: number, ...argv: readonly string[]) => readCanaryOptions(parse(...argv), false, desired);
const fiveMinutes = 300_000;

describe('what a canary is', () => {
  test.each<[readonly string[], number, readonly (readonly [share: number, forMs: number])[], number]>([
    [['--canary', '1'], 4, [[0.2, fiveMinutes]], 1],
    [['--canary', '2'], 8, [[0.2, fiveMinutes]], 2],
    [['--canary', '10%'], 4, [[0.1, fiveMinutes]], 1],
    [['--canary', '10%'], 25, [[0.1, fiveMinutes]], 3],
    [['--canary-weight', '5%'], 25, [[0.05, fiveMinutes]], 2],
    [['--canary', '2', '--canary-weight', '0.1%', '--canary-time', '2m'], 25, [[0.001, 120_000]], 2],
    [
      ['--canary-steps', '5%:2m,25%:5m,50%', '--canary-time', '1m'],
      10,
      [
        [0.05, 120_000],
        [0.25, 300_000],
        [0.5, 60_000],
      ],
      5,
    ],
  ])('%j of a group of %i', (argv, desired, steps, instanceCount) => {
    expect(read(desired, ...argv)).toEqual({
      steps: steps.map(([share, forMs]) => ({ share, forMs })),
      instanceCount,
    });
  });

  test('there is none unless it is asked for, or the preset says so', () => {
    expect(read(4)).toBeUndefined();
    expect(readCanaryOptions(parse(), true, 4)).toEqual({
      steps: [{ share: 0.1, forMs: fiveMinutes }],
      instanceCount: 1,
    });
    expect(readCanaryOptions(parse('--canary-time', '1m'), true, 4)?.steps).toEqual([{ share: 0.1, forMs: 60_000 }]);
    expect(readCanaryOptions(parse('--no-canary'), true, 4)).toBeUndefined();
  });
});

describe('what cannot be one is refused', () => {
  test.each<[readonly string[], RegExp]>([
    [['--canary', '0'], /whole number from 1/],
    [['--canary', 'some'], /number of instances \(1\) or a share/],
    [['--canary', '100%'], /from 0.1% to 99.9%/],
    [['--canary-weight', '5'], /share of users' requests/],
    [['--canary-steps', '5%:2'], /'5%:2' is no step/],
    [['--canary-steps', '25%:5m,5%:5m'], /larger than the one before/],
    [['--canary-steps', ''], /share of users' requests/],
  ])('%j', (argv, message) => expect(() => parse(...argv)).toThrow(message));

  test.each<[readonly string[]]>([
    [['--canary', '10%', '--canary-weight', '5%']],
    [['--canary-weight', '5%', '--canary-steps', '5%:2m']],
  ])('%j says the share twice', (argv) => expect(() => read(4, ...argv)).toThrow(/said more than once/));
});
