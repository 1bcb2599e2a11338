// reference: who names an image or a snapshot, as data. Sentences are made at the edge.

/** Who names it. `by` is an id, a name or a path; `through` is what stands between, for example `lt-… version 3 ($Latest)`. */
export interface Reference {
  readonly kind: ReferenceKind;
  readonly by: string;
  readonly through?: string;
}

export const referenceKinds = [
  'instance',
  'group',
  'instanceRefresh',
  'launchTemplate',
  'launchConfiguration',
  'spotRequest',
  'spotFleet',
  'fleet',
  'parameter',
  'awsReference',
  'file',
  'rollout',
  'goodRelease',
  'rollbackWindow',
  'image',
  'recycledImage',
  'account',
] as const;

export type ReferenceKind = (typeof referenceKinds)[number];
