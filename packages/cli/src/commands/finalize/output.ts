import {
  type CleanUpPlan,
  type Kept,
  type Restored,
  type Step,
  type StepResult,
  snapshotUsdPerGibMonth,
} from '@directrix/images';
import type { Colors } from '../../colors.js';
import { tellKeepReason, tellRestored, tellResult, tellStep } from '../../text/clean-up-text.js';
import { count } from '../../text/quantities.js';
import { formatTable } from '../../text/table.js';

export interface Ending {
  readonly isApplied: boolean;
  readonly isInterrupted: boolean;
  /** Of the steps that were taken, in order. */
  readonly results: readonly StepResult[];
}

/** The contract of `directrix finalize --json`; docs/images.md has it. */
interface FinalizeDocument {
  readonly schema: 'directrix.finalize/1';
  readonly at: string;
  readonly region: string;
  readonly mode: 'dry-run' | 'apply';
  readonly isInterrupted: boolean;
  readonly imageCount: number;
  readonly steps: readonly (Step & { readonly text: string })[];
  readonly results: readonly (StepResult & { readonly text: string })[];
  readonly kept: {
    readonly images: readonly ToldKept[];
    readonly snapshots: readonly ToldKept[];
    readonly instances: readonly ToldKept[];
  };
  readonly unread: CleanUpPlan['unread'];
  /** Parameters whose values were not looked at. */
  readonly encryptedParameters: number;
  /** Of the snapshots of all that goes, now or later. The most that it can be: snapshots share what did not change. */
  readonly saves: { readonly gib: number; readonly usdPerMonth: number; readonly usdPerGibMonth: number };
}

interface ToldKept extends Kept {
  readonly text: string;
}

export function documentOf(plan: CleanUpPlan, region: string, ending: Ending): FinalizeDocument {
  const told = (kept: readonly Kept[]) => kept.map((one) => ({ ...one, text: tellReasons(one) }));
  return {
    schema: 'directrix.finalize/1',
    at: new Date(plan.at).toISOString(),
    region,
    mode: ending.isApplied ? 'apply' : 'dry-run',
    isInterrupted: ending.isInterrupted,
    imageCount: plan.imageCount,
    steps: plan.steps.map((step) => ({ ...step, text: tellStep(step) })),
    results: ending.results.map((result) => ({ ...result, text: tellResult(result) })),
    kept: {
      images: told(plan.keptImages),
      snapshots: told(plan.keptSnapshots),
      instances: told(plan.keptInstances),
    },
    unread: plan.unread,
    encryptedParameters: plan.encryptedParameters,
    saves: { gib: plan.goingGib, usdPerMonth: usdOf(plan.goingGib), usdPerGibMonth: snapshotUsdPerGibMonth },
  };
}

function usdOf(gib: number): number {
  return Math.round(gib * snapshotUsdPerGibMonth * 100) / 100;
}

function tellReasons({ reasons }: Kept): string {
  return reasons.map(tellKeepReason).join('; ');
}

const stepNouns: Readonly<Record<Step['kind'], readonly [verb: string, noun: string]>> = {
  terminateInstance: ['to terminate', 'quarantined instance'],
  terminateWarm: ['to end', 'set of warm instances'],
  deleteLaunchTemplateVersion: ['to delete', 'launch template version'],
  enableImage: ['to enable again', 'image'],
  disableImage: ['to disable', 'image'],
  deregisterImage: ['to deregister', 'image'],
  markSnapshot: ['to mark', 'snapshot'],
  deleteSnapshot: ['to delete', 'snapshot'],
};

/** More rows than a person reads are in --json. */
const mostReasons = 3;

export function formatPlan(plan: CleanUpPlan, _ending: Ending, colors: Colors): string {
  const lines = [
    ...plan.steps.map((step) => `  ${tellStep(step)}`),
    ...(plan.steps.length === 0 ? [] : ['']),
    ...formatKept('images that stay', plan.keptImages, colors),
    ...formatKept('snapshots of images that are gone, which stay', plan.keptSnapshots, colors),
    ...formatKept('quarantined and warm instances that stay', plan.keptInstances, colors),
    ...formatNotes(plan),
    plan.steps.length === 0 ? 'There is nothing to do.' : `${colors.bold(countSteps(plan.steps))}.`,
    ...formatSaves(plan),
    ...(plan.steps.length === 0 ? [] : ['Nothing was changed. To do it, add --apply.']),
  ];
  return `${lines.join('\n')}\n`;
}

export function formatSummary(plan: CleanUpPlan, { results, isInterrupted }: Ending, colors: Colors): string {
  const of = (kind: StepResult['kind']) => results.filter((result) => result.kind === kind).length;
  const lines = [
    ...formatNotes(plan),
    results.length === 0 && !isInterrupted
      ? 'There was nothing to do.'
      : `${colors.bold(count(of('done'), 'step'))} done, ${of('left')} left, ${of('failed')} failed of ${plan.steps.length}; ${count(plan.keptImages.length, 'image')} of ${plan.imageCount} ${plan.keptImages.length === 1 ? 'stays' : 'stay'}.`,
    ...(isInterrupted ? ['Interrupted: run it again to go on.'] : []),
    ...formatSaves(plan),
  ];
  return `${lines.join('\n')}\n`;
}

function formatKept(title: string, kept: readonly Kept[], colors: Colors): string[] {
  if (kept.length === 0) return [];
  const rows = kept.map((one) => {
    const told = one.reasons.slice(0, mostReasons).map(tellKeepReason);
    const more = one.reasons.length - told.length;
    return [one.id, one.name ?? '', [...told, ...(more > 0 ? [`and ${more} more`] : [])].join('; ')];
  });
  return [colors.bold(title), ...formatTable(['id', 'name', 'because of'], rows), ''];
}

function formatNotes({ unread, encryptedParameters }: CleanUpPlan): string[] {
  return [
    ...unread.map(({ source, because }) => `not read: ${source}: ${because}`),
    ...(unread.length === 0
      ? []
      : ['Nothing goes that these may name. Allow the calls, or say --without PART for one that names no image.', '']),
    ...(encryptedParameters === 0
      ? []
      : [
          `${count(encryptedParameters, 'encrypted parameter')} ${encryptedParameters === 1 ? 'was' : 'were'} not looked into.`,
        ]),
  ];
}

function formatSaves({ goingGib }: CleanUpPlan): string[] {
  if (goingGib === 0) return [];
  return [
    `When all of it is gone: at most ${goingGib} GiB of snapshots, at most ${usdOf(goingGib).toFixed(2)} USD a month (${snapshotUsdPerGibMonth} USD for a GiB).`,
  ];
}

/** `126 images to disable, 2 snapshots to delete`. */
function countSteps(steps: readonly Step[]): string {
  return Object.entries(stepNouns)
    .flatMap(([kind, [verb, noun]]) => {
      const number = steps.filter((step) => step.kind === kind).length;
      return number === 0 ? [] : [`${count(number, noun)} ${verb}`];
    })
    .join(', ');
}

export function formatResult(result: StepResult): string {
  return tellResult(result);
}

export function formatRestored(restored: Restored): string {
  return tellRestored(restored);
}
