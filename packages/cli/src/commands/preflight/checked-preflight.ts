import type { Release } from '@directrix/rollout';
import type { PreflightResult } from '../../preflight/perform-preflight.js';

/** What was checked, and what came of it. */
export interface CheckedPreflight extends PreflightResult {
  /** Whether a rollout would go well, or an instance that the group launches now. */
  readonly question: 'rollout' | 'replacement';
  readonly groupName: string;
  readonly release?: Release;
  /** In place of an account: the template's file, and the line of each resource by its logical id. */
  readonly template?: { readonly path: string; readonly lines: ReadonlyMap<string, number> };
}
