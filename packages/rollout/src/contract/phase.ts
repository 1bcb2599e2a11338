/** Where a rollout is. */
export type Phase = 'prove' | 'canary' | 'roll' | 'bake' | 'halt' | 'rollBack' | 'finish';
