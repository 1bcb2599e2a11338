// Loans: what a rollout has changed of its group for a while. The record knows it; a copy is a tag of the group itself, so that it can be
// given back from any machine although the record is lost (S5).
//
//   1. The tag is written before the change, and again when something was given back: what it names is lent now.
//   2. Given back by the tag alone is only what still stands as the rollout left it: a version that it pinned, a MaxSize that it set, a
//      process that it suspended and nobody resumed. Anything else is somebody else's by now (S6).
//   3. What the group launches never changes by it, unless nothing of the release is there any more: with the record it is lost which of
//      two releases is the good one.
import { listSuspendedByUs } from './ledger.js';
import type { Observation } from './observation.js';
import type { RolloutRecord } from './record.js';
import { resolveVersion } from './refusal.js';

/** The key of the tag. */
export const loansTag = 'directrix:loans';

export interface Loans {
  readonly rolloutId: string;
  /** The launch template version that the group named before us, and those that it named because of us. */
  readonly pin?: Lent<string>;
  readonly minSize?: Lent<number>;
  readonly maxSize?: Lent<number>;
  /** Suspended by us. */
  readonly processes: readonly string[];
  /** The launch template version that the rollout made. */
  readonly madeVersion?: string | undefined;
}

interface Lent<Value> {
  readonly original: Value;
  readonly ours: readonly Value[];
}

/** What is lent by this record; undefined where nothing is, or the rollout is over. */
export function readLoans(record: RolloutRecord): Loans | undefined {
  const { rolloutId, ours, from, to, outcome } = record;
  if (outcome === 'done' || outcome === 'rolledBack') return undefined;
  const processes = listSuspendedByUs(record);
  const pin = readPin(record);
  const minSize = lentOf(ours.minSize);
  const maxSize = lentOf(ours.maxSize);
  if (processes.length === 0 && pin === undefined && minSize === undefined && maxSize === undefined) return undefined;
  const madeVersion = ours.hasCreatedLaunchTemplateVersion ? to.launchTemplateVersion : undefined;
  return {
    rolloutId,
    pin,
    minSize,
    maxSize,
    processes,
    ...(madeVersion !== from.launchTemplateVersion && { madeVersion }),
  };
}

function lentOf(size: RolloutRecord['ours']['minSize']): Lent<number> | undefined {
  return size && { original: size.original, ours: size.ordered ?? [size.during] };
}

function readPin({ original, ours, from, to }: RolloutRecord): Loans['pin'] {
  const before = original.launchTemplate.version;
  if (ours.pin === undefined || (ours.pin.version === before && ours.pin.isConfirmed)) return undefined;
  const named = [from.launchTemplateVersion, to.launchTemplateVersion, ours.pin.version];
  return {
    original: before,
    ours: [...new Set(named.filter((version) => version !== undefined && version !== before))] as string[],
  };
}

// In a tag's value letters, digits, spaces and `+-=._:/@` are allowed. AWS refuses one that is too long: cut, it would name other versions.
/** `20181111-080400-1f9c pin=Latest:7:8 max=3:6 off=AZRebalance:ReplaceUnhealthy made=8`. */
export function writeLoans({ rolloutId, pin, minSize, maxSize, processes, madeVersion }: Loans): string {
  const lent = (name: string, value: Lent<string | number> | undefined) =>
    value === undefined ? [] : [`${name}=${[value.original, ...value.ours.slice(-3)].join(':')}`];
  const parts = [
    rolloutId,
    ...lent('pin', pin),
    ...lent('min', minSize),
    ...lent('max', maxSize),
    ...(processes.length === 0 ? [] : [`off=${processes.join(':')}`]),
    ...(madeVersion === undefined ? [] : [`made=${madeVersion}`]),
  ];
  return parts.join(' ').replaceAll('$', '');
}

/** What such a tag says; undefined for a text that is none of ours. */
export function parseLoans(text: string): Loans | undefined {
  const [rolloutId = '', ...parts] = text.split(' ');
  const values = new Map(
    parts.flatMap((part) => {
      const [, name, value] = /^(pin|min|max|off|made)=([A-Za-z0-9:]+)$/.exec(part) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value.split(':')] as const];
    }),
  );
  if (!/^[\w-]+$/.test(rolloutId) || values.size !== parts.length || values.size === 0) return undefined;
  const size = (name: string): Lent<number> | undefined => {
    const [original, ...ours] = (values.get(name) ?? []).map(Number);
    return original === undefined || ![original, ...ours].every(Number.isSafeInteger) ? undefined : { original, ours };
  };
  const [original, ...ours] = (values.get('pin') ?? []).map((version) =>
    /^\d+$/.test(version) ? version : `$${version}`,
  );
  const [madeVersion] = values.get('made') ?? [];
  return {
    rolloutId,
    pin: original === undefined ? undefined : { original, ours },
    minSize: size('min'),
    maxSize: size('max'),
    processes: values.get('off') ?? [],
    ...(madeVersion !== undefined && { madeVersion }),
  };
}

/** What is done for one loan; or what stays, and why. */
export type LoanReturn =
  | { readonly kind: 'resumeProcesses'; readonly processes: readonly string[] }
  | { readonly kind: 'setSize'; readonly name: 'minSize' | 'maxSize'; readonly from: number; readonly to: number }
  /** Made by the rollout, and no instance is of it: without it `$Latest` means again what it meant. */
  | { readonly kind: 'deleteVersion'; readonly version: string }
  | { readonly kind: 'pin'; readonly from: string; readonly to: string }
  /** The group has more instances than MaxSize would allow, and would choose by itself who leaves. */
  | {
      readonly kind: 'sizeStays';
      readonly maxSize: number;
      readonly original: number;
      readonly desiredCapacity: number;
    }
  /** The alias means another version than the group launches, and instances of that version are there. */
  | { readonly kind: 'pinStays'; readonly version: string; readonly alias: string; readonly means: string };

/**
 * What is to be done so that nothing is lent any more, in order. `isVersionFree`: nothing else names the version that the rollout made.
 *
 * | the tag says            | the group shows                             | then                                       |
 * |-------------------------|---------------------------------------------|--------------------------------------------|
 * | pin=Latest:7:8          | 8, and `$Latest` means 8                    | pin to `$Latest`: it launches the same     |
 * | pin=Latest:7:8 made=8   | 7, `$Latest` means 8, no instance of 8      | delete version 8, pin to `$Latest`         |
 * | pin=Latest:7:8 made=8   | 7, `$Latest` means 8, an instance of 8      | the pin stays, and that is told            |
 * | pin=7:8                 | 8                                           | pin to 7                                   |
 * | pin=Latest:7:8          | 9, or `$Default`                            | nothing: it is somebody else's             |
 * | max=3:6                 | MaxSize 6, DesiredCapacity 3                | MaxSize 3                                  |
 * | max=3:6                 | MaxSize 6, DesiredCapacity 5                | it stays, and that is told                 |
 * | max=3:6                 | MaxSize 9                                   | nothing: it is somebody else's             |
 * | off=AZRebalance         | AZRebalance is suspended                    | resume it                                  |
 * | off=AZRebalance         | AZRebalance runs                            | nothing: somebody resumed it               |
 */
export function planReturns(
  loans: Loans,
  { group, launchTemplate }: Pick<Observation, 'group' | 'launchTemplate'>,
  isVersionFree: boolean,
): readonly LoanReturn[] {
  const returns: LoanReturn[] = [...returnPin(loans, { group, launchTemplate }, isVersionFree)];
  const { minSize, maxSize } = loans;
  const { desiredCapacity } = group;
  if (minSize?.ours.includes(group.minSize) === true)
    returns.push({ kind: 'setSize', name: 'minSize', from: group.minSize, to: minSize.original });
  if (maxSize?.ours.includes(group.maxSize) === true) {
    const { original } = maxSize;
    if (desiredCapacity > original)
      returns.push({ kind: 'sizeStays', maxSize: group.maxSize, original, desiredCapacity });
    else returns.push({ kind: 'setSize', name: 'maxSize', from: group.maxSize, to: original });
  }
  const processes = loans.processes.filter((name) => group.suspendedProcesses.includes(name));
  if (processes.length > 0) returns.push({ kind: 'resumeProcesses', processes });
  return returns;
}

function returnPin(
  { pin, madeVersion }: Loans,
  { group, launchTemplate }: Pick<Observation, 'group' | 'launchTemplate'>,
  isVersionFree: boolean,
): readonly LoanReturn[] {
  const version = group.launchTemplate?.version;
  if (pin === undefined || version === undefined || !pin.ours.includes(version)) return [];
  const { original } = pin;
  const restore: LoanReturn = { kind: 'pin', from: version, to: original };
  const means = resolveVersion(original, launchTemplate);
  if (!original.startsWith('$') || means === version) return [restore];
  const isThere = group.instances.some(({ launchTemplateVersion }) => launchTemplateVersion === means);
  // AWS deletes no default version.
  const isDeletable = means === madeVersion && original === '$Latest' && launchTemplate.defaultVersion !== means;
  if (isDeletable && isVersionFree && !isThere) return [{ kind: 'deleteVersion', version: means }, restore];
  return [{ kind: 'pinStays', version, alias: original, means }];
}
