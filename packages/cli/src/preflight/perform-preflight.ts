// perform-preflight: the account is read, the checks are run, and what the operator skips is set aside. What `preflight` and
// `deploy` have in common.
import { describeGroup, loadRecord, readLease, readPreflight } from '@directrix/aws';
import {
  deriveIntent,
  type Finding,
  type FindingCode,
  findingCodes,
  type OtherRollout,
  type PreflightIntent,
  type Read,
  readValue,
  runPreflight,
} from '@directrix/preflight';
import { CODES } from '@directrix/reachability';
import { DirectrixError, type Release } from '@directrix/rollout';
import { isExplained } from '../failure.js';
import type { Io } from '../io.js';
import { isInTheWay } from '../rollout/unfinished.js';
import { showProgress } from '../view/spinner.js';
import type { World } from '../world.js';
import { keepPreflight } from './kept-preflights.js';

/** What the operator may say of the checks. */
export interface PreflightChoices {
  /** Codes that do not refuse; `all` is every one. */
  readonly skip: readonly string[];
  readonly secretsPath?: string;
  /** Below the path; undefined: what the image says. */
  readonly secretNames?: readonly string[];
  readonly builders: readonly string[];
}

interface PreflightWork {
  readonly groupName: string;
  /** The release; or why it could not be found, which is a finding like the others. Undefined: nothing is said of its image. */
  readonly release: Release | DirectrixError | undefined;
  readonly intent: Partial<PreflightIntent>;
  readonly choices: PreflightChoices;
  /** Undefined: it is looked at. */
  readonly otherRollout?: Read<OtherRollout | undefined>;
}

export interface PreflightResult {
  /** Those that stand. */
  readonly findings: readonly Finding[];
  /** Those that the operator set aside. */
  readonly skipped: readonly Finding[];
}

/** On a terminal, what is being read is shown meanwhile. */
export async function performPreflight(io: Io, world: World, work: PreflightWork): Promise<PreflightResult> {
  refuseUnknownCodes(work.choices.skip);
  const text = `preflight: reading what ${work.groupName} depends on`;
  return showProgress(io, text, () => checkAccount(io, world, work));
}

async function checkAccount(io: Io, world: World, work: PreflightWork): Promise<PreflightResult> {
  const { groupName, release, choices } = work;
  const imageId = release instanceof Error ? undefined : release?.imageId;
  const snapshot = await readPreflight(world.clients, world.clock, {
    groupName,
    imageId,
    secretsPath: choices.secretsPath,
    secretNames: choices.secretNames,
    builders: choices.builders,
    otherRollout: work.otherRollout ?? (await readOtherRollout(world, groupName)),
    uses: work.intent.canary === undefined ? [] : ['prove', 'canary'],
  });
  const version = release instanceof Error ? undefined : release?.version;
  const intent = deriveIntent(snapshot, { ...work.intent, imageId, version });
  const found = runPreflight(snapshot, intent);
  const said = setAside(release instanceof Error ? [findingOf(release), ...found] : found, choices.skip);
  const look = {
    at: snapshot.at,
    said,
    secretsPath: snapshot.secrets?.path,
    network: readValue(snapshot.network),
    launch: snapshot.backend.source,
  };
  keepPreflight(io.env, groupName, look, world.choice);
  return said;
}

/** Splits off what is skipped by its code. A note or a warning refuses nothing, and stays. */
export function setAside(findings: readonly Finding[], skip: readonly string[]): PreflightResult {
  const isSkipped = ({ code, severity }: Finding) =>
    severity === 'error' && (skip.includes(code) || skip.includes('all'));
  return { findings: findings.filter((one) => !isSkipped(one)), skipped: findings.filter(isSkipped) };
}

// A mistyped code would leave the operator in the belief that it was skipped.
export function refuseUnknownCodes(skip: readonly string[]): void {
  const known = (code: string) => code === 'all' || isFindingCode(code) || Object.hasOwn(CODES, code);
  const unknown = skip.filter((code) => !known(code));
  if (unknown.length === 0) return;
  throw new DirectrixError('USAGE', `No finding has the code ${unknown.join(', ')}.`, {
    source: '--skip',
    hint: 'docs/errors.md has every code; preflight names those that it found',
  });
}

// What is no finding stops the looking.
function findingOf(error: DirectrixError): Finding {
  const { code } = error;
  if (!isFindingCode(code)) throw error;
  return {
    code,
    severity: 'error',
    check: 'image',
    subject: error.source ?? 'release',
    message: error.message,
    evidence: [],
    ...(error.hint === undefined ? {} : { fix: { text: error.hint, commands: [] } }),
  };
}

function isFindingCode(code: string): code is FindingCode {
  return Object.hasOwn(findingCodes, code);
}

async function readOtherRollout(world: World, groupName: string): Promise<Read<OtherRollout | undefined>> {
  try {
    const [lease, record, { AutoScalingGroupARN: groupArn }] = await Promise.all([
      readLease(world, groupName),
      loadRecord(world.clients, groupName),
      describeGroup(world.clients, groupName),
    ]);
    const rolloutId = lease?.isActive ? lease.rolloutId : record?.rolloutId;
    const isUnended = record !== undefined && isInTheWay(record, { group: { groupArn } });
    if (rolloutId === undefined || !(lease?.isActive || isUnended)) return { kind: 'read', value: undefined };
    const holder = lease?.holder.name ?? 'nobody';
    return { kind: 'read', value: { rolloutId, holder, isActive: lease?.isActive ?? false } };
  } catch (error) {
    if (isExplained(error) && error.code === 'ACCESS_DENIED') return { kind: 'unread', because: error.message };
    throw error;
  }
}
