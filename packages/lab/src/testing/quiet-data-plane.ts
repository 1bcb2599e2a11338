import type { Effect } from '../control-plane/types.js';
import type { ControlPlanePort, DataPlane } from '../data-plane.js';

/** A data plane that only notes what it is asked for. */
interface QuietDataPlane extends DataPlane {
  readonly performed: readonly Effect[];
  /** What the lab gave it to work with. */
  controlPlane(): ControlPlanePort;
  readonly isClosed: () => boolean;
}

export function createQuietDataPlane(): QuietDataPlane {
  const performed: Effect[] = [];
  let attached: ControlPlanePort | undefined;
  let isClosed = false;
  return {
    performed,
    attach: (controlPlane) => {
      attached = controlPlane;
    },
    perform: (effect) => performed.push(effect),
    close: async () => {
      isClosed = true;
    },
    controlPlane: () => attached!,
    isClosed: () => isClosed,
  };
}
