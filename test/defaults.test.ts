// Every default and limit of a rollout is on a page, with its number: who changes one in the code meets the sentence here.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { writeDuration } from '../packages/cli/src/option-values.js';
import { listOptions } from '../packages/cli/src/program.js';
import * as defaults from '../packages/rollout/src/defaults.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (page: string) => readFileSync(join(root, page), 'utf8');

const { defaultMinHealthyTimeMs, defaultBakeMs, alarmCountMax, keptReleases, defaultQuarantineTtlMs } = defaults;
const { surgeOfSmallGroup, surgeShareOfLargeGroup, defaultTickMs } = defaults;
const words = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/** What the help of deploy says, from which docs/cli.md has its table: --option, and what stands there. */
const inHelp: Partial<Record<keyof typeof defaults, readonly [flag: string, text: string]>> = {
  defaultMinHealthyTimeMs: ['--min-healthy-time', `(default: ${writeDuration(defaultMinHealthyTimeMs)})`],
  defaultStartTimeoutMs: ['--start-timeout', `else ${writeDuration(defaults.defaultStartTimeoutMs)})`],
  startsToProgressDeadline: ['--progress-deadline', `${defaults.startsToProgressDeadline} start timeouts`],
  defaultBakeMs: ['--bake', `(default: ${writeDuration(defaultBakeMs)})`],
  defaultApprovalTimeMs: ['--approval-time', `(default: ${writeDuration(defaults.defaultApprovalTimeMs)})`],
  keepWarmMsMax: ['--keep-warm', `up to ${writeDuration(defaults.keepWarmMsMax)}`],
  defaultCanaryMs: ['--canary-time', `(default: ${writeDuration(defaults.defaultCanaryMs)})`],
  presetCanaryShare: ['--preset', `${defaults.presetCanaryShare * 100} % of users' requests`],
  canaryStepCountMax: ['--canary-steps', `up to ${defaults.canaryStepCountMax}`],
  bakeMsMax: ['--bake', `up to ${writeDuration(defaults.bakeMsMax)}`],
  defaultRequestsPerSecond: ['--probe-rate', `(default: ${defaults.defaultRequestsPerSecond})`],
  requestsPerSecondMax: ['--probe-rate', `up to ${defaults.requestsPerSecondMax}`],
  defaultWatchedPath: ['--probe', `(default: ${defaults.defaultWatchedPath})`],
  watchedPathCountMax: ['--probe', `up to ${defaults.watchedPathCountMax}`],
  defaultVersionHeader: ['--version-header', `(default: ${defaults.defaultVersionHeader})`],
  alarmCountMax: ['--alarm', `up to ${alarmCountMax}`],
  defaultHealthPath: ['--health-path', `(default: ${defaults.defaultHealthPath})`],
  defaultVersionCheck: ['--version-check', `(default: ${defaults.defaultVersionCheck})`],
  surgeOfSmallGroup: ['--surge', `at most ${surgeOfSmallGroup}`],
  surgeShareOfLargeGroup: ['--surge', `${surgeShareOfLargeGroup * 100}% of the group`],
};

/** Sentences of the pages that have a number, made from the defaults. */
const onPages: readonly (readonly [page: string, sentence: string, ...names: (keyof typeof defaults)[]])[] = [
  ['docs/rollout.md', `\`minHealthyTime\` is ${defaultMinHealthyTimeMs / 1_000} s`, 'defaultMinHealthyTimeMs'],
  ['docs/rollout.md', `(\`--bake\`, ${defaultBakeMs / 60_000} minutes)`, 'defaultBakeMs'],
  ['docs/rollout.md', `up to ${words[alarmCountMax]})`, 'alarmCountMax'],
  [
    'docs/rollout.md',
    `at most ${surgeOfSmallGroup} or ${surgeShareOfLargeGroup * 100}% of the group`,
    'surgeOfSmallGroup',
    'surgeShareOfLargeGroup',
  ],
  ['docs/cli.md', `the good releases, at most ${words[keptReleases]}`, 'keptReleases'],
  [
    'docs/configuration.md',
    `how long it may take: \`${writeDuration(defaults.defaultHookDeadlineMs)}\``,
    'defaultHookDeadlineMs',
  ],
  ['docs/secrets.md', `the ${words[keptReleases]} good ones on record`, 'keptReleases'],
  ['docs/cli.md', `is ${defaultQuarantineTtlMs / 3_600_000} hours later`, 'defaultQuarantineTtlMs'],
  ['docs/cli.md', `\`--bake ${defaults.defaultRollbackBakeMs}\` by default`, 'defaultRollbackBakeMs'],
  [
    'docs/rollout.md',
    `at least ${words[defaults.leastHealthChecksToStart]} health check intervals`,
    'leastHealthChecksToStart',
  ],
  ['docs/rollout.md', `every ${words[defaultTickMs / 1_000]} seconds`, 'defaultTickMs'],
];

/** Said by no number: an option switches each the other way. */
const switches = ['isVersionCheckedByDefault', 'isMaxSizeLentByDefault'];

test.each(Object.entries(inHelp))('the help of deploy says %s', (name, [flag, text]) => {
  const option = listOptions('deploy').find(({ flags }) => flags.includes(flag));
  expect(`${option?.description} (default: ${option?.theDefault})`, name).toContain(text);
});

test.each(onPages)('%s says: %s', (page, sentence) => {
  expect(read(page).replace(/\s+/g, ' ')).toContain(sentence);
});

test('no default is left out: a new one has its place in a help or on a page', () => {
  const values = Object.entries(defaults).filter(([, value]) => typeof value !== 'function');
  const told = [...Object.keys(inHelp), ...onPages.flatMap(([, , ...names]) => names), ...switches];
  expect(values.map(([name]) => name).filter((name) => !told.includes(name))).toEqual([]);
});
