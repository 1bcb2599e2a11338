// regions: one account in several regions, each a state machine of its own.
//
//   R1. What a region holds is seen in that region only; IAM is the account's, in every region.
//   R2. A region comes to be when the first request is signed for it. There are as many as AWS has.
import { awsRegions } from './aws-regions.js';
import type { ControlPlane } from './control-plane.js';
import type { LabState } from './types.js';

export interface RegionParts {
  readonly state: LabState;
  readonly controlPlane: ControlPlane;
}

export class Regions {
  readonly #all = new Map<string, RegionParts>();

  readonly #open: (name: string) => RegionParts;

  constructor(
    readonly home: RegionParts,
    open: (name: string) => RegionParts,
  ) {
    this.#open = open;
    this.#all.set(home.state.region, home);
  }

  /** The region of this name; undefined when AWS has none. */
  find(name: string): RegionParts | undefined {
    const known = this.#all.get(name);
    if (known !== undefined) return known;
    if (!awsRegions().some((region) => region.name === name)) return undefined;
    const opened = this.#open(name);
    this.#all.set(name, opened);
    return opened;
  }

  /** Those that a request has opened, the home region first. */
  opened(): readonly RegionParts[] {
    return [...this.#all.values()];
  }
}
