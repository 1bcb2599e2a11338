/** What somebody may be told of a rollout. */
export const notifiedKinds = ['started', 'halted', 'rolledBack', 'done', 'needsHuman'] as const;

export type NotifiedKind = (typeof notifiedKinds)[number];

/** Who is told. `…From` names a variable of the environment: addresses and secrets of receivers are often secret. */
export type NotificationSettings = { readonly on: readonly NotifiedKind[] } & (
  | { readonly kind: 'webhook'; readonly url?: string; readonly urlFrom?: string; readonly secretFrom?: string }
  | { readonly kind: 'slack'; readonly url?: string; readonly urlFrom?: string }
  | { readonly kind: 'sns'; readonly topicArn: string }
);
