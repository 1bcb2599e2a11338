// canary-options: which share of users' requests meets the release before the group does, on the command line and as a rollout takes it.
//
// | said                                | group of | shares        | instances |
// |-------------------------------------|----------|---------------|-----------|
// | --canary 1                          | 4        | 20 %          | 1         |
// | --canary 10%                        | 4        | 10 %          | 1         |
// | --canary 10%                        | 25       | 10 %          | 3         |
// | --canary 2 --canary-weight 5%       | 25       | 5 %           | 2         |
// | --canary-steps 5%:2m,25%:5m         | 10       | 5 %, 25 %     | 3         |
import {
  type CanaryPlan,
  type CanaryStep,
  canaryShareLeast,
  canaryShareMost,
  canaryStepCountMax,
  countCanaries,
  DirectrixError,
  defaultCanaryMs,
  presetCanaryShare,
} from '@directrix/rollout';
import { type Command, InvalidArgumentError } from 'commander';
import { optionWithDefault } from '../help.js';
import { isDuration, parseCount, parseDuration, writeDuration } from '../option-values.js';

/** So many instances of the release, or as many as the share needs. */
type CanarySize =
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'share'; readonly share: number };

/** A step without a time of its own has that of `--canary-time`. */
type StepChoice = Pick<CanaryStep, 'share'> & Partial<Pick<CanaryStep, 'forMs'>>;

export interface CanaryOptions {
  /** False: `--no-canary`, whatever the preset says. */
  readonly canary?: CanarySize | false;
  readonly canaryWeight?: number;
  readonly canarySteps?: readonly StepChoice[];
  readonly canaryTime?: number;
}

export function addCanaryOptions(command: Command): Command {
  return command
    .option(
      '--canary <n|p%>',
      "p % of users' requests meet the release before the group does, or as many as n of its instances would get",
      parseSize,
    )
    .option('--no-canary', 'no canary, whatever the preset says')
    .option('--canary-weight <p%>', "the share of users' requests that the canary gets", parseShare)
    .option(
      '--canary-steps <steps>',
      `several shares, each with the time that it lasts at least, up to ${canaryStepCountMax}: 5%:2m,25%:5m`,
      parseSteps,
    )
    .addOption(
      optionWithDefault(
        '--canary-time <time>',
        'how long a share without a time of its own lasts at least',
        writeDuration(defaultCanaryMs),
        parseDuration,
      ),
    );
}

/** The shares and the number of instances, for a group that wants so many; undefined: no canary. Throws USAGE. */
export function readCanaryOptions(
  options: CanaryOptions,
  isPreset: boolean,
  desiredCapacity: number,
): Omit<CanaryPlan, 'place'> | undefined {
  const { canary, canaryWeight, canarySteps } = options;
  if (canary === false) return undefined;
  const isAsked = [canary, canaryWeight, canarySteps].some((given) => given !== undefined);
  if (!isAsked && !isPreset) return undefined;
  const steps = listSteps(options, desiredCapacity);
  const instanceCount = canary?.kind === 'count' ? canary.count : countCanaries(steps, desiredCapacity);
  return { steps, instanceCount };
}

function listSteps(options: CanaryOptions, desiredCapacity: number): readonly CanaryStep[] {
  const { canary, canaryWeight, canarySteps, canaryTime = defaultCanaryMs } = options;
  const size = canary === false ? undefined : canary;
  const shares = [size?.kind === 'share', canaryWeight !== undefined, canarySteps !== undefined].filter(Boolean);
  if (shares.length > 1)
    throw new DirectrixError('USAGE', "The canary's share of users' requests is said more than once.", {
      source: '--canary',
      hint: 'take one of --canary p%, --canary-weight and --canary-steps; --canary n says how many instances',
    });
  if (canarySteps !== undefined) return canarySteps.map(({ share, forMs = canaryTime }) => ({ share, forMs }));
  const share = canaryWeight ?? (size === undefined ? presetCanaryShare : shareOfSize(size, desiredCapacity));
  return [{ share, forMs: canaryTime }];
}

/** What so many would be asked of, were they in the group beside the others. */
function shareOfSize(size: CanarySize, desiredCapacity: number): number {
  if (size.kind === 'share') return size.share;
  return Math.min(canaryShareMost, size.count / (size.count + Math.max(1, desiredCapacity)));
}

function parseSize(text: string): CanarySize {
  if (text.endsWith('%')) return { kind: 'share', share: parseShare(text) };
  if (!/^\d+$/.test(text))
    throw new InvalidArgumentError("Write a number of instances (1) or a share of users' requests (10%).");
  return { kind: 'count', count: parseCount(text) };
}

function parseShare(text: string): number {
  const [, digits] = /^(\d+(?:\.\d+)?)%$/.exec(text.trim()) ?? [];
  const share = Number(digits) / 100;
  if (!(share >= canaryShareLeast && share <= canaryShareMost))
    throw new InvalidArgumentError(
      `Write a share of users' requests from ${canaryShareLeast * 100}% to ${canaryShareMost * 100}%, such as 5%.`,
    );
  return share;
}

function parseSteps(text: string): readonly StepChoice[] {
  const steps = text.split(',').map((each): StepChoice => {
    const [share = '', time, ...more] = each.trim().split(':');
    if (more.length > 0 || (time !== undefined && !isDuration(time)))
      throw new InvalidArgumentError(`'${each.trim()}' is no step: write shares with their times, 5%:2m,25%:5m.`);
    return { share: parseShare(share), ...(time === undefined ? {} : { forMs: parseDuration(time) }) };
  });
  if (steps.length > canaryStepCountMax) throw new InvalidArgumentError(`At most ${canaryStepCountMax} steps.`);
  if (steps.some(({ share }, index) => index > 0 && share <= (steps[index - 1]?.share ?? 0)))
    throw new InvalidArgumentError('Each share must be larger than the one before.');
  return steps;
}
