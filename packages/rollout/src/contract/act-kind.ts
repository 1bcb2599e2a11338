/** What a decision can change, in AWS's words. */
export const actKinds = [
  'pinLaunchTemplate',
  'createLaunchTemplateVersion',
  'deleteLaunchTemplateVersion',
  'setDefaultLaunchTemplateVersion',
  'suspendProcesses',
  'resumeProcesses',
  'setSizes',
  'enterStandby',
  'exitStandby',
  'quarantine',
  'terminate',
  'openShadow',
  'closeShadow',
  'launchProof',
  'registerProof',
  'attach',
  'endProof',
  'setForward',
  'restoreForward',
] as const;

export type ActKind = (typeof actKinds)[number];

const proofKinds: ReadonlySet<ActKind> = new Set([
  'openShadow',
  'closeShadow',
  'launchProof',
  'registerProof',
  'attach',
  'endProof',
  'setForward',
]);

/** Whether it is about the instance that is tried outside of the group, which a rollout can do without. */
export function isOfProof(kind: ActKind): boolean {
  return proofKinds.has(kind);
}
