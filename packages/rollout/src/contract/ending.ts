// Ending: how a rollout ended, with what a person wants to know of it.
import type { Evidence } from './evidence.js';
import type { LeftBehind } from './left-behind.js';
import type { Need } from './need.js';

/** The group follows an alias that means another version now, so it stays pinned to a number. */
export interface PinLeft {
  readonly launchTemplateVersion: string;
  readonly alias: string;
  readonly means: string;
}

export type Ending =
  | {
      readonly outcome: 'done';
      readonly version: string;
      readonly instanceCount: number;
      /** Of the release before, in Standby until then (epoch milliseconds). */
      readonly warm?: { readonly version: string; readonly instanceIds: readonly string[]; readonly untilAt: number };
      readonly pinLeft?: PinLeft;
      /** Of before us, and there still. */
      readonly leftBehind?: LeftBehind;
    }
  | {
      readonly outcome: 'rolledBack';
      readonly version: string;
      readonly withdrawnVersion: string;
      /** The first; undefined when a person asked for it and none was found. */
      readonly evidence?: Evidence;
      readonly pinLeft?: PinLeft;
      /** Of before us, and there still. */
      readonly leftBehind?: LeftBehind;
    }
  | { readonly outcome: 'needsHuman'; readonly need: Need };
