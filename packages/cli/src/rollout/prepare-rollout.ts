// prepare-rollout: everything that is looked at, and everything that is refused, before a rollout to a release begins.
import {
  describeImages,
  findShadowPlace,
  findVersionOfImage,
  type ReportSettings,
  readTraffic,
  refuseInstanceRefresh,
  refuseMissingAlarms,
  tryReportRoute,
  versionOf,
} from '@directrix/aws';
import { type CanaryObstacle, describeCanaryObstacle, findCanaryPlace } from '@directrix/preflight';
import {
  type CanaryPlan,
  DirectrixError,
  defaultBakeMs,
  defaultWatchedPath,
  describeNoBaseline,
  failureOf,
  findBaseline,
  findBaselineImage,
  findKeptWarm,
  type Notice,
  type Observation,
  planRollout,
  type Refusal,
  type Release,
  type RolloutOptions,
  type RolloutRecord,
  refuseRollout,
  shell,
} from '@directrix/rollout';
import { colorsFor } from '../colors.js';
import type { Io } from '../io.js';
import { formatFindings } from '../preflight/findings-text.js';
import { type PreflightChoices, performPreflight } from '../preflight/perform-preflight.js';
import { PreflightRefusal } from '../preflight/preflight-refusal.js';
import { tellRescue } from '../preflight/rescue.js';
import { writeText } from '../text/lines.js';
import type { RolloutDocument } from '../view/rollout-document.js';
import type { World } from '../world.js';
import { type RolloutRequest, remember, timeReports } from './conduct-rollout.js';
import type { NotificationSettings } from './notification-settings.js';
import { type ObservedGroup, observeGroup, refuseUnread } from './observed-group.js';
import { refuseUnfinished } from './unfinished.js';
import { tryPaths } from './watch-requests.js';

export { type ObservedGroup, observeGroup } from './observed-group.js';

/** What deploy and rollback let the operator choose. */
export interface StartOptions {
  readonly groupName: string;
  readonly reports: ReportSettings;
  readonly journalFile?: string;
  readonly isBrokenBaselineAccepted: boolean;
  /** Of directrix.yaml. */
  readonly notifications?: readonly NotificationSettings[];
  /** What was typed, so that a hint can say the same again with one option more. */
  readonly argv: readonly string[];
  /** Undefined: the checks are not run. */
  readonly preflight?: PreflightChoices;
  /** Done when nothing can be refused any more, and before anything of the group is changed. */
  readonly prepare?: (rollout: PreparedReleases) => Promise<void>;
  /** One instance of the release is tried outside of the group before users can reach it. */
  readonly isProved: boolean;
  /** Whether new instances must name their version is found from those that serve now. */
  readonly isVersionCheckFound: boolean;
  /** Which share of users' requests meets the release before the group does. Undefined: none. */
  canary(observation: Observation): Omit<CanaryPlan, 'place'> | undefined;
  /** Of the group that was seen: a surge may be a share of it. */
  rolloutOptions(observation: Observation): Partial<RolloutOptions>;
}

/** The release that serves now, and the one that shall. */
export interface PreparedReleases {
  readonly from: RolloutRecord['from'];
  readonly to: Release;
  readonly rolloutId: string;
}

/** The image of most instances: what the group is on now. */
export function currentImageOf(observation: Observation): string | undefined {
  return findBaseline(observation, {})?.imageId ?? findBaselineImage(observation);
}

/** The rollout of the group that was observed, or what to say when nothing is to be done. Throws what is refused. */
export async function prepareRollout(
  io: Io,
  world: World,
  command: string,
  options: StartOptions,
  seen: ObservedGroup,
  to: Release,
): Promise<Preparation> {
  const { groupName } = options;
  const before = await refuseUnfinished(world, groupName, seen.observation);
  const refuse = (observation: Observation) =>
    refuseRollout(observation, to, {
      ...options,
      isMaxSizeLent: options.rolloutOptions(observation).isMaxSizeLent,
    });
  const refusal = refuse(seen.observation);
  if (refusal?.code === 'ALREADY_THIS_RELEASE')
    return { kind: 'unchanged', document: describeUnchanged(command, groupName, to, refusal.message) };
  const skipped = await passPreflight(io, world, options, seen, to);
  refuseUnread(seen.observation);
  await refuseInstanceRefresh(world.clients, groupName);
  await refuseMissingAlarms(world.clients, options.rolloutOptions(seen.observation).alarmNames ?? []);
  if (refusal !== undefined) throw describeRefusal(options, refusal);
  const hearing = await tryHearing(world, options, seen, to);
  const asking = await tryAsking(world, options, seen);
  const proving = await findProof(world, options, seen);
  const rolloutId = world.newRolloutId();
  const notices = [...skipped, ...hearing.notices, ...asking.notices, ...proving.notices];
  const planFor = async (observation: Observation, epoch: number, last: RolloutRecord | undefined) =>
    planRollout({
      observation,
      from: await describeBaseline(world, observation, to),
      to,
      options: {
        ...options.rolloutOptions(observation),
        ...hearing.options,
        ...asking.options,
        ...proving.options,
      },
      rolloutId,
      epoch,
      ...(command === 'rollback' ? { purpose: 'rollback' as const } : {}),
      earlierWarm: last && findKeptWarm(last, observation),
      at: world.clock.now(),
    });
  const request: RolloutRequest = {
    command,
    groupName,
    rolloutId,
    reports: options.reports,
    journalFile: options.journalFile,
    looked: seen.looked,
    notifications: options.notifications,
    notices,
    async begin(epoch) {
      // Somebody may have begun and ended between the first look and the lease.
      const { observation } = await observeGroup(world, groupName, seen.looked);
      const last = await refuseUnfinished(world, groupName, observation);
      refuseUnread(observation);
      const late = refuse(observation);
      if (late !== undefined) throw describeRefusal(options, late);
      const record = await planFor(observation, epoch, last);
      // Its record is about to be written over: what its deployer could not remember is remembered now.
      if (last !== undefined) await remember(io, world, last);
      await options.prepare?.({ from: record.from, to, rolloutId });
      return record;
    },
  };
  return { kind: 'ready', request, notices, plan: () => planFor(seen.observation, 0, before) };
}

export type Preparation =
  | {
      readonly kind: 'ready';
      readonly request: RolloutRequest;
      readonly notices: readonly Notice[];
      /** The record that it would begin with. Nothing is written. */
      plan(): Promise<RolloutRecord>;
    }
  | { readonly kind: 'unchanged'; readonly document: RolloutDocument };

/** What was found of the group, for the rollout's options and for the journal. */
interface Found {
  readonly options: Partial<RolloutOptions>;
  readonly notices: readonly Notice[];
}

/** Whether the instances of now can be told apart by their version. Throws what is refused. */
async function tryHearing(
  world: World,
  { groupName, reports, rolloutOptions, isVersionCheckFound, preflight }: StartOptions,
  { observation, targetGroups, looked }: ObservedGroup,
  to: Release,
): Promise<Found> {
  if (rolloutOptions(observation).isVersionChecked === false) return { options: {}, notices: [] };
  const hear = async () => {
    const found = await looked.routes.find(targetGroups, reports);
    return tryReportRoute(found, observation, timeReports(reports, world), world);
  };
  const trouble = await hear().catch((error: unknown) => {
    if (!(error instanceof DirectrixError) || !isVersionCheckFound) throw error;
    // Where somebody says that the site answers, it must.
    const isUnheard = error.code === 'VERSION_ROUTE_UNKNOWN' || error.code === 'VERSION_ROUTE_SILENT';
    if (!isUnheard || reports.url !== undefined) throw error;
    return error.message;
  });
  if (trouble === undefined) return { options: {}, notices: [] };
  if (isVersionCheckFound)
    return { options: { isVersionChecked: false }, notices: [{ code: 'VERSION_CHECK_OFF', trouble }] };
  // What is known before the start is a reason not to start.
  const isSkipped = preflight?.skip.some((code) => code === 'VERSION_NOT_HEARD' || code === 'all') === true;
  if (!isSkipped) throw describeUnheard(groupName, trouble);
  return { options: {}, notices: [{ code: 'VERSION_NOT_HEARD', trouble, version: to.version }] };
}

function describeUnheard(groupName: string, trouble: string): DirectrixError {
  return new DirectrixError(
    'VERSION_NOT_HEARD',
    `The instances of ${groupName} do not say their version: ${trouble}.`,
    {
      source: `group ${groupName}`,
      hint: 'say where they answer with --health-path or --url, or take --version-check auto; --skip VERSION_NOT_HEARD when the release is the first that says it',
    },
  );
}

/** How the site answers users' requests now, before anything is changed. */
async function tryAsking(world: World, { rolloutOptions }: StartOptions, seen: ObservedGroup): Promise<Found> {
  const { requests } = rolloutOptions(seen.observation);
  if (requests === undefined) return { options: {}, notices: [] };
  const tried = await tryPaths(world, requests, seen);
  if (!('trouble' in tried)) return { options: { requests: tried }, notices: [] };
  return { options: { requests: undefined }, notices: [{ code: 'REQUESTS_NOT_WATCHED', trouble: tried.trouble }] };
}

/** Where an instance of the release can be tried before users reach it, and where a share of them is led to it. */
async function findProof(world: World, options: StartOptions, seen: ObservedGroup): Promise<Found> {
  const { isProved, reports, groupName } = options;
  const canary = options.canary(seen.observation);
  if (!isProved && canary !== undefined)
    throw new DirectrixError(
      'USAGE',
      'A canary is the instance that was tried outside of the group, and --no-prove tries none.',
      {
        source: '--no-prove',
        hint: 'leave --no-prove out, or deploy without a canary (--no-canary)',
      },
    );
  if (!isProved) return { options: {}, notices: [] };
  const place = await findShadowPlace(world.clients, seen.targetGroups, reports.healthPath, reports.url).catch(
    (error: unknown) => {
      if (!(error instanceof DirectrixError) || error.kind !== 'denied') throw error;
      return { code: 'REFUSED', act: 'openShadow', failure: failureOf(error) } as const;
    },
  );
  if (typeof place === 'object' && 'listener' in place) {
    const listenerArn = place.listener.listener.ListenerArn ?? '';
    const prove = { listenerArn, targetGroupArn: place.targetGroupArn, token: world.newToken() };
    if (canary === undefined) return { options: { prove }, notices: [] };
    const verdict = findCanaryPlace(place, listUsersPaths(options, seen.observation));
    if (verdict.kind === 'none') throw refuseCanary(groupName, verdict.obstacle);
    const plan = { ...canary, place: verdict.place, originalWeight: verdict.weight };
    await refuseUncounted(world, { ...prove, ...verdict.place });
    return { options: { prove, canary: plan }, notices: [] };
  }
  if (canary !== undefined) {
    if (typeof place === 'string') throw refuseCanary(groupName, { code: place });
    throw new DirectrixError('ACCESS_DENIED', place.failure.text, {
      kind: 'denied',
      source: `group ${groupName}`,
      hint: 'directrix iam-policy --canary prints what a deploy with a canary needs',
    });
  }
  const notice = {
    code: 'PROOF_BY_HEALTH_ALONE',
    because: typeof place === 'string' ? { code: place } : place,
  } as const;
  return { options: { isFirstAlone: true }, notices: [notice] };
}

/** What users ask for, and at last the health page: of the first that a rule leads to the group, that rule gives the canary its share. */
function listUsersPaths({ reports, rolloutOptions }: StartOptions, observation: Observation): readonly string[] {
  const asked = rolloutOptions(observation).requests?.paths ?? [];
  return [...asked.map(({ path }) => path.split('?', 1)[0] ?? path), defaultWatchedPath, reports.healthPath];
}

function refuseCanary(groupName: string, obstacle: CanaryObstacle): DirectrixError {
  const { message, fix } = describeCanaryObstacle(groupName, obstacle);
  return new DirectrixError('CANARY_ROUTE_UNFIT', message, { source: `group ${groupName}`, hint: fix });
}

/** Without CloudWatch's counts a canary could never be passed. Throws what AWS refuses. */
async function refuseUncounted(
  { clients, clock }: World,
  { listenerArn, targetGroupArn }: { readonly listenerArn: string; readonly targetGroupArn: string },
): Promise<void> {
  await readTraffic(clients, {
    stableArn: targetGroupArn,
    canaryArn: targetGroupArn,
    listenerArn,
    now: clock.now(),
  });
}

function describeRefusal({ groupName, argv }: StartOptions, { code, message, hint }: Refusal): DirectrixError {
  const told = code === 'NO_HEALTHY_BASELINE' ? `${tellRescue(argv)}; ${hint}` : hint;
  return new DirectrixError(code, message, { hint: told, source: `group ${groupName}` });
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
  const { findings, skipped } = await performPreflight(io, world, {
    groupName: options.groupName,
    release,
    intent: {
      surge: rollout.surge,
      isMaxSizeLent: rollout.isMaxSizeLent,
      minHealthyTimeMs: rollout.minHealthyTimeMs,
      startTimeoutMs: rollout.startTimeoutMs,
      bakeMs: rollout.bakeMs ?? defaultBakeMs,
      versionCheck:
        rollout.isVersionChecked === false
          ? undefined
          : { ...options.reports, isRequired: !options.isVersionCheckFound },
      isBrokenBaselineAccepted: options.isBrokenBaselineAccepted,
      canary:
        options.canary(observation) === undefined
          ? undefined
          : {
              paths: listUsersPaths(options, observation),
              healthPath: options.reports.healthPath,
              url: options.reports.url,
            },
    },
    choices: options.preflight,
    // Refused already.
    otherRollout: { kind: 'read', value: undefined },
  });
  const told = findings.filter(({ severity }) => severity !== 'note');
  for (const line of formatFindings(told, colorsFor(io.stderr, io.env))) writeText(io.stderr, `${line}\n`);
  if (told.some(({ severity }) => severity === 'error')) throw new PreflightRefusal(options, findings);
  return skipped.map(({ code, subject, message }) => ({
    code: 'PREFLIGHT_SKIPPED',
    findingCode: code,
    subject,
    finding: message,
  }));
}

async function describeBaseline(world: World, observation: Observation, to: Release) {
  const baseline = findBaseline(observation, to) ?? (await findForeignBaseline(world, observation, to));
  const imageId = baseline.imageId ?? 'unknown';
  const images = await describeImages(world.clients, baseline.imageId === undefined ? [] : [baseline.imageId]);
  return {
    // An image that nobody tagged is named by itself: nothing is compared with it.
    version: versionOf(images.get(imageId)) ?? imageId,
    imageId,
    launchTemplateVersion: baseline.launchTemplateVersion,
  };
}

/** The instances are of another launch template: the way back is the version of the present one that has their image. */
async function findForeignBaseline(world: World, observation: Observation, to: Release) {
  const { name, launchTemplate } = observation.group;
  const source = `group ${name}`;
  const launchTemplateId = launchTemplate?.launchTemplateId ?? '';
  const imageId = findBaselineImage(observation);
  if (imageId === undefined || imageId === to.imageId)
    throw new DirectrixError('NO_BASELINE', `No instance of ${name} is of a release to go back to.`, {
      source,
      hint: shell`directrix status --group ${name} shows what they are of; a release of another image can be rolled out`,
    });
  const launchTemplateVersion = await findVersionOfImage(world.clients, launchTemplateId, imageId);
  if (launchTemplateVersion !== undefined) return { launchTemplateVersion, imageId };
  const { message, command } = describeNoBaseline(name, launchTemplateId, imageId);
  throw new DirectrixError('NO_BASELINE', message, { source, hint: `${command}, then the same again` });
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
