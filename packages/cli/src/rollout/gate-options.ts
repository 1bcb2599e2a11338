// gate-options: the options of the gates and of the bake, on the command line and as a rollout takes them.
import {
  alarmCountMax,
  bakeMsMax,
  defaultRequestsPerSecond,
  defaultVersionHeader,
  defaultWatchedPath,
  type RequestWatch,
  type RolloutOptions,
  requestsPerSecondMax,
  type WatchedPath,
  watchedPathCountMax,
} from '@directrix/rollout';
import { type Command, InvalidArgumentError } from 'commander';
import { optionWithDefault } from '../help.js';
import { formatDuration, parseDuration, writeDuration } from '../option-values.js';
import { parseSmokeCheck } from './smoke-check.js';

export interface GateOptions {
  readonly keepMaxSize?: boolean;
  readonly bake?: number;
  /** False: users' requests are not judged. */
  readonly probe?: readonly WatchedPath[] | false;
  readonly probeRate?: number;
  readonly versionHeader?: string;
  readonly smoke?: readonly WatchedPath[];
  readonly alarm?: readonly string[];
}

/** `bakeMs`: the command's own default. */
export function addGateOptions(command: Command, bakeMs: number): Command {
  return command
    .option('--keep-max-size', 'never raise MaxSize, not even for the rollout')
    .addOption(
      optionWithDefault(
        '--bake <time>',
        `how long the old instances stay warm after all new ones serve, up to ${writeDuration(bakeMsMax)}`,
        writeDuration(bakeMs),
        parseBake,
      ),
    )
    .addOption(
      optionWithDefault(
        '--probe <path>',
        `a page to ask for as users do; repeatable, up to ${watchedPathCountMax}`,
        defaultWatchedPath,
        collectPath,
      ),
    )
    .option('--no-probe', "do not judge users' requests, only health checks")
    .option(
      '--alarm <name>',
      `a CloudWatch alarm that halts the rollout; repeatable, up to ${alarmCountMax}`,
      collectAlarm,
    )
    .addOption(
      optionWithDefault(
        '--probe-rate <n>',
        `requests a second, of all pages, up to ${requestsPerSecondMax}`,
        String(defaultRequestsPerSecond),
        parseRate,
      ),
    )
    .option(
      '--smoke <check>',
      "a page and what is expected of it, '/status 200 contains:ok'; repeatable",
      (text: string, before: readonly WatchedPath[] = []) => addPath(before, parseSmokeCheck(text)),
    )
    .addOption(
      optionWithDefault(
        '--version-header <name>',
        'the header that names the version',
        defaultVersionHeader,
        parseHeader,
      ),
    );
}

/** What the options mean for a rollout. `url`: as `--url` says. */
export function readGateOptions(
  options: GateOptions,
  url: string | undefined,
): Pick<Partial<RolloutOptions>, 'isMaxSizeLent' | 'bakeMs' | 'requests' | 'alarmNames'> {
  return {
    isMaxSizeLent: options.keepMaxSize !== true,
    bakeMs: options.bake,
    requests: readWatch(options, url),
    alarmNames: options.alarm,
  };
}

function readWatch(
  { probe, probeRate, smoke = [], versionHeader }: GateOptions,
  url?: string,
): RequestWatch | undefined {
  const probed = probe === false ? [] : (probe ?? (smoke.length > 0 ? [] : [{ path: defaultWatchedPath }]));
  const paths = [...probed, ...smoke];
  if (paths.length === 0) return undefined;
  return {
    paths,
    requestsPerSecond: probeRate ?? defaultRequestsPerSecond,
    url,
    versionHeader: versionHeader ?? defaultVersionHeader,
  };
}

function parseBake(text: string): number {
  const value = text === '0' ? 0 : parseDuration(text);
  if (value > bakeMsMax) throw new InvalidArgumentError(`It is longer than ${formatDuration(bakeMsMax)}.`);
  return value;
}

function collectPath(text: string, before: readonly WatchedPath[] | boolean = []): readonly WatchedPath[] {
  if (!text.startsWith('/')) throw new InvalidArgumentError('Write a path, such as /search?q=a.');
  return addPath(typeof before === 'boolean' ? [] : before, { path: text });
}

function addPath(before: readonly WatchedPath[], path: WatchedPath): readonly WatchedPath[] {
  if (before.length >= watchedPathCountMax)
    throw new InvalidArgumentError(`At most ${watchedPathCountMax} pages are asked for.`);
  if (before.some((each) => each.path === path.path && each.method === path.method))
    throw new InvalidArgumentError(`${path.path} is named twice.`);
  return [...before, path];
}

function collectAlarm(name: string, before: readonly string[] = []): readonly string[] {
  if (before.length >= alarmCountMax) throw new InvalidArgumentError(`At most ${alarmCountMax} alarms are watched.`);
  return [...before.filter((each) => each !== name), name];
}

function parseRate(text: string): number {
  const rate = Number(text);
  if (!(rate > 0) || rate > requestsPerSecondMax)
    throw new InvalidArgumentError(`Write a number of requests a second, up to ${requestsPerSecondMax}.`);
  return rate;
}

function parseHeader(text: string): string {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(text)) throw new InvalidArgumentError('Write the name of a header.');
  return text.toLowerCase();
}
