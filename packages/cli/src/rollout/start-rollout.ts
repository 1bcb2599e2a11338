// start-rollout: everything that is looked at, and everything that is refused, before a rollout to a release begins.
import {
  createObserver,
  describeImages,
  findReportRoute,
  type ReportSettings,
  refuseInstanceRefresh,
  tryReportRoute,
  versionOf,
} from '@directrix/aws';
import {
  DirectrixError,
  findBaseline,
  type Observation,
  planRollout,
  type Refusal,
  type Release,
  type RolloutOptions,
  refuseRollout,
} from '@directrix/rollout';
import { colorsFor } from '../colors.js';
import type { Io } from '../io.js';
import { formatFindings } from '../preflight/findings-text.js';
import { type PreflightChoices, performPreflight } from '../preflight/perform-preflight.js';
import { PreflightRefusal } from '../preflight/preflight-refusal.js';
import type { RolloutDocument } from '../view/rollout-document.js';
import type { World } from '../world.js';
import { conductRollout, type Notice, timeReports } from './conduct-rollout.js';
import { refuseUnfinished } from './unfinished.js';

/** What deploy and rollback let the operator choose. */
export interface StartOptions {
  readonly groupName: string;
  readonly reports: ReportSettings;
  readonly journalFile?: string;
  readonly isBrokenBaselineAccepted: boolean;
  /** Undefined: the checks are not run. */
  readonly preflight?: PreflightChoices;
  /** Done when nothing can be refused any more, and before anything of the group is changed. */
  readonly prepare?: (to: Release) => Promise<void>;
  /** Of the group that was seen: a surge may be a share of it. */
  rolloutOptions(observation: Observation): Partial<RolloutOptions>;
}

/** The group before anything is changed. */
export async function observeGroup(world: World, groupName: string) {
  const observer = createObserver(world.clients, world.clock);
  const observation = await observer.observe({ groupName, since: world.clock.now(), detachedIds: [] });
  return { observation, targetGroups: observer.targetGroups };
}

export type ObservedGroup = Awaited<ReturnType<typeof observeGroup>>;

/** The image of most instances: what the group is on now. */
export function currentImageOf(observation: Observation): string | undefined {
  return findBaseline(observation, {})?.imageId;
}

/** Rolls the group that was observed to the release. Throws what is refused, having changed nothing. */
export async function startRollout(
  io: Io,
  world: World,
  command: string,
  options: StartOptions,
  seen: ObservedGroup,
  to: Release,
): Promise<RolloutDocument> {
  const { groupName } = options;
  await refuseUnfinished(world, groupName);
  const refusal = refuseRollout(seen.observation, to, options);
  if (refusal?.code === 'ALREADY_THIS_RELEASE') return describeUnchanged(command, groupName, to, refusal.message);
  const notices = await passPreflight(io, world, options, seen, to);
  await refuseInstanceRefresh(world.clients, groupName);
  if (refusal !== undefined) throw describeRefusal(groupName, refusal);
  const unheard = await describeUnheard(world, options, seen, to);
  const rolloutId = world.newRolloutId();
  return conductRollout(io, world, {
    command,
    groupName,
    rolloutId,
    reports: options.reports,
    journalFile: options.journalFile,
    notices: [...notices, ...unheard],
    async begin(epoch) {
      // Somebody may have begun and ended between the first look and the lease.
      await refuseUnfinished(world, groupName);
      const { observation } = await observeGroup(world, groupName);
      const from = await describeBaseline(world, observation, to);
      await options.prepare?.(to);
      return planRollout({
        observation,
        from,
        to,
        options: options.rolloutOptions(observation),
        rolloutId,
        epoch,
        at: world.clock.now(),
      });
    },
  });
}

/** What must be said before a rollout whose instances may not be heard. Throws what is refused. */
async function describeUnheard(
  world: World,
  { reports, rolloutOptions }: StartOptions,
  { observation, targetGroups }: ObservedGroup,
  to: Release,
): Promise<readonly Notice[]> {
  if (rolloutOptions(observation).isVersionChecked === false) return [];
  const found = await findReportRoute(world.clients, targetGroups, reports);
  const trouble = await tryReportRoute(found, observation, timeReports(reports, world), world);
  if (trouble === undefined) return [];
  const text = `the instances of now cannot be told apart: ${trouble}; if those of ${to.version} cannot either, it is withdrawn (--no-version-check does without)`;
  return [{ code: 'VERSION_NOT_HEARD', text }];
}

function describeRefusal(groupName: string, { code, message, hint }: Refusal): DirectrixError {
  // Only the command knows what its option is called.
  const option = code === 'NO_HEALTHY_BASELINE' ? ' (--accept-broken-baseline)' : '';
  return new DirectrixError(code, message, { hint: `${hint}${option}`, source: `group ${groupName}` });
}

/**
 * Runs the checks. Tells warnings on stderr; throws PreflightRefusal when an error stands. Returns what the journal must know: each
 * finding that the operator overrode.
 */
export async function passPreflight(
  io: Io,
  world: World,
  options: StartOptions,
  { observation }: ObservedGroup,
  release: Release | DirectrixError,
): Promise<readonly Notice[]> {
  if (options.preflight === undefined) return [];
  const rollout = options.rolloutOptions(observation);
  const { findings, skipped } = await performPreflight(world, {
    groupName: options.groupName,
    release,
    intent: {
      surge: rollout.surge,
      minHealthyTimeMs: rollout.minHealthyTimeMs,
      startTimeoutMs: rollout.startTimeoutMs,
      isBrokenBaselineAccepted: options.isBrokenBaselineAccepted,
    },
    choices: options.preflight,
    // Refused already.
    otherRollout: { kind: 'read', value: undefined },
  });
  const told = findings.filter(({ severity }) => severity !== 'note');
  for (const line of formatFindings(told, colorsFor(io.stderr, io.env))) io.stderr.write(`${line}\n`);
  if (told.some(({ severity }) => severity === 'error')) throw new PreflightRefusal(options.groupName, findings);
  return skipped.map(({ code, subject, message }) => ({
    code: 'PREFLIGHT_SKIPPED',
    text: `${code} (${subject}) was skipped: ${message}`,
  }));
}

async function describeBaseline(world: World, observation: Observation, to: Release) {
  const baseline = findBaseline(observation, to);
  if (baseline === undefined)
    throw new DirectrixError('NO_BASELINE', `No instance of ${observation.group.name} is of a release to go back to.`, {
      source: `group ${observation.group.name}`,
      hint: 'the group must have an instance of a launch template version other than the new one',
    });
  const imageId = baseline.imageId ?? 'unknown';
  const images = await describeImages(world.clients, baseline.imageId === undefined ? [] : [baseline.imageId]);
  return {
    // An image that nobody tagged is named by itself: nothing is compared with it.
    version: versionOf(images.get(imageId)) ?? imageId,
    imageId,
    launchTemplateVersion: baseline.launchTemplateVersion,
  };
}

function describeUnchanged(command: string, group: string, to: Release, text: string): RolloutDocument {
  return {
    schema: 'directrix.rollout/1',
    command,
    outcome: 'unchanged',
    group,
    to,
    text,
    evidence: [],
    notices: [],
    quarantined: [],
  };
}
