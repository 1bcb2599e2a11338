// act-text: what a rollout changes, in a few words, where only the kind of the act is known: in a journal of any version.
import type { ActKind } from '@directrix/rollout';

const words: Readonly<Record<ActKind, string>> = {
  pinLaunchTemplate: 'the group is set to one launch template version',
  createLaunchTemplateVersion: 'a launch template version is created',
  deleteLaunchTemplateVersion: 'the launch template version of the release is deleted',
  setDefaultLaunchTemplateVersion: 'the default launch template version is set',
  suspendProcesses: 'processes of the group are suspended',
  resumeProcesses: 'processes of the group are resumed',
  setSizes: 'the sizes of the group are changed',
  enterStandby: 'into Standby',
  exitStandby: 'back from Standby',
  quarantine: 'taken out and kept for evidence',
  terminate: 'terminated',
  openShadow: 'a target group and a rule are made that no user meets',
  closeShadow: 'the target group and the rule that no user meets are deleted',
  launchProof: 'an instance of the release is launched outside of the group',
  registerProof: 'the instance outside of the group is registered',
  attach: 'attached to the group',
  endProof: 'the instance outside of the group is ended',
  setForward: "a share of users' requests goes to the canary",
  restoreForward: "users' requests are led on as before",
};

/** The words of an act; an act of another version is named as it is. */
export function tellAct(kind: string): string {
  return Object.hasOwn(words, kind) ? words[kind as ActKind] : kind;
}
